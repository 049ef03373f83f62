import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lots } from "#db/schema/material.ts";
import { differencesOf, type StoredEntry } from "#lib/audit/entry.ts";
import { batchContent } from "#lib/batch/content.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { recordText } from "#lib/batch/record.ts";
import { smallMaster } from "#tests/small-master.ts";
import { act, addVessel, closeExecution, done, entriesOf, exceptionsOf, issued, openExecution, operator, owner, quality, refusal, saltLot, second, site, stepsOf, supervisor, trailOf, upToPh, value } from "#tests/execution-scene.ts";

beforeAll(openExecution, 300_000);
afterAll(closeExecution);

const statesOf = async (batchId: string) => Object.fromEntries((await stepsOf(batchId)).map((row) => [row.id, row.state]));
/** Each batch its own vessel, so that none waits for another. */
let next = 0;
async function fresh(): Promise<{ batchId: string; unit: string }> {
  next += 1;
  const unit = `MV-T${next}`;
  await addVessel(unit);
  return { batchId: await issued({ unit }), unit };
}

describe("issuing a batch (REQ-36, 21 CFR 211.188(a))", () => {
  it("freezes the effective master by its digest and lays out every step of it under its ISA-88 number", async () => {
    const batchId = await issued({ started: false });
    const rows = await stepsOf(batchId);
    expect(rows.map((row) => [row.id, row.masterStep, row.state])).toEqual([["1.1.1.1", "clear", "waiting"], ["1.1.1.2", "bind", "waiting"], ["1.1.2.1", "charge", "waiting"], ["1.1.2.2", "stir", "waiting"], ["1.1.2.3", "adjust", "waiting"], ["1.1.3.1", "filtrate", "waiting"], ["1.1.3.2", "draw", "waiting"], ["1.1.3.3", "reconcile", "waiting"]]);
    const [issue] = await trailOf(batchId, "batch.issued");
    expect(issue?.detail).toMatchObject({ masterId: smallMaster.id, masterVersion: 1, steps: 8 });
  });
  it("gives each batch its own number, also when two are issued at once", async () => {
    const ids = await Promise.all([issued({ started: false }), issued({ started: false }), issued({ started: false })]);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^BAS-BUF-PBS-\d{4,}$/.test(id))).toBe(true);
  });
  it("is the supervisor's: an operator may not", async () => {
    const { requirePermission } = await import("#lib/access/actor.ts");
    expect(() => requirePermission(operator, "batch.issue", site)).toThrow(/permission batch.issue/);
  });
});

describe("the order of steps (REQ-18, 21 CFR 11.10(f))", () => {
  it("opens the first step with the start of the batch and the next when one has ended and is verified", async () => {
    const { batchId } = await fresh();
    expect((await statesOf(batchId))["1.1.1.1"]).toBe("ready");
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.1" });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.1.1" });
    expect((await statesOf(batchId))["1.1.1.2"]).toBe("waiting");
    await done(second, batchId, { act: "verify-step", stepId: "1.1.1.1" });
    expect((await statesOf(batchId))["1.1.1.2"]).toBe("ready");
  });
  it("refuses a step out of order and writes nothing", async () => {
    const { batchId } = await fresh();
    const before = [await stepsOf(batchId), await entriesOf(batchId), await trailOf(batchId, "step.moved")];
    expect(await refusal(operator, batchId, { act: "start-step", stepId: "1.1.2.3" })).toMatch(/stand where this can be done|follows/);
    expect(await refusal(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH"))).toBe("Start the step first.");
    expect([await stepsOf(batchId), await entriesOf(batchId), await trailOf(batchId, "step.moved")]).toEqual(before);
  });
  it("lets nobody verify what he did himself (REQ-36, 21 CFR 211.101(d))", async () => {
    const { batchId } = await fresh();
    await done(operator, batchId, { act: "start-step", stepId: "1.1.1.1" });
    await done(second, batchId, { act: "finish-step", stepId: "1.1.1.1" });
    expect([await refusal(operator, batchId, { act: "verify-step", stepId: "1.1.1.1" }), await refusal(second, batchId, { act: "verify-step", stepId: "1.1.1.1" })]).toEqual(["You took part in this step. Somebody else verifies it.", "You took part in this step. Somebody else verifies it."]);
    expect(await refusal(supervisor, batchId, { act: "verify-step", stepId: "1.1.1.1" })).toBe("accepted");
  });
  it("runs steps beside each other where the master says so", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH"));
    await done(operator, batchId, value("1.1.2.3", "planned", "100", "L"));
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.3" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.2.3" });
    expect(await statesOf(batchId)).toMatchObject({ "1.1.3.1": "ready", "1.1.3.2": "ready", "1.1.3.3": "waiting" });
  });
  it("ends no step while something is missing, and says what", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    expect(await refusal(operator, batchId, { act: "finish-step", stepId: "1.1.2.3" })).toBe("pH and Volume planned are still missing.");
  });
  it("keeps a held batch still", async () => {
    const { batchId } = await fresh();
    await done(supervisor, batchId, { act: "hold", reason: "pressure in the room is falling" });
    expect(await refusal(operator, batchId, { act: "start-step", stepId: "1.1.1.1" })).toBe("The batch is not in progress. Nothing can be recorded in it now.");
    await done(supervisor, batchId, { act: "restart" });
    expect(await refusal(operator, batchId, { act: "start-step", stepId: "1.1.1.1" })).toBe("accepted");
  });
});

describe("a value that is typed (REQ-12, REQ-13, ALCOA+)", () => {
  it("outside its limits is kept with its exception, weighed by how far outside it is", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.45", "pH"));
    expect((await entriesOf(batchId)).map((e) => [e.parameter, e.value, e.evaluation])).toEqual([["ph", "7.45", "exception"]]);
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.severity, x.title, x.planned, x.actual, x.unit])).toEqual([["cpp_outside_limits", "critical", "pH above the proven acceptable range", "7.00 to 7.40", "7.45", "pH"]]);
  });
  it("is permanent: a correction is a second version with its reason and its exception, and the verification is open again", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.25", "pH"));
    await done(operator, batchId, value("1.1.2.3", "planned", "100", "L"));
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.3" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.2.3" });
    expect(await refusal(operator, batchId, value("1.1.2.3", "ph", "7.21", "pH", { basedOn: 1 }))).toMatch(/^Say why/);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.21", "pH", { basedOn: 1, reason: "digits read wrongly" }));
    expect((await entriesOf(batchId)).filter((e) => e.parameter === "ph").map((e) => [e.version, e.value, e.reason])).toEqual([[1, "7.25", null], [2, "7.21", "digits read wrongly"]]);
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.planned, x.actual])).toEqual([["entry_corrected", "7.25", "7.21"]]);
    expect((await stepsOf(batchId)).find((row) => row.id === "1.1.2.3")).toMatchObject({ state: "done", verification: "open", verifiedBy: null });
  });
  it("cannot be changed in the database either (11.10(e))", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH"));
    await expect(owner((tx) => tx.execute(sql`update entries set value = '7.00' where batch_id = ${batchId}`))).rejects.toMatchObject({ cause: { code: "VB002" } });
  });
  it("is not overwritten by two people at once: the second is shown what the first wrote", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    const outcomes = await Promise.all([act(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH")), act(second, batchId, value("1.1.2.3", "ph", "7.22", "pH"))]);
    expect(outcomes.filter((o) => o.ok)).toHaveLength(1);
    const lost = outcomes.find((o) => !o.ok);
    expect(lost && !lost.ok && [lost.refusal.kind, lost.refusal.sentence]).toEqual(["conflict", expect.stringMatching(/^Somebody recorded 7\.2[02] meanwhile/)]);
    expect((await entriesOf(batchId)).filter((e) => e.parameter === "ph")).toHaveLength(1);
  });
  it("sent twice by a browser that lost its connection is one entry", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    const sent = value("1.1.2.3", "ph", "7.20", "pH", { submission: randomUUID() });
    await done(operator, batchId, sent);
    await done(operator, batchId, sent);
    expect((await entriesOf(batchId)).map((e) => [e.parameter, e.version])).toEqual([["ph", 1]]);
  });
  it("sent late keeps the time it was read at, is marked late and leaves its exception", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    const read = new Date();
    const later = new Date(read.getTime() + 95 * 60_000);
    const asLate = value("1.1.2.3", "ph", "7.20", "pH", { eventAt: read.toISOString() });
    expect(await refusal(operator, batchId, asLate, later)).toMatch(/more than 30 min ago. Say why/);
    await done(operator, batchId, { ...asLate, reason: "called to another vessel" } as typeof asLate, later);
    expect((await entriesOf(batchId)).map((e) => [e.eventAt.toISOString(), e.late])).toEqual([[read.toISOString(), true]]);
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.planned, x.actual, x.unit])).toEqual([["late_entry", "≤ 30", "95", "min"]]);
    const [row] = await owner((tx) => tx.execute<StoredEntry>(sql`select *, null as leaf_hash from audit_entries where batch_id = ${batchId} and subject_type = 'entries'`));
    expect(row?.late).toBe(true);
    expect(row && differencesOf(row)).toEqual([]);
  });
  it.each<[string, string, string, RegExp]>([
    ["with a slipped point", "72", "pH", /Is the point where it belongs/], ["beyond what can be", "15", "pH", /cannot lie outside 0.00 to 14.00/], ["in another unit", "7.2", "L", /asked for in pH/], ["that is no number", "seven", "pH", /Write a number/], ["with digits nobody can read", "7.2000001", "pH", /at most 2 digits/],
  ])("%s is asked about or refused and nothing is written", async (_, text, unit, sentence) => {
    const { batchId, unit: bound } = await fresh();
    await upToPh(batchId, bound);
    expect(await refusal(operator, batchId, value("1.1.2.3", "ph", text, unit))).toMatch(sentence);
    expect(await entriesOf(batchId)).toEqual([]);
  });
  it("beyond what can be is kept once it is confirmed, with its exception", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "15", "pH", { confirmed: true }));
    expect((await exceptionsOf(batchId)).map((x) => x.type)).toEqual(["beyond_absolute"]);
  });
});

describe("a value kept in a browser that lost the portal (ALCOA+)", () => {
  it("comes with its real time and is marked late, however short it waited", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH", { kept: true }));
    expect((await entriesOf(batchId)).map((e) => [e.value, e.late])).toEqual([["7.20", true]]);
    expect(await exceptionsOf(batchId)).toEqual([]);
  });
  it("is taken from its author alone: sent from another person's session it is refused and stays where it is", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    const sent = value("1.1.2.3", "ph", "7.20", "pH", { author: operator.id, kept: true, submission: randomUUID() });
    expect(await refusal(second, batchId, sent)).toMatch(/^Somebody else typed this value/);
    expect(await entriesOf(batchId)).toEqual([]);
    expect(await refusal(operator, batchId, sent)).toBe("accepted");
  });
  it("from before the batch is refused", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    expect(await refusal(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH", { eventAt: new Date(Date.now() - 86_400_000).toISOString() }))).toMatch(/^The batch had not begun then/);
  });
});

describe("a value in another unit", () => {
  it("is asked about, then turned into the asked one with an exception that keeps what was typed", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    const typed = value("1.1.2.3", "planned", "100000", "mL");
    expect(await refusal(operator, batchId, typed)).toMatch(/^100000 mL is 100\.?0* L\./);
    await done(operator, batchId, value("1.1.2.3", "planned", "100000", "mL", { confirmed: true }));
    expect((await entriesOf(batchId)).map((e) => [Number(e.value), e.unit])).toEqual([[100, "L"]]);
    expect((await exceptionsOf(batchId)).map((x) => [x.type, x.title, x.planned, x.actual])).toEqual([["unexpected_value", "Volume planned given in another unit", "in L", "100000 mL"]]);
  });
});

describe("a calculation (REQ-41, REQ-40, 21 CFR 211.103, 211.188(b))", () => {
  it("comes with the end of its step, keeps its inputs, and is done again when one of them is corrected", async () => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH"));
    await done(operator, batchId, value("1.1.2.3", "planned", "100", "L"));
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.3" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.2.3" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.3.1" });
    await done(operator, batchId, value("1.1.3.1", "volume", "97", "L"));
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.3.1" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.3.2" });
    const drawn = await done(operator, batchId, { act: "draw", stepId: "1.1.3.2" });
    expect(drawn["sampleId"]).toBe(`${batchId}-S01`);
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.3.2" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.3.3" });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.3.3" });
    const yields = async () => (await entriesOf(batchId)).filter((e) => e.parameter === "buffer-yield");
    expect((await yields()).map((e) => [e.value, e.source, e.evaluation])).toEqual([["97.0", "calculated", "within"]]);
    expect((await yields())[0]?.basis).toEqual({ kind: "calculated", formula: "filtered / planned", inputs: [{ name: "filtered", parameter: "volume", stepId: "1.1.3.1", version: 1, value: "97", unit: "L" }, { name: "planned", parameter: "planned", stepId: "1.1.2.3", version: 1, value: "100", unit: "L" }] });
    await done(operator, batchId, value("1.1.3.1", "volume", "91", "L", { basedOn: 1, reason: "scale read wrongly" }));
    expect((await yields()).map((e) => [e.version, e.value, e.evaluation])).toEqual([[1, "97.0", "within"], [2, "91.0", "exception"]]);
    expect((await exceptionsOf(batchId)).map((x) => x.type)).toEqual(["parameter_outside_limits", "entry_corrected", "yield_outside_limits"]);
    await done(second, batchId, { act: "verify-step", stepId: "1.1.3.3" });
    expect(await refusal(operator, batchId, { act: "complete" })).toBe(`${unit} is still bound to the batch: release it.`);
    await done(operator, batchId, { act: "release-unit", unitId: unit });
    await done(operator, batchId, { act: "complete" });
    const record = await owner((tx) => readRecord(tx, site, batchId));
    expect(record.batch).toMatchObject({ state: "complete", yieldPercent: 91 });
    expect(JSON.parse(recordText(record))).toMatchObject({ materials: [{ lotId: saltLot, quantity: "8" }], equipment: [{ unitId: unit }], samples: [{ id: `${batchId}-S01` }] });
    const content = (change: Partial<typeof record> = {}) => batchContent({ ...record, ...change }, smallMaster).filter((item) => item.state !== "held").map((item) => [item.number, item.state]);
    const packing = [[8, "not_applicable"], [9, "not_applicable"], [13, "not_applicable"]];
    expect(content()).toEqual(packing);
    expect([content({ equipment: [] }), content({ materials: [] }), content({ samples: [] }), content({ batch: { ...record.batch, yieldPercent: null } }), content({ batch: { ...record.batch, completedAt: null } })].map((found) => found.filter(([, state]) => state === "missing").map(([number]) => number))).toEqual([[2], [3, 4], [10], [7], [1]]);
    const [lot] = await owner((tx) => tx.select().from(lots).where(sql`id = ${batchId}`));
    expect(lot).toMatchObject({ state: "quarantined", quantity: 91, unit: "L" });
  });
});

describe("a correction behind a verified calculation (REQ-36, 21 CFR 211.101(d))", () => {
  const verifiedYield = async (): Promise<string> => {
    const { batchId, unit } = await fresh();
    await upToPh(batchId, unit);
    await done(operator, batchId, value("1.1.2.3", "ph", "7.20", "pH"));
    await done(operator, batchId, value("1.1.2.3", "planned", "100", "L"));
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.2.3" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.2.3" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.3.1" });
    await done(operator, batchId, value("1.1.3.1", "volume", "97", "L"));
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.3.1" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.3.2" });
    await done(operator, batchId, { act: "draw", stepId: "1.1.3.2" });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.3.2" });
    await done(operator, batchId, { act: "start-step", stepId: "1.1.3.3" });
    await done(operator, batchId, { act: "finish-step", stepId: "1.1.3.3" });
    await done(second, batchId, { act: "verify-step", stepId: "1.1.3.3" });
    return batchId;
  };
  it("opens the verification of the calculation again, and who corrected is not its second person", async () => {
    const batchId = await verifiedYield();
    await done(second, batchId, value("1.1.3.1", "volume", "96", "L", { basedOn: 1, reason: "scale read wrongly" }));
    expect((await stepsOf(batchId)).find((row) => row.id === "1.1.3.3")).toMatchObject({ state: "done", verification: "open", verifiedBy: null });
    expect(await refusal(second, batchId, { act: "verify-step", stepId: "1.1.3.3" })).toMatch(/^You took part/);
    expect(await refusal(supervisor, batchId, { act: "verify-step", stepId: "1.1.3.3" })).toBe("accepted");
  });
  it("that makes it impossible leaves no old result standing", async () => {
    const batchId = await verifiedYield();
    await done(second, batchId, value("1.1.2.3", "planned", "0", "L", { basedOn: 1, reason: "planned for nothing", confirmed: true }));
    const yields = (await entriesOf(batchId)).filter((e) => e.parameter === "buffer-yield");
    expect(yields.map((e) => [e.version, e.value, e.evaluation])).toEqual([[1, "97.0", "within"], [2, "not calculable", "not_evaluated"]]);
    expect((await exceptionsOf(batchId)).map((x) => x.type)).toContain("data_gap");
  });
});

describe("what a person of another site or role may do", () => {
  it("is nothing: quality executes no step, and a batch of another site does not exist (REQ-04)", async () => {
    const { batchId } = await fresh();
    await expect(act(quality, batchId, { act: "start-step", stepId: "1.1.1.1" })).rejects.toThrow(/permission batch.execute/);
    await expect(act({ ...operator, rolesBySite: new Map([["raleigh", ["operator"]]]) }, batchId, { act: "start-step", stepId: "1.1.1.1" })).rejects.toThrow(/does not exist/);
  });
});
