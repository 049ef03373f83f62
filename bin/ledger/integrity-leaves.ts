import { hash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import postgres from "postgres";
import { z } from "zod";
import type { Leaf } from "#lib/integrity/ledger.ts";

/** Leaves `from` (inclusive) to `to` (exclusive) of one site's ledger. */
export type LeafRun = { readonly databaseUrl: string; readonly siteId: string; readonly from: number; readonly to: number };
/**
 * What stands in the ledger over a run: its hashes one after the other, 32 bytes each (zeros where a leaf is missing), the positions
 * that are missing, and the leaves whose entry is gone or has other bytes.
 */
export type LeafRunResult = { readonly hashes: Uint8Array; readonly missing: readonly number[]; readonly altered: readonly Leaf[] };

const prefix = "\0EBRLEAF/1\n";
/** The hash of an entry's canonical text as a leaf. */
const leafHash = (canonical: string): Buffer => hash("sha256", prefix + canonical, "buffer");

type ById = Map<string, { readonly position: number; readonly stored: Buffer }>;
type Client = postgres.TransactionSql;

/**
 * Rows that come back as one: many values in one text are read several times as fast as a row each. (A COPY would be as fast, and its
 * stream can stand still for ever when its end arrives while it is paused.)
 */
const rowsAtOnce = 4_096;
const parts = (text: string | null): readonly string[] => (text === null ? [] : text.split(","));

async function readLeaves(tx: Client, { siteId, from, to }: LeafRun, hashes: Uint8Array): Promise<{ readonly byId: ById; readonly missing: readonly number[] }> {
  const byId: ById = new Map();
  const seen = new Uint8Array(to - from);
  for (let at = from; at < to; at += rowsAtOnce) {
    const [row] = await tx<{ positions: string | null; hashes: string | null; ids: string | null }[]>`
      select string_agg(position::text, ',' order by position) as positions, string_agg(encode(leaf_hash, 'hex'), ',' order by position) as hashes, string_agg(entry_id::text, ',' order by position) as ids
      from ledger_leaves where site_id = ${siteId} and position >= ${at} and position < ${Math.min(to, at + rowsAtOnce)}`;
    const [positions, stored, ids] = [parts(row?.positions ?? null).map(Number), parts(row?.hashes ?? null), parts(row?.ids ?? null)];
    for (const [i, position] of positions.entries()) {
      const bytes = Buffer.from(stored[i] ?? "", "hex");
      seen[position - from] = 1;
      if (bytes.length === 32) hashes.set(bytes, (position - from) * 32);
      byId.set(ids[i] ?? "", { position, stored: bytes });
    }
  }
  return { byId, missing: Array.from(seen.entries()).flatMap(([i, there]) => (there ? [] : [from + i])) };
}

/** Numbers of writing around the first and the last entries of a run; their order is nearly that of the ledger, and read without a join they come ten times as fast. */
async function writtenBetween(tx: Client, { siteId, from, to }: LeafRun): Promise<{ readonly low: bigint; readonly high: bigint } | undefined> {
  const [row] = await tx<{ low: string | null; high: string | null }[]>`
    select min(a.seq) as low, max(a.seq) as high from ledger_leaves l join audit_entries a on a.site_id = l.site_id and a.id = l.entry_id
    where l.site_id = ${siteId} and l.position = any (${[...new Set([0, 1, 2, 3].flatMap((i) => [from + i, to - 1 - i]))]}::bigint[])`;
  return row?.low && row.high ? { low: BigInt(row.low), high: BigInt(row.high) } : undefined;
}

type Take = (id: string, canonical: string) => void;

/** Entries of a stretch of writing. Canonical text holds no line feed; a piece that does not come apart as it should is left to be fetched by key. */
async function readStretch(tx: Client, siteId: string, { low, high }: { readonly low: bigint; readonly high: bigint }, take: Take): Promise<void> {
  for (let after = low - 1n; ; ) {
    const [row] = await tx<{ last: string | null; ids: string | null; texts: string | null }[]>`
      select max(seq) as last, string_agg(id::text, ',' order by seq) as ids, string_agg(canonical, E'\n' order by seq) as texts
      from (select seq, id, canonical from audit_entries where site_id = ${siteId} and seq > ${after.toString()}::bigint and seq <= ${high.toString()}::bigint order by seq limit ${rowsAtOnce}) t`;
    if (!row?.last) return;
    const [ids, texts] = [parts(row.ids), (row.texts ?? "").split("\n")];
    if (ids.length === texts.length) for (const [i, id] of ids.entries()) take(id, texts[i] ?? "");
    after = BigInt(row.last);
  }
}

const keysAtOnce = 1_000;

/**
 * Reads a run of leaves and the bytes of their entries and hashes each in this process: nothing is believed that the database
 * computes. Leaves and entries are matched here by the entry's id; what does not come in the order of writing is fetched by key.
 */
async function readRun(tx: Client, run: LeafRun): Promise<LeafRunResult> {
  await tx`select set_config('app.site_ids', ${run.siteId}, true)`;
  const hashes = new Uint8Array((run.to - run.from) * 32);
  const { byId, missing } = await readLeaves(tx, run, hashes);
  const altered: Leaf[] = [];
  const take: Take = (id, canonical) => {
    const leaf = byId.get(id);
    if (!leaf) return;
    byId.delete(id);
    const computed = leafHash(canonical);
    if (!computed.equals(leaf.stored)) altered.push({ position: leaf.position, entryId: id, stored: leaf.stored, computed });
  };
  const between = await writtenBetween(tx, run);
  if (between) await readStretch(tx, run.siteId, between, take);
  for (let rest = [...byId.keys()]; rest.length > 0; rest = rest.slice(keysAtOnce)) {
    const rows = await tx<{ id: string; canonical: string }[]>`select id, canonical from audit_entries where site_id = ${run.siteId} and id = any (${rest.slice(0, keysAtOnce)}::uuid[])`;
    for (const { id, canonical } of rows) take(id, canonical);
  }
  for (const [entryId, { position, stored }] of byId) altered.push({ position, entryId, stored, computed: undefined });
  return { hashes, missing, altered: altered.sort((x, y) => x.position - y.position) };
}

/** A run of leaves in one read transaction on a connection of its own. */
export async function leafRun(run: LeafRun): Promise<LeafRunResult> {
  const client = postgres(run.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    return await client.begin("read only", (tx) => readRun(tx, run));
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** As a thread of its own: one run in, its result out. */
const run = z.object({ leafRun: z.object({ databaseUrl: z.string(), siteId: z.string(), from: z.number(), to: z.number() }) }).safeParse(workerData);
if (run.success) {
  const result = await leafRun(run.data.leafRun);
  parentPort?.postMessage(result, [result.hashes.buffer as ArrayBuffer]);
}
