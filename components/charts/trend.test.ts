import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clockTicks, dayTicks } from "./ticks.ts";
import { runsOf } from "./trend.tsx";

const points = (...times: readonly number[]) => times.map((at) => ({ at, value: at }));

describe("the line of a trend", () => {
  it.each<[string, readonly number[], readonly (readonly number[])[]]>([
    ["nothing", [], []], ["one point", [5], [[5]]], ["no gap", [0, 10, 20], [[0, 10, 20]]], ["a gap that is just not one", [0, 15], [[0, 15]]], ["a gap", [0, 10, 26, 30], [[0, 10], [26, 30]]], ["single points between gaps", [0, 20, 40], [[0], [20], [40]]],
  ])("REQ-14 (ALCOA+ Original) of %s is drawn in runs", (_, times, runs) => expect(runsOf(points(...times), 15).map((run) => run.map((p) => p.at))).toEqual(runs));

  it("REQ-14 (ALCOA+ Original) never joins over a gap, never splits without one, and loses no point", () => {
    fc.assert(fc.property(fc.array(fc.nat(40)), fc.nat(30), (steps, gap) => {
      let at = 0;
      const all = points(...steps.map((step) => (at += step)));
      const runs = runsOf(all, gap);
      expect(runs.flat()).toEqual(all);
      for (const run of runs) for (const [i, p] of run.slice(1).entries()) expect(p.at - (run[i]?.at ?? 0)).toBeLessThanOrEqual(gap);
      for (const [i, run] of runs.slice(1).entries()) expect((run[0]?.at ?? 0) - (runs[i]?.at(-1)?.at ?? 0)).toBeGreaterThan(gap);
    }));
  });
});

describe("the ticks of a time axis", () => {
  it("stand at round times of the site's clock, at most as many as asked for, inside the window", () => {
    const [from, to] = [Date.parse("2026-03-02T10:07:00Z"), Date.parse("2026-03-02T13:00:00Z")];
    expect(clockTicks(from, to, "Europe/Zurich").map((t) => t.label)).toEqual(["11:30", "12:00", "12:30", "13:00", "13:30", "14:00"]);
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 * 86_400_000 }), fc.nat(1e9), (span, offset) => {
      const ticks = clockTicks(from + offset, from + offset + span, "UTC");
      expect(ticks.every((t) => t.at >= from + offset && t.at <= from + offset + span)).toBe(true);
      expect(ticks.length).toBeLessThanOrEqual(9);
    }));
  });
  it("count days from inoculation", () => expect(dayTicks(1000, 1000 + 2.5 * 86_400_000).map((t) => t.label)).toEqual(["0", "1", "2"]));
});
