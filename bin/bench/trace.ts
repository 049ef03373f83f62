import { performance } from "node:perf_hooks";
import { sql } from "drizzle-orm";
import { openDatabase, type Database } from "#db/client.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import type { Direction } from "#lib/material/genealogy.ts";
import { readGraph, traceLot } from "#lib/material/trace-queries.ts";
import { fullTrace, type FullTrace, type LotGraph } from "#lib/material/trace.ts";
import type { Benchmark } from "../bench.ts";
import { median, rounded } from "./statistics.ts";
import { withThrowawayDatabase } from "./throwaway.ts";
import { plantOf, siteId, writePlant } from "./trace-graph.ts";

const size = 10_000;
/** What a full trace may take, seconds. */
const asked = 2;
type Way = "ours" | "by lot" | "reach";
type Neighbour = { readonly from_lot: string; readonly to_lot: string; readonly quantity: number };

/** What a lot directly went into or was made of: the question a walk asks at each lot. */
const nextTo: Record<Direction, (id: string) => ReturnType<typeof sql>> = {
  forward: (id) => sql`select lot_id as from_lot, other_lot_id as to_lot, (-sum(quantity))::float8 as quantity from lot_movements where site_id = ${siteId} and lot_id = ${id} and other_lot_id is not null and quantity < 0 group by lot_id, other_lot_id`,
  backward: (id) => sql`select lot_id as from_lot, batch_id as to_lot, (-sum(quantity))::float8 as quantity from lot_movements where site_id = ${siteId} and batch_id = ${id} and kind = 'charged' group by lot_id, batch_id
    union all select other_lot_id, lot_id, sum(quantity)::float8 from lot_movements where site_id = ${siteId} and lot_id = ${id} and other_lot_id is not null and quantity > 0 group by lot_id, other_lot_id`,
};

/** The baseline: a walk that asks the database at each lot for its neighbours, and for the lots it met in one go at the end. */
async function walkByLot(tx: SiteTx, start: string, direction: Direction): Promise<LotGraph["edges"]> {
  const [met, queue, edges] = [new Set([start]), [start], [] as { from: string; to: string; quantity: number; input: number }[]];
  for (let i = 0; i < queue.length; i += 1) {
    for (const row of await tx.execute<Neighbour>(nextTo[direction](queue[i] ?? ""))) {
      edges.push({ from: row.from_lot, to: row.to_lot, quantity: row.quantity, input: 0 });
      const far = direction === "forward" ? row.to_lot : row.from_lot;
      if (!met.has(far)) queue.push(far);
      met.add(far);
    }
  }
  return edges;
}

/** What nobody can be faster than with this database: which lots are within reach, by one recursive query, without amounts, names or balances. */
const reachAlone = (tx: SiteTx, start: string, direction: Direction) => tx.execute(direction === "forward"
  ? sql`with recursive r(id) as (select ${start}::text union select m.other_lot_id from r join lot_movements m on m.site_id = ${siteId} and m.lot_id = r.id and m.quantity < 0 and m.other_lot_id is not null) select id from r`
  : sql`with recursive r(id) as (select ${start}::text union select n.id from r cross join lateral (select m.lot_id as id from lot_movements m where m.site_id = ${siteId} and m.batch_id = r.id and m.kind = 'charged'
      union all select m.other_lot_id from lot_movements m where m.site_id = ${siteId} and m.lot_id = r.id and m.quantity > 0 and m.other_lot_id is not null) n) select id from r`);

const both = ["backward", "forward"] as const satisfies readonly Direction[];
const inside = <T>(database: Database, work: (tx: SiteTx) => Promise<T>): Promise<T> => withProgramme(database, "installation", [siteId], work);

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

/** The baseline's trace with the lots as ours read them, for a comparison of every amount. */
async function baselineTrace(database: Database, start: string): Promise<FullTrace | undefined> {
  return inside(database, async (tx) => {
    const graphs: Partial<Record<Direction, LotGraph>> = {};
    for (const direction of both) graphs[direction] = { lots: (await readGraph(tx, siteId, start, direction)).lots, edges: await walkByLot(tx, start, direction) };
    return fullTrace(start, graphs);
  });
}

function faultOf(ours: FullTrace, other: FullTrace | undefined): string | undefined {
  const amounts = new Map(other?.rows.map((row) => [`${row.direction} ${row.id}`, row.amount]));
  if (amounts.size !== ours.rows.length || other?.edges.length !== ours.edges.length) return `${ours.rows.length} lots and ${ours.edges.length} edges against ${amounts.size} and ${other?.edges.length ?? 0}`;
  const wrong = ours.rows.find((row) => Math.abs((amounts.get(`${row.direction} ${row.id}`) ?? Number.NaN) - row.amount) > 1e-6 * Math.max(1, row.amount) || !amounts.has(`${row.direction} ${row.id}`));
  return wrong && `another amount of ${wrong.id}`;
}

async function measure(database: Database, roots: readonly string[], rounds: number): Promise<Record<Way, number[]>> {
  const ms: Record<Way, number[]> = { ours: [], "by lot": [], reach: [] };
  for (let round = 0; round < rounds; round += 1) for (const root of roots) {
    ms.ours.push((await timed(() => inside(database, (tx) => traceLot(tx, siteId, root, "both")))).ms);
    ms.reach.push((await timed(() => inside(database, async (tx) => { for (const direction of both) await reachAlone(tx, root, direction); }))).ms);
    if (round === 0) ms["by lot"].push((await timed(() => inside(database, async (tx) => { for (const direction of both) await walkByLot(tx, root, direction); }))).ms);
  }
  return ms;
}

/**
 * The full trace of a lot among 10,000 that hang together, both ways, with amounts and the balance of every lot, as the page asks for it: the portal's login under row-level security. Beside it, in the
 * same run, a walk that asks for each lot's neighbours in turn, and the bare reach by one recursive query. Fails when a full trace takes longer than asked, or differs from the walk's.
 */
export const trace: Benchmark = ({ full, say }) => withThrowawayDatabase(async ({ portalUrl, superuserUrl }) => {
  const plant = plantOf(size, 47);
  say(`Writing ${size.toLocaleString("en")} lots and ${plant.movements.length.toLocaleString("en")} movements …`);
  await writePlant(superuserUrl, plant);
  const database = openDatabase(portalUrl, 1);
  try {
    const roots = [0, 2_000, 4_000, 6_000, 8_000, size - 1].map((i) => plant.lots[i]?.id ?? "");
    await inside(database, (tx) => traceLot(tx, siteId, roots[0] ?? "", "both")); // warm: plans, caches
    const found: number[] = [];
    for (const root of roots) {
      const ours = await inside(database, (tx) => traceLot(tx, siteId, root, "both"));
      const fault = faultOf(ours, await baselineTrace(database, root));
      if (fault) throw new Error(`the trace of ${root} differs from the walk's: ${fault}`);
      found.push(ours.rows.length);
    }
    say(`Lots found from ${roots.length} starts: ${found.map((n) => n.toLocaleString("en")).join(", ")}; every amount as in a walk lot by lot.`);
    const ms = await measure(database, roots, full ? 20 : 5);
    const [ours, byLot, reach] = [median(ms.ours), median(ms["by lot"]), median(ms.reach)];
    const worst = Math.max(...ms.ours) / 1000;
    say(`full trace, both ways: median ${rounded(ours, 0)} ms, worst ${rounded(worst, 2)} s (asked: under ${asked} s)`);
    say(`lot by lot: median ${rounded(byLot, 0)} ms, ${rounded(byLot / ours, 1)} times ours; bare reach without amounts: median ${rounded(reach, 0)} ms, ours ${rounded(ours / reach, 1)} times that`);
    if (worst > asked) throw new Error(`a full trace took ${rounded(worst, 2)} s; asked are ${asked} s`);
    return { bench: "trace", lots: size, movements: plant.movements.length, found: Math.max(...found), median_ms: rounded(ours, 0), worst_s: rounded(worst, 2), by_lot_median_ms: rounded(byLot, 0), reach_median_ms: rounded(reach, 0), by_lot_over_ours: rounded(byLot / ours, 1), asked_s: asked };
  } finally {
    await database.$client.end();
  }
});
