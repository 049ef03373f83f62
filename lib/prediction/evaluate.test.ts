import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alarmStarts, evaluateDetector, spread } from "#lib/prediction/evaluate.ts";
import type { ScoredBatch } from "#lib/prediction/evaluate.ts";
import { proportion } from "#lib/prediction/proportion.ts";
import { persistence, persistentScore, risk } from "#lib/prediction/risk.ts";
import { batchMaximum, extremeValueThreshold, fitTail, tailQuantile } from "#lib/prediction/threshold.ts";

describe("the persistence rule", () => {
  it.each([
    { scores: [0.1, 0.9, 0.9, 0.9], level: "alarm" },
    { scores: [0.9, 0.9, 0.1, 0.9], level: "alarm" },
    { scores: [0.9, 0.9, 0.9, 0.1], level: "alarm" },
    { scores: [0.9, 0.9, 0.1, 0.1], level: "normal" },
    { scores: [0.1, 0.1, 0.9, 0.9], level: "elevated" },
    { scores: [0.9, 0.9, 0.9, null], level: "not-evaluated" },
    { scores: [0.9, null, 0.9, 0.9], level: "alarm" },
    { scores: [0.9], level: "elevated" },
    { scores: [], level: "not-evaluated" },
  ])("takes $scores for $level", ({ scores, level }) => {
    expect(risk(scores, 0.8).level).toBe(level);
  });

  it("alarms exactly when the persistent score reaches the threshold", () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 8 }), fc.double({ min: 0, max: 1, noNaN: true }), (scores, threshold) => {
      expect(risk(scores, threshold).level === "alarm").toBe((persistentScore(scores) ?? -1) >= threshold);
    }));
  });
});

describe("an interval of a proportion", () => {
  it.each([
    { count: 0, of: 300, low: 0, high: 0.01222 }, { count: 59, of: 59, low: 0.93939, high: 1 },
    { count: 6, of: 300, low: 0.00738, high: 0.04303 }, { count: 5, of: 10, low: 0.18709, high: 0.81291 },
  ])("of $count of $of is the exact one", ({ count, of, low, high }) => {
    const { low95, high95 } = proportion(count, of);
    expect(low95).toBeCloseTo(low, 4);
    expect(high95).toBeCloseTo(high, 4);
  });
});

describe("the threshold", () => {
  it("finds the quantile of a tail it knows", () => {
    const exponential = Array.from({ length: 400 }, (_, index) => -Math.log((index + 0.5) / 400));
    expect(tailQuantile(fitTail(exponential), 0.01)).toBeCloseTo(-Math.log(0.01), 0);
    const bounded = Array.from({ length: 400 }, (_, index) => (index + 0.5) / 400);
    expect(tailQuantile(fitTail(bounded), 0.001)).toBeCloseTo(0.999, 2);
  });

  it("is never below what a clean batch has reached", () => {
    expect(extremeValueThreshold([...Array.from({ length: 40 }, (_, index) => 0.5 + index / 1000), 0.9], 0.2)).toBeGreaterThanOrEqual(0.9);
  });

  it("is met by a batch's maximum exactly", () => {
    const scores = [0.1, 0.7, 0.8, 0.6, 0.2, null, 0.9];
    const maximum = batchMaximum(scores, persistence);
    expect(maximum).toBe(0.6);
    expect(alarmStarts(scores, { threshold: 0.6, persistence })).toHaveLength(1);
    expect(alarmStarts(scores, { threshold: 0.601, persistence })).toHaveLength(0);
  });
});

describe("the evaluation of a detector", () => {
  const scores = (alarmAt: number | null) => Array.from({ length: 400 }, (_, quarter) => (alarmAt !== null && quarter >= alarmAt * 4 && quarter < alarmAt * 4 + 8 ? 0.9 : 0.1));
  const clean = (lookAlikes: readonly string[], alarmAt: number | null): ScoredBatch => ({ lookAlikes, contamination: null, scores: scores(alarmAt) });
  const contaminated = (alarmAt: number | null): ScoredBatch => ({
    lookAlikes: [], contamination: { kind: "yeast", onsetH: 40, perceptibleAtH: 50, visiblyLostAtH: 60 }, scores: scores(alarmAt),
  });
  const rule = { threshold: 0.5, persistence };

  it("counts events and batches, not windows", () => {
    const result = evaluateDetector([clean(["power-dip"], 30), clean(["power-dip", "outage"], null), contaminated(52), contaminated(70), contaminated(null)], rule);
    expect(result.recall).toMatchObject({ count: 2, of: 3 });
    expect(result.beforeVisiblyLost).toMatchObject({ count: 1, of: 3 });
    expect(result.cleanBatchesWithAlarm).toMatchObject({ count: 1, of: 2 });
    expect(result.perLookAlike["power-dip"]).toMatchObject({ count: 1, of: 2 });
    expect(result.perLookAlike.outage).toMatchObject({ count: 0, of: 1 });
    expect(result.hoursFromOnset).toMatchObject({ of: 2, min: 12.5, max: 30.5 });
  });

  it("does not credit an alarm before the organism could be perceived", () => {
    expect(evaluateDetector([clean([], null), contaminated(45)], rule).recall.count).toBe(0);
  });

  it("has no spread of nothing", () => {
    expect(spread([])).toBeNull();
  });
});
