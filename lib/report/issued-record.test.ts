import { describe, expect, it } from "vitest";
import type { StepRow } from "#lib/batch/record.ts";
import { placedSteps } from "#lib/recipe/master-record.ts";
import { smallMaster } from "#tests/small-master.ts";
import { asIssued, reproductionFaults } from "./issued-record.ts";

const at = new Date("2026-03-01T10:00:00Z");
const steps: readonly StepRow[] = placedSteps(smallMaster).map(({ number, unitProcedure, operation, phase, step }, i) => ({
  siteId: "basel", batchId: "B", id: number, position: i + 1, unitProcedure, operation, phase, title: step.title, detail: step.instruction, kind: step.kind, masterStep: step.id, after: null, verification: step.verified ? "given" : "not-needed",
  startedBy: "a", startedAt: at, reason: "because", dueAt: null, state: "done", automatic: false, performedBy: "a", performedAt: at, verifiedBy: "b", verifiedAt: at,
}));
const changed = (n: number, change: Partial<StepRow>) => ({ steps: steps.map((step, i) => (i === n ? { ...step, ...change } : step)) });
const [first, second] = steps;

describe("an issued record (21 CFR 211.188(a))", () => {
  it("has no fault when its steps are those of the master, whatever was done in them", () => expect(reproductionFaults({ steps }, smallMaster)).toEqual([]));
  it.each([["title", { title: "Other" }], ["instruction", { detail: "Other" }], ["kind", { kind: "timer" }], ["phase", { phase: "Other" }], ["place in the master", { masterStep: "other" }], ["number", { id: "9.9.9.9" }]] as const)("names a step with another %s", (_what, change) => {
    expect(reproductionFaults(changed(1, change), smallMaster)).toEqual([second?.id]);
  });
  it("names a step whose verification was taken away, one that is missing, and one that is too many", () => {
    const n = steps.findIndex((step) => step.verification !== "not-needed");
    expect(n).toBeGreaterThan(-1);
    expect(reproductionFaults(changed(n, { verification: "not-needed" }), smallMaster)).toEqual([steps[n]?.id]);
    expect(reproductionFaults({ steps: steps.slice(0, -1) }, smallMaster)).toEqual([steps.at(-1)?.id]);
    expect(first && reproductionFaults({ steps: [...steps, { ...first, id: "9.1.1.1" }] }, smallMaster)).toEqual(["9.1.1.1"]);
  });
  it("shows nothing of what was done since", () => {
    for (const step of asIssued({ steps })) expect(step).toMatchObject({ state: "waiting", startedBy: null, performedBy: null, performedAt: null, verifiedBy: null, verifiedAt: null, reason: null });
    expect(asIssued({ steps }).map((step) => step.verification)).toEqual(placedSteps(smallMaster).map(({ step }) => (step.verified ? "open" : "not-needed")));
  });
});
