import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alarmOfRule, alarmRule, alarmsOf, notEvaluated, type Look } from "./alarm.ts";

const quarter = 15 * 60_000;
const start = Date.parse("2026-11-20T06:00:00Z");
const time = (n: number) => new Date(start + n * quarter);
const look = (n: number, alarm: Look["alarm"], unitId = "BR-1"): Look => ({ at: time(n), unitId, model: "contamination", modelVersion: "1.0.0", outcome: alarm === null ? "not_evaluated" : "evaluated", alarm, score: alarm === null ? null : 0.9, threshold: 0.7 });

describe("alarms in a series of looks", () => {
  it("are one from the look that raised it to the look that finds nothing", () => {
    expect(alarmsOf([look(1, "none"), look(2, "raised"), look(3, "raised"), look(4, "none"), look(5, "raised")]).map((a) => a.id)).toEqual(["contamination@1.0.0/BR-1/2026-11-20T06:30:00.000Z", "contamination@1.0.0/BR-1/2026-11-20T07:15:00.000Z"]);
  });
  it("are not cut in two by looks that could not be evaluated", () => expect(alarmsOf([look(1, "raised"), look(2, null), look(3, "raised")])).toHaveLength(1));
  it("are each unit's own", () => expect(alarmsOf([look(1, "raised"), look(1, "raised", "BR-2"), look(2, "none"), look(3, "raised", "BR-2")]).map((a) => a.unitId)).toEqual(["BR-1", "BR-2"]));
  it("that were found stay as they are when more is looked at", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("none", "raised", null), { maxLength: 60 }), fc.nat(60), (said, cut) => {
      const looks = said.map((alarm, n) => look(n, alarm));
      const [some, all] = [alarmsOf(looks.slice(0, cut)), alarmsOf(looks)];
      expect(all.slice(0, some.length)).toEqual(some);
      expect(all.length > 0).toBe(said.includes("raised"));
      expect(new Set(all.map((a) => a.id)).size).toBe(all.length);
    }), { numRuns: 1_000 });
  });
});

describe("what was not evaluated", () => {
  it("counts looks without enough data and quarter-hours without a look", () => {
    expect(notEvaluated([look(1, "none"), look(2, null), look(4, "raised")], time(0), time(4))).toBe(2);
    expect(notEvaluated([], time(0), time(3))).toBe(3);
    expect(notEvaluated([look(1, "none")], time(0), time(1))).toBe(0);
  });
});

describe("the rule of an alarm's exception", () => {
  it("names the alarm, and no other rule does", () => {
    expect(alarmOfRule(`${alarmRule("m@1/BR-1/x")} v12`)).toBe("m@1/BR-1/x");
    expect(["R-ph v1", "person v3", "R-50"].map(alarmOfRule)).toEqual([undefined, undefined, undefined]);
  });
});
