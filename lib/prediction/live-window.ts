import { modelTags, windowLength, type ModelTag, type SensorWindow } from "./window.ts";

/** A good stored value of a tag; `at` in epoch milliseconds. */
export type StoredValue = { readonly tag: string; readonly at: number; readonly value: number };

const quarterMs = 15 * 60_000;
/** How far a value may lie from its quarter-hour and still stand for it, milliseconds. */
export const quarterTolerance = 60_000;

/** Number of the last full quarter-hour of a culture at `now`. */
export const lastQuarter = (inoculatedAt: number, now: number): number => Math.floor((now - inoculatedAt) / quarterMs);
export const quarterTime = (inoculatedAt: number, quarter: number): number => inoculatedAt + quarter * quarterMs;

/** Nearest value to each quarter-hour per tag, keyed `tag/quarter`; values further away than the tolerance stand for nothing. */
export function onQuarters(values: readonly StoredValue[], inoculatedAt: number): ReadonlyMap<string, number> {
  const nearest = new Map<string, { readonly distance: number; readonly value: number }>();
  for (const { tag, at, value } of values) {
    const quarter = Math.round((at - inoculatedAt) / quarterMs);
    const distance = Math.abs(at - quarterTime(inoculatedAt, quarter));
    const key = `${tag}/${quarter}`;
    if (distance <= quarterTolerance && distance < (nearest.get(key)?.distance ?? Infinity)) nearest.set(key, { distance, value });
  }
  return new Map([...nearest].map(([key, { value }]) => [key, value]));
}

/** The trailing 24 hours that end at `quarter`; null where nothing good was stored. */
export function windowOf(grid: ReadonlyMap<string, number>, quarter: number): SensorWindow {
  const series = Object.fromEntries(modelTags.map((tag) => [tag, Array.from({ length: windowLength }, (_, i) => grid.get(`${tag}/${quarter - windowLength + 1 + i}`) ?? null)]));
  return { ageH: quarter / 4, series: series as Record<ModelTag, (number | null)[]> };
}
