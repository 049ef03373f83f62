import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equipmentStates, type EquipmentState } from "./state.ts";
import { bindFaults, calibrationDue, cleanHoldLeft, type BindAsk, type BindFaultKind, type EquipmentStanding } from "./use.ts";

const now = new Date("2026-03-02T12:00:00Z");
const before = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const good: EquipmentStanding = { state: "clean", cleanedAt: before(10), batchId: "B-1", productId: "P-1", revision: 4, calibrationDueAt: before(-100), instruments: [{ tag: "ph", dueAt: before(-100), passed: true }] };
const ask = (standing: Partial<EquipmentStanding> = {}, wanted: Partial<BindAsk["wanted"]> = {}, equipmentClass = "vessel"): BindAsk =>
  ({ unit: { id: "V-1", equipmentClass }, wanted: { equipmentClass: "vessel", clean: true, calibrated: true, cleanHoldH: 72, ...wanted }, standing: { ...good, ...standing }, now });
const kinds = (one: BindAsk): readonly BindFaultKind[] => bindFaults(one).map((fault) => fault.kind);

describe("binding a unit (REQ-45, 21 CFR 211.67, 211.68, 211.182)", () => {
  it.each<[string, BindAsk, readonly BindFaultKind[]]>([
    ["clean, in its hold time and calibrated it is bound", ask(), []], ["of another class it is not", ask({}, {}, "tank"), ["wrong_class"]], ["dirty it is not", ask({ state: "dirty" }), ["not_clean"]], ["dirty it is where nobody asks for clean", ask({ state: "dirty" }, { clean: false }), []],
    ["while it is cleaned it is not, whatever is asked", ask({ state: "cleaning" }, { clean: false }), ["not_clean"]], ["in use it is not, whatever is asked", ask({ state: "in_use" }, { clean: false }), ["in_use"]], ["on hold it is not, whatever is asked", ask({ state: "hold" }, { clean: false }), ["on_hold"]],
    ["out of service it is not, whatever is asked", ask({ state: "out_of_service" }, { clean: false }), ["out_of_service"]], ["to the end of its hold time it is", ask({ cleanedAt: before(72) }), []], ["a millisecond later it is not", ask({ cleanedAt: new Date(before(72).getTime() - 1) }), ["clean_hold_over"]],
    ["without a hold time it stays clean", { ...ask({ cleanedAt: before(9_000) }), wanted: { equipmentClass: "vessel", clean: true, calibrated: true } }, []], ["clean without a cleaning on record is not enough", ask({ cleanedAt: null }), ["clean_hold_over"]], ["a hold time counts only where clean is asked for", ask({ cleanedAt: before(80) }, { clean: false }), []],
    ["at the due time of a calibration it is", ask({ calibrationDueAt: now, instruments: [{ tag: "ph", dueAt: now, passed: true }] }), []], ["after it, it is not", ask({ calibrationDueAt: before(1), instruments: [{ tag: "ph", dueAt: before(1), passed: true }] }), ["calibration_due"]],
    ["without a calibration on record it is not", ask({ calibrationDueAt: null, instruments: [] }), ["calibration_due"]], ["after a failed calibration it is not", ask({ instruments: [{ tag: "ph", dueAt: before(-100), passed: true }, { tag: "do", dueAt: before(-100), passed: false }] }), ["calibration_due"]],
    ["with an instrument that was never calibrated it is not", ask({ instruments: [{ tag: "ph", dueAt: before(-100), passed: true }, { tag: "do", dueAt: null, passed: false }] }), ["calibration_due"]],
    ["on hold or out of service for another batch it is not", ask({ state: "in_use_hold" }, { clean: false }), ["on_hold"]], ["nor taken out of service in use", ask({ state: "in_use_out" }, { clean: false }), ["out_of_service"]],
    ["without a calibration it is where none is asked for", ask({ calibrationDueAt: null, instruments: [] }, { calibrated: false }), []],
    ["every fault is said at once", ask({ state: "dirty", calibrationDueAt: null, instruments: [] }, {}, "tank"), ["wrong_class", "not_clean", "calibration_due"]],
  ])("%s", (_, one, expected) => expect(kinds(one)).toEqual(expected));

  it("says each fault as a sentence that names the unit, and which calibrations are missing", () => {
    const due = [{ tag: "ph", dueAt: before(30), passed: true }, { tag: null, dueAt: before(-9), passed: false }, { tag: "do", dueAt: before(-9), passed: true }];
    const sentences = [...(["dirty", "cleaning", "in_use", "in_use_hold", "in_use_out", "hold", "out_of_service"] as const).flatMap((state) => bindFaults(ask({ state }, {}, "tank"))), ...bindFaults(ask({ cleanedAt: before(100) })), ...bindFaults(ask({ instruments: due, calibrationDueAt: before(30) }))].map((fault) => fault.sentence);
    for (const sentence of sentences) expect(sentence).toMatch(/^.*V-1.*\.$/);
    expect(sentences.at(-1)).toBe("The last calibration of V-1 did not pass. The calibration of V-1 ph was due on 2026-03-01 06:00Z.");
    expect(bindFaults(ask({ instruments: [{ tag: "ph", dueAt: before(-9), passed: true }, { tag: "do", dueAt: null, passed: false }] })).map((fault) => fault.sentence)).toEqual(["No calibration of V-1 do is on record."]);
    expect(sentences.at(-2)).toBe("V-1 was cleaned on 2026-02-26 08:00Z; it may be used for 72 h after its cleaning. Clean it again.");
  });

  it("binds nothing but what is clean or dirty, and dirty only where clean is not asked for, whatever else is true", () => {
    const standing = fc.record({ state: fc.constantFrom<EquipmentState>(...equipmentStates), cleanedAt: fc.option(fc.integer({ min: 0, max: 200 }).map(before)), calibrationDueAt: fc.option(fc.integer({ min: -99, max: 99 }).map(before)) });
    fc.assert(fc.property(standing, fc.boolean(), fc.boolean(), (s, clean, calibrated) => {
      if (bindFaults(ask(s, { clean, calibrated })).length > 0) return;
      expect(s.state === "clean" || (s.state === "dirty" && !clean)).toBe(true);
      if (clean) expect(cleanHoldLeft({ ...good, ...s }, 72, now)).toBeGreaterThanOrEqual(0);
      if (calibrated) expect(calibrationDue({ ...good, ...s }, now)).toBe(false);
    }), { numRuns: 5_000 });
  });
});
