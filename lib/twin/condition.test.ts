import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conditionOf, cultureDay, zonePriority, zoneWord, type Condition } from "./condition.ts";

const limits = { normal: { low: 6.85, high: 7.15 }, action: { low: 6.8, high: 7.2 }, validated: { low: 6.75, high: 7.3 } };
const now = 1_000_000;
type Quality = "good" | "uncertain" | "bad";
const value = (v: number, ageMs = 1_000, quality: Quality = "good") => ({ at: now - ageMs, value: v, quality });

describe("the condition of a value", () => {
  it.each<[string, ReturnType<typeof value> | undefined, Condition]>([
    ["fresh and inside", value(7), { kind: "normal", ageMs: 1_000 }], ["never measured", undefined, { kind: "none" }],
    ["above the normal range", value(7.18), { kind: "abnormal", zone: "alert", side: "above", ageMs: 1_000 }], ["below the normal range", value(6.82), { kind: "abnormal", zone: "alert", side: "below", ageMs: 1_000 }],
    ["above the action limit", value(7.25), { kind: "abnormal", zone: "action", side: "above", ageMs: 1_000 }], ["below the action limit", value(6.78), { kind: "abnormal", zone: "action", side: "below", ageMs: 1_000 }],
    ["above the validated range", value(7.4), { kind: "abnormal", zone: "outside", side: "above", ageMs: 1_000 }], ["below the validated range", value(6.5), { kind: "abnormal", zone: "outside", side: "below", ageMs: 1_000 }],
    ["as old as it may be", value(7, 30_000), { kind: "normal", ageMs: 30_000 }], ["older than it may be", value(7, 30_001), { kind: "stale", ageMs: 30_001 }], ["stale and outside: not judged", value(9, 30_001), { kind: "stale", ageMs: 30_001 }],
    ["bad and outside: not judged", value(9, 5, "bad"), { kind: "bad", ageMs: 5 }], ["uncertain: judged all the same", value(7.4, 5, "uncertain"), { kind: "abnormal", zone: "outside", side: "above", ageMs: 5 }],
    ["from a clock that runs ahead", value(7, -400), { kind: "normal", ageMs: 0 }],
  ])("REQ-60 (ISA-18.2) %s", (_, measured, condition) => expect(conditionOf(measured, limits, 30_000, now)).toEqual(condition));

  it("is normal without limits", () => expect(conditionOf(value(1e9), undefined, 30_000, now).kind).toBe("normal"));
  it.each([["a range open below", { normal: { high: 3 }, action: { high: 4 } }, 5, "outside", "above"], ["a range open above", { normal: { low: 70 }, action: { low: 60 } }, 65, "alert", "below"], ["an alert range alone", { alert: { low: 1, high: 2 } }, 3, "alert", "above"]] as const)("knows the side of %s", (_, some, v, zone, side) => {
    expect(conditionOf(value(v), some, 30_000, now)).toMatchObject({ kind: "abnormal", zone, side });
  });
  it("REQ-14 (ALCOA+ Original) never carries a stale value forward, whatever it was", () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), fc.constantFrom<Quality>("good", "uncertain", "bad"), fc.integer({ min: 1, max: 1e9 }), (v, quality, over) => {
      expect(conditionOf({ at: now - 30_000 - over, value: v, quality }, limits, 30_000, now)).toEqual({ kind: "stale", ageMs: 30_000 + over });
    }));
  });
});

describe("the words of a condition", () => {
  it("REQ-60 (ISA-18.2) put the worst zone first", () => {
    expect(Object.entries(zonePriority).sort(([, a], [, b]) => a - b).map(([zone]) => zone)).toEqual(["beyond", "outside", "action", "alert"]);
    expect(zoneWord).toEqual({ alert: "normal range", action: "action limit", outside: "validated range", beyond: "absolute range" });
  });
  it.each([[0, 0], [23.99, 0], [24, 1], [335, 13]])("after %d hours it is day %d", (hours, day) => expect(cultureDay(hours)).toBe(day));
});
