import type { LookAlike, ScriptedEvent } from "#lib/simulator/batch-script.ts";

/** What the scripted events do to the vessel at one moment. */
export type Disturbance = {
  /** Share of the undisturbed oxygen transfer that is left. */
  readonly kLaFactor: number;
  readonly powered: boolean;
  readonly baseLineOpen: boolean;
  /** pH that a stuck CO2 valve drives to; null when the valve obeys. */
  readonly drivenPh: number | null;
  /** Feed A beyond the plan, L/h. */
  readonly extraFeed: number;
  /** Share by which fresh nutrients raise the cells' oxygen demand for a while. */
  readonly stimulus: number;
  /** Setpoint that replaces the plan's, °C; null when the plan holds. */
  readonly temperature: number | null;
};

const undisturbed: Disturbance = { kLaFactor: 1, powered: true, baseLineOpen: true, drivenPh: null, extraFeed: 0, stimulus: 0, temperature: null };

/** How long an extra feed is pumped, h, and how fast antifoam loses its effect, h. */
const bolusH = 0.5, antifoamDecayH = 2;

/** 42 L, a usual daily feed of a 2,000 L vessel, raises the demand by about 5 %. */
const stimulusPerLitre = 0.0017;

/** How fresh nutrients act on demand: up within a quarter of an hour, gone after a few. `sinceH` at least 0; peak about 0.7. */
export function nutrientPulse(sinceH: number): number {
  return (1 - Math.exp(-sinceH / 0.25)) * Math.exp(-sinceH / 1.5);
}

function withEvent(so: Disturbance, event: LookAlike, ageH: number): Disturbance {
  const during = (fromH: number, hours: number) => ageH >= fromH && ageH < fromH + hours;
  switch (event.type) {
    case "feed-bolus":
      if (ageH < event.atH) return so;
      return { ...so, extraFeed: so.extraFeed + (during(event.atH, bolusH) ? event.litres / bolusH : 0),
        stimulus: so.stimulus + event.litres * stimulusPerLitre * nutrientPulse(ageH - event.atH) };
    case "temperature-shift":
      return during(event.atH, event.forH) ? { ...so, temperature: event.to } : so;
    case "base-pump-failure":
      return during(event.fromH, event.toH - event.fromH) ? { ...so, baseLineOpen: false } : so;
    case "sparger-blockage": {
      if (!during(event.fromH, event.toH - event.fromH)) return so;
      const onset = Math.min(1, ageH - event.fromH);
      return { ...so, kLaFactor: so.kLaFactor * (1 - (1 - event.kLaFactor) * onset) };
    }
    case "antifoam-shot": {
      if (ageH < event.atH) return so;
      const sinceH = ageH - event.atH;
      const loss = Math.min(0.5, 0.012 * event.ppm) * (1 - Math.exp(-sinceH / 0.3)) * Math.exp(-sinceH / antifoamDecayH);
      return { ...so, kLaFactor: so.kLaFactor * (1 - loss) };
    }
    case "power-dip":
      return during(event.atH, event.minutes / 60) ? { ...so, powered: false } : so;
    case "ph-excursion":
      return during(event.atH, event.minutes / 60) ? { ...so, baseLineOpen: false, drivenPh: event.lowestPh } : so;
    case "do-probe-fouling": case "ph-probe-drift": case "recalibration-step": case "sample-error": case "outage":
      return so;
  }
}

/** The sum of all events at `ageH`. Probe, sample and transmission faults do not touch the vessel and are not in it. */
export function disturbanceAt(events: readonly ScriptedEvent[], ageH: number): Disturbance {
  let so = undisturbed;
  for (const event of events) if (event.type !== "contamination") so = withEvent(so, event, ageH);
  return so;
}
