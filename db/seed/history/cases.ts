import type { PlantSite } from "../organisation.ts";
import type { Script } from "../play.ts";

/** What is planted in the history for people to find; the ground truth stands in `docs/story.md`, from here. */
export const caseIds = ["PROBE-DRIFT", "LOT-SHIFT", "CONTAMINATION-CAUGHT", "CONTAMINATION-LATE", "LATE-ENTRY-CLUSTER", "TRAINING-LAPSE"] as const;
export type CaseId = (typeof caseIds)[number];

type Planted = { readonly id?: CaseId; readonly fate?: "rejected" | "aborted"; readonly script: Omit<Script, "random" | "newId" | "units" | "lots"> };
/** One case: what happened, where, in which batches of that site's history (counted from 1), and where the portal shows it. */
export type StoryCase = { readonly id: CaseId; readonly happened: string; readonly where: Partial<Record<PlantSite, readonly number[]>>; readonly shown: string };

/** First and last batch of the campaign in which the pH probe of the fermenter drifts. */
const drift = { site: "singapore", first: 8, last: 13 } as const;
/** pH as the drifting probe says it while the culture stands at 7.00, batch by batch. */
export const driftedPh = (number: number): number => 7.02 + 0.025 * (number - drift.first);

/** The lot of medium of one supplier that gave less product, at both sites that got it. */
export const poorLot = { material: "RM-1101", supplierLot: "01-H0409", sites: ["basel", "raleigh"], period: 4 } as const;
/** What the poor lot leaves of the antigen in the lysate and of the bulk. */
export const poorValues: Readonly<Record<string, string>> = { "clarified-concentration": "0.90", "bulk-volume": "60.5", "wet-cell-mass": "71.0" };

export const storyCases: readonly StoryCase[] = [
  { id: "PROBE-DRIFT", happened: "The pH probe of fermenter FM-4051 reads 0.025 pH more with every batch, until pH leaves its normal range on paper; the calibration after the campaign finds it 0.15 pH off.", where: { singapore: [8, 9, 10, 11, 12, 13] }, shown: "Captured pH of the record batch by batch, exceptions of the last batches, failed calibration of FM-4051" },
  { id: "LOT-SHIFT", happened: `One lot of mineral medium of the supplier (${poorLot.supplierLot}), delivered to two sites, gives about a sixth less antigen.`, where: {}, shown: "Trace of the supplier's lot at both sites; concentration of the clarified lysate of the batches charged from it" },
  { id: "CONTAMINATION-CAUGHT", happened: "A foreign organism is seen under the microscope before induction; the batch is aborted.", where: { basel: [21] }, shown: "Aborted batch with the exception of its abort" },
  { id: "CONTAMINATION-LATE", happened: "Nothing is seen in the fermenter; the bulk fails bioburden and quality stops the batch before its end.", where: { raleigh: [14] }, shown: "Result out of specification, critical exception that holds the batch, its abort" },
  { id: "LATE-ENTRY-CLUSTER", happened: "On one night shift nearly everything is written down hours after it was read.", where: { basel: [33] }, shown: "Late entries of one batch, many times the usual number" },
  { id: "TRAINING-LAPSE", happened: "An operator's training for the homogeniser had lapsed the day before; the supervisor stops him at the step.", where: { raleigh: [25] }, shown: "Exception in the supervisor's and operator's words at the homogeniser" },
];

const nightShift = ["seed-density", "seed-volume", "growth-rate-set", "induction-density", "inducer-stock", "inducer-volume", "working-volume", "wet-cell-mass", "clarified-volume", "resin-volume", "bulk-volume"];
const scripts: Partial<Record<CaseId, (number: number) => Planted>> = {
  "PROBE-DRIFT": (number) => ({ id: "PROBE-DRIFT", script: { values: { ph: driftedPh(number).toFixed(3) }, excursions: { ph: { to: driftedPh(number), minutes: 0 } } } }),
  "CONTAMINATION-CAUGHT": () => ({ id: "CONTAMINATION-CAUGHT", fate: "aborted", script: { abort: { before: "read-density", reason: "Cocci seen under the microscope in the sample before induction; culture inactivated." } } }),
  "CONTAMINATION-LATE": () => ({ id: "CONTAMINATION-LATE", fate: "aborted", script: { values: { bioburden: "240" }, abort: { before: "reconcile", reason: "Bioburden of the bulk out of specification, confirmed by a second plate: quality stops the batch, bulk is destroyed." } } }),
  "LATE-ENTRY-CLUSTER": () => ({ id: "LATE-ENTRY-CLUSTER", script: { late: Object.fromEntries(nightShift.map((id, i) => [id, { minutes: 150 + 9 * i, reason: "Entered at the end of the night shift." }])) } }),
  "TRAINING-LAPSE": () => ({ id: "TRAINING-LAPSE", script: { remarks: { "charge-lysis": { type: "manual_deviation", severity: "major", comment: "Training of the operator for the homogeniser lapsed yesterday; stopped by the supervisor, step done by a trained colleague." } } } }),
};

/** Further batches that did not end in release, so that about 6 % did not. */
const ends: readonly (Planted & { readonly site: PlantSite; readonly number: number })[] = [
  { site: "basel", number: 9, fate: "rejected", script: { values: { "bulk-volume": "40.0" } } },
  { site: "basel", number: 46, fate: "aborted", script: { values: { purity: "91.8" }, abort: { before: "reconcile", reason: "Purity of the bulk out of specification: quality stops the batch, bulk is destroyed." } } },
  { site: "basel", number: 52, fate: "aborted", script: { abort: { before: "express", reason: "Power of the suite failed for 50 min; agitation and air stood still." } } }, { site: "raleigh", number: 31, fate: "rejected", script: { values: { "bulk-volume": "41.5" } } },
  { site: "singapore", number: 5, fate: "aborted", script: { abort: { before: "set-growth-rate", reason: "Feed line ruptured before the feed could be started; no spare line at hand." } } },
];

/** Everything planted for a batch of a site's history. The poor lot is not here: which batches it hits is decided by which lot they are charged from. */
export function caseOf(site: PlantSite, number: number): readonly Planted[] {
  const named = storyCases.filter(({ where }) => where[site]?.includes(number)).flatMap(({ id }) => scripts[id]?.(number) ?? []);
  return [...named, ...ends.filter((end) => end.site === site && end.number === number)];
}
