import type { CultureParameters } from "#lib/process/cho-parameters.ts";

/** What the broth holds. Cells 10⁶/mL (= 10⁹/L), volume L, nutrients and metabolites mM, titer g/L, IVCD 10⁹ cell·h/L. */
export type CultureState = {
  readonly viableCells: number;
  readonly deadCells: number;
  readonly volume: number;
  readonly glucose: number;
  readonly glutamine: number;
  readonly lactate: number;
  readonly ammonium: number;
  readonly titer: number;
  readonly ivcd: number;
};

/** What acts on the culture during one step; constant over the step. */
export type CultureInputs = {
  /** Broth temperature, °C; the kinetics are known from 33.0 to 36.5 and held flat outside. */
  readonly temperature: number;
  /** Nutrient feed (A and B mixed) and glucose stock, L/h. */
  readonly feedRate: number;
  readonly glucoseTrimRate: number;
  /** What an organism that does not belong there takes and gives, mmol/L/h; and the death it adds, 1/h. */
  readonly foreign?: { readonly glucoseUptake: number; readonly lactateRelease: number; readonly death: number };
};

/** Fixed integration step, h (3 min). */
export const stepH = 0.05;

/** Concentrations of the mixed nutrient feed and of the glucose stock (450 g/L), mM. */
export const feedComposition = { glucose: 400, glutamine: 45, trimGlucose: 2500 } as const;

/** Molar masses for turning mM into g/L, g/mmol. */
export const gramsPerMillimole = { glucose: 0.18016, lactate: 0.09008 } as const;

/** The freshly inoculated vessel: viability 98 %, glucose 5.9 g/L. `volume` in L. */
export function inoculate(parameters: CultureParameters, volume: number): CultureState {
  const viableCells = parameters.inoculum;
  return { viableCells, deadCells: (viableCells * 0.02) / 0.98, volume, glucose: 32.8, glutamine: 3.4, lactate: 1, ammonium: 1, titer: 0, ivcd: 0 };
}

/** Rates per cell or per hour at one state; see the field comments of CultureParameters for units. */
export type CultureRates = { readonly growth: number; readonly death: number; readonly glucose: number; readonly glutamine: number; readonly lactate: number; readonly ammoniumUptake: number; readonly titer: number };

/** 0 at the cold end (33.0 °C), 1 at the warm end (36.5 °C). */
const warmth = (temperature: number): number => Math.min(1, Math.max(0, (temperature - 33) / 3.5));

/** Rises smoothly from 0 below `low` to 1 above `high`. */
function ramp(value: number, low: number, high: number): number {
  const x = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return x * x * (3 - 2 * x);
}

/** Concentrations can undershoot zero within a Runge-Kutta step; kinetics read them as empty. */
const present = (concentration: number): number => Math.max(0, concentration);

/** Specific rates of the culture (Monod with inhibition, E.3). `ageH`: hours since inoculation. Uptake is positive; lactate is net release. */
export function cultureRates(state: CultureState, p: CultureParameters, temperature: number, ageH: number): CultureRates {
  const glucose = present(state.glucose), glutamine = present(state.glutamine);
  const lactate = present(state.lactate), ammonium = present(state.ammonium);
  const warm = warmth(temperature);
  const glucoseShare = glucose / (p.halfSaturation.glucose + glucose);
  const growth = p.maxGrowthRate * (0.5 + 0.5 * warm) * glucoseShare
    * (glutamine / (p.halfSaturation.glutamine + glutamine))
    * (p.growthInhibition.lactate / (p.growthInhibition.lactate + lactate))
    * (p.growthInhibition.ammonium / (p.growthInhibition.ammonium + ammonium))
    / (1 + (state.ivcd / p.exhaustionIvcd) ** 4);
  const growthGlucose = growth / p.yield.glucose;
  const lactateUptake = p.lactate.maxUptake * (1 - ramp(growth, 0.016, 0.02)) * (lactate / (2 + lactate));
  return {
    growth,
    death: p.death.basal + p.death.ammonium * (ammonium / 10) ** 2 + p.death.age * (ageH / 336) ** 3,
    glucose: growthGlucose + p.maintenance.glucose * glucoseShare,
    glutamine: growth / p.yield.glutamine + p.maintenance.glutamine * (glutamine / (2.1 + glutamine)),
    lactate: p.lactate.perGrowthGlucose * growthGlucose * ramp(growth, 0.016, 0.02) - lactateUptake,
    ammoniumUptake: p.ammonium.uptake * (ammonium / (5 + ammonium)),
    titer: (p.productivity.warm * warm + p.productivity.cold * (1 - warm)) / 1000,
  };
}

/** Time derivative of every part of the state, per hour. */
function slope(state: CultureState, p: CultureParameters, inputs: CultureInputs, ageH: number): CultureState {
  const rates = cultureRates(state, p, inputs.temperature, ageH);
  const cells = state.viableCells;
  const dilution = (inputs.feedRate + inputs.glucoseTrimRate) / state.volume;
  const feed = inputs.feedRate / state.volume;
  const death = rates.death + (inputs.foreign?.death ?? 0);
  const glutamineDecay = p.ammonium.glutamineDecay * present(state.glutamine);
  return {
    viableCells: (rates.growth - death - dilution) * cells,
    deadCells: death * cells - dilution * state.deadCells,
    volume: inputs.feedRate + inputs.glucoseTrimRate,
    glucose: feed * feedComposition.glucose + (inputs.glucoseTrimRate / state.volume) * feedComposition.trimGlucose
      - dilution * state.glucose - rates.glucose * cells - (state.glucose > 0 ? inputs.foreign?.glucoseUptake ?? 0 : 0),
    glutamine: feed * feedComposition.glutamine - dilution * state.glutamine - rates.glutamine * cells - glutamineDecay,
    lactate: rates.lactate * cells + (inputs.foreign?.lactateRelease ?? 0) - dilution * state.lactate,
    ammonium: (p.ammonium.perGlutamine * rates.glutamine - rates.ammoniumUptake) * cells + glutamineDecay - dilution * state.ammonium,
    titer: rates.titer * cells - dilution * state.titer,
    ivcd: cells,
  };
}

function along(state: CultureState, rate: CultureState, hours: number): CultureState {
  return {
    viableCells: state.viableCells + rate.viableCells * hours,
    deadCells: state.deadCells + rate.deadCells * hours,
    volume: state.volume + rate.volume * hours,
    glucose: state.glucose + rate.glucose * hours,
    glutamine: state.glutamine + rate.glutamine * hours,
    lactate: state.lactate + rate.lactate * hours,
    ammonium: state.ammonium + rate.ammonium * hours,
    titer: state.titer + rate.titer * hours,
    ivcd: state.ivcd + rate.ivcd * hours,
  };
}

/** The state `hours` later by one classical Runge-Kutta step; keep `hours` at or below `stepH`. Concentrations stop at zero. */
export function advanceCulture(state: CultureState, p: CultureParameters, inputs: CultureInputs, ageH: number, hours: number = stepH): CultureState {
  const k1 = slope(state, p, inputs, ageH);
  const k2 = slope(along(state, k1, hours / 2), p, inputs, ageH + hours / 2);
  const k3 = slope(along(state, k2, hours / 2), p, inputs, ageH + hours / 2);
  const k4 = slope(along(state, k3, hours), p, inputs, ageH + hours);
  const next = along(along(along(along(state, k1, hours / 6), k2, hours / 3), k3, hours / 3), k4, hours / 6);
  return {
    ...next,
    viableCells: present(next.viableCells), glucose: present(next.glucose), glutamine: present(next.glutamine),
    lactate: present(next.lactate), ammonium: present(next.ammonium),
  };
}

/** Oxygen uptake rate of the viable cells, mmol/L/h (E.1: about 0.23 pmol/cell/h). */
export function oxygenUptakeRate(state: CultureState, p: CultureParameters): number {
  return p.oxygenUptake * state.viableCells;
}

/** Share of cells that live, %. */
export function viability(state: CultureState): number {
  return (100 * state.viableCells) / (state.viableCells + state.deadCells);
}
