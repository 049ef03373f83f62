import { and, eq, inArray } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { registerKeys } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import { readNote, toBase64 } from "./note.ts";
import { consistencyPath, entryProof, headOf } from "./queries.ts";

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
