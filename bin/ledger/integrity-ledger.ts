import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { and, asc, eq, gt, inArray, lte, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { checkpoints, cosignatures, ledgerNodes, registerKeys } from "#db/schema/ledger.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import type { BatchFinding } from "#lib/integrity/finding.ts";
import { alteredEntry, alteredNode, alteredWitness, compareCosignature, compareHead, compareWitnessed, ledgerKeyOf, missingEntry, missingLeaf, unplacedEntry, type Leaf, type Log, type StoredCosignature, type StoredHead } from "#lib/integrity/ledger.ts";
import { TreeWalk } from "#lib/integrity/walk.ts";
import { tree } from "#lib/ledger/native.ts";
import type { Frontier } from "#lib/ledger/tree.ts";
import { alteredHeads, readWitness } from "#lib/ledger/witness-file.ts";
import { leafRun, type LeafRun, type LeafRunResult } from "./integrity-leaves.ts";

export type LedgerVerification = {
  /** Entries whose bytes were hashed, and heads whose root and signature were recomputed; zero of either proves nothing. */
  readonly entries: number; readonly checkpoints: number; readonly witnessed: number;
  readonly size: number; readonly findings: readonly BatchFinding[];
  /** The tree up to `size`, from which a later walk goes on. */
  readonly frontier: Frontier;
};
export type VerifyLedger = {
  readonly database: Database; readonly databaseUrl: string; readonly siteId: string; readonly witnessDirectory: string;
  /** The tree an earlier walk ended with; without one everything is walked. */
  readonly from?: Frontier | undefined;
  /** Threads that read and hash; 1 does it in this one. */
  readonly threads?: number;
};

type Stored = { readonly size: number; readonly log: Log; readonly heads: readonly StoredHead[]; readonly cosigned: readonly StoredCosignature[]; readonly nodes: ReadonlyMap<string, Uint8Array> };

/** Read in this order, each statement by itself: whatever the sequencer adds in between makes the later reading longer, never shorter. */
async function readStored(tx: SiteTx, siteId: string, after: number): Promise<Stored> {
  const heads = await tx.select().from(checkpoints).where(and(eq(checkpoints.siteId, siteId), gt(checkpoints.size, after))).orderBy(asc(checkpoints.size));
  const newest = heads.at(-1)?.size ?? after;
  const cosigned = await tx.select().from(cosignatures).where(and(eq(cosignatures.siteId, siteId), gt(cosignatures.size, after), lte(cosignatures.size, newest))).orderBy(asc(cosignatures.size));
  const [row] = await tx.execute<{ size: string }>(sql`select coalesce(max(position) + 1, 0) as size from ledger_leaves where site_id = ${siteId}`);
  const nodes = await tx.select().from(ledgerNodes).where(eq(ledgerNodes.siteId, siteId));
  const keys = (await tx.select().from(registerKeys).where(eq(registerKeys.purpose, "ledger"))).flatMap((key) => ledgerKeyOf(key) ?? []);
  return { size: Number(row?.size ?? 0), log: { siteId, keys }, heads, cosigned, nodes: new Map(nodes.map((n) => [`${n.level}/${n.number}`, n.hash])) };
}

const runInThread = (leaves: LeafRun): Promise<LeafRunResult> => new Promise((resolve, reject) => {
  const worker = new Worker(fileURLToPath(new URL("integrity-leaves.ts", import.meta.url)), { workerData: { leafRun: leaves }, execArgv: [] });
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.once("exit", (code) => reject(new Error(`a thread that hashes the ledger ended with ${code}`)));
});

/** Runs of a walk are short enough that two of them in memory are no burden. */
const runLength = 131_072;

/** The runs in their order, `threads` of them in work at a time. */
async function* runsOf(of: Omit<LeafRun, "from" | "to">, from: number, to: number, threads: number): AsyncGenerator<LeafRunResult & { readonly from: number }> {
  const starts = Array.from({ length: Math.ceil((to - from) / runLength) }, (_, i) => from + i * runLength);
  const begin = (start: number) => {
    const leaves = { ...of, from: start, to: Math.min(to, start + runLength) };
    const result = (threads > 1 ? runInThread(leaves) : leafRun(leaves)).then((done) => ({ ...done, from: start }));
    result.catch(() => {}); // awaited below, in its turn
    return result;
  };
  const inWork = starts.slice(0, threads).map(begin);
  for (const start of starts.slice(threads)) {
    const done = await inWork.shift();
    inWork.push(begin(start));
    if (done) yield done;
  }
  for (const last of inWork) yield await last;
}

/** At most so many entries, positions or nodes are named one by one. */
const namedAtMost = 100;

/** Of many findings of a kind the first is the place to look; the rest follows from it. */
const first = (findings: readonly BatchFinding[]): readonly BatchFinding[] => findings.slice(0, 1);

async function namedLeaves(tx: SiteTx, siteId: string, leaves: readonly Leaf[]): Promise<readonly BatchFinding[]> {
  const named = leaves.slice(0, namedAtMost);
  const rows = named.length === 0 ? [] : await tx.select({ id: auditEntries.id, batchId: auditEntries.batchId }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), inArray(auditEntries.id, named.map((leaf) => leaf.entryId))));
  const batchOf = new Map(rows.map((row) => [row.id, row.batchId]));
  return named.map((leaf) => (leaf.computed ? alteredEntry(leaf, batchOf.get(leaf.entryId) ?? null) : missingEntry(leaf)));
}

/**
 * Entries that the sequencer passed by. It takes them by transaction, so none of an older transaction than the last one in the
 * ledger is left; ten minutes, because the numbers begin anew in a restored cluster.
 */
async function unplaced(tx: SiteTx, siteId: string): Promise<readonly BatchFinding[]> {
  const rows = await tx.execute<{ id: string; batch_id: string | null }>(sql`
    with last as (select a.tx from ledger_leaves l join audit_entries a on a.site_id = l.site_id and a.id = l.entry_id where l.site_id = ${siteId} order by l.position desc limit 1)
    select a.id, a.batch_id from audit_entries a where a.site_id = ${siteId} and a.tx < (select tx from last)
      and a.at < (select max(signed_at) from checkpoints where site_id = ${siteId}) - interval '10 minutes'
      and not exists (select from ledger_leaves l where l.site_id = a.site_id and l.entry_id = a.id) order by a.seq limit ${namedAtMost}`);
  return rows.map((row) => unplacedEntry(row.id, row.batch_id));
}

/**
 * Walks a site's ledger: hashes the bytes of every entry, compares them with the leaves, builds the tree, compares stored subtrees,
 * every signed head, every co-signature and what the witness has seen. With `from` only what came after it.
 */
export async function verifyLedger({ database, databaseUrl, siteId, witnessDirectory, from, threads = 1 }: VerifyLedger): Promise<LedgerVerification> {
  const start = from?.size ?? 0;
  const inSite = <T>(work: (tx: SiteTx) => Promise<T>) => withProgramme(database, "integrity", [siteId], work);
  // Read before the log: a head the witness sees in between is newer than what is read here.
  const witnessed = readWitness(witnessDirectory, siteId).filter(({ head }) => head.size > start);
  const spoilt = alteredHeads(witnessDirectory, siteId);
  const stored = await inSite((tx) => readStored(tx, siteId, start));
  const walk = new TreeWalk(from?.copy() ?? tree.frontier(), [...stored.heads, ...witnessed.map((w) => w.head)].map((h) => h.size), stored.nodes);
  const altered: Leaf[] = [];
  const missing: number[] = [];
  for await (const run of runsOf({ databaseUrl, siteId }, start, stored.size, threads)) {
    for (let at = 0; at < run.hashes.length; at += 32) walk.append(run.hashes.subarray(at, at + 32));
    altered.push(...run.altered);
    missing.push(...run.missing);
  }
  const notes = new Map(stored.heads.map((head) => [head.size, head.note]));
  const findings = [
    ...await inSite((tx) => namedLeaves(tx, siteId, altered)),
    ...missing.slice(0, namedAtMost).map((position) => missingLeaf(siteId, position)),
    ...(stored.size < start ? [missingLeaf(siteId, stored.size)] : []),
    ...first(walk.altered.map(({ node, stored: held, computed }) => alteredNode(siteId, node, held, computed))),
    ...first(stored.heads.flatMap((head) => compareHead(stored.log, head, walk.roots.get(head.size)))),
    ...first(stored.cosigned.flatMap((line) => compareCosignature(stored.log, line, notes.get(line.size)))),
    ...first(witnessed.flatMap((seen) => compareWitnessed(stored.log, seen, stored.size, walk.roots.get(seen.head.size)))),
    ...await inSite((tx) => unplaced(tx, siteId)),
    ...(spoilt > 0 ? [alteredWitness(siteId, spoilt)] : []),
  ];
  return { entries: Math.max(0, stored.size - start), checkpoints: stored.heads.length, witnessed: witnessed.length, size: stored.size, findings, frontier: walk.frontier };
}
