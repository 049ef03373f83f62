import { sha256 } from "@noble/hashes/sha2.js";
import type { ExportedSignature, RegisterKey } from "#lib/evidence/shape.ts";
import { fromBase64 } from "#lib/ledger/note.ts";
import { base64url, digestOf, fromBase64url, textOf, utf8 } from "../bytes.ts";
import { isObject, objectOf, readCanonical, type JsonObject } from "../canonical.ts";
import { checkOf, validAt, type Check, type Evidence, type ReadEntry } from "../check.ts";
import { verifyEd25519 } from "../crypto.ts";
import { faultOfAssertion, passkeyDigest } from "../passkey.ts";

const statementOf = (signature: ExportedSignature): JsonObject | undefined => objectOf(signature.statement, readCanonical);

/** The record a signature is on, as its statement names it; `owner`: the site, or the enterprise, in whose trail it stands. */
type SignedOf = { readonly type: string; readonly id: string; readonly owner: string };

function faultOfStatement(signature: ExportedSignature, before: ExportedSignature | undefined, of: SignedOf): string | undefined {
  const statement = statementOf(signature);
  if (!statement || statement["format"] !== "EBRSIG/1" || statement["recordType"] !== of.type || !/^[0-9a-f]{64}$/.test(String(statement["recordDigest"]))) return "has no canonical statement";
  if (digestOf("EBRSIG/1", signature.statement) !== signature.digest) return "has another digest than its statement";
  if (statement["recordId"] !== of.id || statement["site"] !== of.owner) return "is of another record or site";
  if (signature.ordinal !== (before?.ordinal ?? 0) + 1 || statement["previousDigest"] !== (before?.digest ?? null)) return "does not follow the one before it";
  const { withdraws } = signature;
  if (statement["withdraws"] !== (withdraws ?? undefined) || (statement["meaning"] === "withdrawn") !== (withdraws !== null)) return "says of no or another withdrawal than its statement";
  return withdraws !== null && (withdraws < 1 || withdraws >= signature.ordinal) ? "withdraws one that is not before it" : undefined;
}

/** Whatever holds the register's keys: a bundle, or what goes with a mock recall. */
export type Keyed = { readonly content: { readonly keys: readonly RegisterKey[] } };

/** RFC 7638 thumbprint of an Ed25519 key. */
const thumbprint = (raw: Uint8Array): string => base64url(sha256(utf8(`{"crv":"Ed25519","kty":"OKP","x":"${base64url(raw)}"}`)));

/** Bytes of the attestation key a JWS names, when it was valid then. A signature of the story, or from before the register, may be older than the key's entry. */
function keyOf(kid: unknown, { method, signedAt }: ExportedSignature, keys: readonly RegisterKey[]): Uint8Array | undefined {
  for (const key of keys.filter((k) => k.purpose === "attestation" && k.algorithm === "Ed25519")) {
    const raw = fromBase64(key.publicKey);
    const named = key.id === kid || (raw && thumbprint(raw) === kid);
    const earlier = method === "story" || key.id !== kid;
    if (raw && named && validAt(earlier ? { ...key, validFrom: new Date(0).toISOString() } : key, Date.parse(signedAt))) return raw;
  }
  return undefined;
}

/** Payload of an attestation by a key of the register; undefined when it does not verify. */
function attestedBy(signature: ExportedSignature, { content }: Keyed): JsonObject | undefined {
  const parts = signature.attestation.split(".");
  const [header, payload, mac] = parts.map(fromBase64url);
  const head = objectOf(header && textOf(header));
  if (parts.length !== 3 || !header || !payload || !mac || head?.["alg"] !== "EdDSA" || "crit" in head || "b64" in head) return undefined; // RFC 7515 4.1.11: extensions that are not understood
  const key = keyOf(head["kid"], signature, content.keys);
  return key && verifyEd25519(key, utf8(parts.slice(0, 2).join(".")), mac) ? objectOf(textOf(payload)) : undefined;
}

function faultOfProof(signature: ExportedSignature, bundle: Keyed): string | undefined {
  const { assertion, digest, method, signedAt } = signature;
  const claims = attestedBy(signature, bundle);
  if (!claims) return "is attested by no key of the register that was valid then";
  if (claims["digest"] !== digest || claims["signedAt"] !== signedAt || claims["method"] !== method) return "is attested with another digest, time or method";
  if ((method === "passkey") !== (assertion !== null)) return method === "passkey" ? "lacks the passkey's answer" : "has a passkey's answer though none was asked";
  if (!assertion) return undefined;
  const evidence = claims["evidence"];
  if (!isObject(evidence) || evidence["credentialId"] !== assertion.credentialId || evidence["publicKeyDigest"] !== passkeyDigest(assertion)) return "is attested with another passkey";
  const fault = faultOfAssertion(assertion, sha256(utf8(`EBRSIG/1\n${signature.statement}`)), evidence["origin"]);
  return fault && `does not hold: ${fault}`;
}

/** What is wrong with a signature itself: its statement and place, the attestation, the passkey's answer. */
export const faultsOfSignature = (signature: ExportedSignature, before: ExportedSignature | undefined, of: SignedOf, bundle: Keyed): readonly string[] =>
  [faultOfStatement(signature, before, of), faultOfProof(signature, bundle)].filter((fault) => fault !== undefined);

const actOf = (signature: ExportedSignature): string => (signature.withdraws === null ? "record.signed" : "signature.withdrawn");

function isActOf(entry: ReadEntry, signature: ExportedSignature): boolean {
  const { detail } = entry;
  return entry.event === actOf(signature) && detail["signatureDigest"] === signature.digest && detail["ordinal"] === signature.ordinal && detail["method"] === signature.method
    && (signature.withdraws === null ? detail["meaning"] === statementOf(signature)?.["meaning"] : detail["withdraws"] === signature.withdraws);
}

export const isSignatureRow = (entry: ReadEntry): boolean => entry.event === "row.created" && entry.subjectType === "signatures";

/** Is this the entry of the row that holds the signature on the record of this id? */
export function isRowOf(entry: ReadEntry, signature: ExportedSignature, recordId: string): boolean {
  const made = typeof entry.detail["new"] === "string" ? objectOf(entry.detail["new"]) : undefined;
  return entry.subjectId === `${recordId}/${signature.ordinal}` && made?.["digest"] === signature.digest;
}

type Written = { readonly rows: readonly ReadEntry[]; readonly acts: readonly ReadEntry[] };

const writtenIn = (entries: readonly (ReadEntry | undefined)[]): Written => {
  const read = entries.filter((entry) => entry !== undefined);
  return {
    rows: read.filter(isSignatureRow),
    acts: read.filter((entry) => entry.event === "record.signed" || entry.event === "signature.withdrawn"),
  };
};

function faultOfEntries(signature: ExportedSignature, { rows, acts }: Written, batchId: string): string | undefined {
  if (rows.filter((entry) => isRowOf(entry, signature, batchId)).length !== 1) return "is not in the row history exactly once";
  return acts.filter((entry) => isActOf(entry, signature)).length === (signature.method === "story" ? 0 : 1) ? undefined : "is not told by exactly one act of the audit trail";
}

/** Every signature: its statement and place, the attestation, the passkey's answer, and its entries in the audit trail. */
export function checkSignatures({ bundle, entries }: Evidence): Check {
  const { manifest: { batchId, siteId }, content: { signatures } } = bundle;
  const written = writtenIn(entries);
  const of = { type: "batch", id: batchId, owner: siteId };
  const faults = signatures.flatMap((signature, i) => {
    const untold = faultOfEntries(signature, written, batchId);
    return [...faultsOfSignature(signature, signatures[i - 1], of, bundle), ...(untold ? [untold] : [])].map((fault) => `signature ${i + 1} ${fault}`);
  });
  const acted = signatures.filter((s) => s.method !== "story").length;
  const left = written.rows.length > signatures.length || written.acts.length > acted ? ["the audit trail tells of a signature that is not in the file"] : [];
  const covering = signatures.filter((s) => statementOf(s)?.["recordDigest"] === bundle.manifest.recordDigest).length;
  const story = signatures.length - acted;
  const found = `each with its entries in the audit trail; ${covering} of ${signatures.length} cover the record as exported${story > 0 ? `; ${story} of them of the planted story, for which nobody re-authenticated` : ""}`;
  return checkOf("signatures", signatures.length, [...faults, ...left], found);
}
