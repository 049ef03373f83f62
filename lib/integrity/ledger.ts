import { nativeCrypto } from "#lib/ledger/native.ts";
import { fromBase64, readCheckpoint, readNote, verifyCosignature, verifyNoteSignature, type Head, type NoteKey, type SignedNote } from "#lib/ledger/note.ts";
import { sameBytes } from "#lib/ledger/tree.ts";
import type { BatchFinding } from "./finding.ts";

/** A public key of the register that signs heads. */
export type LedgerKey = NoteKey & { readonly id: string; readonly owner: string; readonly validFrom: Date; readonly validTo: Date | null };
/** A stored head; `root` 32 bytes over `size` leaves. */
export type StoredHead = { readonly size: number; readonly root: Uint8Array; readonly note: string; readonly keyId: string; readonly signedAt: Date };
export type StoredCosignature = { readonly size: number; readonly witness: string; readonly line: string };
/** Which tree is looked at and who may sign its heads. */
export type Log = { readonly siteId: string; readonly keys: readonly LedgerKey[] };

const hex = (bytes: Uint8Array | undefined): string => (bytes ? Buffer.from(bytes).toString("hex") : "nothing");
const finding = (table: string, recordId: string, field: string, recorded: string, found: string): BatchFinding => ({ table, recordId, batchId: null, field, recorded, found });
const head = (siteId: string, size: number): string => `${siteId}/${size}`;

/** A key of the register as note key; undefined when its stored form is not 32 bytes in base64. */
export function ledgerKeyOf(row: { readonly id: string; readonly owner: string; readonly name: string; readonly publicKey: string; readonly validFrom: Date; readonly validTo: Date | null }): LedgerKey | undefined {
  const publicKey = fromBase64(row.publicKey);
  return publicKey?.length === 32 ? { ...row, publicKey } : undefined;
}

/** Rotation and the last head of the old key may share a moment. */
const slack = 5 * 60_000;
const validAt = (key: LedgerKey, at: Date): boolean => key.validFrom.getTime() - slack <= at.getTime() && (key.validTo === null || at.getTime() <= key.validTo.getTime() + slack);

function signedBy(note: SignedNote, log: Log, at: Date, keyId?: string): LedgerKey | undefined {
  return log.keys.find((key) => key.owner === log.siteId && (keyId === undefined || key.id === keyId) && validAt(key, at) && verifyNoteSignature(note, key, nativeCrypto));
}

/**
 * A stored head against the tree: its root is the one recomputed over the entries (`root`, undefined where there are fewer entries),
 * its note says the same size and root, and a key of the site that was valid then has signed it.
 */
export function compareHead(log: Log, stored: StoredHead, root: Uint8Array | undefined): readonly BatchFinding[] {
  const id = head(log.siteId, stored.size);
  const findings: BatchFinding[] = [];
  if (!root || !sameBytes(root, stored.root)) findings.push(finding("checkpoints", id, "root", hex(stored.root), root ? hex(root) : "fewer entries than the head covers"));
  const note = readNote(stored.note);
  const said = note && readCheckpoint(note.text);
  if (!note || !said) return [...findings, finding("checkpoints", id, "note", "a signed note", stored.note.slice(0, 80))];
  if (said.size !== stored.size) findings.push(finding("checkpoints", id, "size", String(said.size), String(stored.size)));
  if (!sameBytes(said.root, stored.root)) findings.push(finding("checkpoints", id, "root", hex(said.root), hex(stored.root)));
  const key = signedBy(note, log, stored.signedAt, stored.keyId);
  if (!key) findings.push(finding("checkpoints", id, "note", "signed by a key of the site that was valid then", "no such signature"));
  else if (key.name !== said.origin) findings.push(finding("checkpoints", id, "note", key.name, said.origin));
  return findings;
}

/** A co-signature against the head it is of: by a key of the register of that name, of another owner than the log's. */
export function compareCosignature(log: Log, stored: StoredCosignature, note: string | undefined): readonly BatchFinding[] {
  const id = `${head(log.siteId, stored.size)}/${stored.witness}`;
  const known = log.keys.filter((key) => key.name === stored.witness);
  // An outside witness has no key in the register; its line is checked by whoever trusts it.
  if (known.length === 0) return [];
  const read = note === undefined ? undefined : readNote(`${note}${stored.line}\n`);
  const holds = read && known.some((key) => key.owner !== log.siteId && verifyCosignature(read, key, nativeCrypto) !== undefined);
  return holds ? [] : [finding("cosignatures", id, "line", "a co-signature over the head", "does not verify")];
}

/**
 * A head the witness has seen against the log as it is now: the log is at least as long and begins with the same entries, and the
 * head was signed by a key the register knows. `root`: ours over the head's size, undefined where the log is shorter.
 */
export function compareWitnessed(log: Log, seen: { readonly head: Head; readonly note: string }, size: number, root: Uint8Array | undefined): readonly BatchFinding[] {
  const id = head(log.siteId, seen.head.size);
  if (size < seen.head.size) return [finding("witness", id, "size", String(seen.head.size), String(size))];
  const findings: BatchFinding[] = [];
  if (!root || !sameBytes(root, seen.head.root)) findings.push(finding("witness", id, "root", hex(seen.head.root), hex(root)));
  const note = readNote(seen.note);
  const known = note && log.keys.some((key) => key.owner === log.siteId && verifyNoteSignature(note, key, nativeCrypto));
  return known ? findings : [...findings, finding("witness", id, "note", "signed by a key of the register", "no key of the register signed it")];
}

/** What stands at a position of the ledger: the hash the ledger holds, and that of the entry's bytes. */
export type Leaf = { readonly position: number; readonly entryId: string; readonly stored: Uint8Array; readonly computed: Uint8Array | undefined };

export const missingEntry = ({ entryId, position }: Pick<Leaf, "entryId" | "position">): BatchFinding => finding("audit_entries", entryId, "row", `an entry at position ${position} of the ledger`, "no such row");
export const alteredEntry = ({ entryId, stored, computed }: Leaf, batchId: string | null): BatchFinding => ({ ...finding("audit_entries", entryId, "ledger leaf", hex(stored), hex(computed)), batchId });
export const unplacedEntry = (entryId: string, batchId: string | null): BatchFinding => ({ ...finding("audit_entries", entryId, "ledger position", "a position in the ledger", "none, though later heads were signed"), batchId });
/** Heads of the witness file that cannot be read any more. */
export const alteredWitness = (siteId: string, heads: number): BatchFinding => finding("witness", siteId, "note", "signed notes only", `${heads} that cannot be read`);
export const missingLeaf = (siteId: string, position: number): BatchFinding => finding("ledger_leaves", head(siteId, position), "row", "a leaf", "no such row");
export const alteredNode = (siteId: string, node: string, stored: Uint8Array | undefined, computed: Uint8Array): BatchFinding => finding("ledger_nodes", `${siteId}/${node}`, "hash", hex(computed), hex(stored));
