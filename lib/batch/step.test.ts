import { describe, expect, it } from "vitest";
import { batchStates } from "./state.ts";
import { planStep, readySteps, stepRefusalSentence, type StepAct, type StepCommand, type StepRefusal, type StepStanding } from "./step.ts";

const standing = (change: Partial<StepStanding> = {}): StepStanding => ({ id: "s", state: "ready", after: [], verified: "not-needed", batch: "in_progress", waitingFor: [], performers: new Set(["ana"]), mayNotApply: false, missing: [], obstacles: [], ...change });
const act = (command: StepCommand, change: Partial<StepAct> = {}): StepAct => ({ command, by: "ben", quality: false, reason: "because", ...change });
const answer = (s: StepStanding, a: StepAct): string => {
  const plan = planStep(s, a);
  return plan.ok ? `${plan.value.state}${plan.value.exception ? `, ${plan.value.exception}` : ""}` : plan.refusal.reason;
};

describe("a step (REQ-18, Part 11 §11.10(f))", () => {
  it.each<[string, StepStanding, StepAct, string]>([
    ["starts when it is its turn", standing(), act("start"), "active"], ["not before", standing({ state: "waiting" }), act("start"), "command-not-allowed"], ["not while one before it runs", standing({ waitingFor: ["a"] }), act("start"), "out-of-order"], ["not in a batch that is held", standing({ batch: "held" }), act("start"), "batch-not-running"],
    ["not on equipment that is not clean", standing({ obstacles: ["BR-2001 is dirty."] }), act("start"), "blocked"], ["is finished when nothing is missing", standing({ state: "active" }), act("finish"), "done"], ["not while something is", standing({ state: "active", missing: ["pH"] }), act("finish"), "incomplete"], ["not twice", standing({ state: "done" }), act("finish"), "command-not-allowed"],
    ["is verified by a second person (REQ-36)", standing({ state: "done", verified: "open" }), act("verify"), "done"], ["not by who took part", standing({ state: "done", verified: "open" }), act("verify", { by: "ana" }), "own-work"], ["not twice verified", standing({ state: "done", verified: "given" }), act("verify"), "already-verified"], ["not verified where none is asked", standing({ state: "done" }), act("verify"), "not-to-be-verified"], ["not verified before it is done", standing({ state: "active", verified: "open" }), act("verify"), "command-not-allowed"],
    ["is skipped where the master allows it, and leaves its exception", standing({ mayNotApply: true }), act("skip"), "skipped, step_not_applicable"], ["not where it does not", standing(), act("skip"), "must-apply"], ["not without a reason", standing({ mayNotApply: true }), act("skip", { reason: " " }), "reason-missing"], ["not once it has begun", standing({ state: "active", mayNotApply: true }), act("skip"), "command-not-allowed"],
    ["is forced by quality", standing(), act("force", { quality: true }), "forced, step_forced"], ["by nobody else", standing(), act("force"), "quality-only"], ["is voided by quality once begun", standing({ state: "active" }), act("void", { quality: true }), "voided, step_voided"], ["by nobody else", standing({ state: "active" }), act("void"), "quality-only"], ["not when done", standing({ state: "done" }), act("void", { quality: true }), "command-not-allowed"], ["ends with the signature it asks for", standing({ state: "active", signed: true }), act("finish", { signed: true }), "done"], ["not without it", standing({ state: "active", signed: true }), act("finish"), "to-be-signed"], ["is left out by a decision, without exception", standing({ state: "waiting" }), act("leave_out"), "skipped"],
  ])("%s", (_, s, a, expected) => expect(answer(s, a)).toBe(expected));

  it("is refused in every state of the batch but one", () => expect(batchStates.filter((batch) => planStep(standing({ batch }), act("start")).ok)).toEqual(["in_progress"]));
  it("is refused in sentences", () => {
    const refusals: readonly StepRefusal[] = [{ reason: "batch-not-running", state: "held" }, { reason: "command-not-allowed", state: "done", command: "start" }, { reason: "out-of-order", waitingFor: ["1.1.1.1", "1.1.1.2"] }, { reason: "incomplete", missing: ["pH"] }, { reason: "incomplete", missing: ["pH", "Volume"] }, { reason: "blocked", sentences: ["BR-2001 is dirty."] }, { reason: "own-work" }, { reason: "not-to-be-verified" }, { reason: "already-verified" }, { reason: "must-apply" }, { reason: "quality-only" }, { reason: "to-be-signed" }, { reason: "reason-missing" }];
    for (const refusal of refusals) expect(stepRefusalSentence(refusal)).toMatch(/^.+\.$/);
    expect(stepRefusalSentence({ reason: "out-of-order", waitingFor: ["a", "b", "c"] })).toBe("This step follows a, b and c. Finish that first.");
  });
  it("that waits for a step the record does not have never runs", () => expect(readySteps([{ id: "s", state: "waiting", after: ["nowhere"], verified: "not-needed" }])).toEqual([]));
});
