import type { BatchRun } from "#lib/simulator/run-batch.ts";
import { normalAt, uniformAt } from "#lib/simulator/random.ts";
import { trueValue } from "#lib/simulator/trace.ts";
import type { Trace } from "#lib/simulator/trace.ts";

export const offlineTags = ["viable-cell-density", "viability", "glucose", "lactate", "ammonium", "pco2", "osmolality", "titer"] as const;
export type OfflineTag = (typeof offlineTags)[number];

/** A laboratory result; ages in hours after inoculation. */
export type OfflineResult = { readonly tag: OfflineTag; readonly sampledAtH: number; readonly reportedAtH: number; readonly value: number; readonly unit: string };

/** Repeatability (absolute, and as a share of the value; E.1) and the usual hours from sample to result. */
type Assay = { readonly unit: string; readonly noise: number; readonly relativeNoise: number; readonly delayH: number; readonly decimals: number };

const assays: Readonly<Record<OfflineTag, Assay>> = {
  "viable-cell-density": { unit: "10⁶/mL", noise: 0, relativeNoise: 0.06, delayH: 0.6, decimals: 2 },
  viability: { unit: "%", noise: 1, relativeNoise: 0, delayH: 0.6, decimals: 1 },
  glucose: { unit: "g/L", noise: 0.02, relativeNoise: 0.035, delayH: 0.4, decimals: 2 },
  lactate: { unit: "g/L", noise: 0.02, relativeNoise: 0.035, delayH: 0.4, decimals: 2 },
  ammonium: { unit: "mmol/L", noise: 0.05, relativeNoise: 0.04, delayH: 0.4, decimals: 2 },
  pco2: { unit: "mmHg", noise: 1, relativeNoise: 0.03, delayH: 0.2, decimals: 0 },
  osmolality: { unit: "mOsm/kg", noise: 2, relativeNoise: 0, delayH: 0.8, decimals: 0 },
  titer: { unit: "g/L", noise: 0.01, relativeNoise: 0.03, delayH: 20, decimals: 2 },
};

/** One result in 25 is entered hours late (E.3). */
const lateShare = 0.04;

function truth(trace: Trace, tag: OfflineTag, ageH: number): number {
  switch (tag) {
    case "viable-cell-density": return trueValue(trace, "viableCells", ageH);
    case "viability": {
      const viable = trueValue(trace, "viableCells", ageH);
      return (100 * viable) / (viable + trueValue(trace, "deadCells", ageH));
    }
    case "glucose": case "lactate": case "ammonium": case "pco2": case "osmolality": case "titer": return trueValue(trace, tag, ageH);
  }
}

/** What the analyst's mistake multiplies this result by, 1 = none. */
function mistake(run: BatchRun, tag: OfflineTag, day: number): number {
  const sampleTimes = run.plant.sampleTimes;
  return run.script.events.reduce((factor, event) => {
    if (event.type !== "sample-error" || event.tag !== tag) return factor;
    return sampleTimes.findIndex((ageH) => ageH >= event.atH) === day ? factor * event.factor : factor;
  }, 1);
}

function measure(run: BatchRun, tag: OfflineTag, day: number): OfflineResult {
  const { unit, noise, relativeNoise, delayH, decimals } = assays[tag];
  const { seed } = run.script, stream = 300 + offlineTags.indexOf(tag), sampledAtH = run.plant.sampleTimes[day] ?? 0;
  const clean = truth(run.trace, tag, sampledAtH);
  const value = (clean + (noise + relativeNoise * clean) * normalAt(seed, stream, day)) * mistake(run, tag, day);
  const late = uniformAt(seed, stream + 50, day) < lateShare ? 6 + 8 * uniformAt(seed, stream + 60, day) : 0;
  const reportedAtH = sampledAtH + delayH * (0.8 + 0.6 * uniformAt(seed, stream + 70, day)) + late;
  const scale = 10 ** decimals, ceiling = tag === "viability" ? 100 : Infinity;
  return { tag, unit, sampledAtH, reportedAtH, value: Math.min(ceiling, Math.max(0, Math.round(value * scale) / scale)) };
}

/** Titer is measured from day 7 on every second day; the sample of day d is number d. */
const isMeasured = (tag: OfflineTag, day: number): boolean => tag !== "titer" || (day >= 7 && day % 2 === 1);

/** All laboratory results of the batch, ordered by when they are reported: at inoculation, then daily about 08:00 (first at about 22 h). */
export function offlineResults(run: BatchRun): readonly OfflineResult[] {
  const results = run.plant.sampleTimes.flatMap((_, day) => offlineTags.filter((tag) => isMeasured(tag, day)).map((tag) => measure(run, tag, day)));
  return results.sort((a, b) => a.reportedAtH - b.reportedAtH || a.tag.localeCompare(b.tag));
}
