import { and, desc, eq, gte, lte, asc, sql } from "drizzle-orm";
import { checkpoints, cosignatures, ledgerLeaves, registerKeys } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import { BrokenPromise } from "#lib/result.ts";
import { tree } from "./native.ts";
import { writeNote, type SignedNote } from "./note.ts";
import { auditPathRanges, consistencyRanges, subtreesOf, type LeafRange } from "./tree.ts";

/** Inner hashes are stored at every `nodeStep`th level. */
export const nodeStep = 8;

type Stored = { readonly level: number; readonly number: number; readonly hash: Uint8Array };

/** Runs of neighbouring stored subtrees, so that each is one range scan. */
function runsOf(ranges: readonly LeafRange[]): readonly { level: number; from: number; to: number }[] {
  const runs: { level: number; from: number; to: number }[] = [];
  for (const range of ranges) {
    for (const { level, number } of subtreesOf(range, nodeStep)) {
      const last = runs.at(-1);
      if (last && last.level === level && last.to === number) last.to = number + 1;
      else runs.push({ level, from: number, to: number + 1 });
    }
  }
  return runs;
}

async function storedHashes(tx: SiteTx, siteId: string, ranges: readonly LeafRange[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const runs = JSON.stringify(runsOf(ranges));
  const rows = await tx.execute<{ level: number; number: string; hash: Uint8Array }>(sql`
    with runs as (select * from jsonb_to_recordset(${runs}::jsonb) as r(level int, "from" bigint, "to" bigint))
    select 0 as level, l.position as number, l.leaf_hash as hash from runs r join ledger_leaves l on l.site_id = ${siteId} and l.position >= r."from" and l.position < r."to" where r.level = 0
    union all select n.level, n.number, n.hash from runs r join ledger_nodes n on n.site_id = ${siteId} and n.level = r.level and n.number >= r."from" and n.number < r."to" where r.level > 0`);
  return new Map(rows.map((row) => [`${row.level}/${row.number}`, row.hash]));
}

function rootOfRange(range: LeafRange, stored: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const frontier = tree.frontier();
  for (const { level, number } of subtreesOf(range, nodeStep)) {
    const hash = stored.get(`${level}/${number}`);
    if (!hash) throw new BrokenPromise("ledger-gap", `subtree ${level}/${number} of the ledger is missing`);
    frontier.append(hash, level);
  }
  const root = frontier.root();
  if (!root) throw new BrokenPromise("ledger-gap", "a range of no leaves has no root");
  return root;
}

/** Roots of ranges of a site's stored tree, in their order. Throws `ledger-gap` where a stored hash is missing. */
export async function rootsOf(tx: SiteTx, siteId: string, ranges: readonly LeafRange[]): Promise<readonly Uint8Array[]> {
  if (ranges.length === 0) return [];
  const stored = await storedHashes(tx, siteId, ranges);
  return ranges.map((range) => rootOfRange(range, stored));
}

/** The complete subtrees of the first `size` leaves, from which a sequencer goes on. */
export async function frontierHashes(tx: SiteTx, siteId: string, size: number): Promise<readonly Stored[]> {
  const stored = await storedHashes(tx, siteId, [{ from: 0, to: size }]);
  return subtreesOf({ from: 0, to: size }, nodeStep).map((node) => {
    const hash = stored.get(`${node.level}/${node.number}`);
    if (!hash) throw new BrokenPromise("ledger-gap", `subtree ${node.level}/${node.number} of the ledger is missing`);
    return { ...node, hash };
  });
}

/** RFC 6962 audit path of the leaf at `position` in the tree of `size` leaves. */
export const auditPath = (tx: SiteTx, siteId: string, position: number, size: number) => rootsOf(tx, siteId, auditPathRanges(position, { from: 0, to: size }));

/** Audit paths of several leaves with one query; in the order of `positions`. */
export async function auditPaths(tx: SiteTx, siteId: string, positions: readonly number[], size: number): Promise<readonly (readonly Uint8Array[])[]> {
  const ranges = positions.map((position) => auditPathRanges(position, { from: 0, to: size }));
  const all = new Map(ranges.flat().map((range) => [`${range.from}-${range.to}`, range]));
  if (all.size === 0) return positions.map(() => []);
  const stored = await storedHashes(tx, siteId, [...all.values()]);
  const roots = new Map([...all].map(([key, range]) => [key, rootOfRange(range, stored)]));
  return ranges.map((path) => path.map((range) => roots.get(`${range.from}-${range.to}`) ?? new Uint8Array()));
}

/** RFC 6962 consistency proof between the trees of `first` and `second` leaves; 1 ≤ first ≤ second. */
export const consistencyPath = (tx: SiteTx, siteId: string, first: number, second: number) => rootsOf(tx, siteId, consistencyRanges(first, { from: 0, to: second }));

/** A signed head with the co-signature lines it has received; `note` holds all of them. */
export type LedgerHead = { readonly siteId: string; readonly size: number; readonly root: Uint8Array; readonly signedAt: Date; readonly keyId: string; readonly note: string; readonly witnesses: readonly { readonly name: string; readonly receivedAt: Date }[] };

async function withWitnesses(tx: SiteTx, row: typeof checkpoints.$inferSelect): Promise<LedgerHead> {
  const lines = await tx.select().from(cosignatures).where(and(eq(cosignatures.siteId, row.siteId), eq(cosignatures.size, row.size))).orderBy(asc(cosignatures.witness));
  const note = row.note + lines.map(({ line }) => `${line}\n`).join("");
  return { siteId: row.siteId, size: row.size, root: row.root, signedAt: row.signedAt, keyId: row.keyId, note, witnesses: lines.map(({ witness, receivedAt }) => ({ name: witness, receivedAt })) };
}

type Wanted = { readonly covering?: number; readonly cosigned?: boolean };

/** The newest head of a site's ledger, or the oldest one of at least `covering` leaves; `cosigned`: only one that another key has co-signed. */
export async function headOf(tx: SiteTx, siteId: string, { covering, cosigned = false }: Wanted = {}): Promise<LedgerHead | undefined> {
  const [row] = await tx.select().from(checkpoints).where(and(
    eq(checkpoints.siteId, siteId), ...(covering === undefined ? [] : [gte(checkpoints.size, covering)]),
    ...(cosigned ? [sql`exists (select from ${cosignatures} c where c.site_id = ${checkpoints.siteId} and c.size = ${checkpoints.size})`] : []),
  )).orderBy(covering === undefined ? desc(checkpoints.size) : asc(checkpoints.size)).limit(1);
  return row && withWitnesses(tx, row);
}

/** The first head of a site's ledger that was co-signed by another key; undefined while there is none. */
export const firstHead = (tx: SiteTx, siteId: string): Promise<LedgerHead | undefined> => headOf(tx, siteId, { covering: 1, cosigned: true });

/** The newest head at or before a time. */
export async function headAt(tx: SiteTx, siteId: string, at: Date): Promise<LedgerHead | undefined> {
  const [row] = await tx.select().from(checkpoints).where(and(eq(checkpoints.siteId, siteId), lte(checkpoints.signedAt, at))).orderBy(desc(checkpoints.size)).limit(1);
  return row && withWitnesses(tx, row);
}

export type EntryProof = { readonly siteId: string; readonly entryId: string; readonly position: number; readonly leafHash: Uint8Array; readonly path: readonly Uint8Array[]; readonly head: LedgerHead };

/** Where an entry stands in its site's ledger and the path from it to the newest head; undefined while it is not sequenced or no head covers it. */
export async function entryProof(tx: SiteTx, siteId: string, entryId: string): Promise<EntryProof | undefined> {
  const [leaf] = await tx.select().from(ledgerLeaves).where(and(eq(ledgerLeaves.siteId, siteId), eq(ledgerLeaves.entryId, entryId)));
  const head = (await headOf(tx, siteId, { cosigned: true })) ?? (await headOf(tx, siteId));
  const covering = leaf && head && head.size <= leaf.position ? await headOf(tx, siteId) : head;
  if (!leaf || !covering || covering.size <= leaf.position) return undefined;
  return { siteId, entryId, position: leaf.position, leafHash: leaf.leafHash, path: await auditPath(tx, siteId, leaf.position, covering.size), head: covering };
}

/** The signed note of a head without co-signatures, as text. */
export const noteOf = ({ text }: SignedNote, line: string): string => writeNote(text, [line]);

/** Every key of the register, by id. */
export const keyRegister = (tx: SiteTx) => tx.select().from(registerKeys).orderBy(asc(registerKeys.id));
