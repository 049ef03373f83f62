import { and, count, eq, exists, inArray, max, ne, sql, type SQL } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { laboratorySamples, testResults } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import { masterRecord } from "#lib/recipe/master-record.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { worklistPageSize, type WorklistFilter, type WorklistShow } from "./filter.ts";
import type { SampleRow } from "./queries.ts";

export type WorklistRow = { readonly sample: SampleRow; readonly productId: string; /** Tests the master asks for, and how many of them stand reviewed. */ readonly asked: number; readonly reviewed: number; /** Results that wait for their second person. */ readonly waiting: number; readonly outOfSpecification: number };

/** Results of a sample that stand: the last number of each test, unless it is invalidated. */
const standing = (tx: SiteTx) => {
  const last = tx.select({ siteId: testResults.siteId, sampleId: testResults.sampleId, parameter: testResults.parameter, number: max(testResults.number).as("last_number") }).from(testResults).groupBy(testResults.siteId, testResults.sampleId, testResults.parameter).as("last");
  return tx.select({ siteId: testResults.siteId, sampleId: testResults.sampleId, state: testResults.state, oos: testResults.outOfSpecification }).from(testResults)
    .innerJoin(last, and(eq(last.siteId, testResults.siteId), eq(last.sampleId, testResults.sampleId), eq(last.parameter, testResults.parameter), eq(last.number, testResults.number))).where(ne(testResults.state, "invalidated"));
};

function shownBy(tx: SiteTx, siteId: string, show: WorklistShow): SQL | undefined {
  const own = eq(laboratorySamples.siteId, siteId);
  switch (show) {
    case "all": return own;
    case "open": return and(own, inArray(laboratorySamples.state, ["drawn", "received", "in_test"]));
    case "oos": { const results = standing(tx).as("standing"); return and(own, exists(tx.select({ one: sql`1` }).from(results).where(and(eq(results.siteId, laboratorySamples.siteId), eq(results.sampleId, laboratorySamples.id), eq(results.oos, true))))); }
    default: return and(own, eq(laboratorySamples.state, show));
  }
}

async function askedOf(tx: SiteTx, rows: readonly { readonly sample: SampleRow; readonly masterId: string | null; readonly masterVersion: number | null }[]): Promise<ReadonlyMap<string, number>> {
  const asked = new Map<string, number>();
  for (const { masterId, masterVersion } of new Map(rows.map((row) => [`${row.masterId} v${row.masterVersion}`, row])).values()) {
    if (masterId === null || masterVersion === null) continue;
    const master = masterRecord.safeParse(JSON.parse((await readMasterFile(tx, masterId, masterVersion)).row.canonical));
    for (const sample of master.data?.samples ?? []) asked.set(`${masterId} v${masterVersion} ${sample.id}`, sample.parameters.length);
  }
  return asked;
}

/** A page of a site's samples: those with a result out of specification first, then the oldest. */
export async function worklist(tx: SiteTx, siteId: string, { show, page }: WorklistFilter): Promise<{ readonly rows: readonly WorklistRow[]; readonly total: number }> {
  const which = shownBy(tx, siteId, show);
  const results = tx.select({ siteId: sql<string>`s.site_id`.as("result_site"), sampleId: sql<string>`s.sample_id`.as("result_sample"), reviewed: sql<number>`count(*) filter (where s.state = 'reviewed')::int`.as("reviewed"), waiting: sql<number>`count(*) filter (where s.state = 'entered')::int`.as("waiting"), oos: sql<number>`count(*) filter (where s.out_of_specification)::int`.as("oos") })
    .from(sql`(${standing(tx).getSQL()}) as s`).groupBy(sql`s.site_id`, sql`s.sample_id`).as("results");
  const rows = await tx.select({ sample: laboratorySamples, productId: batches.productId, masterId: batches.masterId, masterVersion: batches.masterVersion, reviewed: results.reviewed, waiting: results.waiting, oos: results.oos }).from(laboratorySamples)
    .innerJoin(batches, and(eq(batches.siteId, laboratorySamples.siteId), eq(batches.id, laboratorySamples.batchId))).leftJoin(results, and(eq(results.siteId, laboratorySamples.siteId), eq(results.sampleId, laboratorySamples.id)))
    .where(which).orderBy(sql`coalesce(${results.oos}, 0) > 0 desc`, laboratorySamples.drawnAt, laboratorySamples.id).limit(worklistPageSize).offset((page - 1) * worklistPageSize);
  const [total] = await tx.select({ n: count() }).from(laboratorySamples).where(which);
  const asked = await askedOf(tx, rows);
  return { total: total?.n ?? 0, rows: rows.map((row) => ({ sample: row.sample, productId: row.productId, asked: asked.get(`${row.masterId} v${row.masterVersion} ${row.sample.sample}`) ?? 0, reviewed: row.reviewed ?? 0, waiting: row.waiting ?? 0, outOfSpecification: row.oos ?? 0 })) };
}

/** How many samples each narrowing of the worklist shows. */
export async function worklistCounts(tx: SiteTx, siteId: string, shows: readonly WorklistShow[]): Promise<ReadonlyMap<WorklistShow, number>> {
  const counts = new Map<WorklistShow, number>();
  for (const show of shows) counts.set(show, (await tx.select({ n: count() }).from(laboratorySamples).where(shownBy(tx, siteId, show)))[0]?.n ?? 0);
  return counts;
}
