import { gramsPerMillimole, stepH } from "#lib/process/cho-culture.ts";
import type { BatchScript } from "#lib/simulator/batch-script.ts";
import { contaminantTraits, dryMass } from "#lib/simulator/contaminant.ts";
import { cascade } from "#lib/simulator/oxygen-control.ts";
import type { Setting, VesselState } from "#lib/simulator/vessel.ts";

/**
 * True values kept per 3-minute step: temperature °C, dissolved oxygen % sat, flows L/min, agitation rpm, base and volume L,
 * cells 10⁶/mL, foreignCells cells/mL, foreignMass g/L, glucose, lactate and titer g/L, ammonium mM, oxygenUptake mmol/L/h,
 * offgas %, pressure bar, pco2 mmHg, osmolality mOsm/kg; and how far the probes read off.
 */
export const traceNames = [
  "temperature", "ph", "dissolvedOxygen", "agitation", "airFlow", "oxygenFlow", "baseAdded", "volume", "viableCells", "deadCells",
  "foreignCells", "foreignMass", "glucose", "lactate", "ammonium", "titer", "oxygenUptake", "offgas", "pressure", "pco2", "osmolality",
  "phOffset", "oxygenGain", "oxygenOffset", "powered",
] as const;
export type TraceName = (typeof traceNames)[number];

/** One column per name, one row per 3-minute step from inoculation on. */
export type Trace = Readonly<Record<TraceName, Float64Array>>;

/** Litres of gas per mmol at 25 °C and 1 bar, and the headspace sweep of a 2,000 L vessel, L/min. */
const litresPerMillimole = 0.0245, headspaceSweep = 40;
/** CO2 that must be sparged to dissolve as much again, mmol/mmol. */
const carbonDioxideStripped = 1.5;

/** CO2 in the exhaust (%) and dissolved (mmHg). */
function carbonDioxideOf(vessel: VesselState, scaleL: number, gasFlow: number) {
  const { evolved, sparged } = vessel.carbonDioxide;
  const flow = ((evolved + carbonDioxideStripped * sparged) * vessel.culture.volume * litresPerMillimole) / 60;
  const sweep = headspaceSweep * (scaleL / 2000);
  const pco2 = 38 + (9 * evolved + 15 * sparged) / (0.6 + (gasFlow * 2000) / scaleL / 60);
  return { offgas: 0.04 + (100 * flow) / (flow + gasFlow + sweep), pco2 };
}

/** Feeds, base and metabolites raise osmolality from the basal medium's 285 mOsm/kg. */
function osmolalityOf(vessel: VesselState, scaleL: number): number {
  const grown = vessel.culture.volume / (0.7 * scaleL) - 1;
  return 285 + 230 * grown + vessel.culture.lactate + (2600 * vessel.baseAdded) / vessel.culture.volume;
}

/** One row of the trace. */
export function traceRow(vessel: VesselState, { script, contamination }: Setting): Readonly<Record<TraceName, number>> {
  const { culture, probes } = vessel, powered = vessel.powered ? 1 : 0;
  const sparging = cascade(vessel.output, script.scaleL, culture.volume);
  const airFlow = sparging.airFlow * powered, oxygenFlow = sparging.oxygenFlow * powered;
  const foreignMass = contamination ? dryMass(contaminantTraits[contamination.kind], vessel.foreignCells) : 0;
  const gas = carbonDioxideOf(vessel, script.scaleL, airFlow + oxygenFlow);
  return {
    temperature: vessel.temperature, ph: vessel.ph, dissolvedOxygen: vessel.dissolvedOxygen,
    agitation: sparging.agitation * powered, airFlow, oxygenFlow, baseAdded: vessel.baseAdded, volume: culture.volume,
    viableCells: culture.viableCells, deadCells: culture.deadCells, foreignCells: vessel.foreignCells, foreignMass,
    glucose: culture.glucose * gramsPerMillimole.glucose, lactate: culture.lactate * gramsPerMillimole.lactate,
    ammonium: culture.ammonium, titer: culture.titer, oxygenUptake: vessel.oxygenUptake,
    offgas: gas.offgas, pressure: 0.2 + 0.03 * Math.min(1, foreignMass), pco2: gas.pco2, osmolality: osmolalityOf(vessel, script.scaleL),
    phOffset: probes.phOffset, oxygenGain: probes.oxygenGain, oxygenOffset: probes.oxygenOffset, powered,
  };
}

/** An empty trace with room for the whole batch. */
export function emptyTrace(script: BatchScript): Trace {
  const rows = Math.round(script.durationH / stepH) + 1;
  const column = () => new Float64Array(rows);
  return {
    temperature: column(), ph: column(), dissolvedOxygen: column(), agitation: column(), airFlow: column(), oxygenFlow: column(),
    baseAdded: column(), volume: column(), viableCells: column(), deadCells: column(), foreignCells: column(), foreignMass: column(),
    glucose: column(), lactate: column(), ammonium: column(), titer: column(), oxygenUptake: column(), offgas: column(), pressure: column(),
    pco2: column(), osmolality: column(), phOffset: column(), oxygenGain: column(), oxygenOffset: column(), powered: column(),
  };
}

/** The true value at any batch age, h; straight between the steps, held at the ends. */
export function trueValue(trace: Trace, name: TraceName, ageH: number): number {
  const column = trace[name];
  const position = Math.min(column.length - 1, Math.max(0, ageH / stepH));
  const left = Math.floor(position), share = position - left;
  const from = column[left] ?? 0, to = column[left + 1] ?? from;
  return from + (to - from) * share;
}
