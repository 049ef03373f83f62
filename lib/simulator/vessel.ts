import { advanceCulture, cultureRates, inoculate, oxygenUptakeRate, stepH } from "#lib/process/cho-culture.ts";
import type { CultureInputs, CultureState } from "#lib/process/cho-culture.ts";
import { feedRate, initialFill, plannedTemperature, trimRate } from "#lib/process/fed-batch.ts";
import type { BatchScript, Contamination } from "#lib/simulator/batch-script.ts";
import { contaminantTraits, dryMass, grow, hostDeath } from "#lib/simulator/contaminant.ts";
import { disturbanceAt, nutrientPulse } from "#lib/simulator/disturbance.ts";
import type { Disturbance } from "#lib/simulator/disturbance.ts";
import { consumeOxygen, controlOxygen, settleOxygen } from "#lib/simulator/oxygen-control.ts";
import { controlPh } from "#lib/simulator/ph-control.ts";
import type { Plant } from "#lib/simulator/plant.ts";
import { advanceProbes, freshProbes } from "#lib/simulator/probe.ts";
import type { ProbeErrors } from "#lib/simulator/probe.ts";
import { wanderAt } from "#lib/simulator/random.ts";

/** The vessel as it is, whatever the probes say. Rates mmol/L/h, oxygen % sat, cumulative base L. */
export type VesselState = {
  readonly culture: CultureState;
  readonly temperature: number;
  readonly ph: number;
  readonly dissolvedOxygen: number;
  /** Output of the oxygen cascade, 0 to 1. */
  readonly output: number;
  readonly powered: boolean;
  readonly baseAdded: number;
  readonly foreignCells: number;
  readonly oxygenUptake: number;
  readonly carbonDioxide: { readonly evolved: number; readonly sparged: number };
  readonly probes: ProbeErrors;
  readonly volumeAtFeed: number;
};

export type Setting = { readonly script: BatchScript; readonly plant: Plant; readonly contamination: Contamination | undefined };

export function startVessel({ script, plant }: Setting): VesselState {
  const culture = inoculate(plant.culture, initialFill * script.scaleL);
  return {
    culture, temperature: plant.plan.temperature.before, ph: 7.05, dissolvedOxygen: 60, output: 0, powered: true, baseAdded: 0, foreignCells: 0,
    oxygenUptake: oxygenUptakeRate(culture, plant.culture), carbonDioxide: { evolved: 0, sparged: 0 }, probes: freshProbes, volumeAtFeed: culture.volume,
  };
}

/** Acid from the culture's own metabolism besides lactate, mmol per 10⁹ cells and hour; alkali in the feed, mmol/L of feed. */
const otherAcid = 0.004, feedAlkali = 14;
/** Demand of the cells wanders by 1.5 % over hours; a daily feed raises it by up to 5 % for two or three. */
const demandWander = 0.015, feedStimulus = 0.07;
const wanderStream = 900;

const dayOfFeed = (plant: Plant, ageH: number): number => Math.floor((ageH - plant.plan.feedFromH) / 24);

function hostDemand(vessel: VesselState, { script, plant }: Setting, { disturbance, ageH }: Moment): number {
  const sinceFeed = ageH >= plant.plan.feedFromH ? (ageH - plant.plan.feedFromH) % 24 : Infinity;
  const pulse = Number.isFinite(sinceFeed) ? feedStimulus * nutrientPulse(sinceFeed) : 0;
  const wander = demandWander * wanderAt(script.seed, wanderStream, ageH, 6);
  return oxygenUptakeRate(vessel.culture, plant.culture) * (1 + pulse + disturbance.stimulus + wander);
}

/** What a step starts from besides the vessel: batch age at its middle (h), faults, foreign dry mass (g/L), volume when today's feed began (L). */
type Moment = { readonly ageH: number; readonly disturbance: Disturbance; readonly grams: number; readonly volumeAtFeed: number };

/** Feed, trim and foreign load on the culture for this step. */
function inputsOf(vessel: VesselState, { plant, contamination }: Setting, moment: Moment): CultureInputs {
  const { ageH, grams } = moment;
  const traits = contamination ? contaminantTraits[contamination.kind] : undefined;
  const dosing = plant.feedFactors[dayOfFeed(plant, ageH)] ?? 1;
  const suffocation = vessel.dissolvedOxygen < 5 ? 0.03 * (1 - vessel.dissolvedOxygen / 5) : 0;
  const sugar = vessel.culture.glucose / (vessel.culture.glucose + 0.5);
  return {
    temperature: vessel.temperature,
    feedRate: feedRate(plant.plan, ageH, moment.volumeAtFeed) * dosing + moment.disturbance.extraFeed,
    glucoseTrimRate: trimRate(plant.plan, vessel.culture, ageH),
    foreign: {
      glucoseUptake: (traits?.glucoseUptake ?? 0) * grams * sugar,
      lactateRelease: (traits?.acidRelease ?? 0) * grams * sugar,
      death: hostDeath(grams) + suffocation,
    },
  };
}

function foreignCellsAt(vessel: VesselState, contamination: Contamination | undefined, ageH: number): number {
  if (!contamination || ageH < contamination.onsetH) return 0;
  if (vessel.foreignCells === 0) return contamination.cellsPerMl;
  return grow(vessel.foreignCells, contamination.doublingH, { dissolvedOxygen: vessel.dissolvedOxygen, glucose: vessel.culture.glucose }, stepH);
}

function advanceOxygen(vessel: VesselState, setting: Setting, disturbance: Disturbance, demand: number) {
  if (!disturbance.powered) return { output: vessel.output, ...consumeOxygen(vessel.dissolvedOxygen, demand, stepH) };
  const load = { demand, kLaFactor: disturbance.kLaFactor, transfer: setting.plant.transfer, scaleL: setting.script.scaleL, volume: vessel.culture.volume };
  const indicated = vessel.dissolvedOxygen * vessel.probes.oxygenGain + vessel.probes.oxygenOffset;
  const output = controlOxygen(vessel.output, indicated, load);
  return { output, ...settleOxygen(output, load) };
}

function nextTemperature(vessel: VesselState, plant: Plant, disturbance: Disturbance, ageH: number): number {
  const setpoint = disturbance.temperature ?? plannedTemperature(plant.plan, ageH);
  return setpoint + (vessel.temperature - setpoint) * Math.exp(-stepH / 0.4);
}

function advancePh(vessel: VesselState, { script, plant }: Setting, disturbance: Disturbance, load: { readonly inputs: CultureInputs; readonly ageH: number }) {
  const rates = cultureRates(vessel.culture, plant.culture, vessel.temperature, load.ageH);
  const alkali = (load.inputs.feedRate / vessel.culture.volume) * feedAlkali;
  const acid = (rates.lactate + otherAcid) * vessel.culture.viableCells + (load.inputs.foreign?.lactateRelease ?? 0) - alkali;
  return controlPh(vessel.ph, {
    acid, indicated: vessel.ph + vessel.probes.phOffset, baseLineOpen: disturbance.baseLineOpen && disturbance.powered,
    drivenPh: disturbance.drivenPh, volume: vessel.culture.volume, scaleL: script.scaleL,
  }, stepH);
}

/** The culture after the step, with base and sampling in its volume. */
function nextCulture(vessel: VesselState, { plant }: Setting, inputs: CultureInputs, step: { readonly ageH: number; readonly base: number }): CultureState {
  const culture = advanceCulture(vessel.culture, plant.culture, inputs, step.ageH);
  const sampled = plant.sampleTimes.some((ageH) => ageH >= step.ageH && ageH < step.ageH + stepH);
  return { ...culture, volume: (culture.volume + step.base) * (sampled ? 0.9998 : 1) };
}

/** Volume when today's feed began; the step that starts at a feed's time begins a new day. */
function volumeAtFeed(vessel: VesselState, plant: Plant, ageH: number): number {
  const days = (ageH - plant.plan.feedFromH) / 24;
  return Math.abs(days - Math.round(days)) < stepH / 100 ? vessel.culture.volume : vessel.volumeAtFeed;
}

/** The vessel one 3-minute step after `ageH`. */
export function advanceVessel(vessel: VesselState, setting: Setting, ageH: number): VesselState {
  const { plant, contamination, script } = setting, middle = ageH + stepH / 2;
  const foreignCells = foreignCellsAt(vessel, contamination, middle);
  const traits = contaminantTraits[contamination?.kind ?? "yeast"];
  const disturbance = disturbanceAt(script.events, middle);
  const moment: Moment = { ageH: middle, disturbance, grams: dryMass(traits, foreignCells), volumeAtFeed: volumeAtFeed(vessel, plant, ageH) };
  const host = hostDemand(vessel, setting, moment), foreign = traits.oxygenUptake * moment.grams;
  const oxygen = advanceOxygen(vessel, setting, disturbance, host + foreign);
  const inputs = inputsOf(vessel, setting, moment);
  const ph = advancePh(vessel, setting, disturbance, { inputs, ageH: middle });
  const evolved = oxygen.metShare * (plant.culture.respiratoryQuotient * host + traits.respiratoryQuotient * foreign);
  return {
    culture: nextCulture(vessel, setting, inputs, { ageH, base: ph.base }),
    foreignCells, ph: ph.ph, output: oxygen.output, dissolvedOxygen: oxygen.dissolvedOxygen, powered: disturbance.powered,
    temperature: nextTemperature(vessel, plant, disturbance, middle), baseAdded: vessel.baseAdded + ph.base,
    oxygenUptake: oxygen.metShare * (host + foreign), carbonDioxide: { evolved, sparged: ph.carbonDioxide },
    probes: advanceProbes(vessel.probes, plant, script.events, { fromH: ageH, toH: ageH + stepH }),
    volumeAtFeed: moment.volumeAtFeed,
  };
}
