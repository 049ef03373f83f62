import { stepH } from "#lib/process/cho-culture.ts";
import { feedTimes } from "#lib/process/fed-batch.ts";
import type { BatchScript, Contamination } from "#lib/simulator/batch-script.ts";
import { contaminantTraits } from "#lib/simulator/contaminant.ts";
import { drawPlant } from "#lib/simulator/plant.ts";
import type { Plant } from "#lib/simulator/plant.ts";
import { emptyTrace, traceNames, traceRow, trueValue } from "#lib/simulator/trace.ts";
import type { Trace } from "#lib/simulator/trace.ts";
import { advanceVessel, startVessel } from "#lib/simulator/vessel.ts";

/** A simulated batch: the script, what chance made of it, and the truth over time. Sensors and samples are read from it. */
export type BatchRun = { readonly script: BatchScript; readonly plant: Plant; readonly trace: Trace };

/**
 * Simulates the whole batch, deterministic in the script (about 40 ms for 14 days). Of several contaminations only the
 * first is simulated.
 */
export function runBatch(script: BatchScript): BatchRun {
  const plant = drawPlant(script);
  const contamination = script.events.find((event): event is Contamination => event.type === "contamination");
  const setting = { script, plant, contamination };
  const trace = emptyTrace(script), rows = trace.ph.length;
  let vessel = startVessel(setting);
  for (let row = 0; row < rows; row++) {
    const values = traceRow(vessel, setting);
    for (const name of traceNames) trace[name][row] = values[name];
    vessel = advanceVessel(vessel, setting, row * stepH);
  }
  return { script, plant, trace };
}

/** One addition of feed; litres delivered and planned (0 for a bolus that the recipe does not know). */
export type FeedAddition = { readonly atH: number; readonly feed: "A" | "B"; readonly litres: number; readonly plannedLitres: number };

/** Feed B, the alkaline amino acids, is a tenth of the daily feed; the model sees the mixture. */
const shareOfB = 0.1;

/** All feed additions, oldest first: A and B daily from day 3, and scripted boluses. `atH`: start of pumping. */
export function feedAdditions(run: BatchRun): readonly FeedAddition[] {
  const daily = feedTimes(run.plant.plan).flatMap((atH, day): FeedAddition[] => {
    const planned = run.plant.plan.feedShare * trueValue(run.trace, "volume", atH);
    const litres = planned * (run.plant.feedFactors[day] ?? 1);
    return [
      { atH, feed: "A", litres: litres * (1 - shareOfB), plannedLitres: planned * (1 - shareOfB) },
      { atH, feed: "B", litres: litres * shareOfB, plannedLitres: planned * shareOfB },
    ];
  });
  const boluses = run.script.events.flatMap((event): FeedAddition[] =>
    event.type === "feed-bolus" ? [{ atH: event.atH, feed: "A", litres: event.litres, plannedLitres: 0 }] : []);
  return [...daily, ...boluses].sort((a, b) => a.atH - b.atH);
}

/** Age (h) at which anyone can see that the contaminated culture is lost: true oxygen below 20 % or pH below 6.75 for half an hour; null if never. */
export function visiblyLostAt(run: BatchRun): number | null {
  const contamination = run.script.events.find((event) => event.type === "contamination");
  if (!contamination) return null;
  const needed = Math.round(0.5 / stepH);
  let outside = 0;
  for (let row = Math.ceil(contamination.onsetH / stepH); row < run.trace.ph.length; row++) {
    outside = (run.trace.dissolvedOxygen[row] ?? 40) < 20 || (run.trace.ph[row] ?? 7) < 6.75 ? outside + 1 : 0;
    if (outside >= needed) return row * stepH;
  }
  return null;
}

/** Age (h) at which the organism takes 1 % of the vessel's oxygen: before it, no instrument can know of it; null if never or clean. */
export function perceptibleAt(run: BatchRun): number | null {
  const contamination = run.script.events.find((event) => event.type === "contamination");
  if (!contamination) return null;
  const { oxygenUptake } = contaminantTraits[contamination.kind];
  const row = run.trace.foreignMass.findIndex((grams, index) => oxygenUptake * grams > 0.01 * (run.trace.oxygenUptake[index] ?? Infinity));
  return row < 0 ? null : row * stepH;
}
