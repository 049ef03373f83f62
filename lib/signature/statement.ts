import { z } from "zod";
import { roles } from "#lib/access/permission.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { signedMeanings } from "./meaning.ts";

/** Kinds of record that can be signed. */
export const signedRecordTypes = ["batch", "master", "overlay", "exception-configuration", "recall"] as const;
export type SignedRecordType = (typeof signedRecordTypes)[number];

/** What within a record a signature decides about, and what it makes of it: an exception's severity, a lot that is let in, a step that is forced. */
export const signedAbout = z.object({ type: z.enum(["exception", "material", "equipment", "step"]), id: z.string(), act: z.string(), from: z.string(), to: z.string() }).strict();
export type SignedAbout = z.infer<typeof signedAbout>;

/** The same as JSON text, as an address or a form carries it. */
export const aboutText = z.string().transform((text, context) => {
  try {
    return signedAbout.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: "custom", message: "What is decided about cannot be read. Open the signing again." });
    return z.NEVER;
  }
});

/** What a signature signs. Times are RFC 3339 UTC with milliseconds; digests lower-case hex. */
export const signatureStatement = z.object({
  format: z.literal("EBRSIG/1"),
  recordType: z.enum(signedRecordTypes),
  recordId: z.string(),
  recordDigest: z.string().regex(/^[0-9a-f]{64}$/),
  /** The signature before this one on the record; null for the first. */
  previousDigest: z.string().regex(/^[0-9a-f]{64}$/).nullable(),
  meaning: z.enum(signedMeanings),
  /** Ordinal of the signature that is taken back; there exactly when the meaning is "withdrawn". */
  withdraws: z.number().int().positive().optional(),
  about: signedAbout.optional(),
  sentence: z.string(),
  reason: z.string(),
  comment: z.string(),
  signerId: z.string(),
  subject: z.string(),
  userName: z.string(),
  printedName: z.string(),
  role: z.enum(roles),
  site: z.string(),
  openedAt: z.iso.datetime(),
  nonce: z.string(),
}).refine((s) => (s.meaning === "withdrawn") === (s.withdraws !== undefined), "a withdrawal names what it withdraws, nothing else does");
export type SignatureStatement = z.infer<typeof signatureStatement>;

/** The statement in RFC 8785 form, as it is stored. */
export const statementText = (statement: SignatureStatement): string => canonical(statement);

/** SHA-256 over "EBRSIG/1", a line feed and the statement's canonical text: what the person proves himself for. */
export const statementDigest = (text: string): string => digestOf("EBRSIG/1", text);

/** The challenge sent to the identity provider as nonce: the digest, so that a proof for one statement fits no other. */
export const nonceOf = (digest: string): string => digest;
