import { quantileSorted } from "simple-statistics";
import { proportion } from "#lib/prediction/proportion.ts";
import type { Proportion } from "#lib/prediction/proportion.ts";
import { persistentScore } from "#lib/prediction/risk.ts";
import type { Persistence } from "#lib/prediction/risk.ts";

/** What is known of a contaminated test batch. Ages in h; `perceptibleAtH`: when the organism takes 1 % of the oxygen. */
export type ContaminationTruth = { readonly kind: string; readonly onsetH: number; readonly perceptibleAtH: number; readonly visiblyLostAtH: number | null };

/** A held-out batch and one detector's scores, one per quarter-hour from inoculation, null where not evaluated. */
export type ScoredBatch = { readonly lookAlikes: readonly string[]; readonly contamination: ContaminationTruth | null; readonly scores: readonly (number | null)[] };

/** When a detector alarms. */
export type AlarmRule = { readonly threshold: number; readonly persistence: Persistence };

/** Spread of hours over events; null when there are none. */
export type Spread = { readonly of: number; readonly min: number; readonly p10: number; readonly median: number; readonly p90: number; readonly max: number };

/** How a detector did on held-out batches. Every rate is per event or per batch, never per window, and carries its interval. */
export type Performance = {
  readonly threshold: number;
  readonly recall: Proportion;
  /** Detected before true oxygen or pH had left the range for half an hour. */
  readonly beforeVisiblyLost: Proportion;
  readonly hoursFromOnset: Spread | null;
  readonly hoursFromPerceptible: Spread | null;
  readonly hoursBeforeVisiblyLost: Spread | null;
  readonly perKind: Readonly<Record<string, Proportion>>;
  readonly cleanBatchesWithAlarm: Proportion;
  readonly falseAlarmsPerReactorMonth: number;
  /** Clean batches with an alarm among those that had the look-alike; a batch with two counts under both. */
  readonly perLookAlike: Readonly<Record<string, Proportion>>;
  readonly evaluatedShare: number;
};

/** Ages (h) at which an alarm begins. */
export function alarmStarts(scores: readonly (number | null)[], rule: AlarmRule): readonly number[] {
  const starts: number[] = [];
  let alarming = false;
  for (let quarter = 0; quarter < scores.length; quarter++) {
    const recent = scores.slice(Math.max(0, quarter + 1 - rule.persistence.outOf), quarter + 1);
    const score = persistentScore(recent, rule.persistence);
    const reached = score !== null && score >= rule.threshold;
    if (reached && !alarming) starts.push(quarter / 4);
    alarming = reached;
  }
  return starts;
}

/** Min, 10th percentile, median, 90th percentile and max. */
export function spread(hours: readonly number[]): Spread | null {
  if (hours.length === 0) return null;
  const sorted = [...hours].sort((a, b) => a - b), at = (share: number) => quantileSorted(sorted, share);
  return { of: hours.length, min: at(0), p10: at(0.1), median: at(0.5), p90: at(0.9), max: at(1) };
}

/** A contamination and the first alarm that can be due to it: one before it is perceptible is a coincidence and does not count. */
type Detection = { readonly truth: ContaminationTruth; readonly alarmAtH: number | null };

function detect(batch: ScoredBatch, truth: ContaminationTruth, rule: AlarmRule): Detection {
  return { truth, alarmAtH: alarmStarts(batch.scores, rule).find((ageH) => ageH >= truth.perceptibleAtH) ?? null };
}

const isEarly = ({ truth, alarmAtH }: Detection): boolean => alarmAtH !== null && (truth.visiblyLostAtH === null || alarmAtH < truth.visiblyLostAtH);

function grouped<T>(items: readonly T[], keysOf: (item: T) => readonly string[], hit: (item: T) => boolean): Record<string, Proportion> {
  const keys = [...new Set(items.flatMap(keysOf))].sort();
  return Object.fromEntries(keys.map((key) => {
    const members = items.filter((item) => keysOf(item).includes(key));
    return [key, proportion(members.filter(hit).length, members.length)];
  }));
}

function detectionFigures(detections: readonly Detection[]) {
  const hours = (pick: (detection: Detection, alarmAtH: number) => number | null) =>
    spread(detections.flatMap((detection) => (detection.alarmAtH === null ? [] : pick(detection, detection.alarmAtH) ?? [])));
  return {
    recall: proportion(detections.filter((detection) => detection.alarmAtH !== null).length, detections.length),
    beforeVisiblyLost: proportion(detections.filter(isEarly).length, detections.length),
    hoursFromOnset: hours(({ truth }, alarmAtH) => alarmAtH - truth.onsetH),
    hoursFromPerceptible: hours(({ truth }, alarmAtH) => alarmAtH - truth.perceptibleAtH),
    hoursBeforeVisiblyLost: hours(({ truth }, alarmAtH) => (truth.visiblyLostAtH === null ? null : truth.visiblyLostAtH - alarmAtH)),
    perKind: grouped(detections, ({ truth }) => [truth.kind], ({ alarmAtH }) => alarmAtH !== null),
  };
}

/**
 * Performance of one detector on held-out batches, some clean (with look-alikes), some contaminated; at least one of each.
 * The evaluated share is taken over clean batches from 24 h on: after a loss nobody needs a score.
 */
export function evaluateDetector(batches: readonly ScoredBatch[], rule: AlarmRule): Performance {
  const detections = batches.flatMap((batch) => (batch.contamination ? [detect(batch, batch.contamination, rule)] : []));
  const clean = batches.filter((batch) => batch.contamination === null)
    .map((batch) => ({ lookAlikes: batch.lookAlikes, alarms: alarmStarts(batch.scores, rule).length, scores: batch.scores.slice(96) }));
  const days = clean.reduce((sum, batch) => sum + (batch.scores.length + 96) / 96, 0);
  const windows = clean.reduce((sum, batch) => sum + batch.scores.length, 0);
  return {
    threshold: rule.threshold,
    ...detectionFigures(detections),
    cleanBatchesWithAlarm: proportion(clean.filter((batch) => batch.alarms > 0).length, clean.length),
    falseAlarmsPerReactorMonth: clean.reduce((sum, batch) => sum + batch.alarms, 0) / (days / 30),
    perLookAlike: grouped(clean, (batch) => [...new Set(batch.lookAlikes)], (batch) => batch.alarms > 0),
    evaluatedShare: clean.reduce((sum, batch) => sum + batch.scores.filter((score) => score !== null).length, 0) / windows,
  };
}
