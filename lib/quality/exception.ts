import type { BatchState } from "#lib/batch/state.ts";
import { accept, refuse, type Result } from "#lib/result.ts";

export const severities = ["critical", "major", "minor"] as const;
export type Severity = (typeof severities)[number];

export const exceptionStates = ["open", "explained", "reviewed", "closed", "escalated"] as const;
export type ExceptionState = (typeof exceptionStates)[number];

/** States in which an exception still stands before a release. */
export const openExceptionStates: readonly ExceptionState[] = ["open", "explained", "escalated"];
export const isOpen = (state: ExceptionState): boolean => openExceptionStates.includes(state);

/** States and what may be done to an exception while it waits for its decision; what is not listed is refused. */
const transitions: Record<ExceptionState, Partial<Record<"explain" | "raise" | "lower" | "accept" | "escalate", ExceptionState>>> = {
  open: { explain: "explained", raise: "open", lower: "open", accept: "closed", escalate: "escalated" },
  explained: { explain: "explained", raise: "explained", lower: "explained", accept: "closed", escalate: "escalated" },
  escalated: { explain: "escalated", raise: "escalated", accept: "closed" },
  reviewed: {},
  closed: {},
};
export type ExceptionCommand = keyof (typeof transitions)["open"];
/** The state a command leads to; undefined where it is refused. */
export const advanceException = (state: ExceptionState, command: ExceptionCommand): ExceptionState | undefined => transitions[state][command];

export const severityName: Record<Severity, string> = { critical: "Critical", major: "Major", minor: "Minor" };

/** Who closes an exception of a type: production's supervisor while it is minor, or quality (domain model C.3). */
export const requiredSignatures = ["supervisor", "quality"] as const;
export type RequiredSignature = (typeof requiredSignatures)[number];

export type ExceptionRefusal =
  | { readonly reason: "already-decided"; readonly state: ExceptionState }
  | { readonly reason: "needs-deviation" } | { readonly reason: "quality-only" } | { readonly reason: "own-work" } | { readonly reason: "not-now"; readonly state: BatchState };

/** `signature`: what the configuration that weighed it asks for. `blocks`: the batch stands still until it is decided about. */
export type Decidable = { readonly state: ExceptionState; readonly severity: Severity; readonly signature: RequiredSignature; readonly blocks: boolean };
export type Decider = { readonly id: string; readonly as: RequiredSignature };

const running: readonly BatchState[] = ["in_progress", "held"];
/** Production closes before it reviews, so that its review covers it; quality in its review, and at once where the batch waits for it. */
const isTime = (batch: BatchState, as: RequiredSignature, blocks: boolean): boolean => (as === "supervisor" ? batch === "complete" : batch === "qa_review" || (blocks && running.includes(batch)));

/**
 * May this person accept the exception with a rationale? A critical one needs a deviation first, a supervisor closes what is minor and asks for no more than his
 * signature, everything else is quality's (domain model C.3), and nobody decides about what he executed himself.
 */
export function planAcceptance(exception: Decidable, { id, as }: Decider, executors: ReadonlySet<string>, batch: BatchState): Result<{ readonly state: ExceptionState }, ExceptionRefusal> {
  const next = advanceException(exception.state, "accept");
  if (!next) return refuse({ reason: "already-decided", state: exception.state });
  if (exception.severity === "critical") return refuse({ reason: "needs-deviation" });
  if (as === "supervisor" && (exception.severity !== "minor" || exception.signature !== "supervisor")) return refuse({ reason: "quality-only" });
  if (executors.has(id)) return refuse({ reason: "own-work" });
  return isTime(batch, as, exception.blocks) ? accept({ state: next }) : refuse({ reason: "not-now", state: batch });
}
