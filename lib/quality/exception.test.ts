import { describe, expect, it } from "vitest";
import { batchStates } from "#lib/batch/state.ts";
import { exceptionStates, isOpen, openExceptionStates, planAcceptance, requiredSignatures, severities, severityName, type Decidable } from "./exception.ts";

const everyException = exceptionStates.flatMap((state) => severities.flatMap((severity) => requiredSignatures.flatMap((signature) => [true, false].map((blocks): Decidable => ({ state, severity, signature, blocks })))));
const everyCase = everyException.flatMap((exception) => requiredSignatures.flatMap((as) => [true, false].flatMap((executed) => batchStates.map((batch) => ({ exception, as, executed, batch })))));
type Case = (typeof everyCase)[number];
const plan = ({ exception, as, executed, batch }: Case) => planAcceptance(exception, { id: "she", as }, new Set(executed ? ["operator", "she"] : ["operator"]), batch);
const one = (change: Partial<Decidable> = {}, rest: Partial<Omit<Case, "exception">> = {}): Case => ({ exception: { state: "open", severity: "minor", signature: "supervisor", blocks: false, ...change }, as: "quality", executed: false, batch: "qa_review", ...rest });

describe("accepting an exception", () => {
  it("REQ-42 (21 CFR 211.192) is open to quality in its review, or at once where the batch waits, and to a supervisor for what is minor and complete; never for a critical one or one's own work", () => {
    for (const c of everyCase) {
      const { exception: x, as, executed, batch } = c;
      const time = as === "supervisor" ? batch === "complete" : batch === "qa_review" || (x.blocks && ["in_progress", "held"].includes(batch));
      const may = ["open", "explained", "escalated"].includes(x.state) && x.severity !== "critical" && !executed && time && (as === "quality" || (x.severity === "minor" && x.signature === "supervisor"));
      expect(plan(c).ok, JSON.stringify(c)).toBe(may);
    }
    expect(plan(one())).toEqual({ ok: true, value: { state: "closed" } });
    expect(plan(one({}, { as: "supervisor", batch: "complete" }))).toEqual({ ok: true, value: { state: "closed" } });
  });
  it.each<[string, Case, object]>([
    ["a decided one, in which state", one({ state: "closed", severity: "critical" }), { reason: "already-decided", state: "closed" }], ["a reviewed one", one({ state: "reviewed" }), { reason: "already-decided", state: "reviewed" }],
    ["a critical one: it needs a deviation first", one({ severity: "critical" }, { executed: true }), { reason: "needs-deviation" }], ["own work", one({ state: "explained" }, { executed: true }), { reason: "own-work" }],
    ["a major one by a supervisor", one({ severity: "major" }, { as: "supervisor", batch: "complete" }), { reason: "quality-only" }], ["one whose type asks for quality by a supervisor", one({ signature: "quality" }, { as: "supervisor", batch: "complete" }), { reason: "quality-only" }],
    ["one while the batch is made that does not hold it", one({ severity: "major" }, { batch: "in_progress" }), { reason: "not-now", state: "in_progress" }],
  ])("REQ-42 (21 CFR 211.192) refuses %s", (_, c, refusal) => expect(plan(c)).toEqual({ ok: false, refusal }));
});

describe("the states of an exception", () => {
  it("stand before a release until somebody decided", () => {
    expect(exceptionStates.filter(isOpen)).toEqual(["open", "explained", "escalated"]);
    expect(openExceptionStates).toEqual(exceptionStates.filter(isOpen));
    expect(severities.map((s) => severityName[s])).toEqual(["Critical", "Major", "Minor"]);
  });
});
