import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenNesting, rangeText, within, zoneOf, type Limits, type Range, type Zone } from "./limit.ts";

const ph: Limits = { target: 7, normal: { low: 6.85, high: 7.15 }, action: { low: 6.8, high: 7.2 }, validated: { low: 6.75, high: 7.3 } };
const open = (low?: number, high?: number): Range => ({ ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
/** Ranges nested by construction: each wider than the one inside it. */
const nested = fc.tuple(finite, fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 })).map(([middle, steps]): Required<Limits> => {
  const half = (n: number) => steps.slice(0, n).reduce((a, b) => a + b, 0);
  const range = (n: number) => ({ low: middle - half(n), high: middle + half(n) });
  return { target: middle, normal: range(1), alert: range(2), action: range(3), validated: range(4) };
});

describe("a range", () => {
  it.each<[number, Range, boolean]>([
    [6.85, open(6.85, 7.15), true], [7.15, open(6.85, 7.15), true], [6.8499, open(6.85, 7.15), false], [7.1501, open(6.85, 7.15), false],
    [1e9, open(6.85), true], [6.8, open(6.85), false], [-1e9, open(undefined, 4), true], [4.01, open(undefined, 4), false], [0, open(), true], [0, open(0, 0), true],
  ])("holds %d in %j: %s", (value, range, held) => expect(within(value, range)).toBe(held));

  it.each<[Range | undefined, number, string]>([
    [open(6.8, 7.2), 2, "6.80 to 7.20"], [open(90), 1, "≥ 90.0"], [open(undefined, 4), 1, "≤ 4.0"], [open(), 2, "–"], [undefined, 2, "–"], [open(0, 0), 0, "0 to 0"], [open(-0.05, 0.05), 2, "-0.05 to 0.05"],
  ])("reads %j with %d digits as %s", (range, digits, text) => expect(rangeText(range, digits)).toBe(text));
});

describe("the zone of a value (REQ-56, ICH Q8)", () => {
  it.each<[number, Zone]>([[7, "normal"], [6.85, "normal"], [7.15, "normal"], [6.84, "alert"], [7.2, "alert"], [6.79, "action"], [7.3, "action"], [6.74, "outside"], [7.31, "outside"]])("pH %d is %s", (value, zone) => expect(zoneOf(value, ph)).toBe(zone));
  it.each<[string, Limits, number, Zone]>([
    ["without limits nothing is judged", {}, 1e9, "normal"], ["with a normal range alone it can be left", { normal: open(0, 1) }, 2, "alert"], ["with an alert range alone it can be left", { alert: open(0, 1) }, 2, "alert"],
    ["without a validated range the action range is the last", { action: open(0, 1) }, 2, "outside"], ["an open end holds", { normal: open(70), action: open(60) }, 1e9, "normal"], ["below one open end", { normal: open(70), action: open(60) }, 59.9, "outside"],
    ["the normal range counts before the alert range", { normal: open(4, 6), alert: open(0, 10) }, 7, "alert"],
  ])("%s", (_, limits, value, zone) => expect(zoneOf(value, limits)).toBe(zone));

  it("never gets milder further out", () => {
    const rank: Record<Zone, number> = { normal: 0, alert: 1, action: 2, outside: 3 };
    fc.assert(fc.property(nested, fc.double({ min: 0, max: 500, noNaN: true }), fc.double({ min: 0, max: 500, noNaN: true }), (limits, a, b) => {
      const [near, far] = [Math.min(a, b), Math.max(a, b)];
      for (const side of [1, -1]) expect(rank[zoneOf(limits.target + side * near, limits)]).toBeLessThanOrEqual(rank[zoneOf(limits.target + side * far, limits)]);
    }));
  });
  it("is normal exactly inside all ranges", () => {
    fc.assert(fc.property(nested, finite, ({ normal, action, validated, target }, value) => {
      expect(zoneOf(value, { target, normal, action, validated }) === "normal").toBe([normal, action, validated].every((r) => within(value, r)));
    }));
  });
});

describe("nested limits", () => {
  it("are sound when each range holds the next", () => {
    fc.assert(fc.property(nested, fc.subarray(["normal", "alert", "action", "validated"] as const), (limits, kept) => {
      expect(brokenNesting(Object.fromEntries(kept.map((name) => [name, limits[name]])))).toEqual([]);
    }));
    expect(brokenNesting(ph)).toEqual([]);
  });
  it.each<[string, Limits, readonly string[]]>([
    ["an inner range that is lower", { action: open(1, 2), normal: open(0.9, 2) }, ["action does not hold normal"]], ["an inner range that is higher", { validated: open(1, 2), action: open(1, 2.1) }, ["validated does not hold action"]],
    ["an inner range that is open above where the outer is not", { action: open(1, 2), normal: open(1) }, ["action does not hold normal"]], ["an inner range that is open below where the outer is not", { action: open(1, 2), normal: open(undefined, 2) }, ["action does not hold normal"]], ["each broken pair", { validated: open(2, 3), action: open(1, 4), alert: open(0, 5) }, ["validated does not hold action", "action does not hold alert"]],
    ["ranges that are neighbours because one is missing", { validated: open(1, 2), normal: open(0, 1) }, ["validated does not hold normal"]],
  ])("name %s", (_, limits, broken) => expect(brokenNesting(limits)).toEqual(broken));
});
