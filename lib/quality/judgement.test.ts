import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Limits } from "#lib/quantity/limit.ts";
import type { Point } from "./excursion.ts";
import { coverage, judgeSeries, judgeValue, meansOver, type Evaluation, type Judgement } from "./judgement.ts";

const minute = 60_000;
const limits: Limits = { normal: { low: 30, high: 60 }, action: { low: 20, high: 80 }, validated: { low: 15, high: 100 }, absolute: { low: 0, high: 200 } };
const series = (...values: readonly number[]): Point[] => values.map((value, i) => ({ at: i * minute, value }));
const spanOf = (points: readonly Point[], gapMinutes = 5) => ({ from: 0, to: points.at(-1)?.at ?? 0, gapMinutes });
const said = (j: Judgement): string => (j.result === "exception" ? j.zone : j.result === "not_evaluated" ? j.why : "within");
const lasting = (minutes: number): Evaluation => ({ kind: "longer_than", minutes });
const mean = (minutes: number): Evaluation => ({ kind: "mean_over", minutes });
const judged = (points: readonly Point[], evaluation: Evaluation, l = limits) => said(judgeSeries(points, l, evaluation, spanOf(points)));

describe("one value (REQ-56, ICH Q8)", () => {
  it.each<[number, Limits, string]>([[40, limits, "within"], [29.9, limits, "alert"], [19, limits, "action"], [10, limits, "outside"], [400, limits, "beyond"], [Number.NaN, limits, "no-number"], [40, {}, "no-limits"], [40, { target: 40 }, "no-limits"]])("%d is %s", (value, l, expected) => expect(said(judgeValue(value, l))).toBe(expected));
});

describe("a measured series", () => {
  it.each<[string, readonly Point[], Evaluation, string]>([
    ["a dip of half a minute is no excursion of two", series(40, 40, 18, 40, 40), lasting(2), "within"], ["nor one of exactly two", series(40, 18, 18, 40), lasting(2), "within"], ["three minutes are", series(40, 18, 18, 18, 40), lasting(2), "action"], ["at once it is", series(40, 18, 40), { kind: "instant" }, "action"], ["at its last value as well", series(40, 40, 18), { kind: "instant" }, "action"],
    ["the widest range left decides", series(40, 25, 18, 10, 10, 10, 10, 18, 25, 40), lasting(2), "outside"], ["short in the wide range and long in the narrow one is the narrow one", series(40, 25, 25, 25, 10, 25, 25, 40), lasting(2), "alert"],
    ["a mean that stays inside hides a dip", series(40, 40, 40, 18, 40, 40, 40), mean(3), "within"], ["a mean that leaves is one", series(40, 18, 18, 18, 18, 40), mean(3), "action"], ["no mean without a whole window", series(18, 18), mean(3), "gaps"],
    ["at the end only the last value counts", series(10, 10, 40), { kind: "at_end" }, "within"], ["which may be outside", series(40, 40, 25), { kind: "at_end" }, "alert"], ["nothing measured", [], lasting(2), "no-values"],
  ])("%s", (_, points, evaluation, expected) => expect(judged(points, evaluation)).toBe(expected));

  it("is not evaluated where too little of the time was measured (REQ-56)", () => {
    const points = [...series(40, 40, 40), { at: 60 * minute, value: 40 }];
    expect(judgeSeries(points, limits, lasting(2), spanOf(points))).toEqual({ result: "not_evaluated", why: "gaps", covered: expect.closeTo(2 / 60) });
    expect(judgeSeries(series(40, 40), limits, { kind: "at_end" }, { from: 0, to: 60 * minute, gapMinutes: 5 })).toMatchObject({ why: "gaps" });
  });
  it("is an exception all the same where what was measured is one", () => {
    const points = [...series(40, 10, 10, 10, 10), { at: 60 * minute, value: 40 }];
    expect(judged(points, lasting(2))).toBe("outside");
  });
  it("says when it was worst and for how long altogether", () => {
    expect(judgeSeries(series(40, 18, 18, 18, 40, 17, 17, 17, 17, 40), limits, lasting(2), { from: 0, to: 9 * minute, gapMinutes: 5 })).toEqual({ result: "exception", zone: "action", worst: 17, from: 5 * minute, to: 9 * minute, minutes: 7 });
  });

  const values = fc.array(fc.constantFrom(5, 17, 25, 40, 70, 90, 150, 250), { minLength: 1, maxLength: 50 });
  const rank = ["within", "alert", "action", "outside", "beyond"];
  it("is never judged milder when it lasts less before it counts", () => {
    fc.assert(fc.property(values, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), (all, a, b) => {
      const of = (m: number) => rank.indexOf(judged(series(...all), lasting(m)));
      expect(of(Math.min(a, b))).toBeGreaterThanOrEqual(of(Math.max(a, b)));
    }));
  });
  it("judged at once is the worst of its values judged one by one", () => {
    fc.assert(fc.property(values, (all) => {
      const worst = Math.max(...all.map((v) => rank.indexOf(said(judgeValue(v, limits)))));
      expect(rank.indexOf(judged(series(...all), { kind: "instant" }))).toBe(worst);
    }));
  });
  it("has means between its lowest and highest value, equal to the sum over minutes", () => {
    fc.assert(fc.property(values, fc.integer({ min: 1, max: 10 }), (all, m) => {
      const points = series(...all);
      const means = meansOver(points, m, 5);
      expect(means).toHaveLength(Math.max(0, all.length - m));
      for (const [i, one] of means.entries()) expect(one.value).toBeCloseTo(all.slice(i, i + m).reduce((x, y) => x + y, 0) / m, 9);
    }));
  });
  it("is covered between not at all and wholly, and no less when a value is added", () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 40 }).map((list) => list.sort((x, y) => x - y));
    fc.assert(fc.property(times, fc.integer({ min: 0, max: 100 }), (list, more) => {
      const share = (t: readonly number[]) => coverage(t.map((x) => ({ at: x * minute, value: 1 })), { from: 0, to: 100 * minute, gapMinutes: 4 });
      const both = [...new Set([...list, more])].sort((x, y) => x - y);
      expect(share(list)).toBeGreaterThanOrEqual(0);
      expect(share(both)).toBeLessThanOrEqual(1);
      expect(share(both)).toBeGreaterThanOrEqual(share(list) - 1e-12);
    }));
  });
});
