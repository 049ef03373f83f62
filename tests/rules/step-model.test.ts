import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchState, StepState } from "#lib/batch/state.ts";
import { hasEnded, planStep, readySteps, waitsFor, type OrderedStep, type StepCommand } from "#lib/batch/step.ts";

const people = ["ana", "ben", "cem"] as const;
type Person = (typeof people)[number];

/** A step as the master writes it, and what was done with it, person by person. */
type Written = { readonly id: string; readonly after: readonly string[]; readonly second: boolean; readonly mayNotApply: boolean; readonly signed: boolean };
type Done = { begun: boolean; ended: "performed" | "passed" | "not applied" | undefined; verified: boolean; hands: Set<Person> };
type Model = { readonly steps: ReadonlyMap<string, Written & Done>; batch: BatchState };
type RealStep = OrderedStep & { readonly mayNotApply: boolean; readonly signed: boolean; performers: ReadonlySet<string> };
type Real = { steps: RealStep[] };

const finished = (s: Written & Done): boolean => s.ended === "passed" || s.ended === "not applied" || (s.ended === "performed" && (!s.second || s.verified));
const turn = (m: Model, s: Written): boolean => s.after.every((id) => { const before = m.steps.get(id); return before !== undefined && finished(before); });
const shown = (m: Model, s: Written & Done): StepState => {
  if (s.ended === "performed") return "done";
  if (s.ended === "not applied") return "skipped";
  return s.ended === "passed" ? "forced" : s.begun ? "active" : turn(m, s) ? "ready" : "waiting";
};

const seen = { finished: 0, verified: 0, ownRefused: 0, orderRefused: 0, reopened: 0, forced: 0, unsigned: 0, held: 0 };
/** Forced and voided are one end for the order: quality let the batch go past it. A step that was ready stays so when what it follows is verified anew; it waits all the same. */
const asShown = (model: Model, m: Written, state: StepState): StepState => (state === "voided" ? "forced" : state === "ready" && !turn(model, m) ? "waiting" : state);

function compare(model: Model, real: Real): void {
  const ready = new Set(readySteps(real.steps));
  real.steps = real.steps.map((s) => (ready.has(s.id) ? { ...s, state: "ready" } : s));
  for (const s of real.steps) {
    const m = model.steps.get(s.id);
    if (!m) throw new Error(`no step ${s.id}`);
    expect([s.id, asShown(model, m, s.state), hasEnded(s)]).toEqual([s.id, shown(model, m), finished(m)]);
  }
}

class Act implements fc.Command<Model, Real> {
  readonly at: number; readonly command: StepCommand; readonly by: Person; readonly quality: boolean; readonly signed: boolean; readonly missing: boolean; readonly reason: string;
  constructor(at: number, command: StepCommand, by: Person, quality: boolean, signed: boolean, missing: boolean, reason: string) { this.at = at; this.command = command; this.by = by; this.quality = quality; this.signed = signed; this.missing = missing; this.reason = reason; }
  check = (): boolean => true;

  #may(model: Model, m: Written & Done): boolean {
    if (model.batch !== "in_progress" || (["skip", "force", "void"].includes(this.command) && this.reason === "")) return false;
    const untouched = !m.begun && m.ended === undefined;
    switch (this.command) {
      case "start": return untouched && turn(model, m);
      case "finish": return m.begun && m.ended === undefined && !this.missing && (!m.signed || this.signed);
      case "verify": return m.ended === "performed" && m.second && !m.verified && !m.hands.has(this.by);
      case "skip": return untouched && m.mayNotApply && turn(model, m);
      case "leave_out": return untouched;
      case "force": return m.ended === undefined && this.quality;
      case "void": return m.begun && m.ended === undefined && this.quality;
    }
  }
  #did(m: Written & Done): void {
    if (this.command === "start") { m.begun = true; m.hands.add(this.by); }
    if (this.command === "finish") { m.ended = "performed"; m.hands.add(this.by); seen.finished += 1; }
    if (this.command === "verify") { m.verified = true; seen.verified += 1; }
    if (this.command === "skip" || this.command === "leave_out") m.ended = "not applied";
    if (this.command === "force" || this.command === "void") { m.ended = "passed"; seen.forced += 1; }
  }
  run(model: Model, real: Real): void {
    const step = real.steps[this.at % real.steps.length] as RealStep;
    const m = model.steps.get(step.id) as Written & Done;
    const byId = new Map(real.steps.map((s) => [s.id, s]));
    const plan = planStep({ ...step, batch: model.batch, waitingFor: waitsFor(step, byId), missing: this.missing ? ["pH"] : [], obstacles: [] }, { command: this.command, by: this.by, quality: this.quality, signed: this.signed, reason: this.reason });
    expect([this.toString(), step.state, plan.ok]).toEqual([this.toString(), step.state, this.#may(model, m)]);
    if (plan.ok) {
      const hands = this.command === "start" || this.command === "finish" ? new Set([...step.performers, this.by]) : step.performers;
      real.steps = real.steps.map((s) => (s.id === step.id ? { ...s, state: plan.value.state, verified: plan.value.verified, performers: hands } : s));
      this.#did(m);
      expect(plan.value.exception).toBe(({ skip: "step_not_applicable", force: "step_forced", void: "step_voided" } as Partial<Record<StepCommand, string>>)[this.command]);
    } else {
      if (plan.refusal.reason === "own-work") seen.ownRefused += 1;
      if (plan.refusal.reason === "to-be-signed") seen.unsigned += 1;
      if (plan.refusal.reason === "batch-not-running") seen.held += 1;
      if (step.state === "waiting" && this.command === "start") seen.orderRefused += 1;
    }
    compare(model, real);
  }
  toString = (): string => `${this.by} ${this.command} #${this.at}${this.quality ? " as quality" : ""}${this.signed ? " signed" : ""}${this.missing ? ", something missing" : ""}`;
}

/** A correction: who corrects has a hand in it, and what was verified is verified again (`reopenVerification`). */
class Correct implements fc.Command<Model, Real> {
  readonly at: number; readonly by: Person;
  constructor(at: number, by: Person) { this.at = at; this.by = by; }
  check = (model: Readonly<Model>): boolean => model.batch === "in_progress";
  run(model: Model, real: Real): void {
    const step = real.steps[this.at % real.steps.length] as RealStep;
    const m = model.steps.get(step.id) as Written & Done;
    if (step.state !== "done") return compare(model, real);
    if (m.verified) seen.reopened += 1;
    real.steps = real.steps.map((s) => (s.id === step.id ? { ...s, verified: s.verified === "given" ? "open" : s.verified, performers: new Set([...s.performers, this.by]) } : s));
    m.hands.add(this.by);
    m.verified = false;
    compare(model, real);
  }
  toString = (): string => `${this.by} corrects #${this.at}`;
}
class Hold implements fc.Command<Model, Real> {
  check = (): boolean => true;
  run(model: Model, real: Real): void { model.batch = model.batch === "held" ? "in_progress" : "held"; compare(model, real); }
  toString = (): string => "hold or restart";
}

const command = fc.oneof(...([["start", 9], ["finish", 9], ["verify", 9], ["skip", 1], ["force", 1], ["void", 1], ["leave_out", 1]] as const).map(([name, weight]) => ({ arbitrary: fc.constant<StepCommand>(name), weight })));
const one = fc.tuple(fc.nat(7), command, fc.constantFrom(...people), fc.boolean(), fc.boolean(), fc.constantFrom(false, false, false, true), fc.constantFrom("because", "because", "")).map((all) => new Act(...all));
const acts = [one, one, one, one, one, one, one, ...[0, 1].map(() => fc.tuple(fc.nat(7), fc.constantFrom(...people)).map((all) => new Correct(...all))), fc.constantFrom(0, 1, 2).map(() => new Hold())];
const records = fc.array(fc.record({ after: fc.array(fc.nat(), { maxLength: 3 }), second: fc.boolean(), mayNotApply: fc.boolean(), signed: fc.constantFrom(false, false, true) }), { minLength: 1, maxLength: 8 });

describe("any sequence of acts on the steps of a batch", () => {
  it("REQ-18, REQ-36 (21 CFR 11.10(f), 211.188(b)(11)) runs no step before its time, lets nobody verify what he had a hand in, ends nothing incomplete or unsigned, and takes back no end", () => {
    fc.assert(fc.property(records, fc.commands(acts, { maxCommands: 50, size: "max" }), (record, sequence) => {
      const written = record.map((r, i): Written => ({ id: `s${i}`, after: i === 0 ? [] : [...new Set(r.after.map((n) => `s${n % i}`))], second: r.second, mayNotApply: r.mayNotApply, signed: r.signed }));
      fc.modelRun(() => {
        const model: Model = { steps: new Map(written.map((w) => [w.id, { ...w, begun: false, ended: undefined, verified: false, hands: new Set<Person>() }])), batch: "in_progress" };
        const real: Real = { steps: written.map((w) => ({ id: w.id, state: "waiting", after: w.after, verified: w.second ? "open" : "not-needed", mayNotApply: w.mayNotApply, signed: w.signed, performers: new Set<string>() })) };
        compare(model, real);
        return { model, real };
      }, sequence);
    }), { numRuns: 10_000 });
    expect(Object.entries(seen).filter(([, n]) => n < 150)).toEqual([]);
  }, 600_000);
});
