import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeTrend, trendLeast, trendMost, trendText } from "./trend.ts";

/** Ten values with mean 10 and standard deviation 1 (n − 1). */
const ten = [10 - 0.9486832980505138, 10 + 0.9486832980505138, 10 - 0.9486832980505138, 10 + 0.9486832980505138, 10 - 0.9486832980505138, 10 + 0.9486832980505138, 10 - 0.9486832980505138, 10 + 0.9486832980505138, 10 - 0.9486832980505138, 10 + 0.9486832980505138];

describe("a trend (REQ-44, 21 CFR 211.165)", () => {
  it("rests on the mean and the standard deviation of the released batches", () => {
    const judged = judgeTrend(10, ten);
    expect(judged).toMatchObject({ evaluated: true, n: 10, outOfTrend: false });
    if (judged.evaluated) expect([judged.mean, judged.deviation]).toEqual([expect.closeTo(10, 12), expect.closeTo(1, 12)]);
  });
  it.each([[12.99, false], [13.01, true], [7.01, false], [6.99, true]])("says of %d that it is out of trend: %s", (value, out) => expect(judgeTrend(value, ten)).toMatchObject({ outOfTrend: out }));
  it.each([0, 1, 9])("says nothing by %d batches, and counts them", (n) => {
    expect(judgeTrend(1000, ten.slice(0, n))).toEqual({ evaluated: false, n });
    expect(trendText({ evaluated: false, n })).toBe(`not evaluated: ${n} of 10 batches`);
  });
  it("looks at the newest thirty only", () => {
    const newest = Array.from({ length: trendMost }, (_, i) => 10 + (i % 2));
    expect(judgeTrend(100, [...newest, ...Array.from({ length: 50 }, () => 100)])).toMatchObject({ n: trendMost, outOfTrend: true });
  });
  it("finds anything else out of trend where all were equal, and never what is equal to them, whatever decimal it is", () => {
    fc.assert(fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: 0, max: 4 }), fc.integer({ min: trendLeast, max: trendMost }), (units, digits, n) => {
      const value = units / 10 ** digits;
      expect(judgeTrend(value, Array.from({ length: n }, () => value))).toMatchObject({ outOfTrend: false, deviation: 0 });
      expect(judgeTrend(value + 1, Array.from({ length: n }, () => value))).toMatchObject({ outOfTrend: true });
    }));
  });
  it("does not change when all values move by the same amount or scale", () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 10, maxLength: 30 });
    fc.assert(fc.property(values, fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(2, 4, 8), (basis, value, shift, scale) => {
      const [here, there] = [judgeTrend(value, basis), judgeTrend((value + shift) * scale, basis.map((one) => (one + shift) * scale))];
      if (!here.evaluated || !there.evaluated) throw new Error("ten are enough");
      const edge = Math.abs(Math.abs(value - here.mean) - 3 * here.deviation);
      if (edge > 1e-6) expect(there.outOfTrend).toBe(here.outOfTrend);
    }));
  });
});
