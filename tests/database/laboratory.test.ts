import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { batches, entries, steps } from "#db/schema/batch.ts";
import { laboratorySamples, testResults } from "#db/schema/laboratory.ts";
import { withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { loseSample, receiveSample } from "#lib/laboratory/commands.ts";
import { worklistFilter } from "#lib/laboratory/filter.ts";
import { instrumentsOf, readSample } from "#lib/laboratory/queries.ts";
import { authoriseRetest, enterResult, invalidateResult, reviewResult, type ResultInput } from "#lib/laboratory/result-commands.ts";
import { worklist, worklistCounts } from "#lib/laboratory/worklist-queries.ts";
import { masterRecord } from "#lib/recipe/master-record.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { smallMaster } from "#tests/small-master.ts";
import { storyActor } from "#tests/actors.ts";
import { addMaster, addVessel, closeExecution, db, done, entriesOf, exceptionsOf, issued, openExecution, operator, owner, quality, refusal, second, site, upToPh, value, vessel } from "#tests/execution-scene.ts";

let analyst: Actor;
let reviewer: Actor;
let batchId = "";
let sampleId = "";
/** After everything the batch did: its stirring time was let pass. */
const now = () => new Date(Date.now() + 60 * 60_000);
const stamp = () => ({ now: now(), newId: randomUUID as () => string });
const instrument = "QI-2001";

beforeAll(async () => {
  await openExecution();
  [analyst, reviewer] = [await storyActor(db.portal, "analyst.basel@demo"), await storyActor(db.portal, "second.analyst.basel@demo")];
  batchId = await issued();
  await upToPh(batchId, vessel);
  await done(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH"));
  await done(operator, batchId, value("1.1.2.3", "planned", "100.0", "L"));
  await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.3" });
  await done(second, batchId, { act: "verify-step", stepId: "1.1.2.3" });
  await done(operator, batchId, { act: "start-step", stepId: "1.1.3.2" });
  await done(operator, batchId, { act: "draw", stepId: "1.1.3.2" });
});
afterAll(() => closeExecution());

const tables = (id: string) => owner(async (tx) => ({ sample: (await tx.select().from(laboratorySamples).where(eq(laboratorySamples.id, id)))[0], results: await tx.select().from(testResults).where(eq(testResults.sampleId, id)).orderBy(asc(testResults.number)) }));
const acts = (id: string) => owner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.subjectType, "sample"), eq(auditEntries.subjectId, id), eq(auditEntries.kind, "act"))).orderBy(asc(auditEntries.seq)));
/** Runs a command as this person and says what came of it: its value, or the reason of its refusal. */
async function as<P extends Permission>(who: Actor, permission: P, work: (tx: SiteTx, by: ReturnType<typeof requirePermission<P>>) => Promise<{ ok: true; value: unknown } | { ok: false; refusal: { reason: string } }>): Promise<unknown> {
  const by = requirePermission(who, permission, site);
  const outcome = await withSites(by, (tx) => work(tx, by), { reason: "as the test says" });
  return outcome.ok ? outcome.value : outcome.refusal.reason;
}
const receive = (id = sampleId) => as(analyst, "result.enter", (tx, by) => receiveSample(tx, by, { siteId: site, sampleId: id }, stamp()));
const enter = (rawValue: string, change: Partial<ResultInput> = {}, who = analyst) => as(who, "result.enter", (tx, by) => enterResult(tx, by, { siteId: site, sampleId, parameter: "bioburden", rawValue, instrument, analysedAt: now(), ...change }, stamp()));
const review = (number: number, who = reviewer) => as(who, "result.review", (tx, by) => reviewResult(tx, by, { siteId: site, sampleId, parameter: "bioburden", number }, stamp()));
const decided = <P extends Permission>(permission: P, work: (tx: SiteTx, by: ReturnType<typeof requirePermission<P>>) => ReturnType<typeof invalidateResult>) => as(quality, permission, async (tx, by) => { const outcome = await work(tx, by); return outcome.ok ? { ok: true, value: outcome.value.state } : outcome; });
const invalidate = (number: number, reason = "Wrong dilution, found in the worksheet.") => decided("result.invalidate", (tx, by) => invalidateResult(tx, by, { siteId: site, sampleId, parameter: "bioburden", number, reason }, stamp()));
const authorise = (number: number, reason = "Plates and worksheet examined, no cause found.", who = quality) => as(who, "result.authorise-retest", async (tx, by) => { const outcome = await authoriseRetest(tx, by, { siteId: site, sampleId, parameter: "bioburden", number, reason }, stamp()); return outcome.ok ? { ok: true, value: "authorised" } : outcome; });

let copies = 0;
/** A further sample of the same step, drawn by itself, so that each test has one of its own. */
beforeEach(async () => {
  copies += 1;
  sampleId = `${batchId}-T${copies}`;
  await owner((tx) => tx.insert(laboratorySamples).values({ siteId: site, id: sampleId, batchId, stepId: "1.1.3.2", sample: "bulk", name: "Bulk sample", state: "drawn", drawnAt: new Date(), drawnBy: operator.id, storage: "2 to 8 °C, 24 h" }));
});
const versions = async () => (await entriesOf(batchId)).filter((entry) => entry.parameter === "bioburden").sort((a, b) => a.version - b.version);

describe("REQ-44 (21 CFR 211.160, 211.165, 211.194) a sample", () => {
  it("comes to the laboratory's list from the step that drew it, and is received once", async () => {
    const drawn = `${batchId}-S01`;
    expect((await tables(drawn)).sample).toMatchObject({ state: "drawn", stepId: "1.1.3.2", sample: "bulk", drawnBy: operator.id });
    expect([await receive(drawn), await receive(drawn)]).toEqual(["received", "command-not-allowed"]);
    expect((await tables(drawn)).sample).toMatchObject({ state: "received", receivedBy: analyst.id });
    expect((await acts(drawn)).map((a) => [a.event, a.actorId])).toEqual([["sample.drawn", operator.id], ["sample.moved", analyst.id]]);
  });
  it("that is lost takes no result, says why it is lost, and its loss is an exception of the batch", async () => {
    const found = (await exceptionsOf(batchId)).length;
    expect(await as(analyst, "result.enter", (tx, by) => loseSample(tx, by, { siteId: site, sampleId, reason: "The bottle broke in transport." }, stamp()))).toBe("lost");
    expect((await tables(sampleId)).sample).toMatchObject({ state: "lost", reason: "The bottle broke in transport." });
    expect([await enter("3"), await receive()]).toEqual(["sample-not-received", "command-not-allowed"]);
    expect((await exceptionsOf(batchId)).slice(found)).toMatchObject([{ type: "manual_deviation", severity: "major", state: "explained", stepId: "1.1.3.2", title: `Sample ${sampleId} lost: Bulk sample`, comment: "The bottle broke in transport.", raisedBy: analyst.id }]);
  });
  it("with results is never lost: what was found would go with it", async () => {
    await receive();
    await enter("50");
    const before = await exceptionsOf(batchId);
    expect(await as(analyst, "result.enter", (tx, by) => loseSample(tx, by, { siteId: site, sampleId, reason: "The bottle broke after the test." }, stamp()))).toBe("command-not-allowed");
    expect((await tables(sampleId)).sample?.state).toBe("in_test");
    expect(await exceptionsOf(batchId)).toEqual(before);
    await invalidate(1);
  });
  it("REQ-04 (21 CFR 11.10(d)) is nobody's who does not analyse, and not found at another site", async () => {
    await expect(enter("3", {}, operator)).rejects.toBeInstanceOf(PermissionDenied);
    const raleigh = await storyActor(db.portal, "analyst.raleigh@demo");
    await expect(enter("3", {}, raleigh)).rejects.toBeInstanceOf(NotFound);
    await expect(withSites(requirePermission(raleigh, "laboratory.read"), (tx) => readSample(tx, site, sampleId))).rejects.toBeInstanceOf(NotFound);
    await expect(enter("3", { parameter: "ph" })).rejects.toBeInstanceOf(NotFound);
  });
});

describe("REQ-44 (21 CFR 211.194) a result", () => {
  it("keeps what the instrument said, is no value of the record before a second analyst has reviewed it, and then is", async () => {
    const before = (await versions()).length;
    await receive();
    expect(await enter("3.5")).toBe(1);
    expect(await versions()).toHaveLength(before);
    expect((await tables(sampleId)).results).toMatchObject([{ number: 1, state: "entered", rawValue: "3.5", value: "4", unit: "CFU/10 mL", method: "USP <61>, membrane filtration", instrument, outOfSpecification: false, outOfTrend: null, analyst: analyst.id }]);
    expect([await review(1, analyst), await review(1), await review(1)]).toEqual(["own-result", "reviewed", "command-not-allowed"]);
    const { sample, results } = await tables(sampleId);
    expect([sample?.state, results[0]?.reviewedBy]).toEqual(["complete", reviewer.id]);
    expect((await versions()).slice(before)).toMatchObject([{ version: before + 1, value: "4", unit: "CFU/10 mL", source: "laboratory", stepId: "1.1.3.2", parameterClass: "CQA", evaluation: "within", ruleId: "R-bioburden v1", enteredBy: analyst.id, eventAt: sample?.drawnAt, late: false, instrument, basis: { kind: "laboratory", sampleId, number: 1, rawValue: "3.5", method: "USP <61>, membrane filtration" } }]);
    expect((await acts(sampleId)).map((a) => a.event)).toEqual(["sample.moved", "result.entered", "sample.moved", "result.moved", "sample.moved"]);
  });
  it("is entered with an instrument of the site that is calibrated at the time, or refused with the reason", async () => {
    await receive();
    expect([await enter("3", { instrument: "NONE" }), await enter("3", { instrument: "QH-2002" }), await enter("3", { instrument: "QH-3001" }), await enter("3", { instrument: vessel }), await enter("3", { instrument: "MV-2001" })]).toEqual(["no-instrument", "instrument-not-ready", "no-instrument", "instrument-not-ready", "instrument-not-ready"]);
    const offered = await withSites(requirePermission(analyst, "laboratory.read", site), (tx) => instrumentsOf(tx, site, now()));
    expect(offered.map(({ id }) => id)).toEqual(["QA-2001", "QC-2001", "QE-2001", "QH-2001", "QH-2002", "QI-2001", "QI-2002", "QO-2001", "QP-2001"]);
    expect(offered.filter(({ faults }) => faults.length > 0).map(({ id, faults }) => [id, faults])).toEqual([["QH-2002", [expect.stringContaining("The calibration of QH-2002 was due on")]]]);
    expect([await enter("about 3"), await enter("3", { analysedAt: new Date(Date.now() + 10 * 3_600_000) }), await enter("3", { analysedAt: new Date(Date.now() - 10 * 3_600_000) })]).toEqual(["no-number", "in-the-future", "before-it-was-drawn"]);
    expect((await tables(sampleId)).results).toEqual([]);
    expect(await enter("3", { instrument: instrument.toLowerCase() })).toBe(1);
  });
  it("out of specification brings a critical exception the moment it is entered, once, and neither review nor invalidation takes it away", async () => {
    const found = (await exceptionsOf(batchId)).length;
    await receive();
    expect([await enter("50"), await enter("4")]).toEqual([1, "stands"]);
    const raised = async () => (await exceptionsOf(batchId)).slice(found);
    expect(await raised()).toMatchObject([{ type: "out_of_specification", severity: "critical", state: "open", parameter: "bioburden", stepId: "1.1.3.2", actual: "50", planned: "0 to 10", unit: "CFU/10 mL", rule: "R-bioburden v1", title: `Bioburden out of specification, result 1 of ${sampleId}` }]);
    const first = await raised();
    expect([await review(1), (await tables(sampleId)).sample?.state]).toEqual(["reviewed", "complete"]);
    expect(await raised()).toEqual(first);
    const by = requirePermission(quality, "result.invalidate", site);
    const outcome = await withSites(by, (tx) => invalidateResult(tx, by, { siteId: site, sampleId, parameter: "bioburden", number: 1, reason: "Wrong dilution, found in the worksheet." }, stamp()), { reason: "as the test says" });
    expect(outcome).toEqual({ ok: true, value: { state: "invalidated", exceptions: [first[0]?.id] } });
    expect(await raised()).toEqual(first);
  });
  it("REQ-44 (21 CFR 211.192) out of specification is tested again only when quality has investigated it and authorised one retest; the original stays, and the reported value is the retest's", async () => {
    const [before, found] = [(await versions()).length, (await exceptionsOf(batchId)).length];
    await receive();
    await enter("50");
    expect(await authorise(1)).toBe("no-retest");
    await review(1);
    expect(await enter("4")).toBe("stands");
    await expect(authorise(1, "Tested again because I say so.", analyst)).rejects.toBeInstanceOf(PermissionDenied);
    expect([await authorise(1, "again"), await authorise(1), await authorise(1)]).toEqual(["reason-missing", "authorised", "no-retest"]);
    expect((await tables(sampleId)).sample?.state).toBe("in_test");
    expect((await acts(sampleId)).filter((a) => a.event === "retest.authorised")).toMatchObject([{ actorId: quality.id, reason: "Plates and worksheet examined, no cause found.", critical: true, detail: { parameter: "bioburden", number: 1 } }]);
    expect([await enter("60"), await review(2)]).toEqual([2, "reviewed"]);
    // One authorisation covers one retest: this one needs its own.
    expect(await enter("4")).toBe("stands");
    expect([await authorise(1), await authorise(2), await enter("4"), await review(3)]).toEqual(["no-retest", "authorised", 3, "reviewed"]);
    const { sample, results } = await tables(sampleId);
    expect(sample?.state).toBe("complete");
    expect(results.map((r) => [r.number, r.value, r.state, r.outOfSpecification, r.retestBy])).toEqual([[1, "50", "reviewed", true, quality.id], [2, "60", "reviewed", true, quality.id], [3, "4", "reviewed", false, null]]);
    expect((await versions()).slice(before).map((v) => [v.value, v.evaluation])).toEqual([["50", "exception"], ["60", "exception"], ["4", "within"]]);
    expect((await versions()).at(-1)?.reason).toBe("Result 3, retest after result 2 was out of specification, authorised by quality: Plates and worksheet examined, no cause found.");
    expect(await enter("3")).toBe("stands");
    expect((await exceptionsOf(batchId)).slice(found).map((x) => [x.type, x.actual, x.state])).toEqual([["out_of_specification", "50", "open"], ["out_of_specification", "60", "open"]]);
  });
  it("below what the method finds is kept and judged as such; one that may be good or bad is not evaluated, and that is an exception", async () => {
    const found = (await exceptionsOf(batchId)).length;
    await receive();
    expect([await enter("< 1"), await review(1)]).toEqual([1, "reviewed"]);
    expect((await tables(sampleId)).results).toMatchObject([{ rawValue: "< 1", value: "<1", outOfSpecification: false, outOfTrend: null }]);
    // The test has no lowest value, so that less than 1 may lie below 0 too.
    expect((await versions()).at(-1)).toMatchObject({ value: "<1", evaluation: "not_evaluated" });
    expect((await exceptionsOf(batchId)).slice(found)).toMatchObject([{ type: "data_gap", parameter: "bioburden", actual: "<1", title: `Bioburden cannot be judged by its limits, result 1 of ${sampleId}` }]);
    await invalidate(1);
    expect(await enter(">300")).toBe(2);
    expect((await tables(sampleId)).results[1]).toMatchObject({ value: ">300", outOfSpecification: true });
    expect((await exceptionsOf(batchId)).at(-1)).toMatchObject({ type: "out_of_specification", actual: ">300" });
  });
  it("that quality invalidates stays with its cause, takes no value away, and opens the sample for the next one", async () => {
    await receive();
    expect([await enter("2"), await review(1)]).toEqual([1, "reviewed"]);
    const before = await versions();
    expect([await invalidate(1, "  "), await invalidate(1), await invalidate(1)]).toEqual(["reason-missing", "invalidated", "command-not-allowed"]);
    const { sample, results } = await tables(sampleId);
    expect([sample?.state, results]).toMatchObject(["in_test", [{ number: 1, value: "2", state: "invalidated", invalidatedBy: quality.id, reviewedBy: reviewer.id, reason: "Wrong dilution, found in the worksheet." }]]);
    expect(await versions()).toEqual(before);
    expect([await enter("3"), await review(2), (await tables(sampleId)).sample?.state]).toEqual([2, "reviewed", "complete"]);
    expect((await versions()).at(-1)).toMatchObject({ value: "3", version: before.length + 1, reason: "Result 2 after result 1 was invalidated: Wrong dilution, found in the worksheet." });
    await expect(as(analyst, "result.invalidate", async () => ({ ok: true, value: "" }))).rejects.toBeInstanceOf(PermissionDenied);
  });
  it("is entered and reviewed once: of two who act at once one is refused", async () => {
    await receive();
    expect((await Promise.all([enter("2"), enter("3")])).map(String).sort()).toEqual(["1", "stands"]);
    expect((await Promise.all([review(1), review(1)])).map(String).sort()).toEqual(["command-not-allowed", "reviewed"]);
    expect((await tables(sampleId)).results).toHaveLength(1);
  });
  it("is never deleted, and what was written of it never changed", async () => {
    await receive();
    await enter("2");
    await expect(owner((tx) => tx.delete(testResults).where(eq(testResults.sampleId, sampleId)))).rejects.toThrow();
    await expect(withSites(requirePermission(analyst, "result.enter", site), (tx) => tx.update(testResults).set({ value: "1" }).where(eq(testResults.sampleId, sampleId)), { reason: "tamper" })).rejects.toThrow();
  });
  it("is judged by the trend of ten released batches and not by nine, and brings its exception", async () => {
    const add = (n: number) => owner(async (tx) => {
      const id = `TREND-${n}`;
      const [step] = await tx.select().from(steps).where(and(eq(steps.siteId, site), eq(steps.batchId, batchId), eq(steps.id, "1.1.3.2")));
      if (!step) throw new Error("no step");
      await tx.insert(batches).values({ siteId: site, id, productId: smallMaster.productId, unitId: vessel, state: "released", origin: "executed", completedAt: new Date(Date.now() - n * 86_400_000) });
      await tx.insert(steps).values({ ...step, batchId: id });
      const entry = { siteId: site, batchId: id, stepId: step.id, parameter: "bioburden", unit: "CFU/10 mL", limits: {}, parameterClass: "CQA" as const, evaluation: "within" as const, ruleId: "R", source: "laboratory" as const, eventAt: new Date(), enteredAt: new Date() };
      await tx.insert(entries).values([{ ...entry, version: 1, value: "900" }, { ...entry, version: 2, value: String(1 + (n % 2)) }]);
    });
    for (let n = 1; n <= 9; n++) await add(n);
    await receive();
    await enter("9");
    expect((await tables(sampleId)).results[0]).toMatchObject({ outOfTrend: null });
    expect(await invalidate(1)).toBe("invalidated");
    await add(10);
    const found = (await exceptionsOf(batchId)).length;
    expect(await enter("9")).toBe(2);
    expect((await tables(sampleId)).results[1]).toMatchObject({ outOfTrend: true, outOfSpecification: false });
    await review(2);
    expect((await exceptionsOf(batchId)).slice(found)).toMatchObject([{ type: "out_of_trend", severity: "minor", actual: "9" }]);
  });
});

/** The small master with a concentration, an identity and a content that is calculated from the concentration. */
const measured = masterRecord.parse({
  ...smallMaster, id: "MBR-BUF-02", samples: smallMaster.samples.map((one) => ({ ...one, parameters: ["bioburden", "conc", "identity"] })),
  parameters: [
    ...smallMaster.parameters, { id: "conc", name: "Concentration", unit: "g/L", precision: 2, class: "CQA", source: "laboratory", evaluation: { kind: "instant" }, limits: { action: { low: 5, high: 15 }, absolute: { low: 0 } }, method: "SOP-QC-004" },
    { id: "identity", name: "Identity", unit: "1", precision: 0, class: "CQA", source: "laboratory", evaluation: { kind: "instant" }, limits: {}, form: "choice", options: [{ value: "complies", fits: true }, { value: "does not comply", fits: false }], method: "Ph. Eur. 2.3.1" },
    { id: "content", name: "Content", unit: "g", precision: 0, class: "KPP", source: "calculated", evaluation: { kind: "at_end" }, limits: { normal: { low: 500, high: 1500 } }, formula: { text: "conc * filtered", inputs: { conc: "conc", filtered: "volume" } } },
  ],
  procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.map((step) => (step.id === "reconcile" ? { ...step, parameters: ["buffer-yield", "content"] } : step)) })) })) })),
});

describe("REQ-44 (21 CFR 211.165, 211.192, 211.194) the laboratory of a batch", () => {
  const { signingKey } = inject("cluster");
  let own = "";
  const owed = async () => { const by = requirePermission(quality, "batch.read", site); return (await withSites(by, (tx) => readBatchFile(tx, site, own, publicHalf(signingKey)))).checks.find(({ id }) => id === "laboratory"); };
  const one = (sample: string, parameter: string) => ({
    enter: (rawValue: string) => as(analyst, "result.enter", (tx, by) => enterResult(tx, by, { siteId: site, sampleId: sample, parameter, rawValue, instrument, analysedAt: now() }, stamp())),
    review: (number: number) => as(reviewer, "result.review", (tx, by) => reviewResult(tx, by, { siteId: site, sampleId: sample, parameter, number }, stamp())),
    invalidate: (number: number) => decided("result.invalidate", (tx, by) => invalidateResult(tx, by, { siteId: site, sampleId: sample, parameter, number, reason: "Standard was weighed wrongly, found in its worksheet." }, stamp())),
  });
  const valuesOf = async (parameter: string) => (await entriesOf(own)).filter((entry) => entry.parameter === parameter).sort((a, b) => a.version - b.version);

  it("blocks its release by name until everything is drawn, tested and reviewed; a lost sample is drawn again; a value that changes is reckoned with again", async () => {
    await addMaster(measured);
    await addVessel("MV-LAB");
    own = await issued({ master: measured, unit: "MV-LAB" });
    await upToPh(own, "MV-LAB");
    await done(operator, own, value("1.1.2.3", "ph", "7.20", "pH"));
    await done(operator, own, value("1.1.2.3", "planned", "100.0", "L"));
    await done(operator, own, { act: "finish-step", stepId: "1.1.2.3" });
    await done(second, own, { act: "verify-step", stepId: "1.1.2.3" });
    await done(operator, own, { act: "start-step", stepId: "1.1.3.1" });
    await done(operator, own, value("1.1.3.1", "volume", "98.0", "L"));
    await done(operator, own, { act: "finish-step", stepId: "1.1.3.1" });
    expect(await owed()).toMatchObject({ done: false, finding: "Bulk sample, step 1.1.3.2, was not drawn" });

    await done(operator, own, { act: "start-step", stepId: "1.1.3.2" });
    await done(operator, own, { act: "draw", stepId: "1.1.3.2" });
    expect(await refusal(operator, own, { act: "draw", stepId: "1.1.3.2" })).toBe("The sample of this step is drawn already.");
    await done(operator, own, { act: "finish-step", stepId: "1.1.3.2" });
    await as(analyst, "result.enter", (tx, by) => loseSample(tx, by, { siteId: site, sampleId: `${own}-S01`, reason: "The bottle broke in transport." }, stamp()));
    expect(await owed()).toMatchObject({ done: false, finding: `${own}-S01 is lost and not replaced` });
    await done(operator, own, { act: "draw", stepId: "1.1.3.2" });
    const sample = `${own}-S02`;
    expect(await owed()).toMatchObject({ done: false, finding: `Bioburden of ${sample} is not tested; Concentration of ${sample} is not tested; Identity of ${sample} is not tested` });

    await receive(sample);
    const [conc, identity, bioburden] = [one(sample, "conc"), one(sample, "identity"), one(sample, "bioburden")];
    expect([await identity.enter("perhaps"), await identity.enter("complies"), await conc.enter("10.0"), await bioburden.enter("3")]).toEqual(["no-option", 1, 1, 1]);
    expect((await owed())?.finding).toContain(`Concentration of ${sample} waits for the review of result 1`);
    expect([await identity.review(1), await conc.review(1), await bioburden.review(1)]).toEqual(["reviewed", "reviewed", "reviewed"]);
    expect(await valuesOf("identity")).toMatchObject([{ value: "complies", unit: null, evaluation: "within", source: "laboratory" }]);
    expect(await owed()).toMatchObject({ done: true, finding: "Every sample is tested and reviewed" });

    await done(operator, own, { act: "start-step", stepId: "1.1.3.3" }, now());
    await done(operator, own, { act: "finish-step", stepId: "1.1.3.3" }, now());
    expect((await valuesOf("content")).map((v) => [v.value, v.reason])).toEqual([["980", null]]);
    await conc.invalidate(1);
    expect(await owed()).toMatchObject({ done: false, finding: `Concentration of ${sample} still stands on result 1, which is invalidated` });
    expect((await valuesOf("content")).map((v) => v.value)).toEqual(["980"]);
    expect([await conc.enter("12.0"), await conc.review(2)]).toEqual([2, "reviewed"]);
    expect((await valuesOf("content")).map((v) => [v.version, v.value, v.reason])).toEqual([[1, "980", null], [2, "1176", "calculated again: Concentration was corrected"]]);
    expect((await valuesOf("content"))[1]?.basis).toMatchObject({ inputs: [{ parameter: "conc", value: "12.00", version: 2 }, { parameter: "volume" }] });
    expect(await owed()).toMatchObject({ done: true });
  });
  it("is no matter of a batch whose master asks for no sample", async () => {
    const by = requirePermission(quality, "batch.read", site);
    const { checks } = await withSites(by, (tx) => readBatchFile(tx, site, "BAS-101-2607", publicHalf(signingKey)));
    expect(checks.map(({ id }) => id)).not.toContain("laboratory");
  });
});

describe("the worklist", () => {
  const list = (show: string) => withSites(requirePermission(analyst, "laboratory.read", site), async (tx) => ({ ...(await worklist(tx, site, worklistFilter.parse({ show }))), counts: await worklistCounts(tx, site, ["open", "oos", "all", "lost"]) }));
  it("has those out of specification first, then the oldest, with what is reviewed of what is asked", async () => {
    await receive();
    await enter("50");
    const { rows, total, counts } = await list("all");
    expect([total, counts.get("all")]).toEqual([rows.length, rows.length]);
    const order = rows.map((row) => [row.outOfSpecification > 0 ? 0 : 1, row.sample.drawnAt.getTime()] as const);
    expect(order).toEqual([...order].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    expect(rows.find((row) => row.sample.id === sampleId)).toMatchObject({ asked: 1, reviewed: 0, waiting: 1, outOfSpecification: 1, productId: smallMaster.productId });
    expect((await list("oos")).rows.map((row) => row.sample.id)).toContain(sampleId);
    await invalidate(1);
    expect((await list("oos")).rows.map((row) => row.sample.id)).not.toContain(sampleId);
    expect((await list("open")).rows.every((row) => ["drawn", "received", "in_test"].includes(row.sample.state))).toBe(true);
    expect((await list("lost")).rows.every((row) => row.sample.state === "lost")).toBe(true);
  });
});
