import { randomUUID } from "node:crypto";
import { and, asc, eq, inArray } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { calibrations, equipmentLog, equipmentStates, tags, units } from "#db/schema/equipment.ts";
import { exceptions } from "#db/schema/quality.ts";
import { antigen500 } from "#db/seed/masters/antigen-500.ts";
import { mab2000 } from "#db/seed/masters/mab-2000.ts";
import { plantSites } from "#db/seed/organisation.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, requirePermission, type Actor } from "#lib/access/actor.ts";
import { moveEquipment, type EquipmentMove } from "#lib/equipment/commands.ts";
import { equipmentStanding, unitForScan, unitsOfClass, unitsOfSite } from "#lib/equipment/queries.ts";
import { bindFaults, calibrationDue } from "#lib/equipment/use.ts";
import { calibrationsOf, cleaningFacts, partsOf } from "#lib/equipment/log-queries.ts";
import { partHistory, type CalibrationAct } from "#lib/equipment/maintenance.ts";
import { checkCleaning, installPart, removePart } from "#lib/equipment/maintenance-commands.ts";
import { maintainUnit, recordUnitCalibration } from "#lib/quality/equipment-commands.ts";
import { doubtsOf } from "#lib/quality/equipment-queries.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { smallMaster } from "#tests/small-master.ts";

const now = new Date();
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const stamp = { now, newId: randomUUID as () => string };
let db: TestDatabase;
let operator: Actor;
let supervisor: Actor;
let number = 0;
let unitId = "";
const asOwner = <T>(work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db.owner, "installation", ["basel", "raleigh", "singapore", "enterprise"], work, change);

beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  operator = await storyActor(db.portal, "operator.basel@demo");
  supervisor = await storyActor(db.portal, "supervisor.basel@demo");
});
afterAll(() => db.close());
beforeEach(async () => {
  number += 1;
  unitId = `MV-${number}`;
  await asOwner((tx) => tx.insert(units).values({ siteId: "basel", id: unitId, name: "Mixing vessel", equipmentClass: "test vessel", processCell: "Suite 9", serialNumber: `SN-${number}` }), { reason: "rows for the test" });
});

const scope = <T>(work: (tx: SiteTx) => Promise<T>, change = true) => withSites(requirePermission(operator, "equipment.clean", "basel"), work, change ? { reason: "test" } : undefined);
const move = (event: EquipmentMove["event"], rest: Partial<EquipmentMove> = {}) =>
  scope((tx) => moveEquipment(tx, { siteId: "basel", unitId, event, at: now, reason: "as the test says", ...rest }, operator.id, { id: operator.id, name: operator.printedName, role: "operator" }, stamp));
const standing = () => scope((tx) => equipmentStanding(tx, "basel", unitId), false);
const log = () => asOwner((tx) => tx.select().from(equipmentLog).where(eq(equipmentLog.unitId, unitId)).orderBy(asc(equipmentLog.at)));
const acts = () => asOwner((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.event, "equipment.changed"), eq(auditEntries.subjectId, unitId))).orderBy(asc(auditEntries.seq)));
const calibrate = (unit: string, tag: string | null, performed: number, due: number, passed: "yes" | "no" = "yes") => asOwner((tx) => tx.insert(calibrations).values({
  siteId: "basel", id: randomUUID(), unitId: unit, tag, performedAt: at(performed), dueAt: at(due), asFound: "0.01", asLeft: "0.00", unit: "pH", reference: "buffer", passed, by: operator.id, writtenAt: now,
}), { reason: "rows for the test" });

describe("REQ-45 (21 CFR 211.67, 211.182) a move of a unit", () => {
  it("begins with a unit nothing is known of as dirty, and writes state, log and audit entry together", async () => {
    expect(await standing()).toEqual({ state: "dirty", cleanedAt: null, batchId: null, productId: null, revision: 0, calibrationDueAt: null, instruments: [] });
    expect(await move("start_cleaning", { detail: { procedure: "SOP-CL-1" } })).toEqual({ ok: true, value: "cleaning" });
    expect(await move("finish_cleaning", { at: at(1) })).toEqual({ ok: true, value: "clean" });
    expect(await move("bind", { at: at(2), batchId: "B-1", productId: "P-1", stepId: "1.1.1.1" })).toEqual({ ok: true, value: "in_use" });
    expect(await standing()).toMatchObject({ state: "in_use", cleanedAt: at(1), batchId: "B-1", productId: "P-1", revision: 3 });
    expect(await move("release", { at: at(3) })).toEqual({ ok: true, value: "dirty" });
    expect(await standing()).toMatchObject({ state: "dirty", cleanedAt: at(1), batchId: "B-1", revision: 4 });
    expect((await log()).map((l) => [l.event, l.from, l.to, l.batchId, l.by])).toEqual([
      ["start_cleaning", "dirty", "cleaning", null, operator.id], ["finish_cleaning", "cleaning", "clean", null, operator.id], ["bind", "clean", "in_use", "B-1", operator.id], ["release", "in_use", "dirty", "B-1", operator.id],
    ]);
    expect((await acts()).map((a) => [a.detail, a.batchId, a.reason])).toEqual([
      [{ event: "start_cleaning", from: "dirty", to: "cleaning" }, null, "as the test says"], [{ event: "finish_cleaning", from: "cleaning", to: "clean" }, null, "as the test says"],
      [{ event: "bind", from: "clean", to: "in_use" }, "B-1", "as the test says"], [{ event: "release", from: "in_use", to: "dirty" }, "B-1", "as the test says"],
    ]);
  });
  it("refuses what the table does not list, and nothing of it is written", async () => {
    expect(await move("finish_cleaning")).toEqual({ ok: false, refusal: { reason: "event-not-allowed", state: "dirty", event: "finish_cleaning" } });
    expect([await log(), await acts(), (await standing()).revision]).toEqual([[], [], 0]);
  });
  it("refuses an author who saw another revision, and a line before the last one of the log", async () => {
    expect(await move("start_cleaning", { basedOn: 1 })).toEqual({ ok: false, refusal: { reason: "conflict" } });
    expect(await move("start_cleaning", { basedOn: 0 })).toEqual({ ok: true, value: "cleaning" });
    expect(await move("finish_cleaning", { basedOn: 0 })).toEqual({ ok: false, refusal: { reason: "conflict" } });
    expect(await move("finish_cleaning", { at: at(-1) })).toEqual({ ok: false, refusal: { reason: "conflict" } });
    expect(await log()).toHaveLength(1);
  });
  it("is made once: of two who act at once on the same revision one is refused, the first line of a unit included", async () => {
    const first = await Promise.all([move("start_cleaning", { basedOn: 0 }), move("start_cleaning", { basedOn: 0 })]);
    expect(first.map((o) => o.ok).sort()).toEqual([false, true]);
    const second = await Promise.all([move("finish_cleaning"), move("finish_cleaning")]);
    expect(second.map((o) => o.ok).sort()).toEqual([false, true]);
    expect(await log()).toHaveLength(2);
  });
  it("leaves a log that nobody changes", async () => {
    await move("start_cleaning");
    await expect(asOwner((tx) => tx.update(equipmentLog).set({ reason: "x" }).where(eq(equipmentLog.unitId, unitId)), { reason: "tamper" })).rejects.toThrow();
    await expect(asOwner((tx) => tx.delete(equipmentStates).where(eq(equipmentStates.unitId, unitId)), { reason: "tamper" })).rejects.toThrow();
  });
  it("REQ-04 (21 CFR 11.10(d)) finds no unit of another site and none there is not", async () => {
    await expect(move("start_cleaning", { siteId: "raleigh", unitId: "BR-3001" })).rejects.toBeInstanceOf(NotFound);
    await expect(move("start_cleaning", { unitId: "NONE" })).rejects.toBeInstanceOf(NotFound);
    await expect(scope((tx) => equipmentStanding(tx, "raleigh", "BR-3001"), false)).rejects.toBeInstanceOf(NotFound);
  });
});

describe("REQ-45 (21 CFR 211.68) how a unit stands", () => {
  it("is calibrated until the earliest due date of the last calibration of each instrument, its modules' included", async () => {
    await asOwner((tx) => tx.insert(units).values({ siteId: "basel", id: `${unitId}-M`, name: "Module", equipmentClass: "module", processCell: "Suite 9", parentId: unitId }), { reason: "rows for the test" });
    await calibrate(unitId, "ph", -500, -100);
    await calibrate(unitId, "ph", -90, 300);
    await calibrate(unitId, null, -90, 400);
    await calibrate(`${unitId}-M`, "flow", -90, 200);
    expect(await standing()).toMatchObject({ calibrationDueAt: at(200) });
    expect((await standing()).instruments).toEqual(expect.arrayContaining([{ tag: "ph", dueAt: at(300), passed: true }, { tag: null, dueAt: at(400), passed: true }, { tag: `${unitId}-M flow`, dueAt: at(200), passed: true }]));
    await asOwner((tx) => tx.insert(tags).values([{ tag: "ph", unitId }, { tag: "do", unitId }, { tag: "valve", unitId: `${unitId}-M` }].map((tag, position) => ({ siteId: "basel", name: tag.tag, unit: "1", precision: 2, rangeLow: 0, rangeHigh: 1, staleAfterS: 30, position, ...tag }))), { reason: "rows for the test" });
    // The unit was calibrated as a whole: nothing of it is without a calibration.
    expect((await standing()).instruments.filter((one) => one.dueAt === null)).toEqual([]);
    await calibrate(`${unitId}-M`, "flow", -1, 900, "no");
    expect(await standing()).toMatchObject({ calibrationDueAt: at(300) });
    expect((await standing()).instruments).toContainEqual({ tag: `${unitId}-M flow`, dueAt: at(900), passed: false });
  });
  it("is not calibrated while one of its instruments never was, in its page as in the list of the site", async () => {
    await asOwner((tx) => tx.insert(tags).values(["ph", "do"].map((tag, position) => ({ siteId: "basel", unitId, tag, name: tag, unit: "1", precision: 2, rangeLow: 0, rangeHigh: 1, staleAfterS: 30, position }))), { reason: "rows for the test" });
    await calibrate(unitId, "ph", -90, 300);
    const faults = async () => bindFaults({ unit: { id: unitId, equipmentClass: "test vessel" }, wanted: { equipmentClass: "test vessel", clean: false, calibrated: true }, standing: await standing(), now });
    expect(await faults()).toEqual([{ kind: "calibration_due", sentence: `No calibration of ${unitId} do is on record.` }]);
    expect((await scope((tx) => unitsOfSite(tx, "basel"), false)).find(({ unit }) => unit.id === unitId)?.standing.instruments).toContainEqual({ tag: "do", dueAt: null, passed: false });
    await calibrate(unitId, "do", -80, 300);
    expect(await faults()).toEqual([]);
  });
  it("is looked at as of an earlier time by the calibrations there were then", async () => {
    await calibrate(unitId, "ph", -500, -100);
    await calibrate(unitId, "ph", -90, 300);
    expect((await scope((tx) => equipmentStanding(tx, "basel", unitId, at(-200)), false)).calibrationDueAt).toEqual(at(-100));
  });
  it("is found by its label in any case, by its serial number, and by its class", async () => {
    const scan = (text: string) => scope(async (tx) => (await unitForScan(tx, "basel", text))?.id, false);
    expect([await scan(` ${unitId.toLowerCase()} `), await scan(`sn-${number}`), await scan(""), await scan("%"), await scan("BR-3001")]).toEqual([unitId, unitId, undefined, undefined, undefined]);
    await move("start_cleaning");
    const found = await scope((tx) => unitsOfClass(tx, "basel", "test vessel"), false);
    expect(found.map(({ unit }) => unit.id)).toEqual(Array.from({ length: number }, (_, i) => `MV-${i + 1}`).sort());
    expect(found.find(({ unit }) => unit.id === unitId)?.standing.state).toBe("cleaning");
  });
});

const maintaining = () => requirePermission(supervisor, "equipment.maintain", "basel");
const asMaintenance = <T>(work: (tx: SiteTx, by: ReturnType<typeof maintaining>) => Promise<T>) => { const by = maintaining(); return withSites(by, (tx) => work(tx, by), { reason: "as the test says" }); };
const addBatch = (id: string, state: typeof batches.$inferInsert.state) => asOwner((tx) => tx.insert(batches).values({ siteId: "basel", id, productId: "VB-101", unitId, state, origin: "executed" }), { reason: "rows for the test" });
const exceptionsOf = (id: string) => asOwner((tx) => tx.select().from(exceptions).where(and(eq(exceptions.siteId, "basel"), eq(exceptions.batchId, id))).orderBy(asc(exceptions.id)));

describe("REQ-45 (21 CFR 211.182) the second look at a cleaning", () => {
  const check = async (who: Actor, basedOn = 2) => { const by = requirePermission(who, "equipment.clean", "basel"); const outcome = await withSites(by, (tx) => checkCleaning(tx, by, { siteId: "basel", unitId, basedOn, reason: "Visually clean and dry." }, { ...stamp, now: at(2) }), { reason: "as the test says" }); return outcome.ok ? outcome.value : outcome.refusal.reason; };
  it("is a line of the log by somebody who took no part in it, once, and the unit may be bound without it", async () => {
    expect(await check(supervisor, 0)).toBe("no-cleaning");
    await move("start_cleaning");
    await move("finish_cleaning", { at: at(1) });
    expect([await check(operator), await check(supervisor, 1), await check(supervisor), await check(supervisor, 3)]).toEqual(["own-cleaning", "conflict", "clean", "checked"]);
    expect((await log()).map((l) => [l.event, l.from, l.to, l.by])).toEqual([["start_cleaning", "dirty", "cleaning", operator.id], ["finish_cleaning", "cleaning", "clean", operator.id], ["check_cleaning", "clean", "clean", supervisor.id]]);
    expect(await scope((tx) => cleaningFacts(tx, "basel", unitId, operator.id), false)).toEqual({ at: at(1), cleaners: [operator.printedName], check: { by: supervisor.printedName, at: at(2) }, own: true });
    expect(await standing()).toMatchObject({ state: "clean", cleanedAt: at(1), revision: 3 });
    expect((await move("bind", { at: at(3), batchId: "B-1" })).ok).toBe(true);
  });
});

describe("REQ-45 (21 CFR 211.182) parts of a unit", () => {
  it("are taken out without another, and the history of the place stays readable", async () => {
    const put = (serialNumber: string, hours: number) => asMaintenance((tx, by) => installPart(tx, by, { siteId: "basel", unitId, place: "Manway", part: "Gasket", serialNumber, installedAt: at(hours), reason: "by plan" }, stamp));
    const take = (hours: number) => asMaintenance((tx, by) => removePart(tx, by, { siteId: "basel", unitId, place: "Manway", removedAt: at(hours), reason: "leaks, none on stock" }, stamp));
    expect(await take(-9)).toEqual({ ok: false, refusal: { reason: "nothing-there" } });
    expect([(await put("G1", -9)).ok, (await put("G2", -5)).ok, (await take(-2)).ok]).toEqual([true, true, true]);
    expect(await take(-1)).toEqual({ ok: false, refusal: { reason: "nothing-there" } });
    const [place] = partHistory(await scope((tx) => partsOf(tx, "basel", unitId), false));
    expect(place).toMatchObject({ place: "Manway", empty: true, stays: [{ serialNumber: "G2", out: { at: at(-2), reason: "leaks, none on stock", person: supervisor.printedName, replaced: false } }, { serialNumber: "G1", out: { at: at(-5), replaced: true } }] });
    expect(await asOwner((tx) => tx.select({ event: auditEntries.event, detail: auditEntries.detail }).from(auditEntries).where(and(eq(auditEntries.event, "part.removed"), eq(auditEntries.subjectId, unitId))))).toEqual([{ event: "part.removed", detail: { place: "Manway", part: "Gasket", serialNumber: "G2" } }]);
  });
});

describe("REQ-45 (21 CFR 211.67, 211.68, 211.192) a unit that fails in use", () => {
  const maintain = (event: "hold" | "lift_hold" | "take_out_of_service" | "return_to_service", basedOn: number) => asMaintenance((tx, by) => maintainUnit(tx, by, { siteId: "basel", unitId, event, basedOn, reason: "Agitator stands still." }, { ...stamp, now: at(4 + basedOn) }));
  it("is put on hold or out of service, stays bound to its batch, is an exception of it, and is released later as what it is", async () => {
    const batchId = `T-${unitId}`;
    await addBatch(batchId, "in_progress");
    await move("bind", { at: at(1), batchId, productId: "VB-101" });
    expect(await maintain("hold", 1)).toEqual({ ok: true, value: { state: "in_use_hold", raised: [{ batchId, exceptionId: "EX-01" }] } });
    expect(await standing()).toMatchObject({ state: "in_use_hold", batchId });
    expect(await exceptionsOf(batchId)).toMatchObject([{ type: "instrument_failure", severity: "major", state: "explained", title: `${unitId} failed in use: put on hold`, comment: "Agitator stands still.", raisedBy: supervisor.id }]);
    expect(await maintain("lift_hold", 2)).toEqual({ ok: true, value: { state: "in_use", raised: [] } });
    expect(await maintain("take_out_of_service", 3)).toMatchObject({ ok: true, value: { state: "in_use_out" } });
    expect(await move("release", { at: at(10), batchId })).toEqual({ ok: true, value: "out_of_service" });
    expect(await maintain("return_to_service", 8)).toEqual({ ok: false, refusal: { reason: "conflict" } });
    expect(await exceptionsOf(batchId)).toHaveLength(2);
  });
  it("that no batch holds brings no exception", async () => {
    const all = async () => (await asOwner((tx) => tx.select({ id: exceptions.id }).from(exceptions))).length;
    const before = await all();
    expect(await maintain("hold", 0)).toEqual({ ok: true, value: { state: "hold", raised: [] } });
    expect(await all()).toBe(before);
  });
});

describe("REQ-45 (21 CFR 211.68(a), 211.192) a failed calibration", () => {
  const record = (change: Partial<CalibrationAct>) => asMaintenance((tx, by) => recordUnitCalibration(tx, by, { siteId: "basel", unitId, tag: null, performedAt: now, dueAt: at(9_000), asFound: "0.30", asLeft: "0.00", unit: "kg", reference: "Test weights class F1", passed: false, ...change }, stamp));
  const used = async (id: string, state: typeof batches.$inferInsert.state, from: number, to?: number) => {
    await addBatch(id, state);
    await move("bind", { at: at(from), batchId: id, productId: "VB-101" });
    if (to !== undefined) await move("release", { at: at(to), batchId: id });
  };
  it("is an exception of every batch nobody has decided about that used the unit since the last good one, and its page names every batch", async () => {
    const [before, decided, open, running] = [`T1-${unitId}`, `T2-${unitId}`, `T3-${unitId}`, `T4-${unitId}`];
    await used(before, "complete", -90, -80);
    await calibrate(unitId, null, -70, 900);
    await used(decided, "released", -60, -50);
    await used(open, "qa_review", -40, -30);
    await used(running, "in_progress", -20);
    const outcome = await record({});
    expect(outcome).toMatchObject({ ok: true, value: { raised: [{ batchId: open, exceptionId: "EX-01" }, { batchId: running, exceptionId: "EX-01" }] } });
    expect(await exceptionsOf(open)).toMatchObject([{ type: "instrument_failure", severity: "major", state: "open", title: `Calibration of ${unitId} failed`, rule: "R-calibration v1", planned: "within tolerance of Test weights class F1", actual: "0.30 kg as found", windowFrom: at(-70) }]);
    expect([await exceptionsOf(before), await exceptionsOf(decided)]).toEqual([[], []]);
    const doubts = await scope((tx) => doubtsOf(tx, { siteId: "basel", unitId }), false);
    const [failed] = await scope((tx) => calibrationsOf(tx, "basel", unitId), false);
    expect([...doubts]).toEqual([[failed?.id, [{ id: decided, productId: "VB-101", state: "released" }, { id: open, productId: "VB-101", state: "qa_review" }, { id: running, productId: "VB-101", state: "in_progress" }]]]);
  });
  it("of an instrument says nothing of another one's batches, and one that passed raises nothing", async () => {
    await asOwner((tx) => tx.insert(tags).values(["ph", "do"].map((tag, position) => ({ siteId: "basel", unitId, tag, name: tag, unit: "1", precision: 2, rangeLow: 0, rangeHigh: 1, staleAfterS: 30, position }))), { reason: "rows for the test" });
    const early = `T5-${unitId}`;
    await used(early, "complete", -90, -80);
    await calibrate(unitId, "ph", -70, 900);
    expect(await record({ tag: "ph" })).toMatchObject({ ok: true, value: { raised: [] } });
    expect(await record({ tag: "do", passed: true })).toMatchObject({ ok: true, value: { raised: [] } });
    expect(await exceptionsOf(early)).toEqual([]);
    expect(await record({ tag: "do", performedAt: at(-75) })).toMatchObject({ ok: true, value: { raised: [{ batchId: early }] } });
  });
});

describe("REQ-58 (ISA-95, ISA-88) the places of the demo", () => {
  it("name for every unit and module of every site its area and process cell", async () => {
    for (const siteId of plantSites) {
      const all = (await asOwner((tx) => unitsOfSite(tx, siteId))).filter(({ unit }) => unit.equipmentClass !== "test vessel" && unit.equipmentClass !== "module");
      expect(all.filter(({ unit }) => unit.area === "" || unit.processCell === "").map(({ unit }) => unit.id)).toEqual([]);
      expect(new Set(all.map(({ unit }) => unit.area)).size, siteId).toBeGreaterThan(4);
      for (const { unit } of all.filter((one) => one.unit.parentId !== null)) expect(all.find((one) => one.unit.id === unit.parentId)?.unit).toMatchObject({ area: unit.area, processCell: unit.processCell, parentId: null });
    }
  });
});

describe("the equipment of the demo", () => {
  it("REQ-57 (ISA-88) has for each site a calibrated unit of every class its masters ask for, as many as one batch binds at once, with the tags it captures", async () => {
    for (const siteId of plantSites) {
      for (const master of [smallMaster, antigen500, mab2000]) await asOwner(async (tx) => {
        const captured = new Set(master.parameters.flatMap((p) => (p.source === "automatic" && p.tag ? [p.tag] : [])));
        for (const { equipmentClass, clean, calibrated } of master.equipment) {
          const found = await unitsOfClass(tx, siteId, equipmentClass);
          const fit = found.filter(({ unit, standing: s }) => bindFaults({ unit, wanted: { equipmentClass, clean: false, calibrated }, standing: s, now }).every((fault) => fault.kind === "in_use"));
          expect(clean && fit.length, `${siteId} ${equipmentClass}`).toBeGreaterThanOrEqual(master.equipment.filter((e) => e.equipmentClass === equipmentClass).length);
          for (const { tag } of await tx.select({ tag: tags.tag }).from(tags).where(and(eq(tags.siteId, siteId), inArray(tags.unitId, found.map(({ unit }) => unit.id))))) captured.delete(tag);
        }
        expect([...captured], `${siteId} ${master.id}`).toEqual([]);
      });
    }
  });
  it("stands in different states, holds the units of running batches, and has a calibration that is due", async () => {
    const all = (await scope((tx) => unitsOfSite(tx, "basel"), false)).filter(({ unit }) => unit.equipmentClass !== "test vessel");
    expect(new Set(all.map(({ standing: s }) => s.state))).toEqual(new Set(["dirty", "clean", "in_use", "out_of_service"]));
    expect(all.find(({ unit }) => unit.id === "BR-2001")?.standing).toMatchObject({ state: "in_use", batchId: "BAS-101-2611", productId: "VB-101" });
    expect(all.filter(({ unit, standing: s }) => unit.parentId === null && s.instruments.length > 0 && calibrationDue(s, now)).map(({ unit }) => unit.id)).toEqual(["QH-2002"]);
  });
});
