import type { BatchRun } from "#lib/simulator/run-batch.ts";
import { normalAt, wanderAt } from "#lib/simulator/random.ts";
import { trueValue } from "#lib/simulator/trace.ts";

/** The online tags of the bioreactor, in the order they are read. */
export const onlineTags = [
  "temperature", "ph", "dissolved-oxygen", "agitation", "air-flow", "oxygen-flow", "base-added", "volume",
  "viable-cell-density-online", "turbidity", "co2-offgas", "vessel-pressure",
] as const;
export type OnlineTag = (typeof onlineTags)[number];

export type SensorQuality = "good" | "uncertain" | "bad";
export type SensorReading = { readonly tag: OnlineTag; readonly value: number; readonly unit: string; readonly quality: SensorQuality };

/** White noise of a reading: absolute, plus a share of the value; and slow wander as a share of the value (E.3). Decimals as the transmitter sends them. */
type Instrument = { readonly unit: string; readonly noise: number; readonly relativeNoise: number; readonly wander: number; readonly decimals: number };

export const instruments: Readonly<Record<OnlineTag, Instrument>> = {
  temperature: { unit: "°C", noise: 0.03, relativeNoise: 0, wander: 0, decimals: 2 },
  ph: { unit: "pH", noise: 0.01, relativeNoise: 0, wander: 0, decimals: 3 },
  "dissolved-oxygen": { unit: "% sat", noise: 0.5, relativeNoise: 0, wander: 0, decimals: 2 },
  agitation: { unit: "rpm", noise: 0.2, relativeNoise: 0, wander: 0, decimals: 1 },
  "air-flow": { unit: "L/min", noise: 0.02, relativeNoise: 0.004, wander: 0, decimals: 2 },
  "oxygen-flow": { unit: "L/min", noise: 0.03, relativeNoise: 0.005, wander: 0, decimals: 2 },
  "base-added": { unit: "L", noise: 0, relativeNoise: 0, wander: 0, decimals: 2 },
  volume: { unit: "L", noise: 0.5, relativeNoise: 0, wander: 0, decimals: 1 },
  "viable-cell-density-online": { unit: "10⁶/mL", noise: 0.01, relativeNoise: 0.015, wander: 0.013, decimals: 3 },
  turbidity: { unit: "AU", noise: 0.005, relativeNoise: 0.008, wander: 0.01, decimals: 3 },
  "co2-offgas": { unit: "%", noise: 0.01, relativeNoise: 0.008, wander: 0.005, decimals: 3 },
  "vessel-pressure": { unit: "bar", noise: 0.003, relativeNoise: 0, wander: 0, decimals: 4 },
};

/** Readings are the same within 5 seconds. */
const readingsPerHour = 720;
/** Hours over which an instrument wanders. */
const wanderH = 5;
const whiteStream = 100, wanderStream = 200;

/** What the probe would read without noise. */
function indicated(run: BatchRun, tag: OnlineTag, ageH: number): number {
  const truth = (name: Parameters<typeof trueValue>[1]) => trueValue(run.trace, name, ageH);
  switch (tag) {
    case "temperature": return truth("temperature");
    case "ph": return truth("ph") + truth("phOffset");
    case "dissolved-oxygen": return truth("dissolvedOxygen") * truth("oxygenGain") + truth("oxygenOffset");
    case "agitation": return truth("agitation");
    case "air-flow": return truth("airFlow");
    case "oxygen-flow": return truth("oxygenFlow");
    case "base-added": return truth("baseAdded");
    case "volume": return truth("volume");
    case "viable-cell-density-online": {
      // Microbial cells are too small to hold charge at the probe's frequency; the reading hardly follows them (E.4).
      const { calibration, changePerDay } = run.plant.capacitance;
      return (truth("viableCells") * calibration * (1 + (changePerDay * ageH) / 24)) + 0.02 * truth("foreignMass");
    }
    case "turbidity":
      return run.plant.turbidityCalibration * (0.05 + 0.2 * truth("viableCells") + 0.26 * truth("deadCells") + 3.5 * truth("foreignMass"));
    case "co2-offgas": return truth("offgas");
    case "vessel-pressure": return truth("pressure");
  }
}

function qualityOf(run: BatchRun, tag: OnlineTag, ageH: number): SensorQuality {
  if (trueValue(run.trace, "powered", ageH) < 0.5 && (tag === "air-flow" || tag === "oxygen-flow" || tag === "agitation")) return "uncertain";
  if (tag !== "dissolved-oxygen") return "good";
  const gain = trueValue(run.trace, "oxygenGain", ageH);
  return gain < 0.7 ? "bad" : gain < 0.85 ? "uncertain" : "good";
}

function read(run: BatchRun, tag: OnlineTag, index: number): SensorReading {
  const { unit, noise, relativeNoise, wander, decimals } = instruments[tag];
  const ageH = index / readingsPerHour, stream = onlineTags.indexOf(tag), { seed } = run.script;
  const clean = indicated(run, tag, ageH);
  const white = (noise + relativeNoise * Math.abs(clean)) * (noise + relativeNoise > 0 ? normalAt(seed, whiteStream + stream, index) : 0);
  const slow = wander > 0 ? clean * wander * wanderAt(seed, wanderStream + stream, ageH, wanderH) : 0;
  const scale = 10 ** decimals, floor = tag === "temperature" || tag === "ph" ? -Infinity : 0;
  return { tag, unit, value: Math.max(floor, Math.round((clean + white + slow) * scale) / scale), quality: qualityOf(run, tag, ageH) };
}

/**
 * What the vessel's transmitters send `hours` after inoculation, one reading per online tag. Depends only on the run and
 * the 5-second slot, so any time can be asked for in any order and again. Empty before inoculation, after harvest and in an outage.
 */
export function readSensors(run: BatchRun, hours: number): readonly SensorReading[] {
  if (hours < 0 || hours > run.script.durationH) return [];
  const silent = run.script.events.some((event) => event.type === "outage" && hours >= event.fromH && hours < event.fromH + event.minutes / 60);
  if (silent) return [];
  const index = Math.round(hours * readingsPerHour);
  return onlineTags.map((tag) => read(run, tag, index));
}
