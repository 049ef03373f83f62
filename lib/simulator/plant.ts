import { drawBatchParameters } from "#lib/process/cho-parameters.ts";
import type { CultureParameters, ProductionSite } from "#lib/process/cho-parameters.ts";
import { standardPlan } from "#lib/process/fed-batch.ts";
import type { FedBatchPlan } from "#lib/process/fed-batch.ts";
import { nominalTransfer } from "#lib/process/gas-transfer.ts";
import type { TransferCorrelation } from "#lib/process/gas-transfer.ts";
import type { BatchScript } from "#lib/simulator/batch-script.ts";
import { mulberry32, normalFrom } from "#lib/simulator/random.ts";

/** What one batch in one vessel is like: drawn once from the seed, constant over the batch. */
export type Plant = {
  readonly culture: CultureParameters;
  readonly plan: FedBatchPlan;
  readonly transfer: TransferCorrelation;
  /** Natural drift of the pH reading, 1/d; 0.01 to 0.03 either way (E.3). */
  readonly phDriftPerDay: number;
  /** Error of the capacitance probe's calibration, and what it loses per day as cells change size; factors. */
  readonly capacitance: { readonly calibration: number; readonly changePerDay: number };
  readonly turbidityCalibration: number;
  /** Delivered over planned, one per daily feed. */
  readonly feedFactors: readonly number[];
  /** Ages at which samples are pulled, h: 0 and daily about 08:00 when inoculated at 10:00. */
  readonly sampleTimes: readonly number[];
};

/** No vessel follows the design correlation exactly; each site's differs. */
const siteTransfer: Record<ProductionSite, TransferCorrelation> = {
  basel: { ...nominalTransfer, reference: 6.2, gasExponent: 0.48 },
  raleigh: { reference: 5.6, gasExponent: 0.53, stirExponent: 1.3 },
  singapore: { reference: 6.5, gasExponent: 0.46, stirExponent: 1.1 },
};

function drawSampleTimes(durationH: number, uniform: () => number): readonly number[] {
  const times = [0];
  for (let day = 1; day * 24 - 2 < durationH; day++) times.push(day * 24 - 2 + (uniform() + uniform() - 1) * (40 / 60));
  return times.filter((ageH) => ageH <= durationH);
}

/** Everything about the batch that its script leaves to chance. Same script, same plant. */
export function drawPlant(script: BatchScript): Plant {
  const uniform = mulberry32(script.seed), normal = normalFrom(uniform);
  const culture = drawBatchParameters(script.site, normal);
  const transfer = siteTransfer[script.site];
  return {
    culture,
    plan: { ...standardPlan, harvestAtH: script.durationH },
    transfer: { ...transfer, reference: transfer.reference * Math.exp(0.05 * normal()) },
    phDriftPerDay: (0.01 + 0.02 * uniform()) * (uniform() < 0.5 ? -1 : 1),
    capacitance: { calibration: Math.exp(0.03 * normal()), changePerDay: 0.004 * normal() },
    turbidityCalibration: Math.exp(0.05 * normal()),
    feedFactors: Array.from({ length: 30 }, () => 1 + 0.01 * normal()),
    sampleTimes: drawSampleTimes(script.durationH, uniform),
  };
}
