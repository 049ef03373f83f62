import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exceptionStates, isOpen, severities } from "#lib/quality/exception.ts";
import { signatureMeanings } from "#lib/signature/meaning.ts";
import type { StepState } from "#lib/batch/state.ts";
import { checksBefore, checksOf, type CheckId, type Evidence } from "./check.ts";

const step = (change: Partial<Evidence["steps"][number]> = {}): Evidence["steps"][number] => ({ id: "5.1.1", state: "done", performedBy: "operator", automatic: false, verifiedBy: "supervisor", ...change });
const whole: Evidence = {
  state: "qa_review", steps: [step(), step({ automatic: true, performedBy: null, verifiedBy: null })], evaluations: ["within", "exception"], laboratory: [], exceptions: [{ id: "EX-01", state: "closed", severity: "minor" }], integrity: true,
  signed: [{ meaning: "production_reviewed", covers: false }, { meaning: "audit_trail_reviewed", covers: true }, { meaning: "site_confirmed", covers: true }],
};
const openOf = (evidence: Evidence): readonly CheckId[] => checksOf(evidence).filter((c) => !c.done).map((c) => c.id);
const findingOf = (evidence: Evidence, id: CheckId) => checksOf(evidence).find((c) => c.id === id)?.finding;
const stepStates: readonly StepState[] = ["waiting", "ready", "active", "done", "skipped", "voided", "forced"];

describe("the release checks", () => {
  it("REQ-42 (21 CFR 211.192) are all closed for a whole record, in the order of the plan", () => {
    expect(checksOf(whole).map((c) => [c.id, c.done])).toEqual(["completeness", "evaluation", "laboratory", "exceptions", "production_review", "audit_trail_review", "site_confirmation", "integrity"].map((id) => [id, true]));
  });

  it.each<[string, Partial<Evidence>, CheckId, string]>([
    ["a record without steps", { steps: [] }, "completeness", "The record has no steps"],
    ["a step nobody performed", { steps: [step({ performedBy: null })] }, "completeness", "1 step not complete"],
    ["a step nobody verified", { steps: [step(), step({ verifiedBy: null }), step({ verifiedBy: null })] }, "completeness", "2 steps not complete"],
    ["a record without entries", { evaluations: [] }, "evaluation", "No entry was evaluated"],
    ["an entry that was not evaluated", { evaluations: ["within", "not_evaluated"] }, "evaluation", "1 entry not evaluated"],
    ["what the rule lists and the record lacks", { contentMissing: ["7 Actual yield: no yield is recorded"] }, "completeness", "7 Actual yield: no yield is recorded"],
    ["a result nobody reviewed", { laboratory: ["Purity of B-1-S01 waits for the review of result 1"] }, "laboratory", "Purity of B-1-S01 waits for the review of result 1"],
    ["much that the laboratory owes", { laboratory: ["a", "b", "c", "d", "e"] }, "laboratory", "a; b; c; and 2 more"],
    ["an exception without a decision", { exceptions: [{ id: "EX-01", state: "explained", severity: "minor" }, { id: "EX-02", state: "closed", severity: "major" }] }, "exceptions", "1 of 2 open"],
    ["no signature of production", { signed: whole.signed.slice(1) }, "production_review", "Not signed"],
    ["an audit-trail review of an earlier record", { signed: [...whole.signed.filter((s) => s.meaning !== "audit_trail_reviewed"), { meaning: "audit_trail_reviewed", covers: false }] }, "audit_trail_review", "Signed for an earlier record; it changed since"],
    ["a confirmation of an earlier record", { signed: [...whole.signed.filter((s) => s.meaning !== "site_confirmed"), { meaning: "site_confirmed", covers: false }] }, "site_confirmation", "Signed for an earlier record; it changed since"],
    ["a digest that does not fit", { integrity: false }, "integrity", "A stored digest or signature does not fit its content"],
  ])("REQ-42 (21 CFR 211.192) find %s, and only that", (_, change, id, finding) => {
    expect(openOf({ ...whole, ...change })).toEqual([id]);
    expect(findingOf({ ...whole, ...change }, id)).toBe(finding);
  });

  it("REQ-36 (21 CFR 211.188(b)(11)) take a step by hand as complete with performer and verifier, an automated one by its state alone", () => {
    for (const state of stepStates) for (const automatic of [true, false]) for (const performedBy of ["a", null]) for (const verifiedBy of ["b", null]) {
      const complete = (state === "done" || state === "skipped") && (automatic || (performedBy !== null && verifiedBy !== null));
      expect(openOf({ ...whole, steps: [step({ state, automatic, performedBy, verifiedBy })] }).includes("completeness"), `${state} ${automatic} ${performedBy} ${verifiedBy}`).toBe(!complete);
    }
  });
  it("REQ-36 (21 CFR 211.188(b)(11)) take a step of a full master as complete when it has ended with the verification the master asks for", () => {
    for (const state of stepStates) for (const verification of ["not-needed", "open", "given"] as const) for (const performedBy of ["a", null]) {
      const ended = state === "skipped" || state === "forced" || state === "voided" || (state === "done" && verification !== "open");
      expect(openOf({ ...whole, steps: [step({ state, verification, performedBy, verifiedBy: null })] }).includes("completeness"), `${state} ${verification} ${performedBy}`).toBe(!(ended && performedBy !== null));
    }
  });
  it("REQ-44 (21 CFR 211.165(a)) ask nothing of the laboratory where no sample is asked for", () => {
    const { laboratory: _none, ...thin } = whole;
    expect(checksOf(thin).map((c) => c.id)).not.toContain("laboratory");
    expect(openOf(thin)).toEqual([]);
    expect(findingOf(whole, "laboratory")).toBe("Every sample is tested and reviewed");
  });
  it("REQ-42 (21 CFR 211.192) leave no exception of any severity undecided", () => {
    for (const state of exceptionStates) for (const severity of severities) expect(openOf({ ...whole, exceptions: [{ id: "EX-01", state, severity }] }).includes("exceptions")).toBe(isOpen(state));
    expect(findingOf({ ...whole, exceptions: [] }, "exceptions")).toBe("0 of 0 decided");
  });
  it("REQ-09 take a signature of the present record as good, whatever was signed before it", () => {
    fc.assert(fc.property(fc.array(fc.record({ meaning: fc.constantFrom(...signatureMeanings), covers: fc.boolean() }), { maxLength: 8 }), (signed) => {
      const open = openOf({ ...whole, signed });
      expect(open.includes("production_review")).toBe(!signed.some((s) => s.meaning === "production_reviewed"));
      expect(open.includes("audit_trail_review")).toBe(!signed.some((s) => s.meaning === "audit_trail_reviewed" && s.covers));
      expect(open.includes("site_confirmation")).toBe(!signed.some((s) => s.meaning === "site_confirmed" && s.covers));
    }));
  });
});

describe("the checks before a meaning", () => {
  it("REQ-42 (21 CFR 211.192) of a release are all there are", () => expect(checksBefore.approved_for_release).toEqual(checksOf(whole).map((c) => c.id)));
  it("REQ-01 (21 CFR 11.10(a)) of every meaning hold the record's integrity", () => expect(signatureMeanings.filter((meaning) => !checksBefore[meaning].includes("integrity"))).toEqual([]));
  it("REQ-37 keep the order of signatures: production, then audit trail and site, then release", () => {
    expect(signatureMeanings.filter((m) => checksBefore[m].includes("production_review"))).toEqual(["audit_trail_reviewed", "site_confirmed", "approved_for_release"]);
    expect(signatureMeanings.filter((m) => checksBefore[m].includes("site_confirmation") || checksBefore[m].includes("audit_trail_review"))).toEqual(["approved_for_release"]);
  });
});
