/** The value below which `share` of the values lie (nearest rank); NaN when there is none. `sorted` ascending. */
export const percentile = (sorted: readonly number[], share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export const median = (values: readonly number[]): number => percentile([...values].sort((a, b) => a - b), 0.5);

/** Rounded to `digits` after the point, for people and for the line of JSON. */
export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
