/** The online tags the contamination model reads; names and units as the plant sends them. */
export const modelTags = [
  "temperature", "ph", "dissolved-oxygen", "agitation", "air-flow", "oxygen-flow", "base-added", "volume",
  "viable-cell-density-online", "turbidity", "co2-offgas",
] as const;
export type ModelTag = (typeof modelTags)[number];

/** Points of a window: 24 h every 15 minutes, both ends included. */
export const windowLength = 97;

/** Trailing values, oldest first, the newest at `ageH` hours after inoculation; null where nothing good was measured. */
export type SensorWindow = { readonly ageH: number; readonly series: Readonly<Record<ModelTag, readonly (number | null)[]>> };

export type Bounds = { readonly low: number; readonly high: number; readonly unit: string };

/**
 * The space the model was made for. A newest value outside it gives no score. Volume and flows are those of a 2,000 L
 * vessel; age runs from the first full window to harvest.
 */
export const inputSpace: Readonly<Record<ModelTag | "age", Bounds>> = {
  age: { low: 24, high: 336, unit: "h" },
  temperature: { low: 30, high: 38.5, unit: "°C" },
  ph: { low: 5.5, high: 7.8, unit: "pH" },
  "dissolved-oxygen": { low: 0, high: 150, unit: "% sat" },
  agitation: { low: 0, high: 120, unit: "rpm" },
  "air-flow": { low: 0, high: 40, unit: "L/min" },
  "oxygen-flow": { low: 0, high: 80, unit: "L/min" },
  "base-added": { low: 0, high: 200, unit: "L" },
  volume: { low: 1200, high: 2400, unit: "L" },
  "viable-cell-density-online": { low: 0.2, high: 40, unit: "10⁶/mL" },
  turbidity: { low: 0.05, high: 40, unit: "AU" },
  "co2-offgas": { low: 0.03, high: 30, unit: "%" },
};

/** Share of points a tag must have, and how many of the newest points may be missing (2 = half an hour). */
const neededShare = 0.75, toleratedMissing = 2;

/** Why a window gets no score. */
export type NotEvaluated =
  | { readonly cause: "age-outside-input-space"; readonly ageH: number }
  | { readonly cause: "wrong-length"; readonly tag: ModelTag }
  | { readonly cause: "too-many-missing"; readonly tag: ModelTag }
  | { readonly cause: "stale"; readonly tag: ModelTag }
  | { readonly cause: "outside-input-space"; readonly tag: ModelTag; readonly value: number };

const isInside = (value: number, bounds: Bounds): boolean => value >= bounds.low && value <= bounds.high;

function tagObjection(tag: ModelTag, values: readonly (number | null)[]): NotEvaluated | null {
  if (values.length !== windowLength) return { cause: "wrong-length", tag };
  const present = values.filter((value) => value !== null);
  if (present.length < neededShare * windowLength) return { cause: "too-many-missing", tag };
  if (values.slice(-1 - toleratedMissing).every((value) => value === null)) return { cause: "stale", tag };
  const newest = present.at(-1);
  if (newest !== undefined && !isInside(newest, inputSpace[tag])) return { cause: "outside-input-space", tag, value: newest };
  return null;
}

/** The first reason not to evaluate this window, or null when it lies in the input space and is complete enough. */
export function objection(window: SensorWindow): NotEvaluated | null {
  if (!isInside(window.ageH, inputSpace.age)) return { cause: "age-outside-input-space", ageH: window.ageH };
  for (const tag of modelTags) {
    const found = tagObjection(tag, window.series[tag]);
    if (found) return found;
  }
  return null;
}
