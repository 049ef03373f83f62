import { seedOf } from "#lib/simulator/running-batches.ts";
import type { BatchState } from "#lib/batch/state.ts";
import type { PlantSite } from "./organisation.ts";

/** When a batch of the story ran and how far its review has come. Times in hours before the story's "now". */
export type StoryBatch = {
  readonly id: string; readonly siteId: PlantSite; readonly unitId: string; readonly state: BatchState;
  readonly inoculatedHoursAgo: number; readonly harvestedHoursAgo: number | undefined; readonly completedHoursAgo: number | undefined; readonly dueInDays: number | undefined; readonly priority: number;
  /** Exceptions QA has not decided about yet. */
  readonly leavesOpen: "none" | "all" | "major";
  readonly signed: readonly ("production_reviewed" | "audit_trail_reviewed" | "site_confirmed" | "closing")[];
};

const cultureH = 336;
/** Hours from harvest to a complete record: two to three and a half days, from the batch's own number. */
const completionH = (batchId: string): number => 44 + (seedOf(batchId) % 37);
type Place = Pick<StoryBatch, "id" | "siteId" | "unitId">;

const running = (place: Place, ageH: number): StoryBatch => ({ ...place, state: "in_progress", inoculatedHoursAgo: ageH, harvestedHoursAgo: undefined, completedHoursAgo: undefined, dueInDays: undefined, priority: 2, leavesOpen: "all", signed: [] });

type Review = Pick<StoryBatch, "state" | "leavesOpen" | "signed"> & { readonly dueInDays?: number; readonly priority?: number };
const finished = (place: Place, inoculatedHoursAgo: number, review: Review): StoryBatch => ({
  ...place, ...review, inoculatedHoursAgo, harvestedHoursAgo: inoculatedHoursAgo - cultureH, completedHoursAgo: inoculatedHoursAgo - cultureH - completionH(place.id), dueInDays: review.dueInDays, priority: review.priority ?? 2,
});

const reviewed = ["production_reviewed", "audit_trail_reviewed", "site_confirmed"] as const;
const released: Review = { state: "released", leavesOpen: "none", signed: [...reviewed, "closing"] };
const rejectedReview: Review = { state: "rejected", leavesOpen: "none", signed: ["production_reviewed", "closing"] };

/** Stopped `stopH` hours after inoculation and rejected: nothing was harvested. */
const stopped = (place: Place, inoculatedHoursAgo: number, stopH: number): StoryBatch => ({
  ...place, ...rejectedReview, dueInDays: undefined, priority: 2, inoculatedHoursAgo, harvestedHoursAgo: undefined, completedHoursAgo: inoculatedHoursAgo - stopH,
});

const at = (siteId: PlantSite, code: string, unitId: string): Place => ({ siteId, unitId, id: `${{ basel: "BAS", raleigh: "RAL", singapore: "SIN" }[siteId]}-101-${code}` });

/** A unit takes a batch every 17.5 days: 14 of culture, the rest to empty, clean and sterilise. */
const slot = 420;

/** All batches of the story. Units never hold two at a time. */
export const storyBatches: readonly StoryBatch[] = [
  running(at("basel", "2611", "BR-2001"), 197),
  running(at("basel", "2612", "BR-2002"), 78),
  finished(at("basel", "2601", "BR-2001"), 197 + 4 * slot, released),
  finished(at("basel", "2602", "BR-2002"), 78 + 4 * slot, released),
  finished(at("basel", "2603", "BR-2001"), 197 + 3 * slot, released),
  finished(at("basel", "2604", "BR-2002"), 78 + 3 * slot, released),
  finished(at("basel", "2605", "BR-2001"), 197 + 2 * slot, released),
  stopped(at("basel", "2606", "BR-2002"), 78 + 2 * slot, 222),
  finished(at("basel", "2607", "BR-2003"), 410 + slot, { state: "qa_review", leavesOpen: "none", signed: reviewed, dueInDays: 2, priority: 1 }),
  finished(at("basel", "2608", "BR-2001"), 197 + slot, { state: "qa_review", leavesOpen: "major", signed: ["production_reviewed"], dueInDays: 3, priority: 1 }),
  finished(at("basel", "2609", "BR-2002"), 78 + slot, { state: "prod_reviewed", leavesOpen: "all", signed: ["production_reviewed"], dueInDays: 9, priority: 2 }),
  finished(at("basel", "2610", "BR-2003"), 410, { state: "complete", leavesOpen: "all", signed: [], dueInDays: 14, priority: 2 }),
  running(at("raleigh", "2608", "BR-3001"), 245),
  finished(at("raleigh", "2601", "BR-3001"), 245 + 4 * slot, released),
  finished(at("raleigh", "2602", "BR-3002"), 430 + 3 * slot, released),
  finished(at("raleigh", "2603", "BR-3001"), 245 + 3 * slot, released),
  finished(at("raleigh", "2604", "BR-3002"), 430 + 2 * slot, released),
  finished(at("raleigh", "2605", "BR-3001"), 245 + 2 * slot, released),
  finished(at("raleigh", "2606", "BR-3002"), 430 + slot, { state: "qa_review", leavesOpen: "major", signed: ["production_reviewed"], dueInDays: -3, priority: 1 }),
  finished(at("raleigh", "2607", "BR-3001"), 245 + slot, { state: "qa_review", leavesOpen: "none", signed: ["production_reviewed", "audit_trail_reviewed"], dueInDays: 4, priority: 2 }),
  running(at("singapore", "2606", "BR-4001"), 130),
  finished(at("singapore", "2601", "BR-4001"), 130 + 4 * slot, released),
  finished(at("singapore", "2602", "BR-4002"), 415 + 2 * slot, released),
  finished(at("singapore", "2603", "BR-4001"), 130 + 3 * slot, released),
  finished(at("singapore", "2604", "BR-4002"), 415 + slot, { state: "qa_review", leavesOpen: "none", signed: ["production_reviewed", "site_confirmed"], dueInDays: 5, priority: 2 }),
  finished(at("singapore", "2605", "BR-4001"), 130 + slot, { state: "prod_reviewed", leavesOpen: "all", signed: ["production_reviewed"], dueInDays: 8, priority: 3 }),
];
