import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rangeNames, zoneOf, type Limits, type Range } from "#lib/quantity/limit.ts";
import { smallMaster } from "#tests/small-master.ts";
import { masterRecord } from "./master-record.ts";
import { applyOverlay, keptOut, overlayWords, overlayFaults, siteOverlay, tightens, type SiteOverlay } from "./overlay.ts";

const master = masterRecord.parse(smallMaster);
const overlay = (change: Partial<SiteOverlay> = {}): SiteOverlay => siteOverlay.parse({ format: "EBROVL/1", siteId: "basel", masterId: master.id, masterVersion: master.version, version: 1, limits: [], units: [], ...change });
const first = master.parameters.find((p) => p.limits.normal?.low !== undefined && p.limits.normal.high !== undefined);
if (!first) throw new TypeError("the small master has no parameter with a closed normal range");

const end = fc.option(fc.integer({ min: -20, max: 20 }), { nil: undefined });
const range: fc.Arbitrary<Range> = fc.tuple(end, end).map(([low, high]) => ({ ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }));
const limits: fc.Arbitrary<Limits> = fc.record(Object.fromEntries(rangeNames.map((name) => [name, range])), { requiredKeys: [] });
const severity = { normal: 0, alert: 1, action: 2, outside: 3, beyond: 4 } as const;
const ascending = fc.array(fc.nat(20), { minLength: rangeNames.length, maxLength: rangeNames.length }).map((ends) => ends.toSorted((a, b) => b - a));
/** Nested limits around zero of some of the ranges, and others that lie within them. */
const pair = fc.tuple(fc.subarray([...rangeNames], { minLength: 1 }), ascending, ascending, ascending, ascending).map(([names, low, high, nearLow, nearHigh]): readonly [Limits, Limits] => {
  const built = (ends: (i: number) => Range): Limits => Object.fromEntries(names.map((name, i) => [name, ends(i)]));
  const near = (far: readonly number[], other: readonly number[], i: number) => Math.min(far[i] ?? 0, other[i] ?? 0);
  return [built((i) => ({ low: -(low[i] ?? 0), high: high[i] ?? 0 })), built((i) => ({ low: -near(low, nearLow, i), high: near(high, nearHigh, i) }))];
});

describe("REQ-35 a site's overlay narrows a master and never widens it", () => {
  it("judges every value at least as strictly as the master does", () => {
    let narrowed = 0;
    fc.assert(fc.property(pair, fc.integer({ min: -25, max: 25 }), ([theirs, own], value) => {
      if (!tightens(own, theirs)) return;
      narrowed += 1;
      expect(severity[zoneOf(value, own)]).toBeGreaterThanOrEqual(severity[zoneOf(value, theirs)]);
    }), { numRuns: 10_000 });
    expect(narrowed).toBeGreaterThan(9_000);
  });

  it("takes limits that forgive a value the master does not for wider, whatever ranges they name", () => {
    fc.assert(fc.property(limits, limits, fc.integer({ min: -25, max: 25 }), (own, theirs, value) => {
      fc.pre(severity[zoneOf(value, own)] < severity[zoneOf(value, theirs)]);
      expect(tightens(own, theirs)).toBe(false);
    }), { numRuns: 10_000 });
  });

  it("changes the limits it names and nothing else", () => {
    const { low = 0, high = 0 } = first.limits.normal ?? {};
    const own = { ...first.limits, normal: { low, high: (low + high) / 2 }, target: low };
    const applied = applyOverlay(master, overlay({ limits: [{ parameter: first.id, limits: own }] }));
    expect(applied).toEqual({ ok: true, value: { ...master, parameters: master.parameters.map((p) => (p.id === first.id ? { ...p, limits: own } : p)) } });
    expect(applyOverlay(master, overlay())).toEqual({ ok: true, value: master });
  });

  it("keeps every unit but the named one from standing for an equipment, and none where it names none", () => {
    const vessel = { id: "vessel", name: "Mixing vessel" };
    const named = overlay({ units: [{ equipment: "vessel", unitId: "V-1" }, { equipment: "pump", unitId: "P-1" }] });
    expect(keptOut(named, vessel, "V-1")).toBeUndefined();
    expect(keptOut(named, vessel, "V-2")).toBe("This site uses V-1 for Mixing vessel, as its overlay of the master says. Bind that unit.");
    expect(keptOut(named, vessel, "P-1")).toBeDefined();
    expect(keptOut(named, { id: "filter", name: "Filter" }, "F-9")).toBeUndefined();
  });

  it("says what it does in a sentence for who issues a batch", () => {
    const record = { parameters: [first, { ...first, id: "other", name: "Other" }], equipment: [{ id: "vessel", name: "Vessel", equipmentClass: "v", clean: true, calibrated: true }] };
    const own = { parameter: first.id, limits: first.limits };
    expect(overlayWords(overlay({ limits: [own, { ...own, parameter: "other" }], units: [{ equipment: "vessel", unitId: "V-1" }] }), record)).toBe(`narrows ${first.name} and Other; uses V-1 for Vessel`);
    expect(overlayWords(overlay({ limits: [own] }), record)).toBe(`narrows ${first.name}`);
    expect(overlayWords(overlay(), record)).toBe("changes nothing");
  });

  it("is refused with the place and the reason where it widens, adds, leaves out or names what is not there", () => {
    const { normal } = first.limits;
    const sentences = (change: Partial<SiteOverlay>) => overlayFaults(overlay(change), master, [{ id: "V-1", equipmentClass: "of another class" }]).map((fault) => `${fault.part}: ${fault.sentence}`);
    expect(sentences({ limits: [{ parameter: first.id, limits: { ...first.limits, normal: { ...normal, high: (normal?.high ?? 0) + 1 } } }] })[0]).toBe(`${first.id}: Normal reaches beyond the master's. A site may narrow a range, never widen it.`);
    expect(sentences({ limits: [{ parameter: first.id, limits: { target: 1 } }] })[0]).toContain("a site leaves none out");
    expect(sentences({ limits: [{ parameter: "nothing", limits: {} }] })).toEqual(["nothing: The master has no such parameter."]);
    expect(sentences({ units: [{ equipment: master.equipment[0]?.id ?? "", unitId: "V-1" }] })[0]).toContain("is no unit of the class");
    expect(sentences({ limits: [first, first].map((p) => ({ parameter: p.id, limits: p.limits })) })).toEqual([`${first.id}: It is named twice.`]);
    expect(sentences({ masterVersion: master.version + 1 })[0]).toContain("not over");
    expect(applyOverlay(master, overlay({ masterVersion: master.version + 1 })).ok).toBe(false);
  });
});
