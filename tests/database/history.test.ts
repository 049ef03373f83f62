import { sql, type SQL } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { withProgramme } from "#db/scope.ts";
import { caseIds, driftedPh, poorLot, storyCases } from "#db/seed/history/cases.ts";
import { loadHistory } from "#db/seed/history/load.ts";
import { pastBatches, pastOf } from "#db/seed/history/plan.ts";
import { plantSites } from "#db/seed/organisation.ts";
import { loadingPast } from "#lib/batch/past-queries.ts";
import { sameOrigins, traceLot } from "#lib/material/trace-queries.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const { signingKey } = inject("cluster");
const endsAt = new Date();
let db: TestDatabase;
const load = (siteId: (typeof plantSites)[number], atMost?: number) => loadHistory({ database: db.owner, siteId, signingKey, endsAt, ...(atMost === undefined ? {} : { atMost }) });
const read = <T>(work: Parameters<typeof withProgramme<T>>[3]): Promise<T> => withProgramme(db.owner, "story", [...plantSites, "enterprise"], work);
const rows = <T extends Record<string, unknown>>(query: SQL): Promise<readonly T[]> => read(async (tx) => [...await tx.execute(query)] as T[]);
/** Batches of a case in the order of time, as the audit trail names them. */
const batchesOf = async (id: (typeof caseIds)[number]) => (await rows<{ site_id: string; batch_id: string }>(sql`select site_id, batch_id from audit_entries where event = 'history.loaded' and detail -> 'cases' ? ${id} order by site_id, (detail ->> 'number')::int`)).map((row) => ({ siteId: row.site_id, id: row.batch_id }));
const only = async (id: (typeof caseIds)[number]) => {
  const [found, ...more] = await batchesOf(id);
  if (!found || more.length > 0) throw new Error(`${id} is not one batch`);
  return found;
};
type Counted = { site_id: string; id: string; state: string; n: number; minor: number; late: number };
let counted: readonly Counted[];

beforeAll(async () => {
  db = await freshDatabase("story");
  expect(await load("singapore", 2)).toBe(2);
  expect(await read(loadingPast)).toEqual({ loaded: 2, of: pastBatches.singapore });
  await Promise.all(plantSites.map((siteId) => load(siteId)));
  counted = await rows<Counted>(sql`select b.site_id, b.id, b.state, count(x.id)::int as n, count(*) filter (where x.severity = 'minor')::int as minor, count(*) filter (where x.type = 'late_entry')::int as late
    from audit_entries a join batches b on b.site_id = a.site_id and b.id = a.batch_id left join exceptions x on x.site_id = b.site_id and x.batch_id = b.id where a.event = 'history.loaded' group by 1, 2, 3`);
}, 600_000);
afterAll(() => db.close());

describe("the past of the demo story (process description E.7)", () => {
  it("comes in whole, goes on after an end, and comes in once", async () => {
    for (const siteId of plantSites) expect(counted.filter((batch) => batch.site_id === siteId)).toHaveLength(pastBatches[siteId]);
    expect(await Promise.all(plantSites.map((siteId) => load(siteId)))).toEqual([0, 0, 0]);
    expect(await read(loadingPast)).toBeUndefined();
    const [all] = await rows<{ n: number }>(sql`select count(*)::int as n from batches where origin = 'executed'`);
    expect(all?.n).toBeGreaterThanOrEqual(135);
    expect(all?.n).toBeLessThanOrEqual(150);
  });

  it("is the same for the same end, whoever asks", () => {
    for (const siteId of plantSites) {
      const [a, b] = [pastOf(siteId, endsAt), pastOf(siteId, endsAt)];
      expect(a).toEqual(b);
      expect(a.slice(1).every((batch, i) => batch.start.getTime() - (a[i]?.start.getTime() ?? 0) > 4 * 86_400_000)).toBe(true);
    }
  });

  it("has 12 to 25 exceptions in a batch that was finished, most of them minor, and about one batch in 16 was not released", () => {
    const finished = counted.filter((batch) => batch.state === "released" || batch.state === "rejected");
    expect(finished.filter((batch) => batch.n < 12 || batch.n > 25).map((batch) => [batch.id, batch.n])).toEqual([]);
    const share = counted.reduce((sum, batch) => sum + batch.minor, 0) / counted.reduce((sum, batch) => sum + batch.n, 0);
    expect(share).toBeGreaterThan(0.8);
    expect(share).toBeLessThan(0.9);
    expect(counted.filter((batch) => batch.state !== "released")).toHaveLength(7);
  });

  it("leaves nothing open on what was released: every exception is decided, every signature stands", async () => {
    const open = await rows(sql`select x.batch_id, x.id from exceptions x join batches b on b.site_id = x.site_id and b.id = x.batch_id join audit_entries a on a.site_id = b.site_id and a.batch_id = b.id and a.event = 'history.loaded' where b.state = 'released' and x.decision is null`);
    expect(open).toEqual([]);
    const unsigned = await rows(sql`select b.id from batches b join audit_entries a on a.site_id = b.site_id and a.batch_id = b.id and a.event = 'history.loaded' where b.state = 'released' and (select array_agg(s.meaning order by s.ordinal) from signatures s where s.site_id = b.site_id and s.batch_id = b.id) is distinct from array['production_reviewed', 'audit_trail_reviewed', 'site_confirmed', 'approved_for_release']`);
    expect(unsigned).toEqual([]);
  });

  it("names every case of the ground truth in the audit trail of its batches", async () => {
    for (const { id, where } of storyCases) expect((await batchesOf(id)).length, id).toBe(Object.values(where).flat().length);
    expect(storyCases.map(({ id }) => id)).toEqual([...caseIds]);
  });

  it("PROBE-DRIFT: captured pH rises batch by batch until it leaves its range, and the calibration afterwards finds the probe off", async () => {
    const campaign = await batchesOf("PROBE-DRIFT");
    const means: number[] = [];
    for (const { siteId, id } of campaign) {
      const [entry] = await rows<{ mean: number; evaluation: string }>(sql`select (basis ->> 'mean')::float8 as mean, evaluation from entries where site_id = ${siteId} and batch_id = ${id} and parameter = 'ph'`);
      means.push(entry?.mean ?? Number.NaN);
    }
    expect(means.map((mean, i) => Math.abs(mean - driftedPh(8 + i)) < 0.03)).toEqual(campaign.map(() => true));
    expect(means.every((mean, i) => i === 0 || mean > (means[i - 1] ?? 0))).toBe(true);
    const last = campaign.at(-1);
    expect(await rows(sql`select id from exceptions where site_id = ${last?.siteId ?? ""} and batch_id = ${last?.id ?? ""} and parameter = 'ph'`)).not.toHaveLength(0);
    const failed = await rows<{ unit_id: string; as_found: string; at: Date }>(sql`select unit_id, as_found from calibrations where site_id = 'singapore' and passed = 'no' and tag = 'ph' and unit_id = 'FM-4051'`);
    expect(failed.map((one) => one.as_found)).toEqual(["0.15"]);
  });

  it("LOT-SHIFT: the trace of the supplier's lot leads to batches of two sites, and those gave less", async () => {
    const lots = await rows<{ site_id: string; id: string; supplier_id: string }>(sql`select site_id, id, supplier_id from lots where supplier_lot = ${poorLot.supplierLot} order by site_id`);
    expect([...new Set(lots.map((lot) => lot.site_id))]).toEqual(["basel", "raleigh"]);
    const [first] = lots;
    const same = await read((tx) => sameOrigins(tx, "basel", [{ id: first?.id ?? "", supplierId: first?.supplier_id ?? "", supplierLot: poorLot.supplierLot }]));
    expect(same.map((one) => one.siteId)).toContain("raleigh");
    const hit = new Set<string>();
    for (const lot of lots) for (const { id } of (await read((tx) => traceLot(tx, lot.site_id, lot.id, "forward"))).rows) hit.add(`${lot.site_id} ${id}`);
    const lysates = await rows<{ batch: string; value: number }>(sql`select distinct on (e.site_id, e.batch_id) e.site_id || ' ' || e.batch_id as batch, e.value::float8 as value from entries e join audit_entries a on a.site_id = e.site_id and a.batch_id = e.batch_id and a.event = 'history.loaded' where e.parameter = 'clarified-concentration' order by e.site_id, e.batch_id, e.version desc`);
    const poor = lysates.filter(({ batch }) => hit.has(batch));
    expect(poor.length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...poor.map(({ value }) => value))).toBeLessThan(Math.min(...lysates.filter(({ batch }) => !hit.has(batch)).map(({ value }) => value)));
  });

  it("CONTAMINATION-CAUGHT and CONTAMINATION-LATE: one batch ends before induction, one after its bulk failed bioburden", async () => {
    const [caught, late] = [await only("CONTAMINATION-CAUGHT"), await only("CONTAMINATION-LATE")];
    const stateOf = async ({ siteId, id }: { siteId: string; id: string }) => (await rows<{ state: string }>(sql`select state from batches where site_id = ${siteId} and id = ${id}`))[0]?.state;
    const typesOf = async ({ siteId, id }: { siteId: string; id: string }) => (await rows<{ type: string; parameter: string | null }>(sql`select type, parameter from exceptions where site_id = ${siteId} and batch_id = ${id} and severity = 'critical' order by id`)).map((x) => [x.type, x.parameter]);
    expect([await stateOf(caught), await typesOf(caught)]).toEqual(["aborted", [["batch_aborted", null]]]);
    expect([await stateOf(late), await typesOf(late)]).toEqual(["aborted", [["out_of_specification", "bioburden"], ["batch_aborted", null]]]);
    expect(await rows(sql`select 1 from entries where site_id = ${caught.siteId} and batch_id = ${caught.id} and parameter = 'induction-density'`)).toEqual([]);
  });

  it("LATE-ENTRY-CLUSTER: one night shift has about twice the late entries of any other batch, all hours late", async () => {
    const { siteId, id } = await only("LATE-ENTRY-CLUSTER");
    const late = counted.find((batch) => batch.site_id === siteId && batch.id === id)?.late ?? 0;
    const others = counted.filter((batch) => batch.id !== id).map((batch) => batch.late);
    expect(late).toBeGreaterThanOrEqual(1.5 * Math.max(...others));
    const [least] = await rows<{ minutes: number }>(sql`select min(actual::float8) as minutes from exceptions where site_id = ${siteId} and batch_id = ${id} and type = 'late_entry' and actual::float8 > 100`);
    expect(least?.minutes).toBeGreaterThanOrEqual(140);
  });

  it("TRAINING-LAPSE: stands in the record in the words of those who were there", async () => {
    const { siteId, id } = await only("TRAINING-LAPSE");
    const said = await rows<{ type: string; severity: string; comment: string }>(sql`select type, severity, comment from exceptions where site_id = ${siteId} and batch_id = ${id} and type = 'manual_deviation'`);
    expect(said).toEqual([{ type: "manual_deviation", severity: "major", comment: expect.stringContaining("Training of the operator for the homogeniser lapsed") as string }]);
  });
});
