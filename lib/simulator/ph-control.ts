/** Base is dosed below the band and CO2 above it, pH (E.1: setpoint 7.00 with a dead band). */
export const phBand = { low: 6.93, high: 7.07 } as const;

/** Buffer of the broth, mmol/L per pH; strength of the base, mmol/L of alkali (1 M carbonate); gain of the loop, mmol/L/h per pH. */
const buffer = 12, baseStrength = 2000, loopGain = 120;
/** What the pump gives at most, L/h in a 2,000 L vessel; CO2 at most, mmol/L/h. */
const pumpLimit = 6, carbonDioxideLimit = 4;
/** Time for a stuck CO2 valve to take the broth two thirds of the way, h. */
const drivenLagH = 0.15;

/** What moves the pH in one step: acid made mmol/L/h, the reading the loop sees, and what fails. */
export type PhLoad = {
  readonly acid: number;
  readonly indicated: number;
  readonly baseLineOpen: boolean;
  readonly drivenPh: number | null;
  readonly volume: number;
  readonly scaleL: number;
};

/** pH after the step, base pumped (L) and CO2 sparged for control (mmol/L/h). */
export type PhStep = { readonly ph: number; readonly base: number; readonly carbonDioxide: number };

/** One step of broth and pH loop together; `hours` at most 0.05. */
export function controlPh(ph: number, load: PhLoad, hours: number): PhStep {
  if (load.drivenPh !== null) {
    const left = Math.exp(-hours / drivenLagH);
    return { ph: load.drivenPh + (ph - load.drivenPh) * left, base: 0, carbonDioxide: carbonDioxideLimit };
  }
  const pumpable = (pumpLimit * (load.scaleL / 2000) * baseStrength) / load.volume;
  const alkali = load.baseLineOpen ? Math.min(pumpable, Math.max(0, loopGain * (phBand.low - load.indicated))) : 0;
  const carbonDioxide = Math.min(carbonDioxideLimit, Math.max(0, loopGain * (load.indicated - phBand.high)));
  const next = ph + ((alkali - carbonDioxide - load.acid) / buffer) * hours;
  return { ph: Math.min(7.8, Math.max(5, next)), base: (alkali * load.volume * hours) / baseStrength, carbonDioxide };
}
