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

const prefix = Buffer.from("\0EBRLEAF/1\n", "latin1");
/** "PGCOPY", its flags and an empty extension. */
const copyHeader = 19;

/** Reads PostgreSQL's binary copy format as it arrives; each row's fields as views into the bytes, null where there is no value. */
class CopyReader {
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  *rows(chunk: Buffer): Generator<(Buffer | null)[]> {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    if (!this.#begun) {
      if (bytes.length < copyHeader) { this.#rest = bytes; return; }
      [this.#begun, at] = [true, copyHeader];
    }
    for (let row = rowAt(bytes, at); row; row = rowAt(bytes, at)) {
      at = row.end;
      yield row.fields;
    }
    this.#rest = bytes.subarray(at);
  }
}

/** The whole row at an offset; undefined where the bytes end before it does, and at the trailer. */
function rowAt(bytes: Buffer, offset: number): { readonly fields: (Buffer | null)[]; readonly end: number } | undefined {
  if (bytes.length < offset + 2) return undefined;
  const count = bytes.readInt16BE(offset);
  if (count < 0) return undefined;
  const fields: (Buffer | null)[] = [];
  let at = offset + 2;
  for (let i = 0; i < count; i++) {
    if (bytes.length < at + 4) return undefined;
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length >= 0 && bytes.length < at + length) return undefined;
    fields.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(0, length);
  }
  return { fields, end: at };
}

const uuidText = (latin1: string): string => Buffer.from(latin1, "latin1").toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Hashes an entry's canonical bytes as a leaf, without a new buffer for each. */
class LeafHasher {
  #scratch = Buffer.concat([prefix, Buffer.alloc(64 * 1024)]);
  hash(canonical: Buffer): Buffer {
    const length = prefix.length + canonical.length;
    if (length > this.#scratch.length) this.#scratch = Buffer.concat([prefix, Buffer.alloc(canonical.length * 2)]);
    canonical.copy(this.#scratch, prefix.length);
    return hash("sha256", this.#scratch.subarray(0, length), "buffer");
  }
}

/** A leaf by the bytes of its entry's id, as a string of 16 Latin-1 characters. */
type ById = Map<string, { readonly position: number; readonly stored: Buffer }>;
type Client = postgres.TransactionSql;

async function copied(tx: Client, query: string, take: (fields: readonly (Buffer | null)[]) => void): Promise<void> {
  const reader = new CopyReader();
  const stream = await tx.unsafe(`copy (${query}) to stdout with (format binary)`).readable();
  for await (const chunk of stream) for (const fields of reader.rows(chunk as Buffer)) take(fields);
}

/** No parameters in a copy: the site's name is quoted, positions and numbers of entries are checked to be numbers. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const whole = (n: number | string): string => BigInt(n).toString();

async function readLeaves(tx: Client, { siteId, from, to }: LeafRun, hashes: Uint8Array): Promise<{ readonly byId: ById; readonly missing: readonly number[] }> {
  const byId: ById = new Map();
  const seen = new Uint8Array(to - from);
  await copied(tx, `select position, leaf_hash, entry_id from ledger_leaves where site_id = ${quoted(siteId)} and position >= ${whole(from)} and position < ${whole(to)}`, ([position, stored, id]) => {
    if (!position || !stored || !id) return;
    const at = Number(position.readBigInt64BE());
    seen[at - from] = 1;
    if (stored.length === 32) hashes.set(stored, (at - from) * 32);
    byId.set(id.toString("latin1"), { position: at, stored: Buffer.from(stored) });
  });
  return { byId, missing: Array.from(seen.entries()).flatMap(([i, there]) => (there ? [] : [from + i])) };
}

/** Entries from the first to the last of a run in the order of writing, which is nearly that of the ledger; read without a join they come ten times as fast. */
async function writtenBetween(tx: Client, { siteId, from, to }: LeafRun): Promise<string | undefined> {
  const [row] = await tx<{ low: string | null; high: string | null }[]>`
    select min(a.seq) as low, max(a.seq) as high from ledger_leaves l join audit_entries a on a.site_id = l.site_id and a.id = l.entry_id
    where l.site_id = ${siteId} and l.position = any (${[...new Set([0, 1, 2, 3].flatMap((i) => [from + i, to - 1 - i]))]}::bigint[])`;
  return row?.low && row.high ? `seq between ${whole(row.low)} and ${whole(row.high)}` : undefined;
}

const keysAtOnce = 10_000;

/**
 * Streams a run of leaves and the bytes of their entries and hashes each in this process: nothing is believed that the database
 * computes. Leaves and entries are matched here by the entry's id; what does not come in the order of writing is fetched by key.
 */
async function readRun(tx: Client, run: LeafRun): Promise<LeafRunResult> {
  await tx`select set_config('app.site_ids', ${run.siteId}, true)`;
  const hashes = new Uint8Array((run.to - run.from) * 32);
  const { byId, missing } = await readLeaves(tx, run, hashes);
  const hasher = new LeafHasher();
  const altered: Leaf[] = [];
  const matched = ([id, canonical]: readonly (Buffer | null)[]) => {
    const key = id?.toString("latin1") ?? "";
    const leaf = byId.get(key);
    if (!leaf || !canonical) return;
    byId.delete(key);
    const computed = hasher.hash(canonical);
    if (!computed.equals(leaf.stored)) altered.push({ position: leaf.position, entryId: uuidText(key), stored: leaf.stored, computed });
  };
  const between = await writtenBetween(tx, run);
  const entries = `select id, canonical from audit_entries where site_id = ${quoted(run.siteId)}`;
  if (between) await copied(tx, `${entries} and ${between} order by seq`, matched);
  for (let rest = [...byId.keys()]; rest.length > 0; rest = rest.slice(keysAtOnce)) {
    await copied(tx, `${entries} and id in (${rest.slice(0, keysAtOnce).map((key) => `'${uuidText(key)}'`).join(",")})`, matched);
  }
  for (const [key, { position, stored }] of byId) altered.push({ position, entryId: uuidText(key), stored, computed: undefined });
  return { hashes, missing, altered: altered.sort((a, b) => a.position - b.position) };
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
