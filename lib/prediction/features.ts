import { acidRate, carbonDioxideResidual, meanBetween, medianBetween, oxygenResidual, turbidityResidual } from "#lib/prediction/residual.ts";
import type { Series } from "#lib/prediction/residual.ts";
import { objection, windowLength } from "#lib/prediction/window.ts";
import type { NotEvaluated, SensorWindow } from "#lib/prediction/window.ts";

/**
 * What the model looks at, in the order of its input. "Excess" is the last hour against the median of 24 to 4 hours ago,
 * "rise" the last hour against three hours earlier. All are 0 in a culture that goes on as it was, and grow in the
 * direction of contamination only: a demand that falls is not one (E.4, E.6). Carbon dioxide counts only together with
 * oxygen, base and pH only together as acid: alone they made pH excursions look like contamination in development batches.
 */
export const featureNames = [
  "oxygen-excess", "oxygen-rise", "respiration-excess", "respiration-rise", "acid-excess", "turbidity-excess", "turbidity-rise",
  "oxygen-shortage", "cell-loss",
] as const;
export type FeatureName = (typeof featureNames)[number];

export type Features =
  | { readonly kind: "evaluated"; readonly values: readonly number[] }
  | { readonly kind: "not-evaluated"; readonly reason: NotEvaluated | { readonly cause: "residual-undefined"; readonly feature: FeatureName } };

const now = windowLength - 1;
/** Index ranges: the last hour, the same three hours ago, the reference from 24 to 4 hours ago. */
const lastHour = { from: now - 3, to: now + 1 }, earlierHour = { from: now - 15, to: now - 11 }, reference = { from: 0, to: now - 15 };
const lastHours = { from: now - 11, to: now }, before = { from: 0, to: now - 16 };

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

/** How far the last hour stands above the reference. */
function excess(series: Series): number | null {
  return minus(meanBetween(series, lastHour.from, lastHour.to), medianBetween(series, reference.from, reference.to));
}

function rise(series: Series): number | null {
  return minus(meanBetween(series, lastHour.from, lastHour.to), meanBetween(series, earlierHour.from, earlierHour.to));
}

/** The smaller of the two: a fault of one instrument or one actuator does not raise both. */
function both(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b);
}

function measure(window: SensorWindow): Readonly<Record<FeatureName, number | null>> {
  const oxygen = oxygenResidual(window), carbonDioxide = carbonDioxideResidual(window), turbidity = turbidityResidual(window);
  const cells = window.series["viable-cell-density-online"], dissolved = window.series["dissolved-oxygen"];
  const oxygenExcess = excess(oxygen), oxygenRise = rise(oxygen);
  const cellsNow = meanBetween(cells, lastHour.from, lastHour.to), cellsBefore = meanBetween(cells, now - 27, now - 23);
  return {
    "oxygen-excess": oxygenExcess,
    "oxygen-rise": oxygenRise,
    "respiration-excess": both(oxygenExcess, excess(carbonDioxide)),
    "respiration-rise": both(oxygenRise, rise(carbonDioxide)),
    "acid-excess": minus(acidRate(window, lastHours), acidRate(window, before)),
    "turbidity-excess": excess(turbidity),
    "turbidity-rise": rise(turbidity),
    "oxygen-shortage": minus(medianBetween(dissolved, reference.from, reference.to), meanBetween(dissolved, lastHour.from, lastHour.to)),
    "cell-loss": cellsNow === null || cellsBefore === null ? null : Math.log(cellsBefore / cellsNow),
  };
}

/** The features of one window in the order of `featureNames`, or why there are none. Pure; the same window gives the same bits. */
export function contaminationFeatures(window: SensorWindow): Features {
  const reason = objection(window);
  if (reason) return { kind: "not-evaluated", reason };
  const measured = measure(window), values: number[] = [];
  for (const feature of featureNames) {
    const value = measured[feature];
    if (value === null || !Number.isFinite(value)) return { kind: "not-evaluated", reason: { cause: "residual-undefined", feature } };
    values.push(Math.max(0, value));
  }
  return { kind: "evaluated", values };
}
