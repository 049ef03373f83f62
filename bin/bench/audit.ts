import { sql } from "drizzle-orm";
import postgres from "postgres";
import { openDatabase, providePortalDatabase, type Database } from "#db/client.ts";
import { ledgerLeaves } from "#db/schema/ledger.ts";
import { withProgramme } from "#db/scope.ts";
import { eq } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { verifyLedger } from "#bin/ledger/integrity-ledger.ts";
import type { Benchmark } from "#bin/bench.ts";
import type { LedgerQuestions } from "./audit-ledger.ts";
import { rowOf, siteId, writeFor, type Writing } from "./audit-writers.ts";
import { startPeer, type Peer } from "./process.ts";
import { median, percentile, rounded } from "./statistics.ts";
import { withThrowawayDatabase, type Throwaway } from "./throwaway.ts";

const order: readonly Writing[] = ["ours", "plain", "locked", "command"];
const sites = [["basel", "site", "Basel", "BAS", "Europe/Zurich"], ["raleigh", "site", "Raleigh", "RAL", "America/New_York"], ["enterprise", "enterprise", "Enterprise", "ENT", "UTC"]];

async function prepare({ superuserUrl }: Throwaway): Promise<void> {
  const admin = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  for (const [id, kind, name, code, zone] of sites) await admin`insert into sites values (${id ?? ""}, ${kind ?? ""}, ${name ?? ""}, ${code ?? ""}, ${zone ?? ""})`;
  await admin.unsafe("create table bench_head (name text primary key, digest text not null) with (fillfactor = 10); insert into bench_head values ('log', ''); grant select, update on bench_head to veribatch_portal");
  await admin.end();
}

/** How long after its acknowledgement each entry was covered by a committed signed head, milliseconds; entries in the order of the log. */
async function sealDelays(database: Database, heads: readonly { readonly siteId: string; readonly size: number; readonly at: number }[], since: Date): Promise<readonly number[]> {
  const leaves = await withProgramme(database, "installation", [siteId], (tx) => tx.select({ position: ledgerLeaves.position, at: auditEntries.at }).from(ledgerLeaves).innerJoin(auditEntries, eq(auditEntries.id, ledgerLeaves.entryId))
    .where(sql`${ledgerLeaves.siteId} = ${siteId} and ${auditEntries.at} >= ${since.toISOString()}`).orderBy(ledgerLeaves.position));
  const own = heads.filter((head) => head.siteId === siteId);
  const delays: number[] = [];
  let next = 0;
  for (const { position, at } of leaves) {
    while (own[next] && (own[next]?.size ?? 0) <= position) next += 1;
    const head = own[next];
    if (head) delays.push(head.at - at.getTime());
  }
  return delays.sort((a, b) => a - b);
}

type Round = { readonly perSecond: number; readonly delays: readonly number[] };

type Pools = { readonly database: Database; readonly bare: Database };

/** The ledger's process gives positions and signs heads beside our two ways; the baselines have the machine for themselves. */
async function write({ database, bare }: Pools, ledger: Peer<LedgerQuestions>, way: Writing, seconds: number): Promise<Round> {
  const since = new Date();
  const own = way === "ours" || way === "command";
  if (own) await ledger.ask("start", undefined as never);
  const acknowledged = await writeFor(database, bare, way, seconds);
  const heads = own ? await ledger.ask("stop", undefined as never) : [];
  if (!own) await ledger.ask("catchUp", undefined as never);
  return { perSecond: acknowledged.length / seconds, delays: own ? await sealDelays(database, heads, since) : [] };
}

/** Fills the log up to `total` entries, outside the timed part. */
async function fill(url: string, database: Database, total: number, say: (line: string) => void): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  const [present] = await client<{ n: string }[]>`select count(*) as n from audit_entries where site_id = ${siteId}`;
  const missing = total - Number(present?.n ?? 0);
  say(`Filling the log up to ${total.toLocaleString("en")} entries …`);
  for (let done = 0; done < missing; done += 2_000) {
    const rows = Array.from({ length: Math.min(2_000, missing - done) }, (_, i) => rowOf(done + i, new Date()));
    await withProgramme(database, "installation", [siteId], (tx) => tx.insert(auditEntries).values(rows), { reason: "entries of the benchmark" });
  }
  await client.end();
}

/**
 * Entries per second with 16 writers: ours (typed act, canonical bytes, digest, sequencer signing heads beside it) against a plain insert of a
 * ready row and against a hash chain whose head is taken under FOR UPDATE. Then the time in which a log is verified.
 */
export const audit: Benchmark = async ({ full, say }) => withThrowawayDatabase(async (made) => {
  await prepare(made);
  const database = openDatabase(made.portalUrl, 16);
  providePortalDatabase(database);
  const bare = openDatabase(`${made.portalUrl}?app.site_ids=${siteId}`, 16);
  const ledger = startPeer<LedgerQuestions>("./audit-ledger.ts");
  try {
    await ledger.ask("open", { ownerUrl: made.ownerUrl, sequencerUrl: made.sequencerUrl, siteIds: sites.map(([id]) => id ?? "") });
    const seconds = full ? 15 : 6;
    const repetitions = full ? 5 : 3;
    say(`16 writers, ${seconds} s each, ${repetitions} interleaved repetitions, one durable entry per transaction.`);
    for (const way of order) await writeFor(database, bare, way, 1); // warms caches and connections
    const rounds: Record<Writing, Round[]> = { ours: [], plain: [], locked: [], command: [] };
    for (let i = 0; i < repetitions; i += 1) for (const way of order) rounds[way].push(await write({ database, bare }, ledger, way, seconds));
    const rate = (way: Writing) => rounded(median(rounds[way].map((r) => r.perSecond)), 0);
    const seal = (way: Writing, share: number) => rounded(median(rounds[way].map((r) => percentile(r.delays, share))), 0);
    say(`an act by itself ${rate("ours")}/s, plain insert ${rate("plain")}/s, locked head ${rate("locked")}/s: ${rounded(rate("ours") / rate("plain"), 2)} of plain, ${rounded(rate("ours") / rate("locked"), 1)} times the locked head`);
    say(`an act in a command's transaction ${rate("command")}/s: ${rounded(rate("command") / rate("locked"), 1)} times the locked head`);
    for (const way of ["ours", "command"] as const) say(`entry to committed signed head, ${way === "ours" ? "acts by themselves" : "commands"}: p50 ${seal(way, 0.5)} ms, p99 ${seal(way, 0.99)} ms, of ${rounds[way].reduce((n, r) => n + r.delays.length, 0)} entries`);
    const verified = await verify(made, database, ledger, { total: full ? 1_000_000 : 200_000, say });
    return { entries_per_s: rate("ours"), plain_insert_per_s: rate("plain"), locked_head_per_s: rate("locked"), command_entries_per_s: rate("command"), seal_p50_ms: seal("ours", 0.5), seal_p99_ms: seal("ours", 0.99), command_seal_p99_ms: seal("command", 0.99), ...verified };
  } finally {
    ledger.stop();
    await Promise.all([database, bare].map((pool) => pool.$client.end({ timeout: 2 })));
  }
});

/** The same walk that the background check makes at its start: bytes of every entry, leaves, tree, heads, co-signatures, witness; two threads. */
async function verify(made: Throwaway, database: Database, ledger: Peer<LedgerQuestions>, { total, say }: { readonly total: number; readonly say: (line: string) => void }) {
  await fill(made.superuserUrl, database, total, say);
  await ledger.ask("catchUp", undefined as never);
  const witnessDirectory = await ledger.ask("witnessDirectory", undefined as never);
  const reader = openDatabase(made.sequencerUrl, 2);
  const began = performance.now();
  const result = await verifyLedger({ database: reader, databaseUrl: made.sequencerUrl, siteId, witnessDirectory, threads: 2 });
  const seconds = rounded((performance.now() - began) / 1000, 2);
  await reader.$client.end({ timeout: 2 });
  if (result.findings.length > 0 || result.entries < total) throw new Error(`the verification found ${result.findings.length} faults in ${result.entries} entries`);
  say(`verified ${result.entries.toLocaleString("en")} entries and ${result.checkpoints} heads in ${seconds} s`);
  return { verify_entries: result.entries, verify_s: seconds };
}
