import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AskedTest } from "./reading.ts";
import { exceptionsOfResult, exceptionsOver, planInvalidation, planResult, planRetest, planReview, reportedResult, resultRefusalSentence, settled, type KnownResult, type ResultRefusal, type TestStanding } from "./result.ts";
import { advanceResult, advanceSample, resultStates, sampleStates, type SampleState } from "./state.ts";

const now = new Date("2026-03-02T12:00:00Z");
const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const purity: AskedTest = { id: "purity", name: "Purity", unit: "%", precision: 1, class: "CQA", source: "laboratory", limits: { normal: { low: 95 }, action: { low: 93 }, absolute: { low: 0, high: 100 } }, method: "SOP-QC-033" };
const identity: AskedTest = { ...purity, id: "identity", name: "Identity", form: "choice", options: [{ value: "complies", fits: true }, { value: "does not comply", fits: false }], limits: {} };
const standing = (change: Partial<TestStanding> = {}): TestStanding => ({ batch: "complete", sample: "received", drawnAt: at(-5), asked: purity, results: [], instrument: [], ...change });
const result = (change: Partial<KnownResult> = {}): KnownResult => ({ number: 1, state: "reviewed", outOfSpecification: false, analyst: "ana", retestAt: null, ...change });
const bad = (change: Partial<KnownResult> = {}) => result({ outOfSpecification: true, ...change });
const answer = (s: TestStanding, rawValue = "96.04", analysedAt = at(-1)): string => { const plan = planResult(s, { rawValue, analysedAt, now }); return plan.ok ? `${plan.value.number}: ${plan.value.value}${plan.value.outOfSpecification ? " OOS" : ""}, ${plan.value.sample}` : plan.refusal.reason; };

describe("entering a result (REQ-44, 21 CFR 211.160(b), 211.165, 211.194)", () => {
  it.each<[string, string, string]>([
    ["opens the test of a received sample", answer(standing()), "1: 96.0, in_test"], ["goes on in one that is tested", answer(standing({ sample: "in_test" })), "1: 96.0, in_test"], ["needs the sample to be received", answer(standing({ sample: "drawn" })), "sample-not-received"],
    ["is not done on a lost sample", answer(standing({ sample: "lost" })), "sample-not-received"], ["is refused for a closed batch", answer(standing({ batch: "released" })), "batch-closed"], ["needs a number", answer(standing(), "about 96"), "no-number"], ["is not of tomorrow", answer(standing(), "96", at(2)), "in-the-future"],
    ["is not older than its sample", answer(standing(), "96", at(-6)), "before-it-was-drawn"], ["needs an instrument of the site", answer(standing({ instrument: undefined })), "no-instrument"], ["needs that to be ready", answer(standing({ instrument: ["HPLC-1 is due."] })), "instrument-not-ready"],
    ["is kept when it is out of specification", answer(standing(), "92.94"), "1: 92.9 OOS, in_test"], ["is judged as rounded, not as read", answer(standing(), "92.95"), "1: 93.0, in_test"],
    ["keeps what lies below the method's range", answer(standing(), "<0.5"), "1: <0.5 OOS, in_test"], ["takes one of the options of a choice", answer(standing({ asked: identity }), "does not comply"), "1: does not comply OOS, in_test"], ["takes nothing else for a choice", answer(standing({ asked: identity }), "96"), "no-option"],
    ["does not follow one that waits for review", answer(standing({ results: [bad({ state: "entered" })] })), "stands"], ["does not follow one that is reviewed and good", answer(standing({ results: [result()] })), "stands"],
    ["does not follow one that is out of specification by the analyst's will alone", answer(standing({ results: [bad()] })), "stands"], ["follows one out of specification after quality's authorisation", answer(standing({ results: [bad({ retestAt: now })] })), "2: 96.0, in_test"],
    ["follows it once: the retest needs an authorisation of its own", answer(standing({ results: [bad({ retestAt: now }), bad({ number: 2 })] })), "stands"], ["follows one that is invalidated", answer(standing({ results: [result({ state: "invalidated" })] })), "2: 96.0, in_test"],
    ["opens a complete sample again", answer(standing({ sample: "complete", results: [bad({ retestAt: now })] })), "2: 96.0, in_test"],
  ])("%s", (_, given, expected) => expect(given).toBe(expected));
});

describe("the exceptions of a result (REQ-44, 21 CFR 211.192)", () => {
  it.each<[string, AskedTest, Parameters<typeof exceptionsOver>[1], readonly string[]]>([
    ["within", purity, { value: "96.0", outOfSpecification: false, outOfTrend: false }, []], ["not evaluated for its trend", purity, { value: "96.0", outOfSpecification: false, outOfTrend: null }, []], ["outside normal only", purity, { value: "94.0", outOfSpecification: false, outOfTrend: false }, ["parameter_outside_limits"]],
    ["out of specification", purity, { value: "92.0", outOfSpecification: true, outOfTrend: false }, ["out_of_specification"]], ["out of trend", purity, { value: "96.0", outOfSpecification: false, outOfTrend: true }, ["out_of_trend"]], ["both", purity, { value: "92.0", outOfSpecification: true, outOfTrend: true }, ["out_of_specification", "out_of_trend"]],
    ["that cannot be judged", purity, { value: ">94", outOfSpecification: false, outOfTrend: null }, ["data_gap"]], ["of a choice that does not fit", identity, { value: "does not comply", outOfSpecification: true, outOfTrend: null }, ["out_of_specification"]],
  ])("%s: %#", (_, asked, one, types) => expect(exceptionsOver(asked, one).map((x) => x.type)).toEqual(types));
  it("are found again by the moment the result was entered", () => {
    const raised = (change: object) => ({ id: "EX-01", type: "out_of_specification", parameter: "purity", stepId: "1.1", raisedAt: now, ...change });
    const found = exceptionsOfResult([raised({}), raised({ id: "EX-02", raisedAt: at(1) }), raised({ id: "EX-03", parameter: "ph" }), raised({ id: "EX-04", stepId: "1.2" }), raised({ id: "EX-05", type: "late_entry" })], { parameter: "purity", enteredAt: now }, "1.1");
    expect(found.map(({ id }) => id)).toEqual(["EX-01"]);
  });
});

describe("review and invalidation (REQ-44, 21 CFR 211.194(a)(8))", () => {
  const reason = (outcome: ReturnType<typeof planReview>) => (outcome.ok ? outcome.value : outcome.refusal.reason);
  const why = "wrong column, seen in the worksheet";
  it.each<[string, string, string]>([
    ["another analyst reviews", reason(planReview("complete", result({ state: "entered" }), "ben")), "reviewed"], ["the analyst does not", reason(planReview("complete", result({ state: "entered" }), "ana")), "own-result"], ["nobody reviews twice", reason(planReview("complete", result(), "ben")), "command-not-allowed"],
    ["nor what is invalid", reason(planReview("complete", result({ state: "invalidated" }), "ben")), "command-not-allowed"], ["nor after the release", reason(planReview("released", result({ state: "entered" }), "ben")), "batch-closed"], ["quality invalidates what is reviewed", reason(planInvalidation("complete", result(), { by: "quinn", reason: why })), "invalidated"],
    ["not without a reason", reason(planInvalidation("complete", result(), { by: "quinn", reason: "  " })), "reason-missing"], ["not twice", reason(planInvalidation("complete", result({ state: "invalidated" }), { by: "quinn", reason: why })), "command-not-allowed"], ["and nobody his own", reason(planInvalidation("complete", result(), { by: "ana", reason: why })), "own-result"],
    ["not after the release", reason(planInvalidation("released", result(), { by: "quinn", reason: why })), "batch-closed"],
  ])("%s", (_, found, expected) => expect(found).toBe(expected));
});

describe("REQ-44 (21 CFR 211.192) quality's authorisation of a retest", () => {
  const asked = (results: readonly KnownResult[], change: { number?: number; by?: string; reason?: string; batch?: TestStanding["batch"] } = {}): string => {
    const plan = planRetest(change.batch ?? "complete", results, change.number ?? 1, { by: change.by ?? "quinn", reason: change.reason ?? "no cause found in the laboratory" });
    return plan.ok ? "authorised" : plan.refusal.reason === "no-retest" ? plan.refusal.why : plan.refusal.reason;
  };
  it.each<[string, string, string]>([
    ["follows a reviewed result out of specification", asked([bad()]), "authorised"], ["not one that is not reviewed", asked([bad({ state: "entered" })]), "not-reviewed"], ["not one within specification", asked([result()]), "within"], ["not one that is invalidated", asked([bad({ state: "invalidated" })]), "command-not-allowed"], ["not one there is not", asked([bad()], { number: 2 }), "command-not-allowed"],
    ["is given once", asked([bad({ retestAt: now })]), "authorised"], ["is about the last result", asked([bad({ retestAt: now }), bad({ number: 2 })]), "followed"], ["is given anew for the retest", asked([bad({ retestAt: now }), bad({ number: 2 })], { number: 2 }), "authorised"],
    ["says what was found", asked([bad()], { reason: "again" }), "reason-missing"], ["is not the analyst's", asked([bad()], { by: "ana" }), "own-result"], ["is not given after the release", asked([bad()], { batch: "released" }), "batch-closed"],
  ])("%s", (_, found, expected) => expect(found).toBe(expected));
  it("is refused the second time with the first still open", () => expect(planRetest("complete", [bad({ retestAt: now })], 1, { by: "quinn", reason: "no cause found in the laboratory" })).toMatchObject({ ok: false, refusal: { why: "authorised" } }));
  it("opens the sample until the retest is reviewed", () => {
    expect(settled("complete", [bad({ retestAt: now })])).toBe("in_test");
    expect(settled("in_test", [bad({ retestAt: now })])).toBe("in_test");
    expect(settled("in_test", [result({ number: 2 })])).toBe("complete");
  });
  it("leaves the reported result to the last one reviewed and not invalidated", () => {
    const number = (results: readonly KnownResult[]) => reportedResult(results)?.number;
    expect([number([]), number([bad({ state: "entered" })]), number([bad()]), number([bad({ retestAt: now }), result({ number: 2, state: "entered" })]), number([bad({ retestAt: now }), result({ number: 2 })]), number([bad({ retestAt: now }), result({ number: 2, state: "invalidated" })])]).toEqual([undefined, undefined, 1, 1, 2, 1]);
  });
});

it("says every refusal as a sentence", () => {
  const stands = (state: KnownResult["state"], outOfSpecification: boolean): ResultRefusal => ({ reason: "stands", number: 1, state, outOfSpecification });
  const all: readonly ResultRefusal[] = [
    { reason: "batch-closed" }, { reason: "sample-not-received", state: "lost" }, { reason: "sample-not-received", state: "drawn" }, { reason: "no-number" }, { reason: "no-option", options: ["complies"] }, { reason: "no-words" }, { reason: "in-the-future" }, { reason: "before-it-was-drawn" }, { reason: "no-instrument" },
    { reason: "instrument-not-ready", sentences: ["A is due."] }, stands("entered", false), stands("reviewed", false), stands("reviewed", true), { reason: "own-result" }, { reason: "command-not-allowed", state: "reviewed" }, { reason: "command-not-allowed", state: "invalidated" }, { reason: "reason-missing" },
    ...(["not-reviewed", "within", "followed", "authorised"] as const).map((why): ResultRefusal => ({ reason: "no-retest", number: 1, why })),
  ];
  for (const one of all) expect(resultRefusalSentence(one)).toMatch(/^[A-Z].*\.$/);
});

/** The laboratory's paper, kept without its rules: what was written of each test and by whom, and every finding that was ever made. */
type Line = { readonly good: boolean; readonly analyst: string; reviewer: string | undefined; invalid: boolean; retest: boolean };
type Paper = { received: boolean; lost: boolean; readonly tests: Record<TestId, Line[]> };
type TestId = "purity" | "identity";
type Real = { state: SampleState; readonly results: Record<TestId, KnownResult[]> };
type Model = { readonly samples: Record<string, Paper>; readonly findings: string[] };
type Laboratory = { readonly samples: Record<string, Real>; readonly findings: string[] };
const tests = { purity, identity };
const ids: readonly TestId[] = ["purity", "identity"];
const through = (lines: readonly Line[]): boolean => { const last = lines.at(-1); return last !== undefined && last.reviewer !== undefined && !last.invalid && !last.retest; };
const stateBy = ({ received, lost, tests: of }: Paper): SampleState => (lost ? "lost" : !received ? "drawn" : ids.every((id) => of[id].length === 0) ? "received" : ids.every((id) => through(of[id])) ? "complete" : "in_test");
/** What the paper says must be there of a sample, and what is there. */
const asWritten = (paper: Paper) => [stateBy(paper), ...ids.map((id) => {
  const reported = paper.tests[id].findLastIndex((line) => line.reviewer !== undefined && !line.invalid);
  return [reported === -1 ? undefined : reported + 1, ...paper.tests[id].map((line, i) => `${i + 1} ${line.analyst} ${line.good ? "good" : "bad"} ${line.invalid ? "invalidated" : line.reviewer ? "reviewed" : "entered"}${line.retest ? " retest" : ""}`)];
})];
const asHeld = (real: Real) => [real.state, ...ids.map((id) => [reportedResult(real.results[id])?.number, ...real.results[id].map((r) => `${r.number} ${r.analyst} ${r.outOfSpecification ? "bad" : "good"} ${r.state}${r.retestAt ? " retest" : ""}`)])];
/** Nobody decided about his own result, and every further result has somebody of quality behind it. */
const isSound = (paper: Paper): boolean => ids.every((id) => paper.tests[id].every((line) => line.reviewer !== line.analyst) && paper.tests[id].slice(0, -1).every((line) => line.invalid || line.retest));

abstract class Act implements fc.Command<Model, Laboratory> {
  readonly sample: string;
  constructor(sample: string) { this.sample = sample; }
  check() { return true; }
  abstract apply(paper: Paper, real: Real, model: Model, laboratory: Laboratory): void;
  run(model: Model, laboratory: Laboratory) {
    const [paper, real] = [model.samples[this.sample], laboratory.samples[this.sample]];
    if (!paper || !real) throw new Error("no such sample");
    this.apply(paper, real, model, laboratory);
    // The paper only ever grows: what it says of each sample, of every result and of every finding is there after each act.
    expect({ samples: Object.values(laboratory.samples).map(asHeld), findings: laboratory.findings }).toEqual({ samples: Object.values(model.samples).map(asWritten), findings: model.findings });
    if (!isSound(paper)) throw new Error(`${String(this)} left something behind that nobody may do`);
  }
}
class Handling extends Act {
  readonly command: "receive" | "lose";
  constructor(sample: string, command: "receive" | "lose") { super(sample); this.command = command; }
  apply(paper: Paper, real: Real) {
    const next = advanceSample(real.state, this.command);
    const untested = ids.every((id) => paper.tests[id].length === 0);
    expect(next.ok).toBe(!paper.lost && (this.command === "receive" ? !paper.received : untested));
    if (!next.ok) return;
    real.state = next.value;
    if (this.command === "receive") paper.received = true;
    else paper.lost = true;
  }
  override toString() { return `${this.sample}: ${this.command}`; }
}
class Entering extends Act {
  readonly test: TestId;
  readonly analyst: string;
  readonly good: boolean;
  constructor(sample: string, test: TestId, analyst: string, good: boolean) { super(sample); this.test = test; this.analyst = analyst; this.good = good; }
  apply(paper: Paper, real: Real, model: Model, laboratory: Laboratory) {
    const raw = { purity: this.good ? "96" : "90", identity: this.good ? "complies" : "does not comply" }[this.test];
    const plan = planResult(standing({ asked: tests[this.test], sample: real.state, results: real.results[this.test] }), { rawValue: raw, analysedAt: now, now });
    const last = paper.tests[this.test].at(-1);
    expect(plan.ok).toBe(paper.received && !paper.lost && (last === undefined || last.invalid || last.retest));
    if (!plan.ok) return;
    const { number, value, outOfSpecification, sample } = plan.value;
    real.state = sample;
    real.results[this.test].push({ number, state: "entered", outOfSpecification, analyst: this.analyst, retestAt: null });
    laboratory.findings.push(...exceptionsOver(tests[this.test], { value, outOfSpecification, outOfTrend: null }).map(({ type }) => `${this.sample} ${this.test} ${number} ${type}`));
    paper.tests[this.test].push({ good: this.good, analyst: this.analyst, reviewer: undefined, invalid: false, retest: false });
    if (!this.good) model.findings.push(`${this.sample} ${this.test} ${paper.tests[this.test].length} out_of_specification`);
  }
  override toString() { return `${this.sample}: ${this.analyst} enters a ${this.good ? "good" : "bad"} ${this.test}`; }
}
type Decision = "review" | "invalidate" | "retest";
class Deciding extends Act {
  readonly test: TestId;
  readonly decision: Decision;
  readonly who: string;
  /** The result it is about; 0: whichever is the last. */
  readonly number: number;
  get last() { return this.number === 0; }
  constructor(sample: string, test: TestId, decision: Decision, who: string, number: number) { super(sample); this.test = test; this.decision = decision; this.who = who; this.number = number; }
  may(lines: readonly Line[], line: Line): boolean {
    if (line.analyst === this.who || line.invalid) return false;
    switch (this.decision) {
      case "review": return line.reviewer === undefined;
      case "invalidate": return true;
      case "retest": return line === lines.at(-1) && line.reviewer !== undefined && !line.good && !line.retest;
    }
  }
  plan(real: Real, known: KnownResult) {
    const act = { by: this.who, reason: "what the investigation found" };
    switch (this.decision) {
      case "review": return planReview("complete", known, this.who);
      case "invalidate": return planInvalidation("complete", known, act);
      case "retest": return planRetest("complete", real.results[this.test], known.number, act);
    }
  }
  apply(paper: Paper, real: Real) {
    const number = this.last ? paper.tests[this.test].length : this.number;
    const [line, known] = [paper.tests[this.test][number - 1], real.results[this.test][number - 1]];
    if (!line || !known) return;
    const plan = this.plan(real, known);
    expect(plan.ok).toBe(this.may(paper.tests[this.test], line));
    if (!plan.ok) return;
    const changed: KnownResult = this.decision === "retest" ? { ...known, retestAt: now } : { ...known, state: plan.value ?? known.state };
    real.results[this.test][number - 1] = changed;
    if (this.decision === "review") line.reviewer = this.who;
    else if (this.decision === "invalidate") line.invalid = true;
    else line.retest = true;
    real.state = settled(real.state, ids.map((id) => real.results[id].at(-1)));
  }
  override toString() { return `${this.sample}: ${this.who} decides to ${this.decision} ${this.test} ${this.last ? "last" : this.number}`; }
}

describe("samples and their results", () => {
  it("REQ-44 (21 CFR 211.165, 211.192, 211.194) go only the ways of the procedure in any of 10,000 sequences over two samples and three people: no result and no finding is ever lost, nobody decides about his own, and nothing is tested again but by quality", () => {
    const [sample, test, who] = [fc.constantFrom("S01", "S01", "S01", "S02"), fc.constantFrom<TestId>("purity", "purity", "purity", "identity"), fc.constantFrom("ana", "ben", "quinn")];
    const entering = (good: boolean) => fc.tuple(sample, test, who).map(([s, t, w]) => new Entering(s, t, w, good));
    const deciding = (decision: Decision, most: number) => fc.tuple(sample, test, who, fc.integer({ min: 0, max: most })).map(([s, t, w, n]) => new Deciding(s, t, decision, w, n));
    const receiving = sample.map((s) => new Handling(s, "receive"));
    const acts = [receiving, receiving, fc.tuple(sample, fc.integer({ min: 0, max: 9 })).map(([s, n]) => new Handling(s, n === 0 ? "lose" : "receive")), entering(true), entering(false), entering(false), deciding("review", 0), deciding("review", 0), deciding("review", 4), deciding("retest", 0), deciding("retest", 0), deciding("retest", 3), deciding("invalidate", 4)];
    const [states, results] = [new Map<SampleState, number>(), new Set<string>()];
    let [most, retested] = [0, 0];
    const paper = (): Paper => ({ received: false, lost: false, tests: { purity: [], identity: [] } });
    const real = (): Real => ({ state: "drawn", results: { purity: [], identity: [] } });
    fc.assert(fc.property(fc.commands(acts, { maxCommands: 50, size: "max" }), (sequence) => {
      const laboratory: Laboratory = { samples: { S01: real(), S02: real() }, findings: [] };
      fc.modelRun(() => ({ model: { samples: { S01: paper(), S02: paper() }, findings: [] }, real: laboratory }), sequence);
      for (const one of Object.values(laboratory.samples)) {
        states.set(one.state, (states.get(one.state) ?? 0) + 1);
        for (const id of ids) {
          most = Math.max(most, one.results[id].length);
          retested += one.results[id].filter((r) => r.retestAt !== null).length;
          for (const r of one.results[id]) results.add(r.state);
        }
      }
    }), { numRuns: 10_000 });
    expect([...states.keys()].sort()).toEqual([...sampleStates].sort());
    expect([...results].sort()).toEqual([...resultStates].sort());
    expect(most, "results of one test").toBeGreaterThan(3);
    expect(retested, "retests").toBeGreaterThan(100);
  }, 240_000);
  it("leave an ended state by no way: what is lost stays lost, what is invalidated stays invalidated", () => {
    for (const command of ["receive", "test", "complete", "reopen", "lose"] as const) expect(advanceSample("lost", command).ok, command).toBe(false);
    for (const command of ["review", "invalidate"] as const) expect(advanceResult("invalidated", command).ok, command).toBe(false);
  });
});
