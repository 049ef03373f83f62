import { mean, standardDeviation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { mulberry32, normalAt, uniformAt } from "#lib/simulator/random.ts";

describe("seeded chance", () => {
  it("is the published mulberry32", () => {
    // First numbers for seed 1, from the reference implementation.
    const next = mulberry32(1);
    expect(next()).toBeCloseTo(0.6270739405881613, 12);
    expect(next()).toBeCloseTo(0.002735721180215478, 12);
  });

  it("gives standard normal numbers at any place, without a tie between neighbours", () => {
    const values = Array.from({ length: 20_000 }, (_, index) => normalAt(7, 3, index));
    expect(Math.abs(mean(values))).toBeLessThan(0.03);
    expect(Math.abs(standardDeviation(values) - 1)).toBeLessThan(0.03);
    const products = values.slice(1).map((value, index) => value * (values[index] ?? 0));
    expect(Math.abs(mean(products))).toBeLessThan(0.03);
  });

  it("differs between streams and seeds", () => {
    const seen = new Set(Array.from({ length: 1000 }, (_, index) => uniformAt(index % 10, Math.floor(index / 10) % 10, Math.floor(index / 100))));
    expect(seen.size).toBe(1000);
  });
});
