import { mean, standardDeviation } from "simple-statistics";

/** Mean and standard deviation of each variable. */
export type ControlLimits = readonly { readonly mean: number; readonly deviation: number }[];

/** Limits over the rows (equal length); a variable that never varied has deviation Infinity and never counts. */
export function fitControlLimits(rows: readonly (readonly number[])[]): ControlLimits {
  return (rows[0] ?? []).map((_, column) => {
    const values = rows.map((row) => row[column] ?? 0);
    const deviation = standardDeviation(values);
    return { mean: mean(values), deviation: deviation > 0 ? deviation : Infinity };
  });
}

/** The largest |z| of all variables: above 3 is outside the ±3σ limits. */
export function largestDeviation(limits: ControlLimits, values: readonly number[]): number {
  let largest = 0;
  for (const [column, limit] of limits.entries()) largest = Math.max(largest, Math.abs((values[column] ?? 0) - limit.mean) / limit.deviation);
  return largest;
}
