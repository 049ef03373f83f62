import { describe, expect, it } from "vitest";
import { cohortScripts, lookAlikeTypes } from "#lib/simulator/cohort.ts";
import { quarterHours, rawRow } from "#lib/simulator/quarter-hours.ts";
import { perceptibleAt, runBatch, visiblyLostAt } from "#lib/simulator/run-batch.ts";

describe("a set of scripted batches", () => {
  it("has every look-alike among clean batches, and no contamination", () => {
    const scripts = cohortScripts({ firstSeed: 100, count: 24, contaminated: false });
    const types = new Set(scripts.flatMap((script) => script.events.map((event) => event.type)));
    expect([...types].sort()).toEqual([...lookAlikeTypes].sort());
  });

  it("is the same whenever it is drawn, and shares no seed with a set that starts beyond it", () => {
    expect(cohortScripts({ firstSeed: 5, count: 3, contaminated: true })).toEqual(cohortScripts({ firstSeed: 5, count: 3, contaminated: true }));
    expect(cohortScripts({ firstSeed: 5, count: 3, contaminated: true }).map((script) => script.seed)).toEqual([5, 6, 7]);
  });

  it("lets every contamination become perceptible, later visible, before harvest", () => {
    for (const script of cohortScripts({ firstSeed: 300, count: 6, contaminated: true })) {
      const run = runBatch(script), onset = script.events.find((event) => event.type === "contamination")?.onsetH ?? NaN;
      expect(perceptibleAt(run)).toBeGreaterThan(onset);
      expect(visiblyLostAt(run)).toBeGreaterThan(perceptibleAt(run) ?? Infinity);
    }
  });

  it("comes on the quarter-hour grid, with gaps where nothing arrived", () => {
    const run = runBatch({ seed: 1, site: "basel", scaleL: 2000, durationH: 336, events: [{ type: "outage", fromH: 100, minutes: 40 }] });
    const series = quarterHours(run);
    expect(series.ph).toHaveLength(1345);
    expect(series.ph.filter((value) => value === null)).toHaveLength(3);
    expect(rawRow(series, 401)).toBeNull();
    expect(rawRow(series, 10)).toHaveLength(12);
  });
});
