import { createHash } from "node:crypto";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { leafBytes, tree } from "#lib/ledger/native.ts";
import type { Bundle } from "#lib/evidence/shape.ts";
import type { Chance } from "./tamper-chance.ts";
import { attested, consistencyOf, proofOf, signed, synthetic, testKey, type Made, type TestKey } from "./synthetic.ts";

type Mutable<T> = T extends readonly (infer Item)[] ? Mutable<Item>[] : T extends object ? { -readonly [Name in keyof T]: Mutable<T[Name]> } : T;
/** A bundle taken apart, to be damaged. */
export type Draft = Mutable<Bundle>;
export type DraftEntry = Draft["content"]["entries"][number];
export type DraftSignature = Draft["content"]["signatures"][number];

/** A valid bundle with what a forger may know: another valid bundle of the same kind, and a stranger's keys. */
export type Subject = {
  readonly made: Made; readonly other: Made; readonly bytes: Buffer;
  /** Fingerprint of the true register. */
  readonly trust: string;
  readonly stranger: { readonly attestation: TestKey; readonly basel: TestKey; readonly raleigh: TestKey };
};

export const draftOf = (made: Made): Draft => JSON.parse(made.text) as Draft;

/** SHA-256 over RFC 8785 of the register's [id, publicKey] pairs. */
export const fingerprintOf = (keys: readonly { readonly id: string; readonly publicKey: string }[]): string =>
  createHash("sha256").update(canonical(keys.map(({ id, publicKey }) => [id, publicKey]))).digest("hex");

/** `full`: of EBRBUNDLE/2. */
export function newSubject(full = false, made: Made = synthetic({ full })): Subject {
  return {
    made, other: synthetic({ full }), bytes: Buffer.from(made.text, "utf8"), trust: fingerprintOf(made.content.keys),
    stranger: { attestation: testKey("enterprise", "attestation"), basel: testKey("basel", "ledger"), raleigh: testKey("raleigh", "ledger") },
  };
}

const relatedOf = ({ related = [] }: Draft["content"]): number => related.reduce((n, { entries }) => n + entries.length, 0);

/** Counts, filter and content digest as they follow from the content. */
export function recount({ manifest, content }: Draft): void {
  const of = (list: readonly unknown[]): number => list.length;
  manifest.counts = {
    entries: of(content.entries), signatures: of(content.signatures), segments: of(content.segments), readings: content.segments.reduce((n, s) => n + s.readings, 0),
    checkpoints: of(content.checkpoints), keys: of(content.keys), proofs: of(content.entries) + relatedOf(content),
    ...(content.documents ? { documents: of(content.documents) } : {}), ...(content.files ? { files: of(content.files) } : {}), ...(content.related ? { related: relatedOf(content) } : {}),
  };
  manifest.recordDigest = digestOf("EBRREC/1", content.record);
  manifest.contentDigest = digestOf("EBRBUN/1", canonical(content));
}

export function seal(draft: Draft, key: TestKey, keyId = key.row.id): void {
  draft.seal = { keyId, signature: Buffer.from(signed(key, Buffer.from(`EBRSEAL/1\n${canonical(draft.manifest)}`))).toString("base64") };
}

/** Attests every signature anew; what the attestation says besides follows the signature. */
export function attestAnew(draft: Draft, key: TestKey): void {
  for (const signature of draft.content.signatures) signature.attestation = attestationOf(signature, key);
}

export function attestationOf(signature: DraftSignature, key: TestKey): string {
  const old = JSON.parse(Buffer.from(signature.attestation.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
  return attested({ ...old, digest: signature.digest, signedAt: signature.signedAt, method: signature.method }, key);
}

/** Writes a statement with other members; digest and chain of the later signatures follow. */
export function restate(draft: Draft, at: number, change: Readonly<Record<string, unknown>>): void {
  let before: string | null = draft.content.signatures[at - 1]?.digest ?? null;
  for (const [i, signature] of draft.content.signatures.entries()) {
    if (i < at) continue;
    const said = JSON.parse(signature.statement) as Record<string, unknown>;
    signature.statement = canonical({ ...said, previousDigest: before, ...(i === at ? change : {}) });
    signature.digest = digestOf("EBRSIG/1", signature.statement);
    before = signature.digest;
  }
}

/** Recomputes the tree after entries were rewritten: every proof, the last root and the consistency proof, but no signature. */
export function regrow(draft: Draft, { leaves: old }: Made): void {
  const leaves = [...old];
  for (const entry of draft.content.entries) leaves[entry.position] = tree.leafHash(leafBytes(entry.canonical));
  for (const entry of draft.content.entries) entry.proof = proofOf(leaves, entry.position);
  for (const [i, checkpoint] of draft.content.checkpoints.entries()) {
    const lines = checkpoint.note.split("\n");
    const size = Number(lines[1]);
    lines[2] = Buffer.from(tree.rootOf(leaves.slice(0, size))).toString("base64");
    checkpoint.note = lines.join("\n");
    if (i === 0 && draft.content.checkpoints.length > 1) draft.content.consistency = consistencyOf(leaves, size);
  }
}

/** Rewrites columns of an entry. */
export function rewrite(entry: DraftEntry, change: (columns: Record<string, unknown>) => Record<string, unknown>): void {
  entry.canonical = canonical(change(JSON.parse(entry.canonical) as Record<string, unknown>));
}

/** Place of one of a list's items; undefined where the list is empty. */
export const placeIn = (list: readonly unknown[], chance: Chance): number | undefined => (list.length === 0 ? undefined : chance.below(list.length));

/** Two different places. */
export function twoPlaces(list: readonly unknown[], chance: Chance): readonly [number, number] | undefined {
  if (list.length < 2) return undefined;
  const a = chance.below(list.length);
  return [a, (a + 1 + chance.below(list.length - 1)) % list.length];
}
