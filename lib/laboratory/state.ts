import { accept, refuse, type Result } from "#lib/result.ts";

/** States of a sample (docs/vocabulary.md). */
export const sampleStates = ["drawn", "received", "in_test", "complete", "lost"] as const;
export type SampleState = (typeof sampleStates)[number];
export type SampleCommand = "receive" | "test" | "complete" | "reopen" | "lose";

const sampleTransitions: Record<SampleState, Partial<Record<SampleCommand, SampleState>>> = {
  drawn: { receive: "received", lose: "lost" },
  received: { test: "in_test", lose: "lost" },
  // A sample with results is never lost: what they found would go with it.
  in_test: { test: "in_test", complete: "complete" },
  // A retest, or a result that is invalidated, opens it again.
  complete: { reopen: "in_test" },
  lost: {},
};

/** States of one result: written by its analyst, reviewed by a second person, or invalidated with its cause. */
export const resultStates = ["entered", "reviewed", "invalidated"] as const;
export type ResultState = (typeof resultStates)[number];
export type ResultCommand = "review" | "invalidate";

const resultTransitions: Record<ResultState, Partial<Record<ResultCommand, ResultState>>> = {
  entered: { review: "reviewed", invalidate: "invalidated" },
  reviewed: { invalidate: "invalidated" },
  invalidated: {},
};

export const sampleStateName: Record<SampleState, string> = { drawn: "Drawn", received: "Received", in_test: "In test", complete: "Complete", lost: "Lost" };
export const resultStateName: Record<ResultState, string> = { entered: "Entered", reviewed: "Reviewed", invalidated: "Invalidated" };

export type LaboratoryRefused = { readonly reason: "command-not-allowed"; readonly state: SampleState | ResultState };

/** The state `command` leads a sample to; what the table does not list is refused. */
export function advanceSample(state: SampleState, command: SampleCommand): Result<SampleState, LaboratoryRefused> {
  const next = sampleTransitions[state][command];
  return next ? accept(next) : refuse({ reason: "command-not-allowed", state });
}

/** The state `command` leads a result to; what the table does not list is refused. */
export function advanceResult(state: ResultState, command: ResultCommand): Result<ResultState, LaboratoryRefused> {
  const next = resultTransitions[state][command];
  return next ? accept(next) : refuse({ reason: "command-not-allowed", state });
}
