import { onlineTags, readSensors } from "#lib/simulator/sensors.ts";
import { offlineResults } from "#lib/simulator/offline-results.ts";
import { runBatch } from "#lib/simulator/run-batch.ts";
import type { PlantSite } from "../organisation.ts";
import type { Process, ProcessMinutes } from "./process.ts";

const minute = 60_000;
const hour = 60 * minute;
/** Longest culture, h; what is harvested earlier ends earlier. */
const longestH = 342;

/** A culture of CHO cells as it is simulated for the live plant too, minute by minute (lib/simulator), and what the laboratory finds in its samples. */
export type Culture = Process & { readonly found: (parameter: string, at: Date) => number | undefined };

/** The culture in a production bioreactor: it begins when it is inoculated and ends when it is chilled for its harvest. */
export function culture(unitId: string, seed: number, site: PlantSite): Culture {
  const run = runBatch({ seed, site, scaleL: 2000, durationH: longestH, events: [] });
  const results = offlineResults(run);
  let [inoculated, ended, clock] = [Infinity, Infinity, 0];
  return {
    unitId, early: false,
    measures: (tag) => Number.isFinite(inoculated) && ended === Infinity && onlineTags.some((one) => one === tag),
    did(step, at) {
      if (step === "inoculate") [inoculated, clock] = [at.getTime(), Math.ceil(at.getTime() / minute) * minute];
      if (step === "chill") ended = at.getTime();
    },
    notBefore: () => undefined, leaves: () => {},
    until(to): ProcessMinutes | undefined {
      if (clock === 0) return undefined;
      const from = clock;
      const values = new Map<string, (number | null)[]>(onlineTags.map((tag) => [tag, []]));
      for (; clock <= Math.min(to.getTime(), ended, inoculated + longestH * hour); clock += minute) {
        const read = new Map(readSensors(run, (clock - inoculated) / hour).map((one) => [one.tag, one.quality === "good" ? one.value : null]));
        for (const tag of onlineTags) values.get(tag)?.push(read.get(tag) ?? null);
      }
      return { from: new Date(from), values };
    },
    found(parameter, at) {
      const tag = parameter === "viability-late" ? "viability" : parameter;
      const ageH = (at.getTime() - inoculated) / hour;
      const near = results.filter((one) => one.tag === tag).sort((a, b) => Math.abs(a.sampledAtH - ageH) - Math.abs(b.sampledAtH - ageH))[0];
      return near && Math.abs(near.sampledAtH - ageH) < 20 ? near.value : undefined;
    },
  };
}
