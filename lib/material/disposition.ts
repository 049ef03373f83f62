import type { BatchState } from "#lib/batch/state.ts";
import { advanceLot, type LotCommand, type LotState } from "./lot.ts";

type Following = "quarantined" | "released" | "restricted" | "rejected";
/** What a batch's state makes of its lot: usable after its release only, waiting while anything is open. */
const following: Record<BatchState, Following> = {
  planned: "quarantined", issued: "quarantined", in_progress: "quarantined", held: "quarantined", complete: "quarantined", prod_reviewed: "quarantined", qa_review: "quarantined",
  released: "released", conditional: "restricted", rejected: "rejected", reprocess: "quarantined", aborted: "quarantined",
};
const commandTo: Record<Following, LotCommand> = { quarantined: "quarantine", released: "release", restricted: "restrict", rejected: "reject" };

/** `itself`: the lot with the batch's number. `part`: split off it. `blend`: made of it and others, or split off such a blend. */
export type Kinship = "itself" | "part" | "blend";
export type Disposition = { readonly from: BatchState; readonly to: BatchState };

function towards(state: LotState, wanted: Following): LotState {
  const next = advanceLot(state, wanted === "quarantined" && state === "rejected" ? "reopen" : commandTo[wanted]);
  return next.ok ? next.value : state;
}

/**
 * The state of a lot after its batch's disposition changed (21 CFR 211.22(a), 211.110(c)). The batch's own lot follows whatever is decided; a part follows from where the batch
 * had it, so that what quality decided about it alone stays, and is rejected with the batch; a blend is called back into quarantine when the batch in it is no longer
 * released, and is let out by quality only. What is used up or destroyed stays so.
 */
export function lotAfter(state: LotState, kinship: Kinship, { from, to }: Disposition): LotState {
  const wanted = following[to];
  switch (kinship) {
    case "itself": return towards(state, wanted);
    case "part": return wanted === "rejected" || (state === following[from] && state !== "rejected") ? towards(state, wanted) : state;
    case "blend": return wanted !== "released" && (state === "released" || state === "restricted") ? towards(state, "quarantined") : state;
  }
}

/** A lot with where it comes from in one batch, and that batch's state; null for material and for blends, which quality decides about by themselves. */
export type OfBatch = { readonly kinship: "itself" | "part"; readonly state: BatchState };

/** Why quality does not decide so about a lot of a batch by itself; undefined where it may. */
export function batchObstacle(command: LotCommand, { kinship, state }: OfBatch, lotId: string): string | undefined {
  if (command === "destroy") return undefined;
  if (command === "release") return state === "released" ? undefined : `Lot ${lotId} is of a batch that is not released: it follows the decision signed over the batch's record.`;
  if (kinship === "part" || (command === "reject" && state === "aborted")) return undefined;
  return `Lot ${lotId} is a batch: it follows the decision signed over its record.`;
}
