/** Gas and stirring at one moment. Flows L/min at the sparger, agitation rpm, volume L. */
export type Sparging = { readonly airFlow: number; readonly oxygenFlow: number; readonly agitation: number; readonly volume: number };

/** How one vessel transfers oxygen: kLa = reference · (vvm / 0.02)^gasExponent · (rpm / 80)^stirExponent, 1/h. */
export type TransferCorrelation = { readonly reference: number; readonly gasExponent: number; readonly stirExponent: number };

/** The correlation assumed for a 2,000 L vessel before it has been characterised: kLa 6 1/h at 0.02 vvm and 80 rpm (E.1: 5 to 15 1/h at scale). */
export const nominalTransfer: TransferCorrelation = { reference: 6, gasExponent: 0.5, stirExponent: 1.2 };

/** Dissolved oxygen in equilibrium with air, mmol/L (E.1); 100 % saturation. */
export const airSaturation = 0.21;

/** Oxygen transfer coefficient, 1/h; 0 without gas or without stirring. */
export function transferCoefficient(sparging: Sparging, correlation: TransferCorrelation = nominalTransfer): number {
  const vvm = (sparging.airFlow + sparging.oxygenFlow) / sparging.volume;
  if (vvm <= 0 || sparging.agitation <= 0) return 0;
  return correlation.reference * (vvm / 0.02) ** correlation.gasExponent * (sparging.agitation / 80) ** correlation.stirExponent;
}

/** Mole fraction of oxygen in the sparged gas, 0.21 to 1. */
export function oxygenFraction(sparging: Sparging): number {
  const total = sparging.airFlow + sparging.oxygenFlow;
  return total <= 0 ? 0.21 : (0.21 * sparging.airFlow + sparging.oxygenFlow) / total;
}

/** Dissolved oxygen in equilibrium with the sparged gas, mmol/L. */
export function equilibriumOxygen(sparging: Sparging): number {
  return (airSaturation * oxygenFraction(sparging)) / 0.21;
}

/**
 * Oxygen transfer rate, mmol/L/h: what the gas supplies at this dissolved oxygen (% of air saturation). Within minutes of
 * balance it equals the oxygen uptake rate of everything alive in the vessel, so it is the soft sensor for demand.
 */
export function oxygenTransferRate(sparging: Sparging, dissolvedOxygen: number, correlation: TransferCorrelation = nominalTransfer): number {
  const dissolved = (dissolvedOxygen / 100) * airSaturation;
  return transferCoefficient(sparging, correlation) * Math.max(0, equilibriumOxygen(sparging) - dissolved);
}
