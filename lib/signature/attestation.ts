import { canonical, keyIdOf } from "#lib/digest/digest.ts";
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { z } from "zod";
import { passkeyAssertion, passkeyDigest, verifyAssertion, type PasskeyAssertion } from "./passkey.ts";
import { signatureStatement, statementDigest, statementText, type SignedAbout } from "./statement.ts";

/** What the portal's key attests: when and how the person proved himself for exactly this statement. */
export const attestation = z.object({
  digest: z.string(),
  signedAt: z.iso.datetime(),
  method: z.enum(["identity-provider", "passkey", "story"]),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
});
export type Attestation = z.infer<typeof attestation>;

/** A public key that attested or attests, with when it did. `publicKey`: the 32 bytes of Ed25519, base64. */
export type AttestationKey = { readonly id: string; readonly publicKey: string; readonly validFrom: Date; readonly validTo: Date | null };

/** A key that stands in no register: valid whenever. `key`: its public or private JWK. */
export function attestationKeyOf(key: JWK): AttestationKey {
  const bytes = Buffer.from(key.x ?? "", "base64url");
  return { id: keyIdOf(bytes), publicKey: bytes.toString("base64"), validFrom: new Date(0), validTo: null };
}

/** Compact JWS (Ed25519) over the attestation, with the key's id. `key`: the portal's private JWK. */
export async function attest(claims: Attestation, key: JWK): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "EdDSA", kid: attestationKeyOf(key).id })
    .sign(await importJWK(key, "EdDSA"));
}

/** The public half of the portal's key. */
export const publicHalf = ({ kty, crv, x, kid }: JWK): JWK => ({ kty: kty ?? "OKP", crv: crv ?? "Ed25519", x: x ?? "", ...(kid ? { kid } : {}) });

export type SignatureRow = {
  readonly batchId: string | null; /** Kind and id of the record; absent in rows about a batch that are older than the kinds. */ readonly recordType?: string | null; readonly recordId?: string | null; readonly about?: SignedAbout | null; readonly ordinal: number; readonly meaning: string; readonly reason: string; readonly comment: string; readonly sentence: string;
  readonly statement: string; readonly digest: string; readonly recordDigest: string; readonly previousDigest: string | null; readonly siteId: string;
  readonly signerId: string; readonly printedName: string; readonly userName: string; readonly role: string; readonly method: string; readonly signedAt: Date; readonly attestation: string;
  readonly withdraws: number | null; readonly assertion: PasskeyAssertion | null;
};

export type Verification = { readonly holds: boolean; readonly checked: readonly { readonly statement: string; readonly holds: boolean }[] };

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rowMatchesStatement(row: SignatureRow): boolean {
  const parsed = signatureStatement.safeParse(jsonOf(row.statement));
  if (!parsed.success) return false;
  const s = parsed.data;
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [s.recordId, row.recordId ?? row.batchId], [s.recordType, row.recordType ?? "batch"], [s.recordType === "batch" ? s.recordId : null, row.batchId], [canonical(s.about ?? null), canonical(row.about ?? null)], [s.meaning, row.meaning], [s.reason, row.reason], [s.comment, row.comment], [s.sentence, row.sentence], [s.recordDigest, row.recordDigest],
    [s.previousDigest, row.previousDigest], [s.signerId, row.signerId], [s.printedName, row.printedName], [s.userName, row.userName], [s.role, row.role], [s.site, row.siteId],
    [s.withdraws ?? null, row.withdraws], [statementText(s), row.statement],
  ];
  return pairs.every(([a, b]) => a === b);
}

/** Key ids of before the register were thumbprints (RFC 7638), 43 characters; ours are 16 hex digits. */
const ofBeforeTheRegister = (kid: string | undefined): boolean => kid?.length === 43;

type Signed = Pick<SignatureRow, "attestation" | "digest" | "method" | "signedAt">;

/**
 * The keys that may have attested this. The one the header names, when it was valid at that time; for a header of before the
 * register, each. What was planted with the story, or attested before the register began, has no lower bound of validity.
 */
function candidatesFor({ attestation: jws, method, signedAt }: Signed, keys: readonly AttestationKey[]): readonly AttestationKey[] {
  const { kid } = decodeProtectedHeader(jws);
  const old = ofBeforeTheRegister(kid);
  return keys.filter((key) => (old || key.id === kid) && (old || method === "story" || key.validFrom <= signedAt) && (key.validTo === null || signedAt <= key.validTo));
}

/** What the attestation says when one of the keys made it for this digest, time and method; undefined otherwise. */
export async function attestedClaims(row: Signed, keys: readonly AttestationKey[]): Promise<Attestation | undefined> {
  // Base64url has spare bits at its end: the same bytes may be written in several ways, and only one of them is what was stored.
  if (!row.attestation.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part)) return undefined;
  try {
    for (const key of candidatesFor(row, keys)) {
      const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(key.publicKey, "base64").toString("base64url") };
      const verified = await compactVerify(row.attestation, await importJWK(jwk, "EdDSA"), { algorithms: ["EdDSA"] }).catch(() => undefined);
      if (!verified) continue;
      const claims = attestation.parse(JSON.parse(new TextDecoder().decode(verified.payload)));
      return claims.digest === row.digest && claims.signedAt === row.signedAt.toISOString() && claims.method === row.method ? claims : undefined;
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** What a signature's page shows of the attested evidence, as it stands in the JWS; whether it holds is said by the verification beside it. */
export type EvidenceShown = { readonly label: string; readonly deviceBound: boolean; readonly continuity: string; readonly components: string };
export function evidenceShown(jws: string): EvidenceShown {
  const parsed = attestation.safeParse(jsonOf(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString("utf8")));
  const { label = "", deviceBound = "", continuity = "", components = "" } = parsed.success ? parsed.data.evidence : {};
  return { label: String(label), deviceBound: deviceBound === "yes", continuity: String(continuity), components: String(components) };
}

/** Does the passkey's answer hold for this digest at the origin, with the credential and the key the attestation names? A method without one must carry none. */
export function assertionFits({ method, digest, assertion }: Pick<SignatureRow, "method" | "digest" | "assertion">, claims: Attestation | undefined): boolean {
  if (method !== "passkey") return assertion === null;
  const parsed = passkeyAssertion.safeParse(assertion);
  const origin = claims?.evidence["origin"];
  if (!parsed.success || typeof origin !== "string") return false;
  return claims?.evidence["credentialId"] === parsed.data.credentialId && claims.evidence["publicKeyDigest"] === passkeyDigest(parsed.data.publicKey) && verifyAssertion(parsed.data, digest, origin).ok;
}

/** Recomputes one signature from its stored bytes. `before`: the signature of the ordinal below on the same record. */
export async function verifySignature(row: SignatureRow, before: SignatureRow | undefined, keys: readonly AttestationKey[]): Promise<Verification> {
  const claims = await attestedClaims(row, keys);
  const checked = [
    { statement: "What is shown is what was signed", holds: rowMatchesStatement(row) },
    { statement: "The digest fits the signed bytes", holds: statementDigest(row.statement) === row.digest },
    { statement: "The chain before it is unbroken", holds: row.ordinal === (before?.ordinal ?? 0) + 1 && row.previousDigest === (before?.digest ?? null) },
    { statement: "The portal's key attests time and method", holds: claims !== undefined },
    ...(row.method === "passkey" || row.assertion !== null ? [{ statement: "The signer's passkey answered for this statement, user verified", holds: assertionFits(row, claims) }] : []),
  ];
  return { holds: checked.every((c) => c.holds), checked };
}

/** Verifies all signatures of one record, in order. */
export async function verifyChain(rows: readonly SignatureRow[], keys: readonly AttestationKey[]): Promise<readonly Verification[]> {
  return Promise.all(rows.map((row, i) => verifySignature(row, rows[i - 1], keys)));
}
