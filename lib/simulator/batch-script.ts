import type { ProductionSite } from "#lib/process/cho-parameters.ts";

/** The organisms the contamination model is tried on. Mycoplasma and viruses are absent: they show no such signature (E.4). */
export type ContaminantKind = "fast-gram-negative" | "slow-gram-positive" | "yeast";

/** An unwanted organism enters at `onsetH`; concentration in cells/mL of broth. */
export type Contamination = { readonly type: "contamination"; readonly onsetH: number; readonly kind: ContaminantKind; readonly cellsPerMl: number; readonly doublingH: number };

/** What happens to a batch and resembles contamination without being one. Times are hours after inoculation. */
export type LookAlike =
  /** Feed A given on top of the plan, over half an hour. */
  | { readonly type: "feed-bolus"; readonly atH: number; readonly litres: number }
  /** The setpoint is `to` °C for `forH` hours, then the plan's again. */
  | { readonly type: "temperature-shift"; readonly atH: number; readonly to: number; readonly forH: number }
  /** The probe loses this share of its gain per day, until recalibrated. */
  | { readonly type: "do-probe-fouling"; readonly fromH: number; readonly gainLossPerDay: number }
  /** The reading drifts by this many pH per day, until re-standardised. */
  | { readonly type: "ph-probe-drift"; readonly fromH: number; readonly perDay: number }
  /** The reading jumps by `step` (pH or % sat); drift and fouling before it are gone. */
  | { readonly type: "recalibration-step"; readonly atH: number; readonly probe: "ph" | "dissolved-oxygen"; readonly step: number }
  | { readonly type: "base-pump-failure"; readonly fromH: number; readonly toH: number }
  /** kLa falls to this share within an hour, and is back at `toH`. */
  | { readonly type: "sparger-blockage"; readonly fromH: number; readonly toH: number; readonly kLaFactor: number }
  | { readonly type: "antifoam-shot"; readonly atH: number; readonly ppm: number }
  /** The first offline result of this tag sampled at or after `atH` is multiplied by `factor`. */
  | { readonly type: "sample-error"; readonly atH: number; readonly tag: string; readonly factor: number }
  | { readonly type: "power-dip"; readonly atH: number; readonly minutes: number }
  /** Base line closed and the CO2 valve stuck open: pH falls towards `lowestPh`. */
  | { readonly type: "ph-excursion"; readonly atH: number; readonly minutes: number; readonly lowestPh: number }
  /** No online samples arrive. */
  | { readonly type: "outage"; readonly fromH: number; readonly minutes: number };

export type ScriptedEvent = Contamination | LookAlike;

/** Everything a simulated batch is determined by. `seed`: any 32-bit integer; `scaleL`: nominal volume, L; `durationH`: age at harvest. */
export type BatchScript = {
  readonly seed: number;
  readonly site: ProductionSite;
  readonly scaleL: number;
  readonly durationH: number;
  readonly events: readonly ScriptedEvent[];
};
