import { accept, refuse, type Result } from "#lib/result.ts";

export const severities = ["critical", "major", "minor"] as const;
export type Severity = (typeof severities)[number];

export const exceptionStates = ["open", "explained", "reviewed", "closed", "escalated"] as const;
export type ExceptionState = (typeof exceptionStates)[number];

/** States in which an exception still stands before a release. */
export const openExceptionStates: readonly ExceptionState[] = ["open", "explained", "escalated"];
export const isOpen = (state: ExceptionState): boolean => openExceptionStates.includes(state);

export const severityName: Record<Severity, string> = { critical: "Critical", major: "Major", minor: "Minor" };

export type ExceptionRefusal =
  | { readonly reason: "already-decided"; readonly state: ExceptionState }
  | { readonly reason: "needs-deviation" }
  | { readonly reason: "own-work" };

/**
 * May this person accept the exception with a rationale? A critical one needs a deviation first (domain model C.3), and
 * nobody decides about what he executed himself.
 */
export function planAcceptance(
  exception: { readonly state: ExceptionState; readonly severity: Severity },
  personId: string,
  executors: ReadonlySet<string>,
): Result<{ readonly state: "closed" }, ExceptionRefusal> {
  if (!isOpen(exception.state)) return refuse({ reason: "already-decided", state: exception.state });
  if (exception.severity === "critical") return refuse({ reason: "needs-deviation" });
  if (executors.has(personId)) return refuse({ reason: "own-work" });
  return accept({ state: "closed" });
}
