import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { withProgramme } from "#db/scope.ts";
import { bearing, caseIds, changedDaysAgo, drift, driftedPh, night, poorLot, recipeChange, storyCases, transfer } from "#db/seed/history/cases.ts";
import { fermenterTags } from "#db/seed/history/fermentation.ts";
import { loadHistory } from "#db/seed/history/load.ts";
import { expressionAt, historyDays, pastBatches, pastCultures, pastOf, pastTotal } from "#db/seed/history/plan.ts";
import { plantSites } from "#db/seed/organisation.ts";
import { auditFilter } from "#lib/audit/filter.ts";
import { auditPage } from "#lib/audit/queries.ts";
import { storyline } from "#lib/audit/storyline-queries.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { loadingPast } from "#lib/batch/past-queries.ts";
import { summarise } from "#lib/comparison/statistic.ts";
import { calibrationsOf, logPage, partsOf } from "#lib/equipment/log-queries.ts";
import { localField } from "#lib/equipment/local-instant.ts";
import { sameOrigins, traceLot } from "#lib/material/trace-queries.ts";
import { exceptionTrend } from "#lib/quality/queries.ts";
import { signaturesOfRecord, versionsOf } from "#lib/recipe/queries.ts";
import { batchHistory } from "#lib/telemetry/history-queries.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { allBatches, doneAt, entryOf, exceptionsOn, meanOf, ofType, pastBatchesOf, readAsPortal, startLoading, storyNow, trendOf, valueOf, type Past, type PastSite } from "#tests/past.ts";

const { signingKey } = inject("cluster");
let endsAt: Date;
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
let db: TestDatabase;
let past: readonly Past[];
const load = (siteId: PastSite, atMost?: number) => loadHistory({ database: db.owner, siteId, signingKey, endsAt, ...(atMost === undefined ? {} : { atMost }) });
const at = (siteId: PastSite): readonly Past[] => past.filter((one) => one.siteId === siteId);
const ended = (): readonly Past[] => past.filter(({ row }) => row.state === "released" || row.state === "rejected");
function only(found: readonly Past[]): Past {
  const [one, ...more] = found;
  if (!one || more.length > 0) throw new Error(`${found.length} batches where one is looked for: ${found.map(({ row }) => row.id).join(", ")}`);
  return one;
}
const nth = (siteId: PastSite, number: number): Past => only(at(siteId).filter((one) => one.number === number));

beforeAll(async () => {
  db = await freshDatabase("story");
  endsAt = await storyNow(db);
  expect(await load("singapore", 2)).toBe(2);
  expect(await readAsPortal(db, loadingPast)).toEqual({ loaded: 2, of: pastTotal("singapore"), loading: true, stopped: [] });
  const program = startLoading(db, signingKey, endsAt);
  expect(await new Promise((ended) => program.once("exit", ended))).toBe(0);
  past = await pastBatchesOf(db, new Date(endsAt.getTime() - historyDays.until * day));
}, 1_800_000);
afterAll(() => db.close());

describe("the past of the demo story (process description E.7)", () => {
  it("comes in whole, goes on after an end, and comes in once", async () => {
    for (const siteId of plantSites) expect(at(siteId)).toHaveLength(pastBatches[siteId]);
    expect(await Promise.all(plantSites.map((siteId) => load(siteId)))).toEqual([0, 0, 0]);
    expect(await readAsPortal(db, loadingPast)).toBeUndefined();
    const all = [...await allBatches(db, "VB-101"), ...await allBatches(db, "VB-201"), ...await allBatches(db, "VB-102")].filter((row) => row.origin === "executed");
    expect(all.length).toBeGreaterThanOrEqual(135);
    expect(all.length).toBeLessThanOrEqual(150);
    const share = (siteId: string) => all.filter((row) => row.siteId === siteId).length / all.length;
    expect([share("basel"), share("raleigh"), share("singapore")].map((part) => Math.round(part * 10))).toEqual([5, 3, 2]);
  });

  it("is the same for the same end, whoever asks, and a suite holds one batch at a time", () => {
    for (const siteId of plantSites) {
      const planned = pastOf(siteId, endsAt);
      expect(pastOf(siteId, endsAt)).toEqual(planned);
      expect(planned.slice(1).every((batch, i) => batch.start.getTime() - (planned[i]?.start.getTime() ?? 0) > 4 * day)).toBe(true);
      expect(at(siteId).map(({ start }) => start.getTime())).toEqual(planned.map(({ start }) => start.getTime()));
    }
  });

  it("has 12 to 25 exceptions in a batch that was finished, about 85 % of them minor, and about one batch in 16 was not released", () => {
    const count = ({ row }: Past): number => row.critical + row.major + row.minor;
    expect(ended().filter((one) => count(one) < 12 || count(one) > 25).map((one) => [one.row.id, count(one)])).toEqual([]);
    const all = past.reduce((n, one) => n + count(one), 0);
    expect(past.reduce((n, { row }) => n + row.minor, 0) / all).toBeGreaterThan(0.81);
    expect(past.reduce((n, { row }) => n + row.minor, 0) / all).toBeLessThan(0.89);
    expect(past.filter(({ row }) => row.state !== "released")).toHaveLength(7);
  });

  it("leaves nothing open on what was released: every exception is decided, every signature stands", () => {
    const released = past.filter(({ row }) => row.state === "released");
    expect(released.filter(({ row }) => row.open).map(({ row }) => row.id)).toEqual([]);
    expect(released.filter(({ row }) => ["production_reviewed", "audit_trail_reviewed", "site_confirmed", "approved_for_release"].some((meaning) => !row.signed.includes(meaning))).map(({ row }) => row.id)).toEqual([]);
  });

  it("was made by versions of the master that three people signed", async () => {
    await readAsPortal(db, async (tx) => {
      for (const { id, version } of [...await versionsOf(tx, "MBR-201"), ...await versionsOf(tx, "MBR-VB-102")]) {
        const signed = await signaturesOfRecord(tx, "master", `${id} v${version}`);
        expect(signed.map(({ meaning, method }) => [meaning, method])).toEqual(["authored", "master_reviewed", "master_approved"].map((meaning) => [meaning, "story"]));
        expect(new Set(signed.map(({ signerId }) => signerId)).size).toBe(3);
      }
    });
  });

  it("holds two products: the antibody's cultures were played from the vial to the bulk too, each with its history", async () => {
    const cultures = (await allBatches(db, "VB-102")).filter((row) => row.inoculatedAt !== null && row.inoculatedAt < endsAt);
    expect(cultures).toHaveLength(Object.values(pastCultures).flat().length);
    expect(cultures.filter((row) => row.state !== "released" || row.open).map((row) => row.id)).toEqual([]);
    await readAsPortal(db, async (tx) => {
      for (const row of cultures) {
        const history = await batchHistory(tx, await readRecord(tx, row.siteId, row.id));
        expect(history?.everyMs, row.id).toBe(minute);
        expect(history?.values, row.id).toBeGreaterThan(13 * 24 * 60 * 12);
      }
    });
  });

  it("names no case in any record: the ground truth stands outside the portal", async () => {
    expect(storyCases.map(({ id }) => id)).toEqual([...caseIds]);
    const pattern = caseIds.join("|");
    const [row] = await withProgramme(db.owner, "story", [...plantSites, "enterprise"], (tx) => tx.execute<{ n: number }>(sql`select count(*)::int as n from audit_entries where canonical ~ ${pattern}`));
    expect(row?.n).toBe(0);
  });
});

describe("the history of a past batch's process", () => {
  it("is kept minute by minute over the whole culture, with gaps that show as gaps", async () => {
    for (const one of [nth("basel", 3), nth("raleigh", 20), nth("singapore", 16)]) {
      const [from, to] = [doneAt(one, "charge-seed"), doneAt(one, "draw-harvest")];
      const minutes = Math.floor((to.getTime() - from.getTime()) / minute);
      expect(minutes).toBeGreaterThan(24 * 60);
      for (const tag of fermenterTags.filter((tag) => tag !== "vibration")) {
        const points = await trendOf(db, one, tag, from, to);
        expect(new Set(points.map(({ n }) => n)), tag).toEqual(new Set([1]));
        expect(points.length / minutes, tag).toBeGreaterThan(0.95);
        expect(points.length, tag).toBeLessThan(minutes - 7);
      }
    }
  });

  it("has the shape of the process: oxygen rises when glucose is used up, the feed grows, temperature falls at induction", async () => {
    const one = nth("basel", 3);
    const during = (tag: string, step: string, fromH: number, toH: number) => trendOf(db, one, tag, new Date(doneAt(one, step).getTime() + fromH * hour), new Date(doneAt(one, step).getTime() + toH * hour));
    expect(Math.max(...(await during("dissolved-oxygen", "charge-feed", -1.5, 0)).map(({ value }) => value))).toBeGreaterThan(80);
    expect(meanOf(await during("dissolved-oxygen", "charge-feed", 2, 8))).toBeCloseTo(30, -1);
    const [early, late] = [meanOf(await during("feed-rate", "charge-feed", 1, 1.5)), meanOf(await during("feed-rate", "charge-feed", 6, 6.5))];
    expect(Math.log(late / early) / 5).toBeCloseTo(0.2, 2);
    expect(meanOf(await during("temperature", "lower-temperature", -2, -0.5))).toBeCloseTo(37, 0);
    expect(meanOf(await during("temperature", "lower-temperature", 2, 4))).toBeCloseTo(expressionAt[1], 0);
  });

  it("is what the captured entries rest on", async () => {
    for (const one of [nth("basel", 3), nth("raleigh", 20), nth("singapore", 16)]) {
      const captured = one.record.entries.flatMap(({ basis }) => (basis?.kind === "captured" && basis.unitId === one.row.unitId ? [basis] : []));
      expect(captured.length).toBeGreaterThanOrEqual(5);
      for (const basis of captured) {
        const points = await trendOf(db, one, basis.tag, new Date(basis.from), new Date(basis.to));
        expect(points, basis.tag).toHaveLength(basis.values);
        // What is captured is written with its digits, so half of the last one is what rounding may take.
        const half = (text: string) => 0.5 * 10 ** -(text.split(".")[1]?.length ?? 0) + 1e-9;
        for (const [found, text] of [[Math.min(...points.map(({ value }) => value)), basis.low ?? ""], [Math.max(...points.map(({ value }) => value)), basis.high ?? ""], [meanOf(points), basis.mean ?? ""]] as const) expect(Math.abs(found - Number(text)), `${basis.tag} ${text}`).toBeLessThanOrEqual(half(text));
      }
    }
  });

  it("says how far apart its values lie, from the values", async () => {
    const one = only(past.filter((each) => each.siteId === "singapore" && each.number === drift.last));
    const [outside] = exceptionsOn(one, "ph");
    if (!outside) throw new Error("no exception on pH");
    const trend = await readAsPortal(db, (tx) => exceptionTrend(tx, one.row.unitId, outside));
    expect(trend?.everyMs).toBe(minute);
  });
});

describe("what is planted in the past shows in the portal", () => {
  it("PROBE-DRIFT: captured pH rises batch by batch and within each until it leaves its range, and the calibration afterwards finds the probe off", async () => {
    const campaign = at(drift.site).filter(({ number }) => number >= drift.first && number <= drift.last);
    const means = campaign.map((one) => { const basis = entryOf(one, "ph")?.basis; return basis?.kind === "captured" ? Number(basis.mean) : Number.NaN; });
    expect(means.map((mean, i) => Math.abs(mean - 7 - driftedPh(drift.first + i)) < 0.03)).toEqual(campaign.map(() => true));
    expect(means.every((mean, i) => i === 0 || mean > (means[i - 1] ?? 0))).toBe(true);
    const rise = async (one: Past): Promise<number> => {
      const [first, last] = [doneAt(one, "charge-seed"), doneAt(one, "draw-harvest")];
      return meanOf(await trendOf(db, one, "ph", new Date(last.getTime() - 5 * hour), last)) - meanOf(await trendOf(db, one, "ph", first, new Date(first.getTime() + 5 * hour)));
    };
    const [drifting, steady] = [await Promise.all(campaign.map(rise)), await Promise.all(at(drift.site).filter(({ number }) => number > drift.last).map(rise))];
    expect(meanOf(drifting.map((value) => ({ value })))).toBeGreaterThan(0.009);
    expect(Math.abs(meanOf(steady.map((value) => ({ value }))))).toBeLessThan(0.005);
    expect(exceptionsOn(nth(drift.site, drift.last), "ph").map(({ tag }) => tag)).toContain("ph");
    const failed = (await readAsPortal(db, (tx) => calibrationsOf(tx, "singapore", "FM-4051"))).filter((one) => one.passed === "no");
    expect(failed.map((one) => [one.tag, one.asFound])).toEqual([["ph", "0.15"]]);
  });

  it("LOT-SHIFT: the trace of a poor batch leads to a supplier's lot at two sites, and every batch made from it gave less", async () => {
    const measured = past.filter((one) => Number.isFinite(valueOf(one, "clarified-concentration")));
    const poorest = measured.reduce((a, b) => (valueOf(a, "clarified-concentration") <= valueOf(b, "clarified-concentration") ? a : b));
    const hit = await readAsPortal(db, async (tx) => {
      const origins = (await traceLot(tx, poorest.siteId, poorest.row.id, "backward")).rows.filter((row) => row.code === poorLot.material);
      expect(origins.map((row) => row.supplierLot)).toEqual([poorLot.supplierLot]);
      const [lot] = origins;
      if (!lot) throw new Error("no lot of medium");
      const same = await sameOrigins(tx, poorest.siteId, [{ id: lot.id, supplierId: lot.supplierId, supplierLot: lot.supplierLot }]);
      expect(new Set([poorest.siteId, ...same.map(({ siteId }) => siteId)])).toEqual(new Set(poorLot.sites));
      const reached = new Set<string>();
      const lots: readonly { readonly siteId: string; readonly id: string }[] = [{ siteId: poorest.siteId, id: lot.id }, ...same];
      for (const { siteId, id } of lots) for (const row of (await traceLot(tx, siteId, id, "forward")).rows) reached.add(`${siteId} ${row.id}`);
      return reached;
    });
    const poor = measured.filter((one) => hit.has(`${one.siteId} ${one.row.id}`));
    const values = poor.map((one) => valueOf(one, "clarified-concentration"));
    expect(poor.length).toBeGreaterThanOrEqual(6);
    expect(new Set(values).size).toBeGreaterThan(3);
    expect(Math.max(...values)).toBeLessThan(Math.min(...measured.filter((one) => !hit.has(`${one.siteId} ${one.row.id}`)).map((one) => valueOf(one, "clarified-concentration"))));
  });

  it("TECH-TRANSFER: four qualification batches at the receiving site; mass of the cell paste is not equivalent, purity and yield are", async () => {
    const runs = past.filter(({ record }) => record.exceptions.some((x) => x.type === "operator_comment" && x.comment?.includes("PPQ-201-SIN")));
    expect(runs.map(({ siteId, number }) => [siteId, number])).toEqual([1, 2, 3, 4].map((number) => [transfer.site, number]));
    const sending = ended().filter(({ siteId, number, row }) => siteId !== transfer.site && number <= 20 && row.state === "released");
    const share = (parameter: string) => {
      const [there, here] = [summarise(runs.map((one) => valueOf(one, parameter))), summarise(sending.map((one) => valueOf(one, parameter)))];
      return { low: (there?.low ?? 0) / (here?.mean ?? 1), high: (there?.high ?? 9) / (here?.mean ?? 1) };
    };
    expect(share(transfer.attribute).high).toBeLessThan(0.92);
    for (const parameter of ["purity", "antigen-yield", "clarified-concentration"]) expect([share(parameter).low > 0.85, share(parameter).high < 1.15], parameter).toEqual([true, true]);
    const mostOxygen = async (one: Past) => Math.max(...(await trendOf(db, one, "oxygen-flow", doneAt(one, "charge-feed"), doneAt(one, "lower-temperature"))).map(({ value }) => value));
    const [first] = runs;
    if (!first) throw new Error("no run");
    expect(await mostOxygen(first)).toBeLessThan(0.95 * await mostOxygen(nth("basel", 3)));
  });

  it("BEARING: vibration of the agitator passes its alert nine days before the bearing fails; the batch is lost and the bearing exchanged", async () => {
    const lost = only(at(bearing.site).filter((one) => ofType(one, "instrument_failure").some((x) => x.comment?.includes("bearing"))));
    expect([lost.number, lost.row.state]).toEqual([bearing.batch, "aborted"]);
    const failure = ofType(lost, "instrument_failure")[0]?.raisedAt ?? new Date(Number.NaN);
    const points = await trendOf(db, lost, "vibration", new Date(failure.getTime() - 40 * day), failure, 10);
    const running = points.filter(({ value }) => value > 0.5);
    const alert = running.find(({ value }, i) => value > bearing.alert && (running[i + 1]?.value ?? 0) > bearing.alert);
    const lead = (failure.getTime() - (alert?.at ?? 0)) / hour;
    expect([lead > bearing.leadH - 6, lead < bearing.leadH + 6], `${lead} h`).toEqual([true, true]);
    expect(running.slice(0, 30).every(({ value }) => value < 2.3)).toBe(true);
    expect(Math.max(...running.map(({ value }) => value))).toBeGreaterThan(bearing.alarm);
    await readAsPortal(db, async (tx) => {
      const parts = (await partsOf(tx, bearing.site, lost.row.unitId)).filter((part) => part.place.includes("bearing"));
      expect(parts).toHaveLength(2);
      expect([(parts[0]?.installedAt ?? failure) > failure, (parts[1]?.installedAt ?? failure) < failure]).toEqual([true, true]);
      const { total } = await logPage(tx, bearing.site, lost.row.unitId, 1);
      const pages = await Promise.all(Array.from({ length: Math.ceil(total / 10) }, (_, i) => logPage(tx, bearing.site, lost.row.unitId, i + 1)));
      const events = pages.flatMap(({ lines }) => lines).filter(({ at: when }) => when > failure && when.getTime() < failure.getTime() + 4 * day).map(({ event }) => event);
      expect(events).toContain("take_out_of_service");
      expect(events).toContain("return_to_service");
    });
    const after = only(at(bearing.site).filter(({ number }) => number === bearing.batch + 1));
    expect(Math.max(...(await trendOf(db, after, "vibration", doneAt(after, "charge-seed"), doneAt(after, "draw-harvest"), 10)).map(({ value }) => value))).toBeLessThan(2.3);
  });

  it("RECIPE-CHANGE: a second version of the master is in force since mid-year; batches carry the one of their day, and purity steps up", async () => {
    const versions = await readAsPortal(db, (tx) => versionsOf(tx, recipeChange.master));
    expect(versions.map(({ version, state }) => [version, state])).toEqual([[2, "effective"], [1, "superseded"]]);
    const changed = versions[0]?.effectiveAt ?? new Date(Number.NaN);
    expect(Math.abs(endsAt.getTime() - changed.getTime() - changedDaysAgo * day)).toBeLessThan(day);
    expect(past.filter(({ record }) => record.batch.masterVersion !== ((record.batch.issuedAt ?? endsAt) < changed ? 1 : 2)).map(({ row }) => row.id)).toEqual([]);
    const tested = ended().filter((one) => Number.isFinite(valueOf(one, recipeChange.attribute)));
    const [before, after] = [1, 2].map((version) => summarise(tested.filter(({ record }) => record.batch.masterVersion === version).map((one) => valueOf(one, recipeChange.attribute))));
    expect(Math.min(before?.n ?? 0, after?.n ?? 0)).toBeGreaterThan(25);
    expect((after?.low ?? 0) - (before?.high ?? 0)).toBeGreaterThan(1);
    const temperature = (version: number) => meanOf(tested.filter(({ record }) => record.batch.masterVersion === version).map((one) => { const basis = entryOf(one, "temperature-expression")?.basis; return { value: basis?.kind === "captured" ? Number(basis.mean) : Number.NaN }; }));
    expect([temperature(1), temperature(2)].map(Math.round)).toEqual([28, 26]);
  });

  it("CONTAMINATION-CAUGHT: oxygen flow rises first, then base, then dissolved oxygen falls; the batch is aborted before induction", async () => {
    const lost = only(past.filter((one) => one.row.state === "aborted" && ofType(one, "batch_aborted").some((x) => x.comment?.includes("Cocci"))));
    expect([lost.siteId, lost.number]).toEqual(["basel", 21]);
    expect(exceptionsOn(lost, "dissolved-oxygen").some((x) => x.severity === "critical")).toBe(true);
    expect(entryOf(lost, "induction-density")).toBeUndefined();
    const healthy = nth("basel", 20);
    const course = async (one: Past, tag: string) => { const from = doneAt(one, "charge-seed"); return (await trendOf(db, one, tag, from, new Date(from.getTime() + 19 * hour), 10)).map(({ at: when, value }) => ({ h: Math.round((when - from.getTime()) / (10 * minute)) / 6, value })); };
    const first = async (tag: string, differs: (value: number, usual: number) => boolean): Promise<number> => {
      const usual = new Map((await course(healthy, tag)).map(({ h, value }) => [h, value]));
      return (await course(lost, tag)).find(({ h, value }) => h > 9 && usual.has(h) && differs(value, usual.get(h) ?? 0))?.h ?? Number.NaN;
    };
    const [oxygen, base, dissolved] = [await first("oxygen-flow", (value, usual) => value > usual + 25), await first("base-added", (value, usual) => value > usual + 0.8), await first("dissolved-oxygen", (value) => value < 20)];
    expect([oxygen < base, base < dissolved], `${oxygen} h, ${base} h, ${dissolved} h`).toEqual([true, true]);
  });

  it("CONTAMINATION-LATE: nothing shows in the fermenter; the bulk fails bioburden and quality stops the batch", () => {
    const lost = only(past.filter((one) => exceptionsOn(one, "bioburden").some((x) => x.type === "out_of_specification")));
    expect([lost.siteId, lost.number, lost.row.state]).toEqual(["raleigh", 14, "aborted"]);
    expect(lost.record.exceptions.filter((x) => x.severity === "critical").map((x) => [x.type, x.parameter])).toEqual([["out_of_specification", "bioburden"], ["batch_aborted", null]]);
    expect(exceptionsOn(lost, "dissolved-oxygen").filter((x) => x.severity === "critical")).toEqual([]);
  });

  it("LATE-ENTRY-CLUSTER: the values of one night were all written down by one person at its end, hours late; no other batch has that", async () => {
    const hoursLate = ({ record }: Past) => record.entries.filter((entry) => entry.late && entry.version === 1 && entry.enteredAt.getTime() - entry.eventAt.getTime() > 2 * hour);
    const cluster = only(past.filter((one) => hoursLate(one).length >= 3));
    expect([cluster.siteId, cluster.number]).toEqual([night.site, night.batch]);
    const late = hoursLate(cluster);
    expect(late.length).toBeGreaterThanOrEqual(4);
    expect(new Set(late.map(({ enteredBy }) => enteredBy)).size).toBe(1);
    const zone = cluster.record.site.timeZone;
    const clock = (when: Date) => Number(localField(when, zone).slice(11, 13));
    expect(late.filter(({ eventAt }) => clock(eventAt) < 22 && clock(eventAt) >= 6).map(({ parameter }) => parameter)).toEqual([]);
    const [first, last] = [Math.min(...late.map(({ eventAt }) => eventAt.getTime())), Math.max(...late.map(({ enteredAt }) => enteredAt.getTime()))];
    expect(last - first).toBeLessThan(night.hours * hour);
    const page = await readAsPortal(db, (tx) => auditPage(tx, auditFilter.parse({ site: cluster.siteId, batch: cluster.row.id, kind: "all", class: "all", late: "1" })));
    expect(late.filter(({ parameter }) => !page.rows.some((row) => row.late && row.subjectId.includes(`/${parameter}/`))).map(({ parameter }) => parameter)).toEqual([]);
  });

  it("TRAINING-LAPSE: the supervisor raises the gap and holds the batch; somebody else does the step", async () => {
    const one = only(past.filter((each) => ofType(each, "training_gap").length > 0));
    expect([one.siteId, one.number]).toEqual(["raleigh", 25]);
    const gap = ofType(one, "training_gap")[0];
    expect([gap?.severity, one.record.names.get(gap?.commentBy ?? "")]).toEqual(["major", "Rachel Hayes"]);
    const [step, before] = ["charge-lysis", "bind-homogeniser"].map((id) => one.record.steps.find(({ masterStep }) => masterStep === id));
    expect(gap?.stepId).toBe(step?.id);
    expect([one.record.names.get(before?.performedBy ?? ""), one.record.names.get(step?.performedBy ?? "")]).toEqual(["Daniel Okafor", "Grace Lund"]);
    const acts = await readAsPortal(db, (tx) => auditPage(tx, auditFilter.parse({ site: one.siteId, batch: one.row.id, event: "batch.moved", kind: "acts", class: "all" })));
    const moves = acts.rows.flatMap(({ said }) => (said?.event === "batch.moved" ? [said.detail.command] : []));
    expect(moves).toEqual(expect.arrayContaining(["hold", "restart"]));
    const story = await readAsPortal(db, (tx) => storyline(tx, { kind: "batch", siteId: one.siteId, batchId: one.row.id }, 1));
    expect(story.entries).toBeGreaterThan(300);
  });
});
