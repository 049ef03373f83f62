import { and, eq, inArray } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { registerKeys } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import { leafBytes, nativeCrypto, tree } from "./native.ts";
import { fromBase64, readCheckpoint, readNote, toBase64, verifyNoteSignature } from "./note.ts";
import { auditPaths, consistencyPath, entryProof, headOf, type LedgerHead } from "./queries.ts";
import { sameBytes } from "./tree.ts";

type TakenKey = { readonly id: string; readonly owner: string; readonly name: string; readonly publicKey: string; readonly validFrom: string; readonly validTo: string | null };

/** What is taken away to prove one entry: its bytes, its place, the path to a signed head, and the keys that sign such heads. */
export type TakenProof = {
  readonly format: "EBRPROOF/1"; readonly siteId: string; readonly entryId: string;
  /** The entry's canonical text; the leaf is "EBRLEAF/1", a line feed and it. */
  readonly canonical: string;
  readonly position: number; readonly size: number;
  /** base64, from the leaf upwards. */
  readonly path: readonly string[];
  readonly note: string;
  readonly keys: readonly TakenKey[];
};


/** The ledger keys a note's signature lines name. */
async function keysOf(tx: SiteTx, note: string): Promise<readonly TakenKey[]> {
  const names = readNote(note)?.signatures.map((made) => made.name) ?? [];
  if (names.length === 0) return [];
  const keys = await tx.select().from(registerKeys).where(and(eq(registerKeys.purpose, "ledger"), inArray(registerKeys.name, names)));
  return keys.map((k) => ({ id: k.id, owner: k.owner, name: k.name, publicKey: k.publicKey, validFrom: k.validFrom.toISOString(), validTo: k.validTo?.toISOString() ?? null }));
}

/** The proof of one entry with everything needed to check it elsewhere; undefined while the ledger does not hold it or no head covers it. */
export async function takenProof(tx: SiteTx, siteId: string, entryId: string): Promise<{ readonly taken: TakenProof; readonly signedAt: number } | undefined> {
  const proof = await entryProof(tx, siteId, entryId);
  const [entry] = await tx.select({ canonical: auditEntries.canonical }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.id, entryId)));
  if (!proof || !entry) return undefined;
  const { note, size, signedAt } = proof.head;
  return { taken: { format: "EBRPROOF/1", siteId, entryId, canonical: entry.canonical, position: proof.position, size, path: proof.path.map(toBase64), note, keys: await keysOf(tx, note) }, signedAt: signedAt.getTime() };
}

/** The newest signed head of a site's ledger with the keys it names. */
export async function takenHead(tx: SiteTx, siteId: string) {
  const head = await headOf(tx, siteId);
  return head && { siteId, size: head.size, root: toBase64(head.root), signedAt: head.signedAt.toISOString(), note: head.note, keys: await keysOf(tx, head.note) };
}

/** That the tree of `first` leaves is a beginning of the tree of `second`; undefined unless the ledger holds that many. */
export async function takenConsistency(tx: SiteTx, siteId: string, first: number, second: number) {
  const head = await headOf(tx, siteId);
  if (!head || first < 1 || first > second || second > head.size) return undefined;
  return { siteId, first, second, path: (await consistencyPath(tx, siteId, first, second)).map(toBase64) };
}

export type ProvenEntry = { readonly id: string; readonly canonical: string; readonly position: number };
export type ProofOutcome = { readonly proved: readonly string[]; readonly failed: readonly string[]; /** Not covered by a signed head yet. */ readonly uncovered: readonly string[] };

/** Entries proved with one query. */
const together = 250;

/** Recomputes leaf, path and root of each entry of one site against the newest head, whose signature is verified first; a head that does not verify proves nothing. */
export async function proveEntries(tx: SiteTx, siteId: string, entries: readonly ProvenEntry[]): Promise<ProofOutcome> {
  const head = await headOf(tx, siteId);
  const within = entries.filter((e) => head && e.position < head.size);
  const uncovered = entries.filter((e) => !within.includes(e)).map((e) => e.id);
  if (!head || !(await headVerifies(tx, head))) return { proved: [], failed: within.map((e) => e.id), uncovered };
  const [proved, failed]: [string[], string[]] = [[], []];
  for (let i = 0; i < within.length; i += together) {
    const part = within.slice(i, i + together);
    const paths = await auditPaths(tx, siteId, part.map((e) => e.position), head.size);
    for (const [n, entry] of part.entries()) {
      const holds = tree.verifyInclusion({ leafHash: tree.leafHash(leafBytes(entry.canonical)), position: entry.position, size: head.size, path: paths[n] ?? [], root: head.root });
      (holds ? proved : failed).push(entry.id);
    }
  }
  return { proved, failed, uncovered };
}

/** Does the signed note say the stored size and root, and is it signed by a ledger key of the site? */
async function headVerifies(tx: SiteTx, { siteId, note: text, size, root }: LedgerHead): Promise<boolean> {
  const note = readNote(text);
  const said = note && readCheckpoint(note.text);
  if (said?.size !== size || !sameBytes(said.root, root)) return false;
  const keys = await tx.select().from(registerKeys).where(and(eq(registerKeys.purpose, "ledger"), eq(registerKeys.owner, siteId)));
  return note !== undefined && keys.some((key) => verifyNoteSignature(note, { name: key.name, publicKey: fromBase64(key.publicKey) ?? new Uint8Array() }, nativeCrypto));
}
