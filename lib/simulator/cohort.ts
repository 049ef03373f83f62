import type { ProductionSite } from "#lib/process/cho-parameters.ts";
import type { BatchScript, Contamination, ContaminantKind, LookAlike, ScriptedEvent } from "#lib/simulator/batch-script.ts";
import { mulberry32 } from "#lib/simulator/random.ts";

export const contaminantKinds: readonly ContaminantKind[] = ["fast-gram-negative", "slow-gram-positive", "yeast"];

export const lookAlikeTypes: readonly LookAlike["type"][] = [
  "feed-bolus", "temperature-shift", "do-probe-fouling", "ph-probe-drift", "recalibration-step", "base-pump-failure",
  "sparger-blockage", "antifoam-shot", "sample-error", "power-dip", "ph-excursion", "outage",
];

const sites: readonly ProductionSite[] = ["basel", "raleigh", "singapore"];

/** Draws uniformly between two numbers, or in their logarithm. */
type Draw = { readonly between: (low: number, high: number) => number; readonly logBetween: (low: number, high: number) => number };

function drawing(random: () => number): Draw {
  const between = (low: number, high: number) => low + (high - low) * random();
  return { between, logBetween: (low, high) => Math.exp(between(Math.log(low), Math.log(high))) };
}

/** A look-alike of ordinary severity at a random time after the first window. */
export function drawLookAlike(type: LookAlike["type"], { between }: Draw): LookAlike {
  const atH = between(30, 310);
  switch (type) {
    case "feed-bolus": return { type, atH: Math.max(72, atH), litres: between(20, 70) };
    case "temperature-shift": return { type, atH, to: between(34, 37.3), forH: between(1, 12) };
    case "do-probe-fouling": return { type, fromH: atH, gainLossPerDay: between(0.01, 0.05) };
    case "ph-probe-drift": return { type, fromH: atH, perDay: between(-0.05, 0.05) };
    case "recalibration-step": {
      const probe = between(0, 1) < 0.5 ? "ph" : "dissolved-oxygen";
      return { type, atH, probe, step: (between(0, 1) < 0.5 ? -1 : 1) * (probe === "ph" ? between(0.04, 0.1) : between(2, 8)) };
    }
    case "base-pump-failure": return { type, fromH: atH, toH: atH + between(1, 8) };
    case "sparger-blockage": return { type, fromH: atH, toH: atH + between(4, 48), kLaFactor: between(0.65, 0.9) };
    case "antifoam-shot": return { type, atH, ppm: between(10, 30) };
    case "sample-error": return { type, atH, tag: "glucose", factor: between(0, 1) < 0.5 ? 0.1 : 10 };
    case "power-dip": return { type, atH, minutes: between(1, 10) };
    case "ph-excursion": return { type, atH, minutes: between(15, 60), lowestPh: between(6.6, 6.8) };
    case "outage": return { type, fromH: atH, minutes: between(5, 60) };
  }
}

/** Onset leaves every kind time to become visible before harvest: at 1 per litre and 2.5 h that takes about 90 h. */
export function drawContamination(kind: ContaminantKind, { between, logBetween }: Draw): Contamination {
  const doubling = { "fast-gram-negative": [0.5, 1], "slow-gram-positive": [1.5, 2.5], yeast: [2, 3] }[kind];
  return { type: "contamination", kind, onsetH: between(24, 220), cellsPerMl: logBetween(1e-3, 1), doublingH: between(doubling[0] ?? 1, doubling[1] ?? 1) };
}

/** Which batches to draw. `firstSeed` keeps sets apart: no seed is in two sets. */
export type Cohort = { readonly firstSeed: number; readonly count: number; readonly contaminated: boolean };

/**
 * The scripts of a set of batches. A clean batch has one to three look-alikes (the first by turns, so that each type is
 * equally frequent); a contaminated one has a contamination, kinds by turns, and in half of the batches a look-alike as well.
 */
export function cohortScripts({ firstSeed, count, contaminated }: Cohort): readonly BatchScript[] {
  return Array.from({ length: count }, (_, index): BatchScript => {
    const seed = firstSeed + index, random = mulberry32(Math.imul(seed, 0x9e3779b1)), draw = drawing(random);
    const anyType = () => lookAlikeTypes[Math.floor(random() * lookAlikeTypes.length)] ?? "outage";
    const extra = contaminated ? Math.floor(random() * 2) : Math.floor(random() * 3);
    const first: ScriptedEvent = contaminated
      ? drawContamination(contaminantKinds[index % contaminantKinds.length] ?? "yeast", draw)
      : drawLookAlike(lookAlikeTypes[index % lookAlikeTypes.length] ?? "outage", draw);
    const others = Array.from({ length: extra }, () => drawLookAlike(anyType(), draw));
    return { seed, site: sites[Math.floor(random() * sites.length)] ?? "basel", scaleL: 2000, durationH: 336, events: [first, ...others] };
  });
}
