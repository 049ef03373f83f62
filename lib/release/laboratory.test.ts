import { describe, expect, it } from "vitest";
import { laboratoryFindings, type LaboratoryRecord } from "./laboratory.ts";
import { smallMaster } from "#tests/small-master.ts";

const when = new Date("2026-03-02T12:00:00Z");
type Sample = LaboratoryRecord["samples"][number];
type Outcome = LaboratoryRecord["results"][number];
type Step = LaboratoryRecord["steps"][number];
const step = (change: Partial<Step> = {}): Step => ({
  siteId: "basel", batchId: "B-1", id: "1.1.3.2", position: 7, masterStep: "draw", after: ["1.1.2.3"], unitProcedure: "Buffer", operation: "Mixing", phase: "Filtration", title: "Draw the bulk sample", detail: null, kind: "sample", automatic: false, state: "done", verification: "not-needed",
  performedBy: "o", performedAt: when, verifiedBy: null, verifiedAt: null, startedBy: "o", startedAt: when, dueAt: null, reason: null, ...change,
});
const sample = (change: Partial<Sample> = {}): Sample => ({ siteId: "basel", id: "B-1-S01", batchId: "B-1", stepId: "1.1.3.2", sample: "bulk", name: "Bulk sample", state: "complete", drawnAt: when, drawnBy: "o", receivedAt: when, receivedBy: "a", storage: "2 to 8 °C, 24 h", reason: null, ...change });
const result = (change: Partial<Outcome> = {}): Outcome => ({
  siteId: "basel", sampleId: "B-1-S01", batchId: "B-1", parameter: "bioburden", number: 1, state: "reviewed", method: "USP <61>", rawValue: "4", value: "4", unit: "CFU/10 mL", instrument: "QI-2001", outOfSpecification: false, outOfTrend: null, analyst: "a", analysedAt: when, enteredAt: when, reviewedBy: "b", reviewedAt: when,
  invalidatedBy: null, invalidatedAt: null, reason: null, retestBy: null, retestAt: null, retestReason: null, ...change,
});
const found = (change: Partial<LaboratoryRecord> = {}) => laboratoryFindings(smallMaster, { steps: [step()], samples: [sample()], results: [result()], ...change });
const open = { state: "entered" as const, reviewedBy: null, reviewedAt: null };

describe("REQ-44 (21 CFR 211.165(a), 211.192) what the laboratory still owes a batch", () => {
  it.each<[string, ReturnType<typeof found>, readonly string[]]>([
    ["everything drawn, tested and reviewed", found(), []], ["a sample that was not drawn", found({ samples: [], results: [] }), ["Bulk sample, step 1.1.3.2, was not drawn"]], ["one whose step a decision left out", found({ steps: [step({ state: "skipped" })], samples: [], results: [] }), []], ["one whose step was forced", found({ steps: [step({ state: "forced" })], samples: [], results: [] }), ["Bulk sample, step 1.1.3.2, was not drawn"]],
    ["a sample nobody tested", found({ samples: [sample({ state: "received" })], results: [] }), ["Bioburden of B-1-S01 is not tested"]], ["a result nobody reviewed", found({ results: [result(open)] }), ["Bioburden of B-1-S01 waits for the review of result 1"]],
    ["a lost sample", found({ samples: [sample({ state: "lost" })], results: [] }), ["B-1-S01 is lost and not replaced"]], ["a lost sample that was replaced", found({ samples: [sample({ state: "lost" }), sample({ id: "B-1-S02" })], results: [result({ sampleId: "B-1-S02" })] }), []],
    ["a value that stands though it was invalidated", found({ results: [result({ state: "invalidated" })] }), ["Bioburden of B-1-S01 still stands on result 1, which is invalidated"]], ["an invalidated result that never became a value", found({ results: [result({ ...open, state: "invalidated" })] }), ["Bioburden of B-1-S01 has no result but 1, which is invalidated"]],
    ["a result after an invalidated one", found({ results: [result({ state: "invalidated" }), result({ number: 2 })] }), []], ["a retest that is authorised and not done", found({ results: [result({ outOfSpecification: true, retestAt: when })] }), ["Bioburden of B-1-S01 waits for the retest after result 1"]],
    ["a retest that is done", found({ results: [result({ outOfSpecification: true, retestAt: when }), result({ number: 2 })] }), []],
  ])("%s", (_, given, expected) => expect(given).toEqual(expected));
  it("is nothing to speak of in a batch of which no sample is asked for", () => {
    const none = { ...smallMaster, procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.filter((one) => one.kind !== "sample") })) })) })) };
    expect(laboratoryFindings(none, { steps: [step()], samples: [], results: [] })).toBeUndefined();
  });
});
