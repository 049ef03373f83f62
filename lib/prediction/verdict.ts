import type { Performance, Spread } from "#lib/prediction/evaluate.ts";
import type { Proportion } from "#lib/prediction/proportion.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const hours = (spread: Spread | null): string => (spread === null ? "none" : `${spread.median.toFixed(1)} h`);

const within = (rate: number, { low95, high95 }: Proportion): boolean => rate >= low95 && rate <= high95;

/** Two proportions differ only when neither lies in the other's interval; one event more or less proves nothing. */
function rank(model: Proportion, rival: Proportion, better: "higher" | "lower"): string {
  if (within(model.rate, rival) || within(rival.rate, model)) return "not distinguishable";
  return (model.rate > rival.rate) === (better === "higher") ? "better" : "worse";
}

/** How the model did beside another detector on the same batches: better, worse or not distinguishable, with the counts. */
export function comparison(model: Performance, other: { readonly name: string; readonly metrics: Performance }): string {
  const rival = other.metrics;
  const inTime = rank(model.beforeVisiblyLost, rival.beforeVisiblyLost, "higher");
  const alarms = rank(model.cleanBatchesWithAlarm, rival.cleanBatchesWithAlarm, "lower");
  return `Against ${other.name}: ${inTime} at detecting in time (${model.beforeVisiblyLost.count} against ${rival.beforeVisiblyLost.count} of ${rival.beforeVisiblyLost.of} events), `
    + `${alarms} on clean batches with an alarm (${model.cleanBatchesWithAlarm.count} against ${rival.cleanBatchesWithAlarm.count} of ${rival.cleanBatchesWithAlarm.of}); `
    + `median time before visible loss ${hours(model.hoursBeforeVisiblyLost)} against ${hours(rival.hoursBeforeVisiblyLost)}.`;
}

/** What the numbers of batches allow to say at 95 % (two-sided), and nothing beyond. */
export function claimOf(metrics: Performance): string {
  return `On simulated batches, at 95 % confidence (Clopper-Pearson, two-sided): at least ${percent(metrics.recall.low95)} of contamination events of the `
    + `simulated kinds are detected (${metrics.recall.count} of ${metrics.recall.of}), at least ${percent(metrics.beforeVisiblyLost.low95)} before oxygen or pH has left its range `
    + `(${metrics.beforeVisiblyLost.count} of ${metrics.beforeVisiblyLost.of}); at most ${percent(metrics.cleanBatchesWithAlarm.high95)} of clean batches raise an alarm `
    + `(${metrics.cleanBatchesWithAlarm.count} of ${metrics.cleanBatchesWithAlarm.of}).`;
}
