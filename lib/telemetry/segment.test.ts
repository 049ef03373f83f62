import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonical } from "#lib/digest/digest.ts";
import { batchWindow, byDay, inSegmentOrder, listDigest, namesList, sealableUntil, segmentDigest, segmentText, segmentTextDigest, unitWindows, type BoundUnit, type Reading } from "./segment.ts";

const at = (text: string): Date => new Date(text);
const reading = (time: string, value = 37): Reading => ({ at: at(time), value, quality: "good", outOfRange: false });
const times = { issuedAt: at("2026-03-01T06:00:00Z"), inoculatedAt: at("2026-03-01T10:00:00Z"), harvestedAt: at("2026-03-15T08:00:00Z"), completedAt: at("2026-03-15T12:00:00Z"), abortedAt: null };

describe("sealed readings", () => {
  it("REQ-03 (21 CFR 11.10(c)) are cut at midnight UTC, none lost, none in two days", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 * 86_400_000 }), { maxLength: 60 }), (offsets) => {
      const readings = [...new Set(offsets)].sort((a, b) => a - b).map((ms) => reading(new Date(Date.parse("2026-03-01T00:00:00Z") + ms).toISOString()));
      const days = byDay(readings);
      expect([...days.values()].flat()).toEqual(readings);
      for (const [day, held] of days) for (const { at: time } of held) expect(time.toISOString().startsWith(day)).toBe(true);
    }));
  });
  it("REQ-03 (21 CFR 11.10(c)) have a list digest that does not depend on the order they were read in, but on every day, tag and digest", () => {
    const list = [["ph", "2026-03-02"], ["ph", "2026-03-01"], ["dissolved-oxygen", "2026-03-01"]].map(([tag = "", day = ""]) => ({ unitId: "BR-1", tag, day, digest: segmentDigest([reading(`${day}T01:00:00Z`)]) }));
    expect(inSegmentOrder(list).map((s) => `${s.tag} ${s.day}`)).toEqual(["dissolved-oxygen 2026-03-01", "ph 2026-03-01", "ph 2026-03-02"]);
    expect(listDigest([...list].reverse())).toBe(listDigest(list));
    const changed = list.map((_, i) => list.map((s, j) => (i === j ? { ...s, day: "2026-03-09" } : s)));
    const elsewhere = list.map((s, i) => (i === 0 ? { ...s, unitId: "BR-2" } : s));
    expect(new Set([list, ...changed, elsewhere, list.slice(1)].map(listDigest)).size).toBe(6);
    expect(inSegmentOrder(elsewhere).map((s) => s.unitId)).toEqual(["BR-1", "BR-1", "BR-2"]);
  });
  it("of one unit are also named by a list from before units stood in it; of several units they are not", () => {
    const list = ["2026-03-01", "2026-03-02"].map((day) => ({ unitId: "BR-1", tag: "ph", day, digest: segmentDigest([reading(`${day}T01:00:00Z`)]) }));
    const old = segmentTextDigest(canonical(list.map(({ tag, day, digest }) => [tag, day, digest])));
    expect([namesList(listDigest(list), list), namesList(old, list), namesList(old, list.slice(1))]).toEqual([true, true, false]);
    expect(namesList(old, list.map((s, i) => ({ ...s, unitId: `BR-${i}` })))).toBe(false);
    expect(namesList(old, [])).toBe(false);
  });
  it("write a value as the shortest decimal that is the same number", () => expect(segmentText([reading("2026-03-01T10:00:00Z", 0.1 + 0.2)])).toContain('"value":"0.30000000000000004"'));
});

describe("the time of a batch", () => {
  it("ends with the harvest of a finished one, and is open while it runs", () => {
    expect(batchWindow({ ...times, state: "complete" })).toEqual({ from: times.inoculatedAt, to: times.harvestedAt });
    expect(batchWindow({ ...times, state: "in_progress" })).toEqual({ from: times.inoculatedAt, to: null });
    expect(batchWindow({ ...times, harvestedAt: null, inoculatedAt: null, state: "released" })).toEqual({ from: times.issuedAt, to: times.completedAt });
    expect(batchWindow({ ...times, issuedAt: null, inoculatedAt: null, state: "planned" })).toBeUndefined();
  });
  it("of one that is issued has not begun, and of one that was aborted ends at the abort", () => {
    const abortedAt = at("2026-03-04T09:00:00Z");
    const unfinished = { ...times, harvestedAt: null, completedAt: null };
    expect(batchWindow({ ...unfinished, inoculatedAt: null, state: "issued" })).toBeUndefined();
    expect(batchWindow({ ...unfinished, state: "aborted", abortedAt })).toEqual({ from: times.inoculatedAt, to: abortedAt });
    expect(batchWindow({ ...unfinished, inoculatedAt: null, state: "aborted", abortedAt })).toBeUndefined();
    expect(batchWindow({ ...unfinished, state: "aborted" })).toBeUndefined();
  });
  it("lets a running one be sealed to the end of the day before yesterday, a finished one to its end", () => {
    expect(sealableUntil({ to: null }, at("2026-03-05T09:30:00Z"))).toEqual(at("2026-03-03T23:59:59.999Z"));
    expect(sealableUntil({ to: times.harvestedAt }, at("2026-04-01T00:00:00Z"))).toEqual(times.harvestedAt);
  });
});

describe("whose readings are a batch's", () => {
  const batch = { ...times, state: "complete", unitId: "BR-1", equipmentClass: "bioreactor" };
  const use = (unitId: string, equipmentClass: string, from: string, to: string | null): BoundUnit => ({ unitId, equipmentClass, boundAt: at(from), releasedAt: to === null ? null : at(to) });
  const told = (bound: readonly BoundUnit[], change: Partial<Parameters<typeof unitWindows>[0]> = {}) => unitWindows({ ...batch, ...change }, bound).map(({ unitId, from, to }) => [unitId, from.toISOString().slice(0, 13), to?.toISOString().slice(0, 13) ?? null]);

  it("are those of the unit it was issued for, where nothing was bound", () => {
    expect(told([])).toEqual([["BR-1", "2026-03-01T10", "2026-03-15T08"]]);
  });
  it("are those of every unit while it was bound; of the issued one only while it was, too", () => {
    expect(told([use("BR-1", "bioreactor", "2026-03-01T12:00:00Z", "2026-03-14T08:00:00Z"), use("CF-1", "centrifuge", "2026-03-14T06:00:00Z", "2026-03-14T10:00:00Z")]))
      .toEqual([["BR-1", "2026-03-01T12", "2026-03-14T08"], ["CF-1", "2026-03-14T06", "2026-03-14T10"]]);
  });
  it("are not those of the issued unit when another of its class was bound in its place", () => {
    expect(told([use("BR-2", "bioreactor", "2026-03-01T12:00:00Z", "2026-03-14T08:00:00Z")])).toEqual([["BR-2", "2026-03-01T12", "2026-03-14T08"]]);
  });
  it("are those of the issued unit over the whole time when only units of other classes were bound", () => {
    expect(told([use("CF-1", "centrifuge", "2026-03-14T06:00:00Z", null)])).toEqual([["BR-1", "2026-03-01T10", "2026-03-15T08"], ["CF-1", "2026-03-14T06", "2026-03-15T08"]]);
  });
  it("end at the abort, whatever was released later, and are none where nothing was started", () => {
    const aborted = { state: "aborted", abortedAt: at("2026-03-04T09:00:00Z"), harvestedAt: null, completedAt: null };
    expect(told([use("BR-1", "bioreactor", "2026-03-01T12:00:00Z", "2026-03-05T08:00:00Z"), use("CF-1", "centrifuge", "2026-03-04T10:00:00Z", null)], aborted)).toEqual([["BR-1", "2026-03-01T12", "2026-03-04T09"]]);
  });
  it("are open while the batch runs and the unit is bound; windows that touch are one", () => {
    const runs = [use("BR-1", "bioreactor", "2026-03-01T12:00:00Z", "2026-03-02T08:00:00Z"), use("BR-1", "bioreactor", "2026-03-02T08:00:00Z", null), use("CF-1", "centrifuge", "2026-03-02T06:00:00Z", "2026-03-02T07:00:00Z"), use("CF-1", "centrifuge", "2026-03-03T06:00:00Z", "2026-03-03T07:00:00Z")];
    expect(told(runs, { state: "in_progress" })).toEqual([["BR-1", "2026-03-01T12", null], ["CF-1", "2026-03-02T06", "2026-03-02T07"], ["CF-1", "2026-03-03T06", "2026-03-03T07"]]);
    expect(told([], { state: "issued" })).toEqual([]);
  });
});
