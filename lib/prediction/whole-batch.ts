import { contaminationFeatures } from "#lib/prediction/features.ts";
import { modelTags, windowLength } from "#lib/prediction/window.ts";
import type { ModelTag, SensorWindow } from "#lib/prediction/window.ts";

/** A batch's history on the 15-minute grid from inoculation on; more tags may be in it. */
export type BatchSeries = Readonly<Record<ModelTag, readonly (number | null)[]>>;

/** The window that ends at quarter-hour `quarter` (0 = inoculation); shorter than a full one in the first day. */
export function windowAt(series: BatchSeries, quarter: number): SensorWindow {
  const from = Math.max(0, quarter + 1 - windowLength);
  const cut = (tag: ModelTag) => series[tag].slice(from, quarter + 1);
  return {
    ageH: quarter / 4,
    series: {
      temperature: cut("temperature"), ph: cut("ph"), "dissolved-oxygen": cut("dissolved-oxygen"), agitation: cut("agitation"),
      "air-flow": cut("air-flow"), "oxygen-flow": cut("oxygen-flow"), "base-added": cut("base-added"), volume: cut("volume"),
      "viable-cell-density-online": cut("viable-cell-density-online"), turbidity: cut("turbidity"), "co2-offgas": cut("co2-offgas"),
    },
  };
}

/** Features of every quarter-hour of a batch, index = quarter-hours since inoculation; null where not evaluated. */
export function batchFeatures(series: BatchSeries): readonly (readonly number[] | null)[] {
  const count = Math.min(...modelTags.map((tag) => series[tag].length));
  return Array.from({ length: count }, (_, quarter) => {
    const features = contaminationFeatures(windowAt(series, quarter));
    return features.kind === "evaluated" ? features.values : null;
  });
}
