/** Fewest and most released batches a trend is judged by. */
export const trendLeast = 10;
export const trendMost = 30;
/** Standard deviations of those batches beyond which a value is out of trend. */
const beyondDeviations = 3;

/** `n`: batches it rests on. Too few say nothing, and that is counted and shown. */
export type TrendJudgement = { readonly evaluated: false; readonly n: number } | { readonly evaluated: true; readonly n: number; readonly mean: number; readonly deviation: number; readonly outOfTrend: boolean };

/**
 * Is a value out of trend: more than three standard deviations (n − 1) from the mean of the last released batches' values of the same parameter, product and
 * step? `previous`: newest first, in the parameter's unit; the first thirty count, fewer than ten are not evaluated. Where all were equal, any other value is out of trend.
 */
export function judgeTrend(value: number, previous: readonly number[]): TrendJudgement {
  const basis = previous.slice(0, trendMost);
  const [first] = basis;
  if (first === undefined || basis.length < trendLeast) return { evaluated: false, n: basis.length };
  // Reckoned from the first value: equal values then have exactly no deviation.
  const mean = first + basis.reduce((sum, one) => sum + (one - first), 0) / basis.length;
  const deviation = Math.sqrt(basis.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (basis.length - 1));
  return { evaluated: true, n: basis.length, mean, deviation, outOfTrend: Math.abs(value - mean) > beyondDeviations * deviation };
}

/** What a trend says, in words. */
export function trendText(judgement: TrendJudgement): string {
  if (!judgement.evaluated) return `not evaluated: ${judgement.n} of ${trendLeast} batches`;
  return judgement.outOfTrend ? `out of trend of ${judgement.n} batches` : `within the trend of ${judgement.n} batches`;
}
