import { advanceCulture, feedComposition, inoculate, stepH } from "#lib/process/cho-culture.ts";
import type { CultureInputs, CultureState } from "#lib/process/cho-culture.ts";
import type { CultureParameters } from "#lib/process/cho-parameters.ts";

/** How the culture is fed and cooled: what the master recipe says. */
export type FedBatchPlan = {
  /** Hours after inoculation of the first daily feed, its size as a share of the volume then, and how long it is pumped. */
  readonly feedFromH: number;
  readonly feedShare: number;
  readonly feedDurationH: number;
  /** Glucose (mM) below which stock is added, and how fast the deficit is made good (1/h). */
  readonly glucoseTrim: { readonly setpoint: number; readonly gain: number };
  /** Temperature before and after the shift, °C, and its start. The jacket needs `coolingH` hours. */
  readonly temperature: { readonly before: number; readonly after: number; readonly shiftAtH: number; readonly coolingH: number };
  readonly harvestAtH: number;
};

/** The plan of the 14-day 2,000 L process (E.1, E.3). */
export const standardPlan: FedBatchPlan = {
  feedFromH: 72,
  feedShare: 0.03,
  feedDurationH: 1,
  glucoseTrim: { setpoint: 24, gain: 0.2 },
  temperature: { before: 36.5, after: 33, shiftAtH: 120, coolingH: 4 },
  harvestAtH: 336,
};

/** Working volume at inoculation as a share of the vessel's nominal scale; feeds bring it close to 1. */
export const initialFill = 0.7;

/** Hours at which the plan feeds, oldest first. */
export function feedTimes(plan: FedBatchPlan): readonly number[] {
  const count = Math.max(0, Math.ceil((plan.harvestAtH - plan.feedFromH) / 24));
  return Array.from({ length: count }, (_, day) => plan.feedFromH + 24 * day);
}

/** Temperature the plan asks for at `ageH`, °C: a straight ramp down after the shift. */
export function plannedTemperature(plan: FedBatchPlan, ageH: number): number {
  const { before, after, shiftAtH, coolingH } = plan.temperature;
  const share = Math.min(1, Math.max(0, (ageH - shiftAtH) / coolingH));
  return before + (after - before) * share;
}

/** Glucose stock pumped at this glucose concentration, L/h; none before the first feed. */
export function trimRate(plan: FedBatchPlan, state: CultureState, ageH: number): number {
  if (ageH < plan.feedFromH) return 0;
  const deficit = Math.max(0, plan.glucoseTrim.setpoint - state.glucose);
  return (deficit * plan.glucoseTrim.gain * state.volume) / feedComposition.trimGlucose;
}

/** Feed flow, L/h. `volumeAtStart`: volume when today's feed began, L. */
export function feedRate(plan: FedBatchPlan, ageH: number, volumeAtStart: number): number {
  if (ageH < plan.feedFromH || ageH >= plan.harvestAtH) return 0;
  const sinceFeed = (ageH - plan.feedFromH) % 24;
  return sinceFeed < plan.feedDurationH ? (plan.feedShare * volumeAtStart) / plan.feedDurationH : 0;
}

/** One point of a trajectory: the state at `ageH` hours after inoculation. */
export type CulturePoint = { readonly ageH: number; readonly state: CultureState };

/** From where to where a trajectory is computed, and how often it is kept. Multiples of the 3-minute step. */
export type Course = { readonly fromH: number; readonly toH: number; readonly everyH: number };

/**
 * The culture's course under the plan, oldest first, first point = `start`. A start inside a running feed is treated as if
 * the feed's size were counted from the start's volume. Pure; about 10 ms for 14 days.
 */
export function followPlan(start: CultureState, parameters: CultureParameters, plan: FedBatchPlan, course: Course): readonly CulturePoint[] {
  const points: CulturePoint[] = [{ ageH: course.fromH, state: start }];
  const first = Math.round(course.fromH / stepH), last = Math.round(course.toH / stepH), every = Math.max(1, Math.round(course.everyH / stepH));
  let state = start, volumeAtStart = start.volume;
  for (let step = first; step < last; step++) {
    // The half step keeps rounding from deciding on which side of a switching time a step lies.
    const ageH = step * stepH, middle = ageH + stepH / 2;
    if ((step - Math.round(plan.feedFromH / stepH)) % Math.round(24 / stepH) === 0) volumeAtStart = state.volume;
    const inputs: CultureInputs = {
      temperature: plannedTemperature(plan, middle),
      feedRate: feedRate(plan, middle, volumeAtStart),
      glucoseTrimRate: trimRate(plan, state, middle),
    };
    state = advanceCulture(state, parameters, inputs, ageH);
    if ((step + 1 - first) % every === 0) points.push({ ageH: (step + 1) * stepH, state });
  }
  return points;
}

/** A whole batch from inoculation to harvest, one point per `everyH` hours. `scaleL`: nominal vessel volume, L. */
export function cultureCourse(parameters: CultureParameters, scaleL: number, everyH: number, plan: FedBatchPlan = standardPlan): readonly CulturePoint[] {
  return followPlan(inoculate(parameters, initialFill * scaleL), parameters, plan, { fromH: 0, toH: plan.harvestAtH, everyH });
}
