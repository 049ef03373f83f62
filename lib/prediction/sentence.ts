import type { Features } from "./features.ts";

type Reason = Extract<Features, { kind: "not-evaluated" }>["reason"];

/** Why there is no score, in words. */
export function notEvaluatedSentence(reason: Reason): string {
  switch (reason.cause) {
    case "age-outside-input-space": return `The culture is ${reason.ageH.toFixed(1)} h old; the model covers 24 h to 336 h.`;
    case "wrong-length": return `The window of ${reason.tag} has the wrong length.`;
    case "too-many-missing": return `Too many quarter-hours of ${reason.tag} have no good value in the last 24 h.`;
    case "stale": return `The newest values of ${reason.tag} are missing.`;
    case "residual-undefined": return `The residual ${reason.feature} is not defined for these values.`;
    case "outside-input-space": return `${reason.tag} ${reason.value} lies outside the space the model was made for.`;
  }
}
