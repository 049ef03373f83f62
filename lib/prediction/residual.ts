import { oxygenTransferRate } from "#lib/process/gas-transfer.ts";
import { tunedParameters } from "#lib/process/cho-parameters.ts";
import type { SensorWindow } from "#lib/prediction/window.ts";

/** A quantity over the window, oldest first; null where an input is missing. */
export type Series = readonly (number | null)[];

/** Assumed of the process, not fitted: strength of the base (mmol/L), buffer of the broth (mmol/L per pH), headspace sweep (L/min at 2,000 L). */
const baseStrength = 2000, buffer = 12, headspaceSweep = 40;

/** Below this transfer rate (mmol/L/h) or cell density (10⁶/mL) a ratio says nothing. */
const least = { demand: 0.02, cells: 0.2, gas: 0.5 } as const;

/** Logarithm of oxygen demand, by gas balance, over what the cells of the capacitance probe need; 0 = exactly explained. */
export function oxygenResidual({ series }: SensorWindow): Series {
  return series["oxygen-flow"].map((oxygenFlow, index) => {
    const airFlow = series["air-flow"][index] ?? null, agitation = series.agitation[index] ?? null, volume = series.volume[index] ?? null;
    const dissolved = series["dissolved-oxygen"][index] ?? null, cells = series["viable-cell-density-online"][index] ?? null;
    if (oxygenFlow === null || airFlow === null || agitation === null || volume === null || dissolved === null || cells === null) return null;
    const demand = oxygenTransferRate({ airFlow, oxygenFlow, agitation, volume }, dissolved);
    if (demand < least.demand || cells < least.cells) return null;
    return Math.log(demand / (tunedParameters.oxygenUptake * cells));
  });
}

/** Logarithm of carbon dioxide leaving per litre of broth over cells; only its change has a meaning. */
export function carbonDioxideResidual({ series }: SensorWindow): Series {
  return series["co2-offgas"].map((share, index) => {
    const airFlow = series["air-flow"][index] ?? null, oxygenFlow = series["oxygen-flow"][index] ?? null;
    const volume = series.volume[index] ?? null, cells = series["viable-cell-density-online"][index] ?? null;
    if (share === null || airFlow === null || oxygenFlow === null || volume === null || cells === null) return null;
    const gas = airFlow + oxygenFlow;
    if (gas < least.gas || cells < least.cells || share <= 0) return null;
    return Math.log((share * (gas + headspaceSweep)) / (volume * cells));
  });
}

/** Logarithm of turbidity over cells: rises with whatever scatters light but holds no charge. */
export function turbidityResidual({ series }: SensorWindow): Series {
  return series.turbidity.map((turbidity, index) => {
    const cells = series["viable-cell-density-online"][index] ?? null;
    return turbidity === null || cells === null || turbidity <= 0 || cells < least.cells ? null : Math.log(turbidity / cells);
  });
}

/** Mean of what is there between two indices, last excluded; null when nothing is. */
export function meanBetween(series: Series, from: number, to: number): number | null {
  let sum = 0, count = 0;
  for (let index = from; index < to; index++) {
    const value = series[index] ?? null;
    if (value !== null) { sum += value; count++; }
  }
  return count === 0 ? null : sum / count;
}

/** Median of what is there between two indices, last excluded; null when nothing is. */
export function medianBetween(series: Series, from: number, to: number): number | null {
  const present = Float64Array.from(series.slice(from, to).filter((value) => value !== null)).sort();
  const middle = present.length >> 1;
  if (present.length === 0) return null;
  const upper = present[middle] ?? 0;
  return present.length % 2 === 1 ? upper : ((present[middle - 1] ?? upper) + upper) / 2;
}

/** Where in the window acid is counted: indices, 15 minutes apart. */
export type Span = { readonly from: number; readonly to: number };

/** Alkali pumped over the span, mmol/L/h; null when its ends are missing. */
function alkaliRate({ series }: SensorWindow, span: Span): number | null {
  const start = meanBetween(series["base-added"], span.from, span.from + 2), end = meanBetween(series["base-added"], span.to - 1, span.to + 1);
  const volume = meanBetween(series.volume, span.to - 3, span.to + 1);
  if (start === null || end === null || volume === null) return null;
  return ((end - start) * baseStrength) / volume / ((span.to - span.from - 1) / 4);
}

/** Change of pH over the span, from hour means at its ends. */
function phChange({ series }: SensorWindow, span: Span): number | null {
  const start = meanBetween(series.ph, span.from, span.from + 4), end = meanBetween(series.ph, span.to - 3, span.to + 1);
  return start === null || end === null ? null : end - start;
}

/** Acid made over the span, mmol/L/h: what the base took up and what the pH shows, so that a broken base line does not hide it. */
export function acidRate(window: SensorWindow, span: Span): number | null {
  const alkali = alkaliRate(window, span), change = phChange(window, span);
  return alkali === null || change === null ? null : alkali - (buffer * change) / ((span.to - span.from - 3) / 4);
}
