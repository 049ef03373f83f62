import { describe, expect, it } from "vitest";
import { actName, actsFrom, cleaningEvents, equipmentRefusalSentence, maintenanceEvents } from "./act.ts";
import { calibrationRefusalSentence, partHistory, partRefusalSentence, planCalibration, planPart, planRemoval, type CalibrationAct, type PartAct } from "./maintenance.ts";
import { equipmentStates } from "./state.ts";

const now = new Date("2026-03-02T12:00:00Z");
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const calibration = (change: Partial<CalibrationAct> = {}): CalibrationAct => ({ tag: "ph", performedAt: at(-1), dueAt: at(4_000), asFound: "0.03", asLeft: "-0.00", unit: "pH", reference: "buffer pH 7.00, lot 12", passed: true, ...change });
const part = (change: Partial<PartAct> = {}): PartAct => ({ place: "Lower bearing", part: "Seal S-40", serialNumber: "S2", installedAt: at(-1), reason: "worn", ...change });

describe("a calibration (REQ-45, 21 CFR 211.68(a), 211.160(b)(4))", () => {
  it.each<[string, CalibrationAct, string]>([
    ["of an instrument of the unit is written down", calibration(), "written"], ["of the unit as a whole too", calibration({ tag: null }), "written"], ["of an instrument the unit does not have is not", calibration({ tag: "titer" }), "no-such-instrument"], ["without a number is not", calibration({ asFound: "fine" }), "no-number"],
    ["in the future is not", calibration({ performedAt: at(1) }), "in-the-future"], ["that is due before it was made is not", calibration({ dueAt: at(-1) }), "due-before-performed"], ["that failed is written down too", calibration({ passed: false }), "written"],
  ])("%s", (_, act, expected) => { const plan = planCalibration(act, ["ph", "do"], now); expect(plan.ok ? "written" : plan.refusal.reason).toBe(expected); });
});

describe("a part (REQ-45, 21 CFR 211.182)", () => {
  it.each<[string, PartAct, Pick<PartAct, "part" | "serialNumber" | "installedAt"> | undefined, string]>([
    ["is put where nothing was", part(), undefined, "written"], ["takes the place of another", part(), { part: "Seal S-40", serialNumber: "S1", installedAt: at(-900) }, "written"], ["is not put in twice", part(), { part: "Seal S-40", serialNumber: "S2", installedAt: at(-900) }, "already-there"],
    ["is not slipped in before a later one", part({ installedAt: at(-20) }), { part: "Seal S-40", serialNumber: "S1", installedAt: at(-10) }, "before-the-last"], ["is not put in tomorrow", part({ installedAt: at(24) }), undefined, "in-the-future"],
  ])("%s", (_, act, last, expected) => { const plan = planPart(act, last, now); expect(plan.ok ? "written" : plan.refusal.reason).toBe(expected); });
});

describe("the parts of a place (REQ-45, 21 CFR 211.182)", () => {
  const there = { part: "Seal S-40", serialNumber: "S1", installedAt: at(-10) };
  const nothing = { part: "", serialNumber: "", installedAt: at(-5) };
  it.each<[string, Parameters<typeof planRemoval>[1], Date, string]>([["are taken out without another", there, at(-1), "taken out"], ["are not taken out of an empty place", nothing, at(-1), "nothing-there"], ["nor where nothing ever was", undefined, at(-1), "nothing-there"], ["nor before they came", there, at(-11), "before-the-last"], ["nor tomorrow", there, at(24), "in-the-future"]])("%s", (_, last, removedAt, expected) => {
    const plan = planRemoval({ place: "Lower bearing", removedAt, reason: "worn" }, last, now);
    expect(plan.ok ? "taken out" : plan.refusal.reason).toBe(expected);
    if (plan.ok) expect(plan.value).toMatchObject({ part: "", serialNumber: "", installedAt: removedAt });
  });
  it("may be filled again after that, by the same part too", () => expect(planPart(part({ serialNumber: "S1" }), nothing, now).ok).toBe(true));
  it("are told place by place, each part with how it came and went", () => {
    const line = (id: string, place: string, hours: number, name: string, serialNumber: string) => ({ id, place, part: name, serialNumber, installedAt: at(hours), reason: `reason ${id}`, person: `person ${id}` });
    const history = partHistory([line("4", "Bearing", -1, "", ""), line("3", "Bearing", -5, "Seal", "S2"), line("1", "Bearing", -9, "Seal", "S1"), line("2", "Manway", -8, "Gasket", "G1")]);
    const out = (id: string, hours: number, replaced: boolean) => ({ at: at(hours), reason: `reason ${id}`, person: `person ${id}`, replaced });
    expect(history.map(({ place, empty, stays }) => [place, empty, stays.map((stay) => [stay.serialNumber, stay.in.reason, stay.out])])).toEqual([
      ["Bearing", true, [["S2", "reason 3", out("4", -1, false)], ["S1", "reason 1", out("3", -5, true)]]], ["Manway", false, [["G1", "reason 2", undefined]]],
    ]);
  });
});

describe("what is offered for a unit", () => {
  it("is what its table of states lists", () => {
    expect(Object.fromEntries(equipmentStates.map((state) => [state, [...actsFrom(state, cleaningEvents), ...actsFrom(state, maintenanceEvents)]]))).toEqual({
      dirty: ["start_cleaning", "hold", "take_out_of_service"], cleaning: ["finish_cleaning", "fail_cleaning", "hold"], clean: ["start_cleaning", "expire_clean_hold", "hold", "take_out_of_service"], in_use: ["hold", "take_out_of_service"],
      in_use_hold: ["lift_hold", "take_out_of_service"], in_use_out: ["return_to_service"], hold: ["lift_hold", "take_out_of_service"], out_of_service: ["return_to_service"],
    });
  });
  it("says every refusal and act in words", () => {
    const sentences = [equipmentRefusalSentence({ reason: "conflict" }), equipmentRefusalSentence({ reason: "event-not-allowed", state: "in_use", event: "hold" }), ...Object.values(calibrationRefusalSentence), ...Object.values(partRefusalSentence)];
    for (const sentence of sentences) expect(sentence).toMatch(/\.$/);
    expect(new Set(Object.values(actName)).size).toBe(cleaningEvents.length + maintenanceEvents.length);
  });
});
