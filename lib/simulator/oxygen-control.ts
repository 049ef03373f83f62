import { airSaturation, equilibriumOxygen, transferCoefficient } from "#lib/process/gas-transfer.ts";
import type { Sparging, TransferCorrelation } from "#lib/process/gas-transfer.ts";

/** Dissolved oxygen setpoint, % of air saturation (E.1). */
export const oxygenSetpoint = 40;

/** 0 at `low`, 1 at `high`, straight between. */
const stage = (value: number, low: number, high: number): number => Math.min(1, Math.max(0, (value - low) / (high - low)));

/**
 * Actuators at one controller output, 0 to 1: air first (to 20 L/min), then stirring (60 to 85 rpm), then oxygen (to
 * 60 L/min) with a last reserve of stirring. Flows for 2,000 L, in proportion at other scales.
 */
export function cascade(output: number, scaleL: number, volume: number): Sparging {
  const size = scaleL / 2000;
  return {
    airFlow: (3 + 17 * stage(output, 0, 0.25)) * size,
    agitation: 60 + 25 * stage(output, 0.25, 0.5) + 15 * stage(output, 0.75, 1),
    oxygenFlow: 60 * stage(output, 0.5, 1) * size,
    volume,
  };
}

/** What the oxygen loop meets: demand mmol/L/h, and the share of transfer left by disturbances. */
export type OxygenLoad = { readonly demand: number; readonly kLaFactor: number; readonly transfer: TransferCorrelation; readonly scaleL: number; readonly volume: number };

/** Dissolved oxygen (% sat) at which supply equals demand; negative when even an empty broth gets too little. */
function balance(output: number, load: OxygenLoad): number {
  const sparging = cascade(output, load.scaleL, load.volume);
  const kLa = transferCoefficient(sparging, load.transfer) * load.kLaFactor;
  return (100 / airSaturation) * (equilibriumOxygen(sparging) - load.demand / kLa);
}

/** Output of the cascade after one 3-minute step: a damped Newton step towards the setpoint, at most 8 % of the span. */
export function controlOxygen(output: number, indicated: number, load: OxygenLoad): number {
  const gain = Math.max(50, (balance(Math.min(1, output + 0.002), load) - balance(output, load)) / 0.002);
  const move = Math.min(0.08, Math.max(-0.08, (0.8 * (oxygenSetpoint - indicated)) / gain));
  return Math.min(1, Math.max(0, output + move));
}

/** Dissolved oxygen, % sat, and the share of the demand that is met (1 unless the broth is empty of oxygen). */
export type OxygenBalance = { readonly dissolvedOxygen: number; readonly metShare: number };

/** Oxygen in the broth at this output; the balance settles within a step, which is why it needs no history. */
export function settleOxygen(output: number, load: OxygenLoad): OxygenBalance {
  const dissolvedOxygen = balance(output, load);
  if (dissolvedOxygen > 0) return { dissolvedOxygen, metShare: 1 };
  const sparging = cascade(output, load.scaleL, load.volume);
  const supply = transferCoefficient(sparging, load.transfer) * load.kLaFactor * equilibriumOxygen(sparging);
  return { dissolvedOxygen: 0, metShare: Math.min(1, supply / load.demand) };
}

/** Oxygen left after `hours` without gas and stirring, % sat. */
export function consumeOxygen(dissolvedOxygen: number, demand: number, hours: number): OxygenBalance {
  const left = dissolvedOxygen - (100 / airSaturation) * demand * hours;
  return left > 0 ? { dissolvedOxygen: left, metShare: 1 } : { dissolvedOxygen: 0, metShare: 0.02 };
}
