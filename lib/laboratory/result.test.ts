import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Limits } from "#lib/quantity/limit.ts";
import { exceptionsOver, isClosed, isOutOfSpecification, planInvalidation, planResult, planReview, resultRefusalSentence, roundedReading, settled, specificationOf, type AskedTest, type KnownResult, type ResultRefusal, type TestStanding } from "./result.ts";
import { advanceSample, sampleStates, type SampleState } from "./state.ts";

const now = new Date("2026-03-02T12:00:00Z");
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const purity: AskedTest = { id: "purity", name: "Purity", unit: "%", precision: 1, class: "CQA", source: "laboratory", limits: { normal: { low: 95 }, action: { low: 93 }, absolute: { low: 0, high: 100 } }, method: "SOP-QC-033" };
const standing = (change: Partial<TestStanding> = {}): TestStanding => ({ batch: "complete", sample: "received", drawnAt: at(-5), asked: purity, results: [], instrument: [], ...change });
const result = (change: Partial<KnownResult> = {}): KnownResult => ({ number: 1, state: "reviewed", outOfSpecification: false, analyst: "ana", ...change });
const answer = (s: TestStanding, rawValue = "96.04", analysedAt = at(-1)): string => { const plan = planResult(s, { rawValue, analysedAt, now }); return plan.ok ? `${plan.value.number}: ${plan.value.value}${plan.value.outOfSpecification ? " OOS" : ""}, ${plan.value.sample}` : plan.refusal.reason; };

describe("a reading (REQ-44, USP General Notices 7.20)", () => {
  it.each<[string, number, string | undefined]>([["2.345", 2, "2.35"], ["-2.345", 2, "-2.35"], ["2.3449999999", 2, "2.34"], ["0.5", 0, "1"], ["-0.5", 0, "-1"], ["-0.04", 1, "0.0"], ["9.995", 2, "10.00"], ["7", 2, "7.00"], ["1.005", 2, "1.01"], ["", 1, undefined], ["1,5", 1, undefined], ["1e3", 1, undefined], ["<1", 0, undefined], ["NaN", 1, undefined]])(
    "%s at %d digits is %s", (raw, digits, expected) => expect(roundedReading(raw, digits)).toBe(expected));
  it("is rounded half away from zero, as whole numbers do it", () => {
    fc.assert(fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.integer({ min: 0, max: 3 }), (thousandths, digits) => {
      const raw = `${thousandths < 0 ? "-" : ""}${Math.trunc(Math.abs(thousandths) / 1000)}.${String(Math.abs(thousandths) % 1000).padStart(3, "0")}`;
      const step = 10 ** (3 - digits);
      const units = Math.sign(thousandths) * Math.trunc((Math.abs(thousandths) + step / 2) / step);
      expect(Number(roundedReading(raw, digits)) * 10 ** digits).toBeCloseTo(units, 6);
    }), { numRuns: 300 });
  });
});

describe("entering a result (REQ-44, 21 CFR 211.160(b), 211.165, 211.194)", () => {
  it.each<[string, string, string]>([
    ["opens the test of a received sample", answer(standing()), "1: 96.0, in_test"], ["goes on in one that is tested", answer(standing({ sample: "in_test" })), "1: 96.0, in_test"], ["needs the sample to be received", answer(standing({ sample: "drawn" })), "sample-not-received"],
    ["is not done on a lost sample", answer(standing({ sample: "lost" })), "sample-not-received"], ["is refused for a closed batch", answer(standing({ batch: "released" })), "batch-closed"], ["needs a number", answer(standing(), "about 96"), "no-number"], ["is not of tomorrow", answer(standing(), "96", at(2)), "in-the-future"],
    ["is not older than its sample", answer(standing(), "96", at(-6)), "before-it-was-drawn"], ["needs an instrument of the site", answer(standing({ instrument: undefined })), "no-instrument"], ["needs that to be ready", answer(standing({ instrument: ["HPLC-1 is due."] })), "instrument-not-ready"],
    ["is kept when it is out of specification", answer(standing(), "92.94"), "1: 92.9 OOS, in_test"], ["is judged as rounded, not as read", answer(standing(), "92.95"), "1: 93.0, in_test"],
    ["does not follow one that waits for review", answer(standing({ results: [result({ state: "entered", outOfSpecification: true })] })), "stands"], ["does not follow one that is reviewed and good", answer(standing({ results: [result()] })), "stands"],
    ["follows one that is reviewed out of specification", answer(standing({ results: [result({ outOfSpecification: true })] })), "2: 96.0, in_test"], ["follows one that is invalidated", answer(standing({ results: [result({ state: "invalidated" })] })), "2: 96.0, in_test"],
    ["opens a complete sample again", answer(standing({ sample: "complete", results: [result({ outOfSpecification: true })] })), "2: 96.0, in_test"],
  ])("%s", (_, given, expected) => expect(given).toBe(expected));
});

describe("a specification (REQ-44, REQ-56)", () => {
  const of = (limits: Limits, asked: AskedTest["class"]) => ({ limits, class: asked });
  it.each<[string, boolean, boolean]>([
    ["inside everything", isOutOfSpecification(96, purity), false], ["outside normal, inside action", isOutOfSpecification(94, purity), false], ["outside action", isOutOfSpecification(92.9, purity), true], ["beyond what is possible", isOutOfSpecification(101, purity), true],
    ["an attribute with a normal range alone, outside", isOutOfSpecification(11, of({ normal: { high: 10 } }, "CQA")), true], ["a performance parameter with a normal range alone, outside", isOutOfSpecification(11, of({ normal: { high: 10 } }, "KPP")), false], ["nothing specified", isOutOfSpecification(11, of({}, "CQA")), false],
    ["proven acceptable alone, outside", isOutOfSpecification(11, of({ validated: { high: 10 } }, "KPP")), true],
  ])("%s: %s", (_, found, expected) => expect(found).toBe(expected));
  it("is the action range before the proven acceptable one", () => expect([specificationOf(purity), specificationOf(of({ validated: { low: 1 } }, "IPC")), specificationOf(of({ normal: { low: 1 } }, "IPC"))]).toEqual([{ low: 93 }, { low: 1 }, undefined]));
  it.each<[string, Parameters<typeof exceptionsOver>[1], readonly string[]]>([
    ["within", { value: "96.0", outOfSpecification: false, outOfTrend: false }, []], ["not evaluated for its trend", { value: "96.0", outOfSpecification: false, outOfTrend: null }, []], ["outside normal only", { value: "94.0", outOfSpecification: false, outOfTrend: false }, ["parameter_outside_limits"]],
    ["out of specification", { value: "92.0", outOfSpecification: true, outOfTrend: false }, ["out_of_specification"]], ["out of trend", { value: "96.0", outOfSpecification: false, outOfTrend: true }, ["out_of_trend"]], ["both", { value: "92.0", outOfSpecification: true, outOfTrend: true }, ["out_of_specification", "out_of_trend"]],
  ])("brings of a result %s: %j", (_, one, types) => expect(exceptionsOver(purity, one).map((x) => x.type)).toEqual(types));
});

describe("review and invalidation (REQ-44, 21 CFR 211.194(a)(8))", () => {
  const reason = (outcome: ReturnType<typeof planReview>) => (outcome.ok ? outcome.value : outcome.refusal.reason);
  it.each<[string, string, string]>([
    ["another analyst reviews", reason(planReview("complete", result({ state: "entered" }), "ben")), "reviewed"], ["the analyst does not", reason(planReview("complete", result({ state: "entered" }), "ana")), "own-result"], ["nobody reviews twice", reason(planReview("complete", result(), "ben")), "command-not-allowed"],
    ["nor what is invalid", reason(planReview("complete", result({ state: "invalidated" }), "ben")), "command-not-allowed"], ["nor after the release", reason(planReview("released", result({ state: "entered" }), "ben")), "batch-closed"], ["quality invalidates what is reviewed", reason(planInvalidation("complete", result(), "wrong column")), "invalidated"],
    ["not without a reason", reason(planInvalidation("complete", result(), "  ")), "reason-missing"], ["not twice", reason(planInvalidation("complete", result({ state: "invalidated" }), "x")), "command-not-allowed"],
  ])("%s", (_, found, expected) => expect(found).toBe(expected));
  it("says every refusal as a sentence", () => {
    const all: readonly ResultRefusal[] = [
      { reason: "batch-closed" }, { reason: "sample-not-received", state: "lost" }, { reason: "sample-not-received", state: "drawn" }, { reason: "no-number" }, { reason: "in-the-future" }, { reason: "before-it-was-drawn" }, { reason: "no-instrument" }, { reason: "instrument-not-ready", sentences: ["A is due."] },
      { reason: "stands", number: 1, state: "entered" }, { reason: "stands", number: 1, state: "reviewed" }, { reason: "own-result" }, { reason: "command-not-allowed", state: "reviewed" }, { reason: "command-not-allowed", state: "invalidated" }, { reason: "reason-missing" },
    ];
    for (const one of all) expect(resultRefusalSentence(one)).toMatch(/^[A-Z].*\.$/);
  });
});

/** The laboratory's paper: who wrote what, and what became of it; `lost` and `received` of the sample. */
type Line = { good: boolean; analyst: string; reviewer: string | undefined; invalid: boolean };
type Paper = { received: boolean; lost: boolean; lines: Line[] };
type Real = { sample: SampleState; results: KnownResult[] };
const through = ({ lines }: Paper) => lines.length > 0 && lines.at(-1)?.reviewer !== undefined && lines.at(-1)?.invalid === false;

abstract class Act implements fc.Command<Paper, Real> {
  check() { return true; }
  abstract apply(paper: Paper, real: Real): void;
  run(paper: Paper, real: Real) {
    const before = structuredClone(real.results);
    this.apply(paper, real);
    expect(real.sample).toBe(paper.lost ? "lost" : !paper.received ? "drawn" : paper.lines.length === 0 ? "received" : through(paper) ? "complete" : "in_test");
    expect(real.results.map((r) => r.state)).toEqual(paper.lines.map((l) => (l.invalid ? "invalidated" : l.reviewer ? "reviewed" : "entered")));
    // Nothing that was written ever goes, and no number is given twice.
    expect(real.results.slice(0, before.length).map(({ number, outOfSpecification, analyst }) => ({ number, outOfSpecification, analyst }))).toEqual(before.map(({ number, outOfSpecification, analyst }) => ({ number, outOfSpecification, analyst })));
    expect(real.results.map((r) => r.number)).toEqual(real.results.map((_, i) => i + 1));
    for (const line of paper.lines) expect(line.reviewer === line.analyst).toBe(false);
  }
}
class Sampling extends Act {
  readonly command: "receive" | "lose";
  constructor(command: "receive" | "lose") { super(); this.command = command; }
  apply(paper: Paper, real: Real) {
    const next = advanceSample(real.sample, this.command);
    const may = this.command === "receive" ? !paper.received && !paper.lost : !paper.lost && !through(paper);
    expect(next.ok).toBe(may);
    if (!next.ok) return;
    real.sample = next.value;
    if (this.command === "receive") paper.received = true;
    else paper.lost = true;
  }
  override toString() { return this.command; }
}
class Entering extends Act {
  readonly analyst: string;
  readonly good: boolean;
  constructor(analyst: string, good: boolean) { super(); this.analyst = analyst; this.good = good; }
  apply(paper: Paper, real: Real) {
    const plan = planResult(standing({ sample: real.sample, results: real.results }), { rawValue: this.good ? "96" : "90", analysedAt: now, now });
    const last = paper.lines.at(-1);
    expect(plan.ok).toBe(paper.received && !paper.lost && (last === undefined || last.invalid || (last.reviewer !== undefined && !last.good)));
    if (!plan.ok) return;
    real.sample = plan.value.sample;
    real.results = [...real.results, { number: plan.value.number, state: "entered", outOfSpecification: plan.value.outOfSpecification, analyst: this.analyst }];
    paper.lines.push({ good: this.good, analyst: this.analyst, reviewer: undefined, invalid: false });
  }
  override toString() { return `${this.analyst} enters a ${this.good ? "good" : "bad"} result`; }
}
class Deciding extends Act {
  readonly who: string;
  readonly number: number;
  readonly command: "review" | "invalidate";
  constructor(command: "review" | "invalidate", who: string, number: number) { super(); this.command = command; this.who = who; this.number = number; }
  apply(paper: Paper, real: Real) {
    const [line, known] = [paper.lines[this.number - 1], real.results[this.number - 1]];
    if (!line || !known || paper.lost) return;
    const plan = this.command === "review" ? planReview("complete", known, this.who) : planInvalidation("complete", known, "cause found");
    expect(plan.ok).toBe(!line.invalid && (this.command === "invalidate" || (line.reviewer === undefined && line.analyst !== this.who)));
    if (!plan.ok) return;
    real.results = real.results.map((r) => (r.number === this.number ? { ...r, state: plan.value } : r));
    if (this.command === "review") line.reviewer = this.who;
    else line.invalid = true;
    real.sample = settled(real.sample, [real.results.at(-1)]);
  }
  override toString() { return `${this.who} ${this.command}s ${this.number}`; }
}

describe("a sample and its results", () => {
  it("REQ-44 (21 CFR 211.192, 211.194) keeps every result, lets nobody review his own and nothing be tested into compliance, in any of 10,000 sequences", () => {
    const analyst = fc.constantFrom("ana", "ben");
    const seen = new Map<SampleState, number>();
    let most = 0;
    const acts = [
      fc.constant(new Sampling("receive")), fc.constant(new Sampling("receive")), fc.tuple(analyst, fc.boolean()).map(([who, good]) => new Entering(who, good)), fc.tuple(analyst, fc.constant(false)).map(([who, good]) => new Entering(who, good)),
      fc.tuple(analyst, fc.integer({ min: 1, max: 5 })).map(([who, number]) => new Deciding("review", who, number)), fc.tuple(analyst, fc.integer({ min: 1, max: 2 })).map(([who, number]) => new Deciding("review", who, number)),
      fc.integer({ min: 1, max: 5 }).map((number) => new Deciding("invalidate", "quality", number)), fc.integer({ min: 0, max: 19 }).map((n) => new Sampling(n === 0 ? "lose" : "receive")),
    ];
    fc.assert(fc.property(fc.commands(acts, { maxCommands: 30, size: "max" }), (sequence) => {
      const real: Real = { sample: "drawn", results: [] };
      fc.modelRun(() => ({ model: { received: false, lost: false, lines: [] }, real }), sequence);
      seen.set(real.sample, (seen.get(real.sample) ?? 0) + 1);
      most = Math.max(most, real.results.length);
    }), { numRuns: 10_000 });
    expect([...seen.keys()].sort()).toEqual([...sampleStates].sort());
    expect(most, "results of one test").toBeGreaterThan(3);
    expect(isClosed("qa_review")).toBe(false);
  }, 120_000);
});
