import { accept, refuse, type Result } from "#lib/result.ts";

/** States of a batch (docs/vocabulary.md). */
export const batchStates = [
  "planned", "issued", "in_progress", "held", "complete", "prod_reviewed", "qa_review",
  "released", "rejected", "reprocess", "conditional", "aborted",
] as const;
export type BatchState = (typeof batchStates)[number];

export type StepState = "waiting" | "ready" | "active" | "done" | "skipped" | "voided" | "forced";

export type BatchCommand =
  | "issue" | "start" | "hold" | "restart" | "complete" | "abort"
  | "review_production" | "take_into_qa_review" | "release" | "reject" | "reprocess" | "release_conditionally"
  | "withdraw_production_review" | "withdraw_release" | "withdraw_rejection";

const transitions: Record<BatchState, Partial<Record<BatchCommand, BatchState>>> = {
  planned: { issue: "issued", abort: "aborted" },
  issued: { start: "in_progress", abort: "aborted" },
  in_progress: { hold: "held", complete: "complete", abort: "aborted" },
  held: { restart: "in_progress", abort: "aborted" },
  complete: { review_production: "prod_reviewed" },
  prod_reviewed: { take_into_qa_review: "qa_review", withdraw_production_review: "complete" },
  qa_review: { release: "released", reject: "rejected", reprocess: "reprocess", release_conditionally: "conditional", withdraw_production_review: "complete" },
  conditional: { release: "released", reject: "rejected" },
  aborted: {},
  // A disposition is taken back only by a signature that withdraws the one that made it.
  released: { withdraw_release: "qa_review" },
  rejected: { withdraw_rejection: "qa_review" },
  reprocess: {},
};

export type BatchCommandRefused = { readonly reason: "command-not-allowed"; readonly state: BatchState; readonly command: BatchCommand };

/** The state `command` leads to, or why the batch must refuse it. What the table does not list is refused. */
export function advanceBatch(state: BatchState, command: BatchCommand): Result<BatchState, BatchCommandRefused> {
  const next = transitions[state][command];
  return next ? accept(next) : refuse({ reason: "command-not-allowed", state, command });
}

/** Words for people; sentence case. */
export const batchStateName: Record<BatchState, string> = {
  planned: "Planned",
  issued: "Issued",
  in_progress: "In progress",
  held: "Held",
  complete: "Complete",
  prod_reviewed: "Production reviewed",
  qa_review: "QA review",
  released: "Released",
  rejected: "Rejected",
  reprocess: "Reprocess",
  conditional: "Conditional",
  aborted: "Aborted",
};

/** States that still need somebody before the batch is closed. */
export const openStates: readonly BatchState[] = ["complete", "prod_reviewed", "qa_review", "conditional"];
