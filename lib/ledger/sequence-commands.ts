import { sql } from "drizzle-orm";
import { checkpoints, cosignatures } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import { BrokenPromise } from "#lib/result.ts";
import { leafBytes, nativeSha256, tree } from "./native.ts";
import { checkpointText, signatureLine, signatureType, writeNote } from "./note.ts";
import { frontierHashes, nodeStep } from "./queries.ts";
import type { Frontier } from "./tree.ts";

/** A log as its sequencer holds it between two rounds. */
export type Log = { readonly siteId: string; readonly frontier: Frontier };

/** Who signs a log's heads; `name` is the log's origin. */
export type LedgerSigner = { readonly id: string; readonly name: string; readonly publicKey: Uint8Array; readonly sign: (message: Uint8Array) => Uint8Array };

/** Goes on where the stored tree ends. Throws `ledger-gap` when stored hashes are missing. */
export async function openLog(tx: SiteTx, siteId: string): Promise<Log> {
  const [row] = await tx.execute<{ size: string }>(sql`select coalesce(max(position) + 1, 0) as size from ledger_leaves where site_id = ${siteId}`);
  const size = Number(row?.size ?? 0);
  const frontier = tree.frontier();
  for (const { level, hash } of await frontierHashes(tx, siteId, size)) frontier.append(hash, level);
  if (frontier.size !== size) throw new BrokenPromise("ledger-gap", `the ledger of ${siteId} says ${size} leaves and holds ${frontier.size}`);
  return { siteId, frontier };
}

/** A place in the order of writing. */
export type Place = { readonly tx: string; readonly seq: string };
/**
 * Where a sequencer has got to. `following`: every entry after the place is new to it. `scanning`: it looks through entries of all times, at
 * the start and after taking over a log. `joining`: between the two, from where the scan began (`present`); some entries have a position already.
 */
export type Cursor = { readonly mode: "following" | "joining"; readonly after: Place } | { readonly mode: "scanning"; readonly after: Place; readonly present: Place };
const beginning: Place = { tx: "0", seq: "-1" };
export type Pending = { readonly siteId: string; readonly id: string; readonly canonical: string };
type PendingRow = { site_id: string; id: string; canonical: string; tx: string; seq: string };

const unplaced = sql`not exists (select from ledger_leaves l where l.site_id = a.site_id and l.entry_id = a.id)`;

/** Entries of one round at most: keeps a round short after a long pause. */
const roundLimit = 4_000;

/**
 * Entries without a position whose transaction is older than every one still running: none can appear before them any more.
 * What lies after the place of a following cursor is new; that no entry gets two positions is the unique index's promise.
 * A scan also sees entries of a former database cluster, whose transaction numbers are ahead of this one's. Returns the cursor for the next round.
 */
export async function pendingEntries(tx: SiteTx, cursor: Cursor): Promise<{ readonly entries: readonly Pending[]; readonly cursor: Cursor }> {
  const joined = cursor.mode === "joining" ? await oldestRunning(tx) : undefined;
  const settled = cursor.mode === "following"
    ? sql`a.tx < pg_snapshot_xmin(pg_current_snapshot())`
    : joined ? sql`a.tx < ${joined}::xid8 and ${unplaced}` : sql`(a.tx < pg_snapshot_xmin(pg_current_snapshot()) or a.tx >= pg_snapshot_xmax(pg_current_snapshot())) and ${unplaced}`;
  const rows = await tx.execute<PendingRow>(sql`
    select a.site_id, a.id, a.canonical, a.tx::text as tx, a.seq::text as seq from audit_entries a
    where (a.tx, a.seq) > (${cursor.after.tx}::xid8, ${cursor.after.seq}::bigint) and ${settled}
    order by a.tx, a.seq limit ${roundLimit}`);
  const last = rows.at(-1);
  const entries = rows.map((r): Pending => ({ siteId: r.site_id, id: r.id, canonical: r.canonical }));
  if (cursor.mode === "scanning" && rows.length < roundLimit) return { entries, cursor: { mode: "joining", after: cursor.present } };
  if (joined && rows.length < roundLimit) return { entries, cursor: { mode: "following", after: { tx: joined, seq: "-1" } } };
  return { entries, cursor: last ? { ...cursor, after: { tx: last.tx, seq: last.seq } } : cursor };
}

/** A scan from the beginning; every transaction below `present` has ended when it starts. */
export async function scanCursor(tx: SiteTx): Promise<Cursor> {
  return { mode: "scanning", after: beginning, present: { tx: await oldestRunning(tx), seq: "-1" } };
}

/** Number of the oldest transaction still running: every one below has ended, and stays so. */
async function oldestRunning(tx: SiteTx): Promise<string> {
  const [row] = await tx.execute<{ xmin: string }>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`);
  return row?.xmin ?? "0";
}

export type Appended = { readonly log: Log; readonly size: number; readonly root: Uint8Array; readonly note: string };

/**
 * Appends entries of one site to its log and signs the new head, in the given transaction. The log passed in is not touched:
 * take the returned one when the transaction has committed.
 */
export async function appendEntries(tx: SiteTx, log: Log, entries: readonly Pending[], signer: LedgerSigner, now: Date): Promise<Appended> {
  const { siteId } = log;
  const frontier = log.frontier.copy();
  const start = frontier.size;
  const nodes: { level: number; number: number; hash: Uint8Array }[] = [];
  const hashes = entries.map(({ canonical }) => tree.leafHash(leafBytes(canonical)));
  for (const hash of hashes) frontier.append(hash, 0, (node, made) => void (node.level % nodeStep === 0 && nodes.push({ ...node, hash: made })));
  const root = frontier.root();
  if (!root) throw new BrokenPromise("ledger-empty", "a round without entries signs nothing");
  const text = checkpointText({ origin: signer.name, size: frontier.size, root });
  const note = writeNote(text, [signatureLine(signer, signatureType.note, signer.sign(Buffer.from(text, "utf8")), nativeSha256)]);
  const leaves = tx.execute(sql`insert into ledger_leaves (site_id, position, entry_id, leaf_hash)
    select ${siteId}, ${start}::bigint + n - 1, id, decode(hash, 'hex') from unnest(${textArray(entries.map((e) => e.id))}::uuid[], ${textArray(hashes.map(hex))}::text[]) with ordinality as u(id, hash, n)`);
  const inner = nodes.length === 0 ? undefined : tx.execute(sql`insert into ledger_nodes (site_id, level, number, hash) select ${siteId}, level, number, decode(hash, 'hex')
      from jsonb_to_recordset(${JSON.stringify(nodes.map((n) => ({ ...n, hash: hex(n.hash) })))}::jsonb) as n(level int, number bigint, hash text)`);
  const head = tx.insert(checkpoints).values({ siteId, size: frontier.size, root, note, keyId: signer.id, signedAt: now });
  await Promise.all([leaves, inner, head]); // one round trip: on a busy machine each costs its wait for a core
  return { log: { siteId, frontier }, size: frontier.size, root, note };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
/** A PostgreSQL array literal of plain words (ids, hex). */
const textArray = (words: readonly string[]): string => `{${words.join(",")}}`;

/** Keeps co-signature lines that a head has received. */
export async function storeCosignatures(tx: SiteTx, head: { readonly siteId: string; readonly size: number }, lines: readonly { readonly witness: string; readonly line: string }[], now: Date): Promise<void> {
  if (lines.length === 0) return;
  await tx.insert(cosignatures).values(lines.map((line) => ({ ...head, ...line, receivedAt: now }))).onConflictDoNothing();
}
