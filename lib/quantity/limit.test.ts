import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalSlip, limitFaults, narrows, rangeText, within, zoneOf, type Limits, type Range, type Zone } from "./limit.ts";

const ph: Limits = { target: 7, normal: { low: 6.85, high: 7.15 }, action: { low: 6.8, high: 7.2 }, validated: { low: 6.75, high: 7.3 } };
const open = (low?: number, high?: number): Range => ({ ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
/** Ranges nested by construction: each wider than the one inside it. */
const nested = fc.tuple(finite, fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 })).map(([middle, steps]): Required<Limits> => {
  const half = (n: number) => steps.slice(0, n).reduce((a, b) => a + b, 0);
  const range = (n: number) => ({ low: middle - half(n), high: middle + half(n) });
  return { target: middle, normal: range(1), alert: range(2), action: range(3), validated: range(4), absolute: range(5) };
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
    ["between the normal and the alert range nothing is said", { normal: open(4, 6), alert: open(0, 10) }, 7, "normal"], ["past the alert range it is", { normal: open(4, 6), alert: open(0, 10) }, 11, "alert"],
    ["past the absolute range stands a mistake", { absolute: open(0, 14), validated: open(6, 8) }, 72, "beyond"], ["within it, the validated range is the last", { absolute: open(0, 14), validated: open(6, 8) }, 9, "outside"],
  ])("%s", (_, limits, value, zone) => expect(zoneOf(value, limits)).toBe(zone));

  it("never gets milder further out", () => {
    const rank: Record<Zone, number> = { normal: 0, alert: 1, action: 2, outside: 3, beyond: 4 };
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

const names = ["normal", "alert", "action", "validated", "absolute"] as const;
const broken = (limits: Limits) => limitFaults(limits).map((fault) => fault.range);

describe("nested limits (REQ-56, ICH Q8)", () => {
  it("are sound when each range holds the next and the innermost holds the target", () => {
    fc.assert(fc.property(nested, fc.subarray([...names]), (limits, kept) => {
      expect(limitFaults({ target: limits.target, ...Object.fromEntries(kept.map((name) => [name, limits[name]])) })).toEqual([]);
    }));
    expect(limitFaults(ph)).toEqual([]);
  });
  it.each<[string, Limits, readonly string[]]>([
    ["an inner range that is lower", { action: open(1, 2), normal: open(0.9, 2) }, ["normal"]], ["an inner range that is higher", { validated: open(1, 2), action: open(1, 2.1) }, ["action"]],
    ["an inner range that is open above where the outer is not", { action: open(1, 2), normal: open(1) }, ["normal"]], ["an inner range that is open below where the outer is not", { action: open(1, 2), normal: open(undefined, 2) }, ["normal"]],
    ["each broken pair", { validated: open(2, 3), action: open(1, 4), alert: open(0, 5) }, ["action", "alert"]], ["ranges that are neighbours because one is missing", { validated: open(1, 2), normal: open(0, 1) }, ["normal"]],
    ["a range that leaves the absolute one where the range between them has no such end", { absolute: open(0, 14), validated: open(6), action: open(6.5, 15) }, ["action"]], ["the same below", { absolute: open(0, 14), validated: open(undefined, 8), action: open(-1, 7.5) }, ["action"]],
    ["a normal range that leaves the proven one past an action range of one end", { validated: open(6, 8), action: open(6.5, 8), alert: open(6.6, 7.9), normal: open(5, 7) }, ["normal"]], ["an end left open past a neighbour that leaves it open too", { validated: open(6, 8), action: open(6.5), normal: open(7) }, ["action", "normal"]],
    ["a target that only a wider range keeps out", { target: 9, absolute: open(0, 8), normal: open(6) }, ["absolute"]],
    ["a range beyond the absolute one", { absolute: open(0, 14), validated: open(-1, 14) }, ["validated"]], ["a range whose ends are turned round", { action: open(7, 6) }, ["action"]], ["a target outside", { target: 8, normal: open(6, 7) }, ["normal"]],
  ])("name %s", (_, limits, found) => expect(broken(limits)).toEqual(found));
  it("are sound exactly when no value a range allows on a side is forbidden by a wider one", () => {
    const end = fc.option(fc.integer({ min: -4, max: 4 }), { nil: undefined });
    const some = fc.option(fc.tuple(end, end).map(([a, b]) => open(a !== undefined && b !== undefined ? Math.min(a, b) : a, a !== undefined && b !== undefined ? Math.max(a, b) : b)), { nil: undefined });
    fc.assert(fc.property(fc.tuple(some, some, some, some, some), (drawn) => {
      const chain = (["absolute", "validated", "action", "alert", "normal"] as const).flatMap((name, i) => { const range = drawn[i]; return range ? [{ name, range }] : []; });
      const [absolute] = chain[0]?.name === "absolute" ? [chain[0].range] : [];
      // An open end reaches as far as the absolute range does, and without one for ever.
      const reach = ({ name, range }: (typeof chain)[number]): readonly [number, number] => [range.low ?? (name === "absolute" ? undefined : absolute?.low) ?? -Infinity, range.high ?? (name === "absolute" ? undefined : absolute?.high) ?? Infinity];
      const sound = chain.every((inner, i) => chain.slice(0, i).every((outer) => {
        const [[low, high], [from, to]] = [reach(inner), [outer.range.low ?? -Infinity, outer.range.high ?? Infinity]];
        return low >= from && high <= to;
      }));
      expect(broken(Object.fromEntries(chain.map(({ name, range }) => [name, range]))).length === 0).toBe(sound);
    }), { numRuns: 10_000 });
  });
  it("may leave an end open that the absolute range closes", () => expect(broken({ normal: open(95), absolute: open(0, 100) })).toEqual([]));
  it("say what to change", () => expect(limitFaults({ validated: open(1, 2), action: open(1, 3) })[0]?.sentence).toBe("Action reaches beyond proven acceptable. Each range must lie within the wider one."));
});

describe("limits of a site (REQ-57, ISA-88)", () => {
  const master: Limits = { normal: open(6.85, 7.15), action: open(6.8, 7.2) };
  it.each<[string, Limits, boolean]>([
    ["the master's own", master, true], ["narrower ones", { normal: open(6.9, 7.1), action: open(6.85, 7.15) }, true], ["wider ones above", { normal: open(6.85, 7.16), action: open(6.8, 7.2) }, false], ["wider ones below", { normal: open(6.84, 7.15), action: open(6.8, 7.2) }, false],
    ["a missing range", { normal: open(6.85, 7.15) }, false], ["an end left open", { normal: open(6.85), action: open(6.8, 7.2) }, false], ["a range more", { ...master, absolute: open(0, 14) }, true],
  ])("%s: %s", (_, own, may) => expect(narrows(own, master)).toBe(may));
  it("are never wider than what they narrow, however often that is done", () => {
    fc.assert(fc.property(nested, nested, nested, (a, b, c) => { if (narrows(b, a) && narrows(c, b)) expect(narrows(c, a)).toBe(true); }));
    fc.assert(fc.property(nested, fc.double({ min: 0.5, max: 3, noNaN: true }), (limits, share) => {
      const scaled = Object.fromEntries(names.map((name) => [name, { low: limits.target - (limits.target - (limits[name].low ?? 0)) * share, high: limits.target + ((limits[name].high ?? 0) - limits.target) * share }]));
      if (share > 1.0001 && (limits.absolute.high ?? 0) - limits.target > 0.01) expect(narrows(scaled, limits)).toBe(false);
    }));
  });
});

describe("a decimal slip", () => {
  it.each<[number, Range, boolean]>([[72, open(6.8, 7.2), true], [0.7, open(6.8, 7.2), true], [700, open(6.8, 7.2), true], [7, open(6.8, 7.2), false], [7.5, open(6.8, 7.2), false], [0, open(6.8, 7.2), false], [1200, open(1140, 1260), false], [120, open(1140, 1260), true], [-0.7, open(6.8, 7.2), false]])("%d where %j is expected: %s", (value, expected, slip) => expect(decimalSlip(value, expected)).toBe(slip));
});
