import { fitControlLimits, largestDeviation } from "#lib/prediction/control-limits.ts";
import type { ControlLimits } from "#lib/prediction/control-limits.ts";
import { anomalyScore, growForest } from "#lib/prediction/isolation-forest.ts";
import type { ForestSize, IsolationForest } from "#lib/prediction/isolation-forest.ts";
import type { Persistence } from "#lib/prediction/risk.ts";
import { batchMaximum, extremeValueThreshold } from "#lib/prediction/threshold.ts";

/** Rows per quarter-hour from inoculation, null where not evaluated: the model's features, or the raw online tags. */
export type Rows = readonly (readonly number[] | null)[];
export type BatchRows = { readonly features: Rows; readonly raw: Rows };

/** Turns a batch into one score per quarter-hour; higher is more suspicious. */
export type Detector = (batch: BatchRows) => readonly (number | null)[];

/** Quarter-hours of the first day; no detector is asked for them, as the model needs a full window. */
const firstDay = 96;

const evaluatedRows = (rows: Rows): readonly (readonly number[])[] => rows.filter((row) => row !== null);

/** The forest trained on every evaluated window of the training batches. */
export function trainForest(training: readonly BatchRows[], size: ForestSize, random: () => number): IsolationForest {
  return growForest(training.flatMap((batch) => evaluatedRows(batch.features)), size, random);
}

export function forestDetector(forest: IsolationForest): Detector {
  return ({ features }) => features.map((row) => (row === null ? null : anomalyScore(forest, row)));
}

/**
 * Largest |z| of the raw online tags against mean ± σ of the training batches at the same quarter-hour of age: the golden
 * batch envelope. An age at which fewer than ten training batches have values gives no score.
 */
export function rawLimitDetector(training: readonly BatchRows[]): Detector {
  const quarters = Math.max(...training.map((batch) => batch.raw.length));
  const limits = Array.from({ length: quarters }, (_, quarter): ControlLimits | null => {
    const rows = evaluatedRows(training.map((batch) => batch.raw[quarter] ?? null));
    return rows.length < 10 ? null : fitControlLimits(rows);
  });
  return ({ raw }) => raw.map((row, quarter) => {
    const limit = limits[quarter] ?? null;
    return row === null || limit === null || quarter < firstDay ? null : largestDeviation(limit, row);
  });
}

/** Largest |z| of the model's own features over all training windows: tells what the forest adds to them. */
export function featureLimitDetector(training: readonly BatchRows[]): Detector {
  const limits = fitControlLimits(training.flatMap((batch) => evaluatedRows(batch.features)));
  return ({ features }) => features.map((row) => (row === null ? null : largestDeviation(limits, row)));
}

/** The detector's threshold from clean calibration batches, for this share of clean batches with an alarm. */
export function calibrate(detector: Detector, calibration: readonly BatchRows[], rule: { readonly persistence: Persistence; readonly falseAlarms: number }): number {
  const maxima = calibration.flatMap((batch) => batchMaximum(detector(batch), rule.persistence) ?? []);
  return extremeValueThreshold(maxima, rule.falseAlarms);
}
