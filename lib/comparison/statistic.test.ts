import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summarise } from "./statistic.ts";

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe("the summary of a site's batches", () => {
  it("is none without a value, and has no spread with one", () => {
    expect(summarise([])).toBeUndefined();
    expect(summarise([4.2])).toEqual({ n: 1, mean: 4.2, sd: undefined, low: undefined, high: undefined });
  });
  // Intervals by hand: mean ± t(97.5 %, n − 1) · s / √n with t of NIST/SEMATECH e-Handbook, table 1.3.6.7.2.
  it.each<[string, readonly number[], number, number, number]>([
    ["two values, t = 12.706", [1, 3], 2, Math.SQRT2, 12.706], ["five values, t = 2.776", [2, 4, 4, 4, 6], 4, Math.SQRT2, 1.75569586],
    ["thirty-one values, t = 2.042", Array.from({ length: 31 }, (_, i) => i), 15, 9.09212113, 3.33458],
    ["forty values, at least the normal one", Array.from({ length: 40 }, (_, i) => i), 19.5, 11.69045194, 3.7750],
  ])("of %s", (_, values, mean, sd, half) => {
    const summary = summarise(values);
    expect(summary).toMatchObject({ n: values.length, mean: expect.closeTo(mean, 6), sd: expect.closeTo(sd, 6) });
    expect(summary?.high).toBeCloseTo(mean + half, 3);
    expect(summary?.low).toBeCloseTo(mean - half, 3);
  });
  it("fits NIST's Michelson data: mean 909 and standard deviation 104.9 km/s of the first twenty", () => {
    const michelson = [850, 740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000, 1000, 960, 960];
    expect(summarise(michelson)).toMatchObject({ n: 20, mean: expect.closeTo(909, 6), sd: expect.closeTo(104.926, 3), low: expect.closeTo(909 - 49.107, 1), high: expect.closeTo(909 + 49.107, 1) });
  });
  it("lies around the mean, whatever is measured and in whatever order", () => {
    fc.assert(fc.property(fc.array(value, { minLength: 2, maxLength: 60 }), (values) => {
      const { mean, sd, low, high } = summarise(values) ?? { mean: 0 };
      expect([mean >= Math.min(...values) - 1e-6, mean <= Math.max(...values) + 1e-6, (sd ?? -1) >= 0, (low ?? 0) <= mean, (high ?? 0) >= mean]).toEqual(Array(5).fill(true));
      expect(summarise(values.toReversed())?.mean).toBeCloseTo(mean, 6);
    }));
  });
});
