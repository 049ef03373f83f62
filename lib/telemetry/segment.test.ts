import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchWindow, byDay, inSegmentOrder, listDigest, sealableUntil, segmentDigest, segmentText, type Reading } from "./segment.ts";

const at = (text: string): Date => new Date(text);
const reading = (time: string, value = 37): Reading => ({ at: at(time), value, quality: "good", outOfRange: false });
const times = { issuedAt: at("2026-03-01T06:00:00Z"), inoculatedAt: at("2026-03-01T10:00:00Z"), harvestedAt: at("2026-03-15T08:00:00Z"), completedAt: at("2026-03-15T12:00:00Z") };

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
    const list = [["ph", "2026-03-02"], ["ph", "2026-03-01"], ["dissolved-oxygen", "2026-03-01"]].map(([tag = "", day = ""]) => ({ tag, day, digest: segmentDigest([reading(`${day}T01:00:00Z`)]) }));
    expect(inSegmentOrder(list).map((s) => `${s.tag} ${s.day}`)).toEqual(["dissolved-oxygen 2026-03-01", "ph 2026-03-01", "ph 2026-03-02"]);
    expect(listDigest([...list].reverse())).toBe(listDigest(list));
    const changed = list.map((_, i) => list.map((s, j) => (i === j ? { ...s, day: "2026-03-09" } : s)));
    expect(new Set([list, ...changed, list.slice(1)].map(listDigest)).size).toBe(5);
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
  it("lets a running one be sealed to the end of the day before yesterday, a finished one to its end", () => {
    expect(sealableUntil({ to: null }, at("2026-03-05T09:30:00Z"))).toEqual(at("2026-03-03T23:59:59.999Z"));
    expect(sealableUntil({ to: times.harvestedAt }, at("2026-04-01T00:00:00Z"))).toEqual(times.harvestedAt);
  });
});
