import type { ScriptedEvent } from "#lib/simulator/batch-script.ts";
import type { Plant } from "#lib/simulator/plant.ts";

/** How far the in-line probes read off: indicated = true · gain + offset. */
export type ProbeErrors = { readonly phOffset: number; readonly oxygenGain: number; readonly oxygenOffset: number };

export const freshProbes: ProbeErrors = { phOffset: 0, oxygenGain: 1, oxygenOffset: 0 };

/** An interval of batch age, h: from included, to excluded. */
export type Step = { readonly fromH: number; readonly toH: number };

const within = (step: Step, ageH: number): boolean => ageH >= step.fromH && ageH < step.toH;

function withEvent(errors: ProbeErrors, event: ScriptedEvent, step: Step): ProbeErrors {
  const days = (step.toH - step.fromH) / 24;
  switch (event.type) {
    case "do-probe-fouling":
      return step.fromH < event.fromH ? errors : { ...errors, oxygenGain: Math.max(0.3, errors.oxygenGain - event.gainLossPerDay * days) };
    case "ph-probe-drift":
      return step.fromH < event.fromH ? errors : { ...errors, phOffset: errors.phOffset + event.perDay * days };
    case "recalibration-step":
      if (!within(step, event.atH)) return errors;
      return event.probe === "ph" ? { ...errors, phOffset: event.step } : { ...errors, oxygenGain: 1, oxygenOffset: event.step };
    default:
      return errors;
  }
}

/**
 * The probes one step later: natural pH drift, scripted faults, and the daily comparison with the sample, which
 * re-standardises the pH probe when it is more than 0.05 off (E.1): in the record a step.
 */
export function advanceProbes(errors: ProbeErrors, plant: Plant, events: readonly ScriptedEvent[], step: Step): ProbeErrors {
  let next: ProbeErrors = { ...errors, phOffset: errors.phOffset + (plant.phDriftPerDay * (step.toH - step.fromH)) / 24 };
  for (const event of events) next = withEvent(next, event, step);
  const compared = Math.abs(next.phOffset) > 0.05 && plant.sampleTimes.some((ageH) => within(step, ageH));
  return compared ? { ...next, phOffset: 0 } : next;
}
