import type { BatchRun } from "#lib/simulator/run-batch.ts";
import { onlineTags, readSensors } from "#lib/simulator/sensors.ts";
import type { OnlineTag } from "#lib/simulator/sensors.ts";

export type QuarterHours = Readonly<Record<OnlineTag, readonly (number | null)[]>>;

/** What the historian holds of a batch on the 15-minute grid from inoculation to harvest; null where nothing or only a bad value arrived. */
export function quarterHours(run: BatchRun): QuarterHours {
  const count = Math.floor(run.script.durationH * 4) + 1;
  const column = () => new Array<number | null>(count).fill(null);
  const series: Record<OnlineTag, (number | null)[]> = {
    temperature: column(), ph: column(), "dissolved-oxygen": column(), agitation: column(), "air-flow": column(), "oxygen-flow": column(),
    "base-added": column(), volume: column(), "viable-cell-density-online": column(), turbidity: column(), "co2-offgas": column(), "vessel-pressure": column(),
  };
  for (let quarter = 0; quarter < count; quarter++) {
    for (const reading of readSensors(run, quarter / 4)) {
      if (reading.quality !== "bad") series[reading.tag][quarter] = reading.value;
    }
  }
  return series;
}

/** One point across all tags in the order of `onlineTags`, or null when a tag is missing: what a ±3σ rule looks at. */
export function rawRow(series: QuarterHours, quarter: number): readonly number[] | null {
  const row: number[] = [];
  for (const tag of onlineTags) {
    const value = series[tag][quarter] ?? null;
    if (value === null) return null;
    row.push(value);
  }
  return row;
}
