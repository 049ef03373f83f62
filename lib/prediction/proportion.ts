/** k of n with its exact 95 % interval (Clopper-Pearson). */
export type Proportion = { readonly count: number; readonly of: number; readonly rate: number; readonly low95: number; readonly high95: number };

/** P(X ≤ k) for a binomial X, by summing in logarithms. */
function cumulative(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  let sum = 0, logTerm = n * Math.log(1 - p);
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(((n - i) / (i + 1)) * (p / (1 - p)));
  }
  return Math.min(1, sum);
}

/** The p at which a falling function meets `target`, by bisection. */
function meet(target: number, falling: (p: number) => number): number {
  let low = 0, high = 1;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (falling(middle) > target) low = middle; else high = middle;
  }
  return (low + high) / 2;
}

/** Clopper-Pearson: each tail holds 2.5 %. With 0 of n the upper end is about 3.7/n (the one-sided rule of three says 3/n). `of` at least 1. */
export function proportion(count: number, of: number): Proportion {
  return {
    count, of, rate: count / of,
    low95: count === 0 ? 0 : meet(0.975, (p) => cumulative(count - 1, of, p)),
    high95: count === of ? 1 : meet(0.025, (p) => cumulative(count, of, p)),
  };
}
