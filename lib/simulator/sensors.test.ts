import { mean, standardDeviation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import type { BatchScript } from "#lib/simulator/batch-script.ts";
import { offlineResults } from "#lib/simulator/offline-results.ts";
import { runBatch } from "#lib/simulator/run-batch.ts";
import { onlineTags, readSensors } from "#lib/simulator/sensors.ts";
import type { OnlineTag } from "#lib/simulator/sensors.ts";

const script: BatchScript = {
  seed: 3, site: "singapore", scaleL: 2000, durationH: 336,
  events: [{ type: "outage", fromH: 50, minutes: 20 }, { type: "sample-error", atH: 100, tag: "glucose", factor: 10 },
    { type: "recalibration-step", atH: 200, probe: "dissolved-oxygen", step: 6 }],
};

describe("the sensors of a simulated vessel", () => {
  const run = runBatch(script);
  const value = (tag: OnlineTag, ageH: number) => readSensors(run, ageH).find((reading) => reading.tag === tag)?.value ?? NaN;

  it("give the same values whatever was asked before, also in a new run of the same script", () => {
    const hours = [300.1, 12.5, 77.77, 12.5, 0, 336];
    const forward = hours.map((ageH) => readSensors(run, ageH));
    const again = runBatch(script);
    expect([...hours].reverse().map((ageH) => readSensors(again, ageH)).reverse()).toEqual(forward);
  });

  it("read every tag, and nothing before inoculation, after harvest or in an outage", () => {
    expect(readSensors(run, 10).map((reading) => reading.tag)).toEqual([...onlineTags]);
    for (const ageH of [-0.1, 336.01, 50.1]) expect(readSensors(run, ageH)).toEqual([]);
  });

  it.each([["temperature", 0.03], ["dissolved-oxygen", 0.5], ["ph", 0.01]] as const)("scatter by the instrument's noise: %s by %d", (tag, noise) => {
    const differences = Array.from({ length: 300 }, (_, second) => value(tag, 250 + second / 720) - value(tag, 250 + (second + 1) / 720));
    expect(standardDeviation(differences) / Math.SQRT2).toBeGreaterThan(0.7 * noise);
    expect(standardDeviation(differences) / Math.SQRT2).toBeLessThan(1.3 * noise);
  });

  it("do not lean to one side", () => {
    const errors = Array.from({ length: 400 }, (_, second) => value("temperature", 20 + second / 100) - 36.5);
    expect(Math.abs(mean(errors))).toBeLessThan(0.01);
  });

  it("jump when a probe is recalibrated", () => {
    const around = Array.from({ length: 40 }, (_, second) => value("dissolved-oxygen", 199.9 + second * 0.005));
    expect(Math.max(...around) - value("dissolved-oxygen", 199.8)).toBeGreaterThan(3);
  });

  it("never take base back", () => {
    let last = 0;
    for (let ageH = 0; ageH < 336; ageH += 0.5) {
      const now = Number.isNaN(value("base-added", ageH)) ? last : value("base-added", ageH);
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
});

describe("the laboratory results of a simulated batch", () => {
  const results = offlineResults(runBatch(script));
  const of = (tag: string) => results.filter((result) => result.tag === tag).sort((a, b) => a.sampledAtH - b.sampledAtH);

  it("come daily about 08:00, are reported later, and in that order", () => {
    expect(of("glucose")).toHaveLength(15);
    for (const [day, result] of of("glucose").entries()) {
      if (day > 0) expect(Math.abs(result.sampledAtH - (24 * day - 2))).toBeLessThanOrEqual(40 / 60);
      expect(result.reportedAtH).toBeGreaterThan(result.sampledAtH);
    }
    expect(results.map((result) => result.reportedAtH)).toEqual(results.map((result) => result.reportedAtH).sort((a, b) => a - b));
  });

  it("have titer from day 7 every second day", () => {
    expect(of("titer").map((result) => Math.round((result.sampledAtH + 2) / 24))).toEqual([7, 9, 11, 13]);
  });

  it("carry the analyst's slip of the decimal point once", () => {
    expect(of("glucose").filter((result) => result.value > 15)).toHaveLength(1);
  });
});
