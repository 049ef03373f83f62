import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lotMovements } from "#db/schema/material.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { refusedUses } from "#lib/execution/queries.ts";
import { addLot, addVessel, closeExecution, done, exceptionsOf, issued, openExecution, operator, owner, performed, refusal, saltLot, second, site, stepsOf, trailOf, vessel } from "#tests/execution-scene.ts";

beforeAll(openExecution, 300_000);
afterAll(closeExecution);

/** Each batch its own vessel, so that none waits for another. */
let next = 0;
async function fresh(): Promise<{ batchId: string; unit: string }> {
  next += 1;
  const unit = `MV-U${next}`;
  await addVessel(unit);
  return { batchId: await issued({ unit }), unit };
}

describe("a charge of material (REQ-46, 21 CFR 211.101, 211.84)", () => {
  const upToCharge = async (): Promise<string> => {
    const { batchId, unit } = await fresh();
    await performed(batchId, "1.1.1.1");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unit });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.2.1" });
    return batchId;
  };
  it("takes what was charged off the lot and says which batch has it", async () => {
    const batchId = await upToCharge();
    await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot.toLowerCase(), quantity: "8.00", unit: "kg" });
    const moved = await owner((tx) => tx.select().from(lotMovements).where(sql`batch_id = ${batchId}`));
    expect(moved.map((m) => [m.lotId, m.kind, m.quantity, m.otherLotId, m.stepId])).toEqual([[saltLot, "charged", -8, batchId, "1.1.2.1"]]);
  });
  it.each<[string, string, Parameters<typeof addLot>[1], number, RegExp]>([
    ["a quarantined lot", "LOT-Q", { state: "quarantined" }, 50, /quarantin/i], ["a rejected lot", "LOT-R", { state: "rejected" }, 50, /reject/i], ["an expired lot", "LOT-E", { expiresAt: new Date(Date.now() - 86_400_000) }, 50, /expire/i],
    ["another material", "LOT-W", { materialId: "RM-9999" }, 50, /Sodium chloride|RM-0042/], ["more than is left", "LOT-L", {}, 3, /left/],
  ])("refuses %s, and the refusal is in the audit trail", async (_, id, change, quantity, sentence) => {
    await addLot(id, change, quantity);
    const batchId = await upToCharge();
    expect(await refusal(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: id, quantity: "8", unit: "kg" })).toMatch(sentence);
    expect((await trailOf(batchId, "material.refused")).map((entry) => (entry.detail as { lot: string }).lot)).toEqual([id]);
    expect(await refusal(operator, batchId, { act: "finish-step", stepId: "1.1.2.1" })).toMatch(/charge of Sodium chloride is still missing/);
  });
  it("sent twice by a browser that got no answer is one charge", async () => {
    const batchId = await upToCharge();
    const sent = { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "8", unit: "kg", submission: randomUUID() } as const;
    const [one, two] = [await done(operator, batchId, sent), await done(operator, batchId, sent)];
    expect([one["number"], two["number"]]).toEqual([1, 1]);
    expect(await owner((tx) => tx.select().from(lotMovements).where(sql`batch_id = ${batchId}`))).toHaveLength(1);
  });
  it("of a lot that expires after another one is asked about, then charged as it is (REQ-46, 21 CFR 211.150(a))", async () => {
    await addLot("LOT-LATER", {}, 50);
    const batchId = await upToCharge();
    const charge = { act: "charge", stepId: "1.1.2.1", scanned: "LOT-LATER", quantity: "8", unit: "kg" } as const;
    expect(await refusal(operator, batchId, charge)).toMatch(/^Lot LOT-\S+ of the same material expires on .*before lot LOT-LATER/);
    await done(operator, batchId, { ...charge, confirmed: true });
    expect(await exceptionsOf(batchId)).toEqual([]);
  });
  it("far above the plan is asked about, then charged with its exception", async () => {
    const batchId = await upToCharge();
    expect(await refusal(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "80", unit: "kg" })).toMatch(/^With it 1000\.0 % of the plan are charged/);
    await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "80", unit: "kg", confirmed: true });
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.actual])).toEqual([["charge_outside_limits", "1000.0"]]);
  });
  it("that was written down wrongly is taken back by a further line: the lot has it again, the first line stays, the second person looks again", async () => {
    await addLot("LOT-TB", {}, 50);
    const batchId = await upToCharge();
    await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: "LOT-TB", quantity: "8", unit: "kg", confirmed: true });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.1" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.2.1" });
    expect(await refusal(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "8", unit: "kg" })).toMatch(/^Start the step first/);
    await done(operator, batchId, { act: "take-back", stepId: "1.1.2.1", number: 1, reason: "the label of the neighbour was scanned" });
    expect(await refusal(operator, batchId, { act: "take-back", stepId: "1.1.2.1", number: 1, reason: "once more to be sure" })).toBe("Charge 1 was taken back already.");
    await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "8", unit: "kg" });
    const moved = await owner((tx) => tx.select().from(lotMovements).where(sql`batch_id = ${batchId}`));
    expect(moved.map((m) => [m.lotId, m.kind, m.quantity]).sort()).toEqual([["LOT-TB", "charged", -8], ["LOT-TB", "returned", 8], [saltLot, "charged", -8]].sort());
    const { materials } = await owner((tx) => readRecord(tx, site, batchId));
    expect(materials.map((m) => [m.number, m.lotId, m.quantity, m.percentOfPlan, m.takesBack])).toEqual([[1, "LOT-TB", "8", 100, null], [2, "LOT-TB", "-8", 0, 1], [3, saltLot, "8", 100, null]]);
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.planned])).toEqual([["entry_corrected", "8 kg of lot LOT-TB"]]);
    expect((await stepsOf(batchId)).find((row) => row.id === "1.1.2.1")).toMatchObject({ verification: "open" });
  });
  it("outside its tolerance leaves its exception: above at once, below when the step ends", async () => {
    const batchId = await upToCharge();
    await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "7.80", unit: "kg" });
    expect(await exceptionsOf(batchId)).toEqual([]);
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.1" });
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.planned, x.actual])).toEqual([["charge_outside_limits", "99 to 101", "97.5"]]);
  });
});

describe("equipment of a batch (REQ-45, 21 CFR 211.63 to 211.68, 211.182)", () => {
  it.each<[string, Parameters<typeof addVessel>[1], Parameters<typeof addVessel>[2], RegExp]>([
    ["that is dirty", "dirty", {}, /not clean/], ["that is on hold", "hold", {}, /on hold/], ["whose clean hold time is over", "clean", { cleanedHoursAgo: 80 }, /72 h/], ["whose calibration is due", "clean", { calibrationDueInDays: -1 }, /calibration/],
  ])("refuses a unit %s, and the refusal is in the audit trail", async (_, state, change, sentence) => {
    const { batchId } = await fresh();
    const id = `MV-X${randomUUID().slice(0, 6).toUpperCase()}`;
    await addVessel(id, state, change);
    await performed(batchId, "1.1.1.1");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    expect(await refusal(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: id })).toMatch(sentence);
    expect(await trailOf(batchId, "equipment.refused")).toHaveLength(1);
  });
  it("is bound to one batch at a time", async () => {
    const unit = "MV-ONE";
    await addVessel(unit);
    const [one, two] = [await issued({ unit }), await issued({ unit })];
    for (const batchId of [one, two]) {
      await performed(batchId, "1.1.1.1");
      await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    }
    await done(operator, one, { act: "bind", stepId: "1.1.1.2", scanned: unit });
    expect(await refusal(operator, two, { act: "bind", stepId: "1.1.1.2", scanned: unit })).toMatch(/in use for/);
  });
  it("of another number than the batch was issued for is quality's to let in, and what was refused stands on the step for quality to find", async () => {
    const { batchId } = await fresh();
    await performed(batchId, "1.1.1.1");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    expect(await refusal(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: vessel })).toMatch(/^The batch was issued for MV-U/);
    const refused = await owner((tx) => refusedUses(tx, site, batchId, "1.1.1.2"));
    expect(refused.map((use) => [use.about.id, use.about.from])).toEqual([[`1.1.1.2/${vessel}`, "not_issued_for"]]);
  });
  it("that was bound by mistake is released and bound again, both stay in the record", async () => {
    const { batchId, unit } = await fresh();
    await performed(batchId, "1.1.1.1");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unit });
    expect(await refusal(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unit })).toMatch(/Release it first/);
    await done(operator, batchId, { act: "release-unit", unitId: unit });
    await owner((tx) => tx.execute(sql`update equipment_states set state = 'clean', cleaned_at = now() where unit_id = ${unit}`));
    await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unit });
    const { equipment } = await owner((tx) => readRecord(tx, site, batchId));
    expect(equipment.map((use) => [use.number, use.unitId, use.releasedAt === null])).toEqual([[1, unit, false], [2, unit, true]]);
    expect((await exceptionsOf(batchId)).map((x) => x.type)).toEqual(["entry_corrected"]);
  });
});

describe("hold times (REQ-18, 21 CFR 211.111)", () => {
  it("let nobody start too early, and leave an exception when it was too late", async () => {
    const { batchId, unit } = await fresh();
    await performed(batchId, "1.1.1.1");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "bind", stepId: "1.1.1.2", scanned: unit });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.1.2" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.2.1" });
    await done(operator, batchId, { act: "charge", stepId: "1.1.2.1", scanned: saltLot, quantity: "8", unit: "kg" });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.1" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.2.1" });
    expect(await refusal(operator, batchId, { act: "start-step", stepId: "1.1.2.2" })).toMatch(/^20 min must pass since step 1\.1\.2\.1; 20 min are left/);
    await done(operator, batchId, { act: "start-step", stepId: "1.1.2.2" }, new Date(Date.now() + 130 * 60_000));
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.planned, x.unit])).toEqual([["hold_time_exceeded", "≤ 120", "min"]]);
  });
});
