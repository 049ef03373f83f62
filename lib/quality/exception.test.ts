import { describe, expect, it } from "vitest";
import { exceptionStates, isOpen, openExceptionStates, planAcceptance, severities, severityName, type ExceptionState, type Severity } from "./exception.ts";

const everyCase = exceptionStates.flatMap((state) => severities.flatMap((severity) => [true, false].map((executed) => ({ state, severity, executed }))));
const plan = ({ state, severity, executed }: { state: ExceptionState; severity: Severity; executed: boolean }) => planAcceptance({ state, severity }, "qa", new Set(executed ? ["operator", "qa"] : ["operator"]));

describe("accepting an exception", () => {
  it("REQ-42 (21 CFR 211.192) closes it only while it is open, not critical, and judged by somebody who did not make the batch", () => {
    for (const one of everyCase) {
      const may = ["open", "explained", "escalated"].includes(one.state) && one.severity !== "critical" && !one.executed;
      expect(plan(one).ok, JSON.stringify(one)).toBe(may);
    }
    expect(everyCase.filter((one) => plan(one).ok)).toHaveLength(6);
    expect(plan({ state: "open", severity: "major", executed: false })).toEqual({ ok: true, value: { state: "closed" } });
  });
  it.each<[string, ExceptionState, Severity, boolean, object]>([
    ["a decided one, in which state", "closed", "critical", true, { reason: "already-decided", state: "closed" }], ["a reviewed one", "reviewed", "minor", false, { reason: "already-decided", state: "reviewed" }],
    ["a critical one: it needs a deviation first", "open", "critical", true, { reason: "needs-deviation" }], ["own work", "explained", "minor", true, { reason: "own-work" }],
  ])("REQ-42 (21 CFR 211.192) refuses %s", (_, state, severity, executed, refusal) => expect(plan({ state, severity, executed })).toEqual({ ok: false, refusal }));
});

describe("the states of an exception", () => {
  it("stand before a release until somebody decided", () => {
    expect(exceptionStates.filter(isOpen)).toEqual(["open", "explained", "escalated"]);
    expect(openExceptionStates).toEqual(exceptionStates.filter(isOpen));
    expect(severities.map((s) => severityName[s])).toEqual(["Critical", "Major", "Minor"]);
  });
});
