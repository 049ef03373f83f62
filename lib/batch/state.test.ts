import { describe, expect, it } from "vitest";
import { advanceBatch, batchStateName, batchStates, openStates, type BatchCommand, type BatchState } from "./state.ts";

const commands: readonly BatchCommand[] = ["issue", "start", "hold", "restart", "complete", "abort", "review_production", "take_into_qa_review", "release", "reject", "reprocess", "release_conditionally", "withdraw_production_review", "withdraw_release", "withdraw_rejection"];
const terminal: readonly BatchState[] = ["reprocess", "aborted"];
/** Closed by a disposition: only the withdrawal of that disposition leads out. */
const disposed: Partial<Record<BatchState, BatchCommand>> = { released: "withdraw_release", rejected: "withdraw_rejection" };
/** The whole plan, written once more by hand: state, command, state it leads to. */
const allowed: readonly (readonly [BatchState, BatchCommand, BatchState])[] = [
  ["planned", "issue", "issued"], ["planned", "abort", "aborted"], ["issued", "start", "in_progress"], ["issued", "abort", "aborted"],
  ["in_progress", "hold", "held"], ["in_progress", "complete", "complete"], ["in_progress", "abort", "aborted"], ["held", "restart", "in_progress"], ["held", "abort", "aborted"],
  ["complete", "review_production", "prod_reviewed"], ["prod_reviewed", "take_into_qa_review", "qa_review"],
  ["qa_review", "release", "released"], ["qa_review", "reject", "rejected"], ["qa_review", "reprocess", "reprocess"], ["qa_review", "release_conditionally", "conditional"],
  ["conditional", "release", "released"], ["conditional", "reject", "rejected"],
  ["prod_reviewed", "withdraw_production_review", "complete"], ["qa_review", "withdraw_production_review", "complete"], ["released", "withdraw_release", "qa_review"], ["rejected", "withdraw_rejection", "qa_review"],
];

describe("a batch", () => {
  it.each(allowed)("REQ-51 goes from %s by %s to %s", (state, command, next) => {
    expect(advanceBatch(state, command)).toEqual({ ok: true, value: next });
  });

  it("REQ-51 refuses every command that is not listed, and says which in which state", () => {
    const others = batchStates.flatMap((state) => commands.map((command) => ({ state, command }))).filter(({ state, command }) => !allowed.some(([s, c]) => s === state && c === command));
    expect(others).toHaveLength(batchStates.length * commands.length - allowed.length);
    for (const { state, command } of others) expect(advanceBatch(state, command)).toEqual({ ok: false, refusal: { reason: "command-not-allowed", state, command } });
  });

  it("REQ-51 stays in a terminal state, whatever is commanded", () => {
    for (const state of terminal) for (const command of commands) expect(advanceBatch(state, command).ok).toBe(false);
  });

  it("REQ-38 leaves a disposition by its own withdrawal alone, back into QA review", () => {
    for (const [state, withdrawal] of Object.entries(disposed) as [BatchState, BatchCommand][]) for (const command of commands) expect(advanceBatch(state, command)).toMatchObject(command === withdrawal ? { ok: true, value: "qa_review" } : { ok: false });
  });

  it("has a name for every state, and waits for somebody only where a signature still leads on", () => {
    expect(new Set(batchStates.map((state) => batchStateName[state])).size).toBe(batchStates.length);
    expect(openStates.filter((state) => terminal.includes(state) || state in disposed || !["complete", "prod_reviewed", "qa_review", "conditional"].includes(state))).toEqual([]);
    expect(openStates).toHaveLength(4);
  });
});
