import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { within } from "#lib/quantity/limit.ts";
import { beyond, excursions, type Point } from "./excursion.ts";

const range = { low: 6.8, high: 7.2 };
const minute = 60_000;
/** One value a minute from minute 0. */
const series = (...values: readonly number[]): Point[] => values.map((value, i) => ({ at: i * minute, value }));

describe("how far a value lies outside", () => {
  it.each<[number, { low?: number; high?: number }, number]>([[7, range, 0], [7.2, range, 0], [6.8, range, 0], [7.5, { high: 7 }, 0.5], [6, { low: 6.5 }, 0.5], [9, {}, 0], [-9, { high: 0 }, 0], [9, { low: 0 }, 0]])("%d of %j is %d", (value, r, far) => expect(beyond(value, r)).toBe(far));
});

describe("an excursion (REQ-56, ICH Q8)", () => {
  it("starts with the first value outside, ends with the first inside, and names the worst", () => {
    expect(excursions(series(7, 7.3, 7.6, 7.4, 7.1, 7), range, 2)).toEqual([{ from: minute, to: 4 * minute, worst: 7.6, minutes: 3, beyond: expect.closeTo(0.4) }]);
  });
  it("counts only when it lasts longer than the rule's minutes, not as long", () => {
    expect(excursions(series(7, 7.3, 7.3, 7), range, 2)).toEqual([]);
    expect(excursions(series(7, 7.3, 7.3, 7), range, 1.9)).toHaveLength(1);
    expect(excursions(series(7, 7.3, 7.3, 7.3, 7), range, 2)).toHaveLength(1);
  });
  it("still open at the end of the series lasts to its last value", () => {
    expect(excursions(series(7, 6.5, 6.4, 6.6), range, 1)).toEqual([{ from: minute, to: 3 * minute, worst: 6.4, minutes: 2, beyond: expect.closeTo(0.4) }]);
  });
  it("from below to above without a value inside is one, with the worse side", () => {
    expect(excursions(series(6.7, 6.7, 7.9, 7), range, 1)).toMatchObject([{ worst: 7.9, minutes: 3 }]);
  });
  it("ends at a gap, because nobody knows what was between", () => {
    const points = [{ at: 0, value: 7.5 }, { at: 5 * minute, value: 7.5 }, { at: 66 * minute, value: 7.5 }, { at: 70 * minute, value: 7 }];
    expect(excursions(points, range, 3).map((x) => [x.from / minute, x.to / minute])).toEqual([[0, 5], [66, 70]]);
    expect(excursions(points, range, 3, 61).map((x) => [x.from / minute, x.to / minute])).toEqual([[0, 70]]);
  });
  it("is none in an empty or a sound series", () => expect([excursions([], range, 0), excursions(series(7, 7.1), range, 0)]).toEqual([[], []]));

  it("lies where values are outside, never overlaps another, and misses no long stretch", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(6.5, 6.8, 7, 7.2, 7.5), { maxLength: 60 }), fc.integer({ min: 0, max: 6 }), (values, lasting) => {
      const points = series(...values);
      const found = excursions(points, range, lasting);
      for (const x of found) {
        expect(points.filter((p) => p.at >= x.from && p.at < x.to).every((p) => !within(p.value, range))).toBe(true);
        expect([x.minutes > lasting, x.beyond > 0, x.minutes]).toEqual([true, true, (x.to - x.from) / minute]);
      }
      for (const [i, x] of found.slice(1).entries()) expect(x.from).toBeGreaterThanOrEqual(found[i]?.to ?? 0);
      const covered = (p: Point) => found.some((x) => p.at >= x.from && p.at <= x.to);
      const stretch = (i: number) => points.slice(i, i + lasting + 2);
      for (const i of points.keys()) if (stretch(i).length === lasting + 2 && stretch(i).every((p) => !within(p.value, range))) expect(stretch(i).every(covered)).toBe(true);
    }), { numRuns: 300 });
  });
});
