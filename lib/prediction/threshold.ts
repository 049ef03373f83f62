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

/** Tail of a distribution above `above`, which the share `exceeding` of all values reaches; `shape` as Hosking writes it: positive = bounded, 0 = exponential, negative = heavy. */
export type Tail = { readonly above: number; readonly exceeding: number; readonly scale: number; readonly shape: number };

/** The share of the largest values that the tail is fitted to. */
const tailShare = 0.25;

/**
 * Fits a generalised Pareto distribution to the largest quarter of the values by L-moments (Hosking and Wallis 1987). Only
 * the tail, because maxima of clean batches are a mixture: a pH excursion has a distribution of its own. At least 20 values.
 */
export function fitTail(values: readonly number[]): Tail {
  const sorted = [...values].sort((a, b) => b - a), count = Math.max(5, Math.floor(tailShare * sorted.length));
  const above = sorted[count] ?? 0;
  const excesses = sorted.slice(0, count).map((value) => value - above).reverse();
  const mean = excesses.reduce((sum, excess) => sum + excess, 0) / count;
  const ranked = excesses.reduce((sum, excess, rank) => sum + (rank / (count - 1)) * excess, 0) / count;
  const shape = mean / (2 * ranked - mean) - 2;
  return { above, exceeding: count / sorted.length, scale: (1 + shape) * mean, shape };
}

/** The value exceeded with probability `exceedance`, from 0 to the tail's own share. */
export function tailQuantile({ above, exceeding, scale, shape }: Tail, exceedance: number): number {
  const share = exceedance / exceeding;
  // At a shape of exactly 0 the formula divides by zero; its limit is the exponential.
  return Math.abs(shape) < 1e-9 ? above - scale * Math.log(share) : above + (scale * (1 - share ** shape)) / shape;
}

/** Threshold that a clean batch's maximum exceeds with probability `falseAlarms` by the fit, and never below the largest maximum seen. */
export function extremeValueThreshold(maxima: readonly number[], falseAlarms: number): number {
  return Math.max(tailQuantile(fitTail(maxima), falseAlarms), ...maxima);
}
