import { gamma } from "simple-statistics";
import { persistentScore } from "#lib/prediction/risk.ts";
import type { Persistence } from "#lib/prediction/risk.ts";

/** The highest threshold at which this batch would have alarmed: the largest score that persists. Null when never evaluated. */
export function batchMaximum(scores: readonly (number | null)[], rule: Persistence): number | null {
  let largest: number | null = null;
  for (let end = 1; end <= scores.length; end++) {
    const score = persistentScore(scores.slice(Math.max(0, end - rule.outOf), end), rule);
    if (score !== null && (largest === null || score > largest)) largest = score;
  }
  return largest;
}

/** Generalised extreme value distribution; `shape` as Hosking writes it: positive = bounded above, 0 = Gumbel, negative = heavy tail. */
export type ExtremeValues = { readonly location: number; readonly scale: number; readonly shape: number };

/**
 * Fits the distribution to maxima by L-moments (Hosking, Wallis and Wood 1985). A Gumbel fit would not do: a forest's score is
 * bounded by 1, a |z| is not. At least ten values, not all equal.
 */
export function fitExtremeValues(maxima: readonly number[]): ExtremeValues {
  const sorted = [...maxima].sort((a, b) => a - b), n = sorted.length;
  const weighted = (weight: (rank: number) => number) => sorted.reduce((sum, value, rank) => sum + weight(rank) * value, 0) / n;
  const b0 = weighted(() => 1), b1 = weighted((rank) => rank / (n - 1)), b2 = weighted((rank) => (rank * (rank - 1)) / ((n - 1) * (n - 2)));
  const l2 = 2 * b1 - b0, skewness = (6 * b2 - 6 * b1 + b0) / l2;
  const c = 2 / (3 + skewness) - Math.LN2 / Math.log(3);
  const fitted = 7.859 * c + 2.9554 * c * c;
  // At exactly 0 the formulas divide by zero; a shape this small is a Gumbel distribution to seven digits.
  const shape = Math.abs(fitted) < 1e-6 ? 1e-6 : fitted;
  const gammaOfShape = gamma(1 + shape), scale = (l2 * shape) / ((1 - 2 ** -shape) * gammaOfShape);
  return { location: b0 - (scale * (1 - gammaOfShape)) / shape, scale, shape };
}

/** The value that a maximum exceeds with probability `exceedance`, 0 to 1. */
export function extremeQuantile({ location, scale, shape }: ExtremeValues, exceedance: number): number {
  return location + (scale * (1 - (-Math.log(1 - exceedance)) ** shape)) / shape;
}

/** Threshold that a clean batch's maximum exceeds with probability `falseAlarms` by the fit, and never below the largest maximum seen. */
export function extremeValueThreshold(maxima: readonly number[], falseAlarms: number): number {
  return Math.max(extremeQuantile(fitExtremeValues(maxima), falseAlarms), ...maxima);
}
