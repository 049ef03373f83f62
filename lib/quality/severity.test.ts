import { describe, expect, it } from "vitest";
import type { ExceptionState, Severity } from "./exception.ts";
import { planSeverity, severityRefusalSentence, type SeverityRefusal } from "./severity.ts";

const said = "assessed with the process owner";
const answer = (state: ExceptionState, from: Severity, to: Severity, signature: boolean, rationale = said): string => { const plan = planSeverity({ state, severity: from }, to, { signature, rationale }); return plan.ok ? plan.value.severity : plan.refusal; };

describe("the severity of an exception (REQ-43)", () => {
  it.each<[string, ExceptionState, Severity, Severity, boolean, string]>([
    ["is raised by anyone", "open", "minor", "critical", false, "critical"], ["is not lowered without a signature", "open", "critical", "minor", false, "not-higher"], ["is lowered by a signature", "explained", "critical", "major", true, "major"],
    ["is not raised by a signature", "open", "minor", "major", true, "not-lower"], ["does not change after its decision", "closed", "minor", "critical", false, "decided"], ["is not lowered when it became a deviation", "escalated", "critical", "minor", true, "decided"],
  ])("%s", (_, state, from, to, signature, expected) => expect(answer(state, from, to, signature)).toBe(expected));
  it("asks for the reason", () => expect(answer("open", "minor", "major", false, "because")).toBe("reason-missing"));
  it("says every refusal as a sentence", () => { for (const refusal of ["decided", "not-higher", "not-lower", "reason-missing"] as const satisfies readonly SeverityRefusal[]) expect(severityRefusalSentence[refusal]).toMatch(/^[A-Z].*\.$/); });
});
