import { describe, expect, it } from "vitest";
import { batchStates, type BatchState } from "#lib/batch/state.ts";
import { batchObstacle, lotAfter, type Kinship } from "./disposition.ts";
import { lotStates, type LotState } from "./lot.ts";

describe("a lot whose batch is decided about (REQ-46, 21 CFR 211.22, 211.110(c))", () => {
  it.each<[string, Kinship, LotState, BatchState, BatchState, LotState]>([
    ["is released with it", "itself", "quarantined", "qa_review", "released", "released"], ["is rejected with it", "itself", "quarantined", "qa_review", "rejected", "rejected"],
    ["is restricted while its release has a condition", "itself", "quarantined", "qa_review", "conditional", "restricted"], ["is released when the condition is met", "itself", "restricted", "conditional", "released", "released"],
    ["waits when it is to be reprocessed", "itself", "quarantined", "qa_review", "reprocess", "quarantined"], ["waits again when the release is withdrawn", "itself", "released", "released", "qa_review", "quarantined"],
    ["waits again when the rejection is withdrawn", "itself", "rejected", "rejected", "qa_review", "quarantined"],
    ["that was used up stays so", "itself", "used_up", "released", "qa_review", "used_up"], ["that was destroyed stays so", "itself", "destroyed", "rejected", "qa_review", "destroyed"],
    ["and split waits with it", "part", "released", "released", "qa_review", "quarantined"], ["and split is released with it", "part", "quarantined", "qa_review", "released", "released"], ["and split is rejected with it", "part", "restricted", "qa_review", "rejected", "rejected"],
    ["and split stays restricted when quality restricted it alone", "part", "restricted", "qa_review", "released", "restricted"], ["and split stays rejected when quality rejected it alone", "part", "rejected", "rejected", "qa_review", "rejected"],
    ["and blended is called back when the release is withdrawn", "blend", "released", "released", "qa_review", "quarantined"], ["and blended is called back from its restriction as well", "blend", "restricted", "released", "qa_review", "quarantined"],
    ["and blended is let out by quality only", "blend", "quarantined", "qa_review", "released", "quarantined"], ["and blended stays rejected", "blend", "rejected", "rejected", "qa_review", "rejected"],
  ])("%s", (_, kinship, state, from, to, expected) => expect(lotAfter(state, kinship, { from, to })).toBe(expected));
  it("is usable only when its batch is released", () => {
    for (const state of lotStates) for (const to of batchStates) if (lotAfter(state, "itself", { from: "qa_review", to }) === "released") expect(to).toBe("released");
  });
});

describe("quality deciding about a lot of a batch by itself", () => {
  it.each<[string, Parameters<typeof batchObstacle>[0], "itself" | "part", BatchState, boolean]>([
    ["releases none before the batch", "release", "itself", "qa_review", false], ["releases no part before the batch", "release", "part", "qa_review", false], ["releases what came back of a released batch", "release", "itself", "released", true],
    ["rejects no batch without its signature", "reject", "itself", "released", false], ["rejects a part", "reject", "part", "released", true], ["rejects what an aborted batch left", "reject", "itself", "aborted", true], ["destroys what was rejected", "destroy", "itself", "rejected", true],
  ])("%s", (_, command, kinship, state, may) => expect(batchObstacle(command, { kinship, state }, "L") === undefined).toBe(may));
});
