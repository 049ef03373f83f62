import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchStates } from "./state.ts";
import { hasEnded, planStep, readySteps, stepRefusalSentence, waitsFor, type OrderedStep, type StepAct, type StepCommand, type StepRefusal, type StepStanding } from "./step.ts";

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

const people = ["ana", "ben", "cem"];
/** Records of up to eight steps, each after some of the ones before it, some to be verified. */
const records = fc.array(fc.record({ after: fc.array(fc.nat(), { maxLength: 3 }), verified: fc.boolean(), mayNotApply: fc.boolean() }), { minLength: 1, maxLength: 8 });
const acts = fc.array(fc.record({ at: fc.nat(), by: fc.constantFrom(...people), quality: fc.boolean(), missing: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  command: fc.oneof(...([["start", 8], ["finish", 8], ["verify", 8], ["skip", 1], ["force", 1], ["void", 1], ["leave_out", 1]] as const).map(([name, weight]) => ({ arbitrary: fc.constant<StepCommand>(name), weight }))) }), { maxLength: 80, size: "max" });

describe("any sequence of acts on a batch", () => {
  it("runs no step before its time, verifies nobody's own work, finishes nothing incomplete and takes back no end", () => {
    const seen = { verified: 0, wholly: 0, refusedOrder: 0 };
    fc.assert(fc.property(records, acts, (record, sequence) => {
      let steps: readonly (OrderedStep & { readonly performers: ReadonlySet<string>; readonly mayNotApply: boolean })[] = record.map((r, i) => ({
        id: `s${i}`, state: "waiting", after: i === 0 ? [] : [...new Set(r.after.map((n) => `s${n % i}`))], verified: r.verified ? "open" : "not-needed", performers: new Set<string>(), mayNotApply: r.mayNotApply,
      }));
      const open = () => { const ready = new Set(readySteps(steps)); steps = steps.map((s) => (ready.has(s.id) ? { ...s, state: "ready" } : s)); };
      open();
      for (const one of sequence) {
        const target = steps[one.at % steps.length];
        if (!target) continue;
        const byId = new Map(steps.map((s) => [s.id, s]));
        const before = steps;
        const plan = planStep({ ...target, batch: "in_progress", waitingFor: waitsFor(target, byId), missing: one.missing ? ["pH"] : [], obstacles: [] }, { command: one.command, by: one.by, quality: one.quality, reason: "because" });
        if (!plan.ok) { if (target.state === "waiting" && one.command === "start") seen.refusedOrder += 1; continue; }
        const took = one.command === "start" || one.command === "finish" ? new Set([...target.performers, one.by]) : target.performers;
        steps = steps.map((s) => (s.id === target.id ? { ...s, state: plan.value.state, verified: plan.value.verified, performers: took } : s));
        if (one.command === "start" || one.command === "skip") expect(target.after.every((id) => hasEnded(byId.get(id) as OrderedStep))).toBe(true);
        if (one.command === "finish") expect(one.missing).toBe(false);
        if (one.command === "verify") { seen.verified += 1; expect(target.performers.has(one.by)).toBe(false); }
        for (const was of before) if (hasEnded(was)) expect(steps.find((s) => s.id === was.id)).toEqual(was);
        open();
      }
      if (steps.every(hasEnded)) seen.wholly += 1;
    }), { numRuns: 10_000 });
    expect(Object.values(seen).every((n) => n > 300)).toBe(true);
  });
});
