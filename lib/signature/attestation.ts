import { calculateJwkThumbprint, CompactSign, compactVerify, importJWK, type JWK } from "jose";
import { z } from "zod";
import { signatureStatement, statementDigest, statementText } from "./statement.ts";

/** What the portal's key attests: when and how the person proved himself for exactly this statement. */
export const attestation = z.object({
  digest: z.string(),
  signedAt: z.iso.datetime(),
  method: z.enum(["identity-provider", "story"]),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
});
export type Attestation = z.infer<typeof attestation>;

/** Compact JWS (Ed25519) over the attestation. `key`: the portal's private JWK. */
export async function attest(claims: Attestation, key: JWK): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "EdDSA", kid: await calculateJwkThumbprint(key) })
    .sign(await importJWK(key, "EdDSA"));
}

/** The public half of the portal's key. */
export const publicHalf = ({ kty, crv, x, kid }: JWK): JWK => ({ kty: kty ?? "OKP", crv: crv ?? "Ed25519", x: x ?? "", ...(kid ? { kid } : {}) });

export type SignatureRow = {
  readonly batchId: string; readonly ordinal: number; readonly meaning: string; readonly reason: string; readonly comment: string; readonly sentence: string;
  readonly statement: string; readonly digest: string; readonly recordDigest: string; readonly previousDigest: string | null; readonly siteId: string;
  readonly signerId: string; readonly printedName: string; readonly userName: string; readonly role: string; readonly method: string; readonly signedAt: Date; readonly attestation: string;
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
    [s.recordId, row.batchId], [s.meaning, row.meaning], [s.reason, row.reason], [s.comment, row.comment], [s.sentence, row.sentence], [s.recordDigest, row.recordDigest],
    [s.previousDigest, row.previousDigest], [s.signerId, row.signerId], [s.printedName, row.printedName], [s.userName, row.userName], [s.role, row.role], [s.site, row.siteId],
    [statementText(s), row.statement],
  ];
  return pairs.every(([a, b]) => a === b);
}

async function attestationFits(row: SignatureRow, key: JWK): Promise<boolean> {
  // Base64url has spare bits at its end: the same bytes may be written in several ways, and only one of them is what was stored.
  if (!row.attestation.split(".").every((part) => Buffer.from(part, "base64url").toString("base64url") === part)) return false;
  try {
    const { payload } = await compactVerify(row.attestation, await importJWK(key, "EdDSA"), { algorithms: ["EdDSA"] });
    const claims = attestation.parse(JSON.parse(new TextDecoder().decode(payload)));
    return claims.digest === row.digest && claims.signedAt === row.signedAt.toISOString() && claims.method === row.method;
  } catch {
    return false;
  }
}

/** Recomputes one signature from its stored bytes. `before`: the signature of the ordinal below on the same record. */
export async function verifySignature(row: SignatureRow, before: SignatureRow | undefined, key: JWK): Promise<Verification> {
  const checked = [
    { statement: "What is shown is what was signed", holds: rowMatchesStatement(row) },
    { statement: "The digest fits the signed bytes", holds: statementDigest(row.statement) === row.digest },
    { statement: "The chain before it is unbroken", holds: row.ordinal === (before?.ordinal ?? 0) + 1 && row.previousDigest === (before?.digest ?? null) },
    { statement: "The portal's key attests time and method", holds: await attestationFits(row, key) },
  ];
  return { holds: checked.every((c) => c.holds), checked };
}

/** Verifies all signatures of one record, in order. */
export async function verifyChain(rows: readonly SignatureRow[], key: JWK): Promise<readonly Verification[]> {
  return Promise.all(rows.map((row, i) => verifySignature(row, rows[i - 1], key)));
}
