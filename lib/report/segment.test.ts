import { describe, expect, it } from "vitest";
import { segmentDigest, segmentText, stretches, type Reading } from "./segment.ts";

const minute = 60_000;
const start = Date.parse("2026-03-01T10:00:00Z");
const reading = (minutes: number, value = 40, rest: Partial<Reading> = {}): Reading => ({ at: new Date(start + minutes * minute), value, quality: "good", outOfRange: false, ...rest });

describe("a segment", () => {
  it("is one line where values follow each other", () => expect(stretches([0, 1, 2, 3].map((m) => reading(m))).map((s) => s.length)).toEqual([4]));
  it("shows a gap as a gap", () => expect(stretches([0, 1, 2, 20, 21, 22].map((m) => reading(m))).map((s) => s.length)).toEqual([3, 3]));
  it("does not draw a line across values that are not good", () => {
    const bad = [3, 4, 5, 6].map((m) => reading(m, 40, { quality: "bad" }));
    expect(stretches([...[0, 1, 2].map((m) => reading(m)), ...bad, ...[7, 8].map((m) => reading(m))]).map((s) => s.length)).toEqual([3, 2]);
  });
  it("leaves out what the instrument cannot measure", () => expect(stretches([reading(0), reading(1, 900, { outOfRange: true }), reading(2)]).flat()).toHaveLength(2));
  it("shows a value alone, and none at all", () => expect([stretches([reading(0)]).length, stretches([]).length]).toEqual([1, 0]));
  it("has a digest over time, value and quality that any change breaks", () => {
    const readings = [reading(0, 40.25), reading(1)];
    expect(segmentText([reading(0, 40.25)])).toBe('[{"at":"2026-03-01T10:00:00.000Z","outOfRange":false,"quality":"good","value":"40.25"}]');
    const digests = [readings, [reading(0, 40.2), reading(1)], [reading(0, 40.25)], [reading(0, 40.25), reading(1, 40, { quality: "bad" })]].map(segmentDigest);
    expect(new Set(digests).size).toBe(4);
  });
});
