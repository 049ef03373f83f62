import { describe, expect, it } from "vitest";
import type { Block } from "#lib/document/model.ts";
import { segmentDigest, type Segment } from "./segment.ts";
import { timeTicks, trendFigure } from "./trend.ts";

const segment: Segment = {
  unitId: "BR-2001", tag: "dissolved-oxygen", name: "Dissolved oxygen", unit: "% sat", precision: 1, from: new Date("2026-03-01T09:00:00Z"), to: new Date("2026-03-01T13:00:00Z"),
  readings: Array.from({ length: 241 }, (_, i) => ({ at: new Date(Date.parse("2026-03-01T09:00:00Z") + i * 60_000), value: i > 118 && i < 124 ? 17.4 : 40, quality: i === 200 ? "bad" : "good", outOfRange: false }) as const),
};
const figure = (): Extract<Block, { kind: "figure" }> => {
  const made = trendFigure({ id: "EX-02", segment, limits: { normal: { low: 30, high: 60 }, action: { low: 20, high: 80 } }, window: { from: new Date("2026-03-01T10:59:00Z"), to: new Date("2026-03-01T11:04:00Z") }, aside: "", timeZone: "Europe/Zurich" });
  if (made.kind !== "figure") throw new Error("not a figure");
  return made;
};

describe("ticks of a time axis", () => {
  it("stand at round local times and carry their zone", () => expect(timeTicks(new Date("2026-03-01T09:10:00Z"), new Date("2026-03-01T12:10:00Z"), "Europe/Zurich", 8).map((t) => t.label)).toEqual(["10:30 CET", "11:00 CET", "11:30 CET", "12:00 CET", "12:30 CET", "13:00 CET"]));
  it("name the zone that holds at each of them when the clock changes (REQ-7, PI 041 9.8)", () => {
    const labels = timeTicks(new Date("2026-03-28T23:30:00Z"), new Date("2026-03-29T03:30:00Z"), "Europe/Zurich", 6).map((t) => t.label);
    expect(labels).toEqual(["01:00 CET", "03:00 CEST", "04:00 CEST", "05:00 CEST"]);
  });
  it("suit a zone half an hour off", () => expect(timeTicks(new Date("2026-03-01T09:10:00Z"), new Date("2026-03-01T11:10:00Z"), "Asia/Kolkata", 4)[0]).toMatchObject({ at: Date.parse("2026-03-01T09:30:00Z") }));
});

describe("the figure of an exception", () => {
  it("says unit, span, number of values and the digest of what it shows", () => {
    const caption = figure().caption.runs.map((run) => run.text).join("");
    for (const wanted of ["BR-2001", "% sat", "241 values, 1 not good and not drawn", segmentDigest(segment.readings)]) expect(caption).toContain(wanted);
  });
  it("draws the limits that lie near the values, and leaves a gap where a value is not good", () => {
    const [panel] = figure().panels;
    expect(panel?.limits.map((l) => l.label)).toEqual(["normal 30.0", "action 20.0"]);
    expect(panel?.stretches.flat()).toHaveLength(240);
  });
});
