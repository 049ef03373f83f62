import type { BatchScript, ScriptedEvent } from "./batch-script.ts";

/** A 32-bit number from a batch's id, so that the same batch is the same simulation for ever (FNV-1a). */
export function seedOf(batchId: string): number {
  let hash = 0x811c9dc5;
  for (const character of batchId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}

const hours = 24;

/** What happens in batches of the demo story beyond the ordinary; ages in hours after inoculation. */
const events: Readonly<Record<string, readonly ScriptedEvent[]>> = {
  "BAS-101-2606": [{ type: "contamination", kind: "fast-gram-negative", onsetH: 8 * hours, cellsPerMl: 1, doublingH: 0.75 }],
  "BAS-101-2607": [{ type: "ph-excursion", atH: 8 * hours + 3.5, minutes: 40, lowestPh: 6.725 }],
  "BAS-101-2608": [
    { type: "ph-excursion", atH: 8 * hours + 3.5, minutes: 55, lowestPh: 6.66 },
    { type: "sparger-blockage", fromH: 10 * hours, toH: 10 * hours + 5, kLaFactor: 0.7 },
  ],
  "BAS-101-2609": [{ type: "power-dip", atH: 6 * hours + 2, minutes: 14 }],
  "BAS-101-2611": [{ type: "do-probe-fouling", fromH: 6.5 * hours, gainLossPerDay: 0.05 }],
  "RAL-101-2608": [{ type: "temperature-shift", atH: 244, to: 32.55, forH: 60 }],
  "RAL-101-2606": [{ type: "sparger-blockage", fromH: 9 * hours, toH: 9 * hours + 6, kLaFactor: 0.68 }],
  "RAL-101-2607": [{ type: "ph-probe-drift", fromH: 4 * hours, perDay: 0.02 }, { type: "recalibration-step", atH: 9 * hours, probe: "ph", step: -0.08 }],
  "SIN-101-2604": [{ type: "base-pump-failure", fromH: 7 * hours, toH: 7 * hours + 7 }],
  "SIN-101-2605": [{ type: "antifoam-shot", atH: 8 * hours, ppm: 40 }, { type: "outage", fromH: 8.5 * hours, minutes: 31 }],
};

/** The script of a batch of the demo story. */
export const scriptOf = (batchId: string, site: BatchScript["site"]): BatchScript => ({ seed: seedOf(batchId), site, scaleL: 2000, durationH: 336, events: events[batchId] ?? [] });
