import { describe, expect, it } from "vitest";
import type { BatchScript, ContaminantKind, ScriptedEvent } from "#lib/simulator/batch-script.ts";
import { feedAdditions, runBatch, visiblyLostAt } from "#lib/simulator/run-batch.ts";
import { trueValue } from "#lib/simulator/trace.ts";

const script = (...events: readonly ScriptedEvent[]): BatchScript => ({ seed: 11, site: "basel", scaleL: 2000, durationH: 336, events });

const contaminated = (kind: ContaminantKind, doublingH: number): BatchScript =>
  script({ type: "contamination", onsetH: 150, kind, cellsPerMl: 1, doublingH });

describe("a simulated batch", () => {
  const clean = runBatch(script());

  it("is the same for the same script and differs with the seed", () => {
    expect(runBatch(script()).trace).toEqual(clean.trace);
    expect(runBatch({ ...script(), seed: 12 }).trace.titer.at(-1)).not.toBe(clean.trace.titer.at(-1));
  });

  it("holds its parameters inside their proven ranges and ends with 4 to 8 g/L", () => {
    // The thin broth of the first hours needs less oxygen than the least gas supplies.
    for (let ageH = 12; ageH <= 336; ageH += 0.25) {
      expect(Math.abs(trueValue(clean.trace, "dissolvedOxygen", ageH) - 40), `oxygen at ${ageH} h`).toBeLessThan(20);
      expect(Math.abs(trueValue(clean.trace, "ph", ageH) - 7), `pH at ${ageH} h`).toBeLessThan(0.15);
    }
    expect(clean.trace.titer.at(-1)).toBeGreaterThan(4);
    expect(clean.trace.titer.at(-1)).toBeLessThan(8);
    expect(visiblyLostAt(clean)).toBeNull();
  });

  it("feeds A and B daily from day 3, and a bolus that was not planned", () => {
    const feeds = feedAdditions(runBatch(script({ type: "feed-bolus", atH: 200, litres: 40 })));
    expect(feeds.filter((feed) => feed.plannedLitres > 0)).toHaveLength(22);
    expect(feeds.find((feed) => feed.plannedLitres === 0)).toEqual({ atH: 200, feed: "A", litres: 40, plannedLitres: 0 });
    for (const feed of feeds.slice(0, 10)) expect(feed.litres / feed.plannedLitres).toBeCloseTo(1, 1);
  });

  it.each([["fast-gram-negative", 0.5], ["slow-gram-positive", 2], ["yeast", 2.5]] as const)(
    "spends more oxygen on %s before dissolved oxygen falls", (kind, doublingH) => {
      const run = runBatch(contaminated(kind, doublingH));
      const lostAt = visiblyLostAt(run) ?? Infinity;
      expect(lostAt).toBeLessThan(336);
      const oxygenDoubledAt = Array.from({ length: 700 }, (_, quarter) => 150 + quarter / 4)
        .find((ageH) => trueValue(run.trace, "oxygenFlow", ageH) > 1.25 * trueValue(clean.trace, "oxygenFlow", ageH)) ?? Infinity;
      expect(oxygenDoubledAt).toBeLessThan(lostAt - 0.5);
      expect(trueValue(run.trace, "dissolvedOxygen", oxygenDoubledAt)).toBeGreaterThan(30);
    });

  it("shows hardly any of a contamination in the first ten hours", () => {
    const run = runBatch(contaminated("fast-gram-negative", 0.5));
    expect(trueValue(run.trace, "oxygenFlow", 158)).toBeCloseTo(trueValue(clean.trace, "oxygenFlow", 158), 1);
  });

  it("takes the pH out of its proven range when the base line is closed, and back", () => {
    const run = runBatch(script({ type: "ph-excursion", atH: 100, minutes: 35, lowestPh: 6.7 }));
    expect(trueValue(run.trace, "ph", 100.5)).toBeLessThan(6.75);
    expect(trueValue(run.trace, "ph", 101.5)).toBeGreaterThan(6.85);
  });

  it("fits a thousandth of the scale as well", () => {
    const small = runBatch({ ...script(), scaleL: 2 });
    expect(small.trace.viableCells.at(-1)).toBeCloseTo(clean.trace.viableCells.at(-1) ?? 0, 6);
  });
});
