import { accept, refuse, type Result } from "#lib/result.ts";
import { isOpen, severities, type ExceptionState, type Severity } from "./exception.ts";

/** States and what may be done to an exception while it waits for its decision; what is not listed is refused. */
const transitions: Record<ExceptionState, Partial<Record<"explain" | "raise" | "lower" | "accept" | "escalate", ExceptionState>>> = {
  open: { explain: "explained", raise: "open", lower: "open", accept: "closed", escalate: "escalated" },
  explained: { explain: "explained", raise: "explained", lower: "explained", accept: "closed", escalate: "escalated" },
  escalated: { explain: "escalated", raise: "escalated", accept: "closed" },
  reviewed: {},
  closed: {},
};
export type ExceptionCommand = keyof (typeof transitions)["open"];
export type SeverityRefusal = "decided" | "not-higher" | "not-lower" | "reason-missing";

export const severityRefusalSentence: Record<SeverityRefusal, string> = {
  decided: "This exception has been decided about. Nothing about it changes any more.",
  "not-higher": "Anyone may raise a severity; lowering it is quality’s, with a signature.",
  "not-lower": "A signature lowers a severity; to raise it nobody needs to sign.",
  "reason-missing": "Say why, in at least 10 characters. It is kept in the record.",
};

/** The state a command leads to; undefined where it is refused. */
export const advanceException = (state: ExceptionState, command: ExceptionCommand): ExceptionState | undefined => transitions[state][command];

const rank = (severity: Severity): number => severities.length - severities.indexOf(severity);

/** May the severity become `to`? Raised by anyone, lowered by a signature of quality alone (exceptions C.3). */
export function planSeverity(exception: { readonly state: ExceptionState; readonly severity: Severity }, to: Severity, by: { readonly signature: boolean; readonly rationale: string }): Result<{ readonly severity: Severity }, SeverityRefusal> {
  if (!isOpen(exception.state) || !advanceException(exception.state, by.signature ? "lower" : "raise")) return refuse("decided");
  if (by.rationale.trim().length < 10) return refuse("reason-missing");
  const step = rank(to) - rank(exception.severity);
  if (by.signature) return step < 0 ? accept({ severity: to }) : refuse("not-lower");
  return step > 0 ? accept({ severity: to }) : refuse("not-higher");
}
