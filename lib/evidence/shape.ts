// The light half of zod: this file also goes into the verifier that opens in a browser.
import * as z from "zod/mini";

/**
 * The evidence bundle as docs/evidence-format.md describes it. Every object is closed: an unknown or a missing member is refused.
 * Numbers are integers from 0 to 2^53 − 1; everything else is text with its own form.
 */
const text = z.string();
const count = z.int().check(z.nonnegative());
const hex = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const keyId = z.string().check(z.regex(/^[0-9a-f]{16}$/));

/** RFC 3339 in UTC with milliseconds, a day that exists, from 1970 on. */
export function isTime(written: unknown): written is string {
  if (typeof written !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(written) || written < "1970") return false;
  const at = Date.parse(written);
  return Number.isFinite(at) && new Date(at).toISOString() === written;
}
const time = z.string().check(z.refine(isTime));

/** YYYY-MM-DD of a day that exists. */
const day = z.string().check(z.refine((written) => isTime(`${written}T00:00:00.000Z`)));

/** Base64 in the one spelling RFC 4648 gives: padding as the alphabet asks, spare bits zero. */
function isBase64(written: string, alphabet: "base64" | "base64url"): boolean {
  const [signs, tail] = alphabet === "base64" ? [/^[A-Za-z0-9+/]*={0,2}$/, written.replace(/=+$/, "")] : [/^[A-Za-z0-9_-]*$/, written];
  if (!signs.test(written) || tail.length % 4 === 1) return false;
  if (alphabet === "base64" && written.length % 4 !== 0) return false;
  const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(tail.slice(-1).replace("-", "+").replace("_", "/"));
  return tail.length % 4 === 0 || (tail.length % 4 === 2 ? last % 16 === 0 : last % 4 === 0);
}
const base64 = z.string().check(z.refine((written) => isBase64(written, "base64")));
const base64url = z.string().check(z.refine((written) => isBase64(written, "base64url")));
/** 32 bytes in base64. */
const hash = base64.check(z.length(44), z.regex(/[^=]=$/));

const segment = z.strictObject({ tag: text, unitId: text, day, readings: count, digest: hex, text });

export const assertion = z.strictObject({ credentialId: base64url, publicKey: base64url, authenticatorData: base64url, clientDataJson: base64url, signature: base64url });

const signature = z.strictObject({
  ordinal: count, statement: text, digest: hex, method: z.enum(["identity-provider", "passkey", "story"]), signedAt: time,
  attestation: text, assertion: z.nullable(assertion), withdraws: z.nullable(count),
});

const entry = z.strictObject({ position: count, canonical: text, proof: z.array(hash) });

const key = z.strictObject({
  id: keyId, owner: text, purpose: z.enum(["attestation", "ledger", "seal"]), name: text, algorithm: z.enum(["Ed25519", "RSA-3072"]),
  publicKey: base64, validFrom: time, validTo: z.nullable(time),
});

/** A document the batch was made by, as it was frozen, with the signatures on it. */
const document = z.strictObject({ kind: z.enum(["exception-configuration", "master", "overlay"]), id: text, digest: hex, text, signatures: z.array(signature) });

/** The bytes of an attached file. */
const file = z.strictObject({ digest: hex, size: count, content: base64 });

/** Entries about what the batch used, under one head of their owner's ledger. */
const related = z.strictObject({ owner: text, note: text, entries: z.array(entry) });

/** What goes with a mock recall in its PDF, so that its signatures are checked without a server: the register's keys, and the signatures on it. */
export const recallProof = z.strictObject({ format: z.literal("EBRRCLP/1"), exportedAt: time, keys: z.array(key), signatures: z.array(signature) });
export type RecallProof = z.infer<typeof recallProof>;

const content = z.strictObject({
  record: text,
  segments: z.array(segment),
  signatures: z.array(signature),
  entries: z.array(entry),
  checkpoints: z.array(z.strictObject({ note: text })),
  consistency: z.array(hash),
  keys: z.array(key),
  documents: z.optional(z.array(document)),
  files: z.optional(z.array(file)),
  related: z.optional(z.array(related)),
});

const counts = z.strictObject({
  entries: count, signatures: count, segments: count, readings: count, checkpoints: count, keys: count, proofs: count,
  documents: z.optional(count), files: z.optional(count), related: z.optional(count),
});

/** The members EBRBUNDLE/2 has beyond EBRBUNDLE/1, in the content and in the counts alike. */
const added = ["documents", "files", "related"] as const;
type Added = Readonly<Partial<Record<(typeof added)[number], unknown>>>;
const has = (format: string, holder: Added): boolean => added.every((name) => (holder[name] !== undefined) === (format === "EBRBUNDLE/2"));

const manifest = z.strictObject({
  batchId: text, siteId: text, siteName: text, zone: text, exportedAt: time, exportedBy: z.strictObject({ id: text, name: text, role: text }),
  copy: count, reason: text, recordDigest: hex, counts, filter: text, contentDigest: hex,
});

export const bundle = z.strictObject({
  format: z.enum(["EBRBUNDLE/1", "EBRBUNDLE/2"]), manifest, content,
  /** Ed25519 over "EBRSEAL/1", a line feed and the manifest's RFC 8785 text: 64 bytes. */
  seal: z.strictObject({ keyId, signature: base64.check(z.length(88), z.regex(/[^=]==$/)) }),
}).check(z.refine(({ format, content: held, manifest: { counts: counted } }) => has(format, held) && has(format, counted)));

export type Bundle = z.infer<typeof bundle>;
export type Content = Bundle["content"];
export type Manifest = Bundle["manifest"];
export type Counts = Manifest["counts"];
export type SealedSegment = Content["segments"][number];
export type ExportedSignature = Content["signatures"][number];
export type ProvedEntry = Content["entries"][number];
export type ExportedDocument = NonNullable<Content["documents"]>[number];
export type ExportedFile = NonNullable<Content["files"]>[number];
export type RelatedEntries = NonNullable<Content["related"]>[number];
export type RegisterKey = Content["keys"][number];
export type Assertion = z.infer<typeof assertion>;
