import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchState } from "#lib/batch/state.ts";
import { advanceException, planAcceptance, severities, type Decidable, type ExceptionState, type RequiredSignature, type Severity } from "#lib/quality/exception.ts";
import { planSeverity } from "#lib/quality/severity.ts";

const people = ["operator", "supervisor", "quality"] as const;
type Person = (typeof people)[number];
const weight: Record<Severity, number> = { minor: 1, major: 2, critical: 3 };
const said = "assessed with the process owner";

/** What was done to it, in the order it was done: the state and the weight follow from that. */
type Model = { weight: number; words: number; deviation: boolean; decidedBy: Person | undefined; batch: BatchState };
type Real = { exception: { state: ExceptionState; severity: Severity } & Pick<Decidable, "signature" | "blocks">; readonly executors: ReadonlySet<string> };

const shown = (m: Model): ExceptionState => (m.decidedBy ? "closed" : m.deviation ? "escalated" : m.words > 0 ? "explained" : "open");
const seen = { raised: 0, lowered: 0, accepted: 0, acceptedBySupervisor: 0, refusedOwn: 0, refusedCritical: 0, afterDecision: 0 };

abstract class Act implements fc.Command<Model, Real> {
  check = (): boolean => true;
  abstract act(model: Model, real: Real): void;
  run(model: Model, real: Real): void {
    const before = { ...real.exception };
    const decided = model.decidedBy !== undefined;
    this.act(model, real);
    expect([real.exception.state, weight[real.exception.severity]]).toEqual([shown(model), model.weight]);
    if (decided) { seen.afterDecision += 1; expect(real.exception).toEqual(before); }
  }
}
class Weigh extends Act {
  readonly to: Severity; readonly signature: boolean; readonly rationale: string;
  constructor(to: Severity, signature: boolean, rationale: string) { super(); this.to = to; this.signature = signature; this.rationale = rationale; }
  override act(model: Model, real: Real): void {
    const plan = planSeverity(real.exception, this.to, { signature: this.signature, rationale: this.rationale });
    const up = weight[this.to] > model.weight;
    const down = weight[this.to] < model.weight;
    // Lowered by quality's signature alone, and not once it has become a deviation.
    const expected = !model.decidedBy && this.rationale === said && (this.signature ? down && !model.deviation : up);
    expect(plan.ok).toBe(expected);
    if (!plan.ok) return;
    seen[up ? "raised" : "lowered"] += 1;
    real.exception.severity = plan.value.severity;
    model.weight = weight[this.to];
  }
  override toString = (): string => `${this.signature ? "signed " : ""}${this.to}`;
}
class Word extends Act {
  readonly kind: "explain" | "escalate";
  constructor(kind: "explain" | "escalate") { super(); this.kind = kind; }
  override act(model: Model, real: Real): void {
    const next = advanceException(real.exception.state, this.kind);
    expect(next !== undefined).toBe(!model.decidedBy && !(this.kind === "escalate" && model.deviation));
    if (!next) return;
    real.exception.state = next;
    if (this.kind === "explain") model.words += 1; else model.deviation = true;
  }
  override toString = (): string => this.kind;
}
class Accept extends Act {
  readonly by: Person; readonly as: RequiredSignature;
  constructor(by: Person, as: RequiredSignature) { super(); this.by = by; this.as = as; }
  override act(model: Model, real: Real): void {
    const plan = planAcceptance(real.exception, { id: this.by, as: this.as }, real.executors, model.batch);
    const isQuality = this.as === "quality";
    const now = isQuality ? model.batch === "qa_review" || (real.exception.blocks && (model.batch === "in_progress" || model.batch === "held")) : model.batch === "complete";
    const expected = !model.decidedBy && model.weight < 3 && (isQuality || (model.weight === 1 && real.exception.signature === "supervisor")) && !real.executors.has(this.by) && now;
    expect([plan.ok, this.toString()]).toEqual([expected, this.toString()]);
    if (!plan.ok) { if (plan.refusal.reason === "own-work") seen.refusedOwn += 1; if (plan.refusal.reason === "needs-deviation") seen.refusedCritical += 1; return; }
    seen.accepted += 1;
    if (!isQuality) seen.acceptedBySupervisor += 1;
    real.exception.state = plan.value.state;
    model.decidedBy = this.by;
  }
  override toString = (): string => `${this.by} accepts as ${this.as}`;
}
class Batch extends Act {
  readonly to: BatchState;
  constructor(to: BatchState) { super(); this.to = to; }
  override act(model: Model): void { model.batch = this.to; }
  override toString = (): string => `batch ${this.to}`;
}

const acts = [
  fc.tuple(fc.constantFrom(...severities), fc.boolean(), fc.constantFrom(said, said, said, "because")).map((all) => new Weigh(...all)), fc.constantFrom<("explain" | "escalate")[]>("explain", "explain", "escalate").map((kind) => new Word(kind)),
  fc.tuple(fc.constantFrom(...people), fc.constantFrom<RequiredSignature[]>("supervisor", "quality")).map((all) => new Accept(...all)),
  fc.constantFrom(...people).map((by) => new Accept(by, "supervisor")), fc.constantFrom<BatchState[]>("complete", "complete", "qa_review").map((to) => new Batch(to)), fc.constantFrom<BatchState[]>("in_progress", "held", "complete", "prod_reviewed", "qa_review").map((to) => new Batch(to)),
];
const begins = fc.record({ severity: fc.constantFrom<Severity[]>("minor", "minor", "major", "critical"), signature: fc.constantFrom<RequiredSignature[]>("supervisor", "quality"), blocks: fc.boolean(), executed: fc.subarray([...people]) });

describe("any sequence of acts on an exception", () => {
  it("REQ-42, REQ-43 (21 CFR 211.192, 211.22) lowers nothing without quality's signature, lets nobody decide about his own work or a critical one, and changes nothing after the decision", () => {
    fc.assert(fc.property(begins, fc.commands(acts, { maxCommands: 30, size: "max" }), ({ severity, signature, blocks, executed }, sequence) => {
      fc.modelRun(() => ({ model: { weight: weight[severity], words: 0, deviation: false, decidedBy: undefined, batch: "in_progress" } satisfies Model as Model, real: { exception: { state: "open" as ExceptionState, severity, signature, blocks }, executors: new Set<string>(executed) } }), sequence);
    }), { numRuns: 10_000 });
    expect(Object.entries(seen).filter(([, n]) => n < 300)).toEqual([]);
  }, 600_000);
});
