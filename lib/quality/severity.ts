import { accept, refuse, type Result } from "#lib/result.ts";
import { advanceException, isOpen, severities, type ExceptionState, type Severity } from "./exception.ts";

export type SeverityRefusal = "decided" | "not-higher" | "not-lower" | "reason-missing";

export const severityRefusalSentence: Record<SeverityRefusal, string> = {
  decided: "This exception has been decided about. Nothing about it changes any more.",
  "not-higher": "Anyone may raise a severity; lowering it is quality’s, with a signature.",
  "not-lower": "A signature lowers a severity; to raise it nobody needs to sign.",
  "reason-missing": "Say why, in at least 10 characters. It is kept in the record.",
};

const rank = (severity: Severity): number => severities.length - severities.indexOf(severity);

/** May the severity become `to`? Raised by anyone, lowered by a signature of quality alone (exceptions C.3). */
export function planSeverity(exception: { readonly state: ExceptionState; readonly severity: Severity }, to: Severity, by: { readonly signature: boolean; readonly rationale: string }): Result<{ readonly severity: Severity }, SeverityRefusal> {
  if (!isOpen(exception.state) || !advanceException(exception.state, by.signature ? "lower" : "raise")) return refuse("decided");
  if (by.rationale.trim().length < 10) return refuse("reason-missing");
  const step = rank(to) - rank(exception.severity);
  if (by.signature) return step < 0 ? accept({ severity: to }) : refuse("not-lower");
  return step > 0 ? accept({ severity: to }) : refuse("not-higher");
}
