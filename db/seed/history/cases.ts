import { mulberry32 } from "#lib/simulator/random.ts";
import type { PlantSite } from "../organisation.ts";
import type { Script } from "../play.ts";
import type { FermentationScript } from "./fermentation.ts";

/** What is planted in the history for people to find; the ground truth stands here and, for readers, in `docs/story.md`. No record of the portal names a case. */
export const caseIds = ["PROBE-DRIFT", "LOT-SHIFT", "TECH-TRANSFER", "BEARING", "RECIPE-CHANGE", "CONTAMINATION-CAUGHT", "CONTAMINATION-LATE", "LATE-ENTRY-CLUSTER", "TRAINING-LAPSE"] as const;
export type CaseId = (typeof caseIds)[number];

export type PastScript = Omit<Script, "random" | "newId" | "sign" | "units" | "lots" | "process">;
type Planted = { readonly id?: CaseId; readonly fate?: "rejected" | "aborted"; readonly script: PastScript; readonly fermentation?: Omit<FermentationScript, "seed" | "expressionAt"> };
/** One case: what happened, where, in which batches of that site's history (counted from 1), and where the portal shows it. */
export type StoryCase = { readonly id: CaseId; readonly happened: string; readonly where: Partial<Record<PlantSite, readonly number[]>>; readonly shown: string };

const hour = 3_600_000;
/** First and last batch of the campaign in which the pH probe of the fermenter drifts. */
export const drift = { site: "singapore", first: 8, last: 13, perBatch: 0.025, perDay: 0.015 } as const;
/** What the drifting probe reads too much at inoculation, pH, batch by batch. */
export const driftedPh = (number: number): number => 0.02 + drift.perBatch * (number - drift.first);

/** The lot of medium of one supplier that gave less product, at both sites that got it. */
export const poorLot = { material: "RM-1101", supplierLot: "01-H0409", sites: ["basel", "raleigh"], period: 4 } as const;
/** What the poor lot leaves of the antigen in the lysate and of the bulk, a little different in every batch. */
export function poorValues(seed: number): Readonly<Record<string, string>> {
  const random = mulberry32(seed ^ 0x1f3d);
  const around = (middle: number, share: number, digits: number) => (middle * (1 + (random() - 0.5) * 2 * share)).toFixed(digits);
  return { "clarified-concentration": around(0.9, 0.045, 2), "bulk-volume": around(60.5, 0.02, 1), "wet-cell-mass": around(72, 0.05, 1) };
}

/** The receiving site of the technology transfer, its qualification batches, and the attribute that is not equivalent there. */
export const transfer = { site: "singapore", runs: 4, attribute: "wet-cell-mass", share: 0.83 } as const;
/** Days before the story's now since when the second version of the master is in force, and what it does to purity, percentage points. */
export const changedDaysAgo = 190;
export const recipeChange = { master: "MBR-201", attribute: "purity", before: 96.3, after: 97.8 } as const;
/** The batch in which the bearing of the agitator fails, and how long before that its vibration reached the alert. */
export const bearing = { site: "basel", batch: 47, hoursIn: 13, leadH: 216, alert: 4.5, alarm: 7.1 } as const;
/** The night shift whose values were written down at its end, by the hour at the site. */
export const night = { site: "basel", batch: 33, beginsAt: "22:00", hours: 8 } as const;
export const trainingLapse = { site: "raleigh", batch: 25 } as const;

export const storyCases: readonly StoryCase[] = [
  { id: "PROBE-DRIFT", happened: "The recording pH probe of fermenter FM-4051 reads 0.025 pH more with every batch and 0.015 pH more with every day of a batch, until pH leaves its normal range on paper; the calibration after the campaign finds it 0.15 pH off. The controller has a probe of its own.", where: { singapore: [8, 9, 10, 11, 12, 13] }, shown: "Captured pH of the record batch by batch, exceptions of the last batches, failed calibration of FM-4051" },
  { id: "LOT-SHIFT", happened: `One lot of mineral medium of the supplier (${poorLot.supplierLot}), delivered to two sites, gives about a sixth less antigen.`, where: {}, shown: "Trace of the supplier's lot at both sites; concentration of the clarified lysate of the batches charged from it" },
  { id: "TECH-TRANSFER", happened: "Singapore takes the process over with four qualification batches. Its vessel transfers less oxygen, so less biomass grows: the mass of the cell paste is a sixth less and not equivalent; purity, concentration and yield are.", where: { singapore: [1, 2, 3, 4] }, shown: "Comments of the four batches that name their protocol, mass of the cell paste against that of the sending sites, oxygen flow at its end stop" },
  { id: "BEARING", happened: "The lower bearing of the agitator of FM-2051 wears: vibration reaches the alert of 4.5 mm/s nine days before the bearing fails and the batch is lost; the bearing is exchanged.", where: { basel: [46, 47] }, shown: "Vibration of FM-2051, exception and abort of the batch, parts and log of the unit" },
  { id: "RECIPE-CHANGE", happened: "Version 2 of the master expresses at 26 °C instead of 28 °C; purity of the bulk rises by one and a half percentage points from the first batch made by it.", where: {}, shown: "Versions of MBR-201 with their signatures, version in each record, purity and temperature before and after" },
  { id: "CONTAMINATION-CAUGHT", happened: "A foreign organism takes oxygen before induction: first the flow of oxygen rises above what growth explains, then base, then dissolved oxygen falls; cocci are seen under the microscope and the batch is aborted.", where: { basel: [21] }, shown: "Oxygen flow, base and dissolved oxygen of FM-2051, critical exceptions, abort" },
  { id: "CONTAMINATION-LATE", happened: "Nothing is seen in the fermenter; the bulk fails bioburden and quality stops the batch before its end.", where: { raleigh: [14] }, shown: "Result out of specification, critical exception that holds the batch, its abort" },
  { id: "LATE-ENTRY-CLUSTER", happened: "On one night shift preparation and inoculation are done in their time and written down by one operator at the end of the shift, hours after each value was read.", where: { basel: [33] }, shown: "Late entries of one night, one person" },
  { id: "TRAINING-LAPSE", happened: "An operator's training for the homogeniser had lapsed the day before; the supervisor stops him at the step, holds the batch, and a trained colleague does it.", where: { raleigh: [25] }, shown: "Training gap raised by the supervisor, the batch held and restarted, the step done by another person" },
];

/** What a case needs to know of the batch it is planted in. */
export type Around = { readonly number: number; readonly start: Date };
const endOfNight = (start: Date): Date => new Date(start.getTime() + (night.hours - 2.2) * hour);
const remark = (comment: string) => ({ type: "operator_comment" as const, severity: "minor" as const, comment });

/** When the bearing of the agitator fails, from the start of the batch it fails in. */
export const failsAt = (start: Date): Date => new Date(start.getTime() + bearing.hoursIn * hour);

const scripts: Partial<Record<CaseId, (around: Around) => Planted>> = {
  "PROBE-DRIFT": ({ number }) => ({ id: "PROBE-DRIFT", script: {}, fermentation: { probe: { offset: driftedPh(number), perDay: drift.perDay } } }),
  "TECH-TRANSFER": ({ number }) => ({ id: "TECH-TRANSFER", script: { remarks: { "clear-area": remark(`Process performance qualification, run ${number} of ${transfer.runs}, protocol PPQ-201-SIN: transfer from Basel.`) } }, fermentation: { transfer: 0.74 } }),
  "CONTAMINATION-CAUGHT": () => ({ id: "CONTAMINATION-CAUGHT", fate: "aborted", script: { abort: { before: "read-density", reason: "Cocci seen under the microscope in the sample before induction; culture inactivated." } }, fermentation: { foreign: { fromH: 8.6, doublingH: 0.75 } } }),
  "CONTAMINATION-LATE": () => ({ id: "CONTAMINATION-LATE", fate: "aborted", script: { values: { bioburden: "240" }, abort: { before: "reconcile", reason: "Bioburden of the bulk out of specification, confirmed by a second plate: quality stops the batch, bulk is destroyed." } } }),
  "LATE-ENTRY-CLUSTER": ({ start }) => ({ id: "LATE-ENTRY-CLUSTER", script: { afterwards: { steps: ["capture-sip", "condition", "seed-values", "charge-seed"], from: endOfNight(start), reason: "Entered at the end of the night shift." } } }),
  "TRAINING-LAPSE": () => ({ id: "TRAINING-LAPSE", script: { stopped: { "charge-lysis": { type: "training_gap", severity: "major", minutes: 38, comment: "Training of the operator for the homogeniser lapsed yesterday: stopped at the step, a trained colleague takes over." } } } }),
};

/** Further batches that did not end in release, so that about 6 % did not. */
const ends: readonly (Planted & { readonly site: PlantSite; readonly number: number })[] = [
  { site: "basel", number: 9, fate: "rejected", script: { values: { "bulk-volume": "40.0" } } },
  { site: "basel", number: 52, fate: "aborted", script: { values: { purity: "91.8" }, abort: { before: "reconcile", reason: "Purity of the bulk out of specification: quality stops the batch, bulk is destroyed." } } },
  { site: "raleigh", number: 31, fate: "rejected", script: { values: { "bulk-volume": "41.5" } } },
  { site: "singapore", number: 5, fate: "aborted", script: { abort: { before: "set-growth-rate", reason: "Feed line ruptured before the feed could be started; no spare line at hand." } } },
];

/** Everything planted for a batch of a site's history. The poor lot and the change of recipe are not here: which batches they hit is decided by the lot and the version they are made from; nor is the bearing, which spans two batches. */
export function caseOf(site: PlantSite, around: Around): readonly Planted[] {
  const named = storyCases.filter(({ where }) => where[site]?.includes(around.number)).flatMap(({ id }) => scripts[id]?.(around) ?? []);
  return [...named, ...ends.filter((end) => end.site === site && end.number === around.number)];
}

/** The failing bearing as a batch of its site sees it; `failed`: start of the batch in which it fails. */
export function bearingOf(site: PlantSite, { number, start }: Around, failed: Date | undefined): Planted | undefined {
  if (site !== bearing.site || !failed || number > bearing.batch || start.getTime() < failed.getTime() - 40 * 24 * hour) return undefined;
  const at = failsAt(failed);
  const fermentation = { bearing: { failsAt: at.getTime() } };
  const id = start.getTime() > failed.getTime() - 14 * 24 * hour ? { id: "BEARING" as const } : {};
  if (number < bearing.batch) return { ...id, script: {}, fermentation };
  const said = { type: "instrument_failure" as const, severity: "major" as const, comment: "Agitator drive tripped on vibration, lower bearing seized; no agitation, oxygen at zero." };
  return { ...id, fate: "aborted", fermentation, script: { abort: { before: "capture-growth", reason: "Agitator failed in the fed batch: culture without oxygen, inactivated.", at: new Date(at.getTime() + 22 * 60_000), said } } };
}
