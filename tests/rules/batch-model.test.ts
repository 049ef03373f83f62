import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceBatch, type BatchCommand, type BatchState } from "#lib/batch/state.ts";

/** What the plant does with a batch, told as its story and not as a table: what has happened since it was completed last, and how it was disposed of. */
type Model = { begun: "planned" | "issued" | "running" | "held" | "ended"; reviewed: boolean; underQa: boolean; disposed: BatchState | undefined; aborted: boolean };
type Real = { state: BatchState };

const commands: readonly BatchCommand[] = ["issue", "start", "hold", "restart", "complete", "abort", "review_production", "take_into_qa_review", "release", "reject", "reprocess", "release_conditionally", "withdraw_production_review", "withdraw_release", "withdraw_rejection"];

/** May it happen now? Said by what has happened, in the words of 21 CFR 211.188, 211.192 and Annex 16. */
const may: Record<BatchCommand, (m: Model) => boolean> = {
  issue: (m) => m.begun === "planned" && !m.aborted, start: (m) => m.begun === "issued" && !m.aborted, hold: (m) => m.begun === "running" && !m.aborted, restart: (m) => m.begun === "held" && !m.aborted, complete: (m) => m.begun === "running" && !m.aborted,
  abort: (m) => m.begun !== "ended" && !m.aborted,
  review_production: (m) => m.begun === "ended" && !m.reviewed && !m.disposed, take_into_qa_review: (m) => m.reviewed && !m.underQa && !m.disposed,
  release: (m) => m.underQa && (!m.disposed || m.disposed === "conditional"), reject: (m) => m.underQa && (!m.disposed || m.disposed === "conditional"),
  reprocess: (m) => m.underQa && !m.disposed, release_conditionally: (m) => m.underQa && !m.disposed,
  withdraw_production_review: (m) => m.reviewed && !m.disposed, withdraw_release: (m) => m.disposed === "released", withdraw_rejection: (m) => m.disposed === "rejected",
};
const then: Record<BatchCommand, (m: Model) => Partial<Model>> = {
  issue: () => ({ begun: "issued" }), start: () => ({ begun: "running" }), hold: () => ({ begun: "held" }), restart: () => ({ begun: "running" }), complete: () => ({ begun: "ended" }), abort: () => ({ aborted: true }),
  review_production: () => ({ reviewed: true }), take_into_qa_review: () => ({ underQa: true }), release: () => ({ disposed: "released" }), reject: () => ({ disposed: "rejected" }), reprocess: () => ({ disposed: "reprocess" }), release_conditionally: () => ({ disposed: "conditional" }),
  withdraw_production_review: () => ({ reviewed: false, underQa: false }), withdraw_release: () => ({ disposed: undefined }), withdraw_rejection: () => ({ disposed: undefined }),
};
const shown = (m: Model): BatchState => (m.aborted ? "aborted" : m.disposed ?? (m.underQa ? "qa_review" : m.reviewed ? "prod_reviewed" : ({ planned: "planned", issued: "issued", running: "in_progress", held: "held", ended: "complete" } as const)[m.begun]));

const seen = new Map<BatchState, number>();
class Act implements fc.Command<Model, Real> {
  readonly command: BatchCommand;
  constructor(command: BatchCommand) { this.command = command; }
  check = (): boolean => true;
  run(model: Model, real: Real): void {
    const outcome = advanceBatch(real.state, this.command);
    expect([this.command, real.state, outcome.ok]).toEqual([this.command, real.state, may[this.command](model)]);
    if (outcome.ok) { real.state = outcome.value; Object.assign(model, then[this.command](model)); }
    expect(real.state).toBe(shown(model));
    if (real.state === "released" || real.state === "conditional") expect([model.begun, model.reviewed, model.underQa]).toEqual(["ended", true, true]);
    seen.set(real.state, (seen.get(real.state) ?? 0) + 1);
  }
  toString = (): string => this.command;
}
/** Mostly the way of a batch, now and then anything. */
const way: readonly BatchCommand[] = ["issue", "start", "complete", "review_production", "take_into_qa_review", "release"];
const acts = [fc.constantFrom(...way).map((c) => new Act(c)), fc.constantFrom(...way).map((c) => new Act(c)), fc.constantFrom(...commands).map((c) => new Act(c))];

describe("any sequence of acts on a batch", () => {
  it("REQ-42, REQ-51 (21 CFR 211.192; Annex 16) makes no illegal transition, and disposes of nothing that was not completed, reviewed by production and taken into QA review", () => {
    fc.assert(fc.property(fc.commands(acts, { maxCommands: 60, size: "max" }), (sequence) => {
      fc.modelRun(() => ({ model: { begun: "planned", reviewed: false, underQa: false, disposed: undefined, aborted: false } satisfies Model as Model, real: { state: "planned" } satisfies Real as Real }), sequence);
    }), { numRuns: 10_000 });
    expect([...seen].filter(([, n]) => n < 100)).toEqual([]);
    expect(seen.size).toBe(12);
  }, 600_000);
});
