import { mean, sampleStandardDeviation } from "simple-statistics";

/** 97.5 % points of Student's t for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook, table 1.3.6.7.2). */
const t975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042];

export type Summary = { readonly n: number; readonly mean: number; readonly sd: number | undefined; readonly low: number | undefined; readonly high: number | undefined };

/**
 * Number, mean, sample standard deviation and 95 % interval of the mean (Student's t). With one value there is no spread to
 * tell of, so no interval; undefined for no value. From 31 degrees of freedom on the value for 30 (2.042) is kept, which is slightly too wide and never too narrow.
 */
export function summarise(values: readonly number[]): Summary | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const m = mean([...values]);
  if (n === 1) return { n, mean: m, sd: undefined, low: undefined, high: undefined };
  const sd = sampleStandardDeviation([...values]);
  const half = ((t975[n - 2] ?? 2.0423) * sd) / Math.sqrt(n);
  return { n, mean: m, sd, low: m - half, high: m + half };
}
