import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { openDatabase, type Database } from "#db/client.ts";
import { withProgramme } from "#db/scope.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { Benchmark } from "#bin/bench.ts";
import type { LiveBaseline } from "./live-baseline.ts";
import type { Deliveries, LiveClients } from "./live-clients.ts";
import { benchTags, plantUnit, siteId, unitId } from "./live-plant.ts";
import type { LivePortal } from "./live-portal.ts";
import { startPeer, type Peer, type Usage } from "./process.ts";
import { median, percentile, rounded } from "./statistics.ts";
import { withThrowawayDatabase } from "./throwaway.ts";

const repetitions = 3;
const requestsPerRepetition = 12;
const second = 1_000;

/** Posts one request and returns its sample time, which names the frame. */
type Post = (seq: number) => Promise<number>;

/** One of the two servers with its streams open. `committed`: the sample times of the numbers that are durable. */
type Contender = {
  readonly name: "ours" | "baseline";
  readonly clients: Peer<LiveClients>;
  readonly usage: () => Promise<Usage>;
  readonly post: Post;
  readonly committed: (from: number, to: number, posted: readonly number[]) => Promise<readonly number[]>;
};

type Repetition = { readonly p50: number; readonly p99: number; readonly max: number; readonly delivered: number; readonly expected: number; readonly cpuUs: number; readonly rssMb: number };

function samplesOf(seq: number, at: Date): object[] {
  return benchTags.map((tag, i) => ({ tag, seq, at: at.toISOString(), value: Number((37 + Math.sin(seq + i)).toFixed(2)), unit: "1", quality: "good" }));
}

const poster = (port: number, key: string): Post => async (seq) => {
  const at = new Date();
  const response = await fetch(`http://127.0.0.1:${port}/api/ingest/v1/samples`, {
    method: "POST", headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, body: JSON.stringify({ unit: unitId, samples: samplesOf(seq, at) }),
  });
  if (response.status !== 200) throw new BrokenPromise("bench-ingest", `ingest answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  return at.getTime();
};

/** Each (stream, frame) counts once, and only frames whose samples are durable. */
function uniqueDeliveries({ stream, at }: Deliveries, committed: ReadonlySet<number>): number {
  return new Set(at.flatMap((t, i) => (committed.has(t) ? [`${stream[i]}/${t}`] : []))).size;
}

async function repeat({ clients, usage, post, committed }: Contender, streams: number, from: number): Promise<Repetition> {
  await clients.ask("begin", undefined);
  const before = await usage();
  const began = Date.now();
  const posted: number[] = [];
  for (let i = 0; i < requestsPerRepetition; i++) {
    await pause(Math.max(0, began + i * second - Date.now()));
    posted.push(await post(from + i));
  }
  const times = await committed(from, from + requestsPerRepetition - 1, posted);
  const expected = times.length * streams;
  const deliveries = await clients.ask("collect", { expected });
  const after = await usage();
  const sorted = deliveries.ms.toSorted((a, b) => a - b);
  const delivered = uniqueDeliveries(deliveries, new Set(times));
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: sorted.at(-1) ?? Number.NaN, delivered, expected, cpuUs: (after.cpuUs - before.cpuUs) / delivered, rssMb: after.rssMb };
}

/** Medians of the repetitions; the counts are sums and `max_ms` is the worst of all. */
function inOne(repeated: readonly Repetition[]) {
  const middle = (pick: (r: Repetition) => number, digits = 1) => rounded(median(repeated.map(pick)), digits);
  const sum = (pick: (r: Repetition) => number) => repeated.reduce((total, r) => total + pick(r), 0);
  return {
    p50_ms: middle((r) => r.p50), p99_ms: middle((r) => r.p99), max_ms: rounded(Math.max(...repeated.map((r) => r.max))),
    delivered: sum((r) => r.delivered), expected: sum((r) => r.expected), cpu_us_per_delivery: middle((r) => r.cpuUs), rss_mb: middle((r) => r.rssMb, 0),
  };
}
type Outcome = ReturnType<typeof inOne>;

function table(ours: Outcome, baseline: Outcome): readonly string[] {
  const keys = Object.keys(ours) as (keyof Outcome)[];
  const row = (label: string, cells: readonly string[]) => label.padEnd(22) + cells.map((cell) => cell.padStart(12)).join("");
  const compared = new Set<keyof Outcome>(["p50_ms", "p99_ms", "max_ms", "cpu_us_per_delivery", "rss_mb"]);
  return [
    row("", ["ours", "baseline", "ratio"]),
    ...keys.map((key) => row(key, [String(ours[key]), String(baseline[key]), compared.has(key) ? rounded(ours[key] / baseline[key], 2).toFixed(2) : ""])),
  ];
}

async function committedTimes(owner: Database, from: number, to: number): Promise<readonly number[]> {
  const rows = await withProgramme(owner, "ingest", [siteId], (tx) => tx.execute<{ at: string }>(sql`
    select extract(epoch from min(sampled_at)) * 1000 as at from samples where site_id = ${siteId} and seq between ${from} and ${to} group by seq having count(*) = ${benchTags.length}`));
  return rows.map((row) => Math.round(Number(row.at)));
}

type Started = { readonly contenders: readonly Contender[]; readonly stop: () => Promise<void> };

async function start(databases: { readonly ownerUrl: string; readonly portalUrl: string }, streams: number): Promise<Started> {
  const authSecret = randomBytes(32).toString("base64url");
  const { key, cookies } = await plantUnit(databases.ownerUrl, authSecret, streams, new Date());
  const owner = openDatabase(databases.ownerUrl, 1);
  const portal = startPeer<LivePortal>("live-portal.ts");
  const baseline = startPeer<LiveBaseline>("live-baseline.ts");
  const readers = { ours: startPeer<LiveClients>("live-clients.ts"), baseline: startPeer<LiveClients>("live-clients.ts") };
  const ports = { ours: await portal.ask("start", { portalUrl: databases.portalUrl, authSecret }), baseline: await baseline.ask("start", undefined) };
  for (const name of ["ours", "baseline"] as const) await readers[name].ask("open", { port: ports[name], path: `/api/live/${siteId}/${unitId}`, cookies });
  return {
    contenders: [
      { name: "ours", clients: readers.ours, usage: () => portal.ask("usage", undefined), post: poster(ports.ours, key), committed: (from, to) => committedTimes(owner, from, to) },
      { name: "baseline", clients: readers.baseline, usage: () => baseline.ask("usage", undefined), post: poster(ports.baseline, key), committed: async (_from, _to, posted) => posted },
    ],
    stop: async () => {
      for (const peer of [portal, baseline, readers.ours, readers.baseline]) peer.stop();
      await owner.$client.end({ timeout: 2 });
    },
  };
}

async function measure({ contenders }: Started, streams: number, say: (line: string) => void) {
  const repeated: Record<Contender["name"], Repetition[]> = { ours: [], baseline: [] };
  let seq = 1;
  for (const { post } of contenders) for (let i = 0; i < 5; i++) await post(seq++); // both warm
  await pause(second);
  for (let n = 1; n <= repetitions; n++) {
    for (const contender of contenders) {
      const result = await repeat(contender, streams, seq);
      seq += requestsPerRepetition;
      repeated[contender.name].push(result);
      say(`  ${n}. ${contender.name.padEnd(9)} p50 ${result.p50.toFixed(1)} ms, p99 ${result.p99.toFixed(1)} ms, max ${result.max.toFixed(1)} ms, ${result.delivered} of ${result.expected} delivered`);
    }
  }
  return { ours: inOne(repeated.ours), baseline: inOne(repeated.baseline) };
}

/** From a sample's arrival at ingest to the event in the client, against a socket hub that does nothing else. */
export const live: Benchmark = ({ full, say }) => {
  const streams = full ? 2_000 : 500;
  say(`Live: ${streams} authenticated streams of one unit (a session each), one request of ${benchTags.length} samples a second, ${repetitions} × ${requestsPerRepetition} requests each, interleaved.`);
  say("Ours: ingest with its key, commit, bus, hub, event stream. Baseline: a bare node:http server that writes the same frames to its sockets, with no database.");
  say("Time: from the arrival stamped at ingest (whole milliseconds, so up to 1 ms is counted too much) to the event in the client. CPU and memory are the server's process; PostgreSQL and the clients run beside it on the same cores.");
  return withThrowawayDatabase(async (databases) => {
    const started = await start(databases, streams);
    try {
      const { ours, baseline } = await measure(started, streams, say);
      for (const line of table(ours, baseline)) say(line);
      return { streams, ...ours, baseline };
    } finally {
      await started.stop();
    }
  });
};
