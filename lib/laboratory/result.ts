import type { BatchState } from "#lib/batch/state.ts";
import type { ExceptionType } from "#lib/quality/configuration.ts";
import { rangeText } from "#lib/quantity/limit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { judgeReading, reportedValue, wantedText, type AskedTest } from "./reading.ts";
import { advanceResult, advanceSample, type ResultState, type SampleState } from "./state.ts";

/** A result that is there, as the rules look at it. `retestAt`: when quality authorised that it is followed by one retest. */
export type KnownResult = { readonly number: number; readonly state: ResultState; readonly outOfSpecification: boolean; readonly analyst: string; readonly retestAt: Date | null };
/** What a result is entered into. `results`: of this test, all numbers. `instrument`: sentences that forbid it, undefined where the site has none of that name. */
export type TestStanding = { readonly batch: BatchState; readonly sample: SampleState; readonly drawnAt: Date; readonly asked: AskedTest; readonly results: readonly KnownResult[]; readonly instrument: readonly string[] | undefined };
export type ResultAct = { readonly rawValue: string; readonly analysedAt: Date; readonly now: Date };
export type ResultPlan = { readonly number: number; readonly value: string; readonly outOfSpecification: boolean; readonly sample: SampleState };

export type ResultRefusal =
  | { readonly reason: "batch-closed" } | { readonly reason: "sample-not-received"; readonly state: SampleState } | { readonly reason: "no-number" } | { readonly reason: "no-option"; readonly options: readonly string[] } | { readonly reason: "no-words" }
  | { readonly reason: "in-the-future" } | { readonly reason: "before-it-was-drawn" } | { readonly reason: "no-instrument" } | { readonly reason: "instrument-not-ready"; readonly sentences: readonly string[] }
  | { readonly reason: "stands"; readonly number: number; readonly state: ResultState; readonly outOfSpecification: boolean } | { readonly reason: "own-result" } | { readonly reason: "command-not-allowed"; readonly state: ResultState } | { readonly reason: "reason-missing" }
  | { readonly reason: "no-retest"; readonly number: number; readonly why: "not-reviewed" | "within" | "followed" | "authorised" };

const noRetest: Record<Extract<ResultRefusal, { reason: "no-retest" }>["why"], (number: number) => string> = {
  "not-reviewed": (number) => `Result ${number} is not reviewed. A retest is authorised about a reviewed result that is out of specification.`, within: (number) => `Result ${number} is not out of specification. It is not tested again unless quality invalidates it.`,
  followed: (number) => `Result ${number} was followed by a further one already. Look at that one.`, authorised: (number) => `The retest after result ${number} is authorised already and not done yet.`,
};

function standsSentence({ number, state, outOfSpecification }: Extract<ResultRefusal, { reason: "stands" }>): string {
  if (state === "entered") return `Result ${number} waits for its review. A further one follows only when quality authorises a retest or invalidates it.`;
  return outOfSpecification ? `Result ${number} is out of specification. It is tested again only when quality has investigated it and authorised one retest.` : `Result ${number} is reviewed and within specification. It is not tested again unless quality invalidates it.`;
}

export function resultRefusalSentence(refusal: ResultRefusal): string {
  switch (refusal.reason) {
    case "batch-closed": return "Quality has decided about the batch. Its record takes no results any more.";
    case "sample-not-received": return refusal.state === "lost" ? "The sample is lost. Nothing can be tested." : "Receive the sample first.";
    case "no-number": return "Write what the instrument said as a number, with a point before the decimals; with < or > before it where the method ends.";
    case "no-option": return `Choose one of: ${refusal.options.join(", ")}.`;
    case "no-words": return "Write what was found, at most 500 characters.";
    case "in-the-future": return "The time lies in the future. Write when it was analysed.";
    case "before-it-was-drawn": return "The sample was drawn later than that. Write when it was analysed.";
    case "no-instrument": return "The site has no instrument of that name. Scan its label or choose it from the list.";
    case "instrument-not-ready": return refusal.sentences.join(" ");
    case "stands": return standsSentence(refusal);
    case "own-result": return "You entered this result. Somebody else decides about it.";
    case "command-not-allowed": return refusal.state === "invalidated" ? "This result is invalidated already." : "This result is reviewed already.";
    case "reason-missing": return "Say what was found, in at least 10 characters. The result stays readable with it.";
    case "no-retest": return noRetest[refusal.why](refusal.number);
  }
}

/** A clock that is a little fast is no lie. */
const clockSkewMs = 60_000;
const closed: ReadonlySet<BatchState> = new Set(["released", "rejected", "reprocess", "aborted"]);
/** Has quality, or an abort, ended the batch, so that its record takes nothing more? */
export const isClosed = (batch: BatchState): boolean => closed.has(batch);

/**
 * May a further result follow this one? When quality has invalidated it with its cause, or has authorised one retest of a reviewed result out of specification. An analyst alone
 * never tests again until it passes: nothing is tested into compliance (21 CFR 211.192; FDA, Investigating Out-of-Specification Test Results, 2022, IV.B).
 */
export const mayFollow = (last: KnownResult | undefined): boolean => last === undefined || last.state === "invalidated" || (last.state === "reviewed" && last.outOfSpecification && last.retestAt !== null);

/**
 * The result that is reported for a test, out of all its results in the order of their numbers: the last one a second person has reviewed and nobody invalidated; undefined while there is none. A
 * retest takes the place of the value, never of the finding: the result before it stays in the record beside it, is not averaged with it, and its exception stays until quality has decided about the
 * batch by all of them (21 CFR 211.192, 211.194(a); FDA, Investigating Out-of-Specification Test Results, 2022, IV.C and V.A).
 */
export const reportedResult = <Known extends Pick<KnownResult, "state">>(results: readonly Known[]): Known | undefined => results.findLast((result) => result.state === "reviewed");

/** What a sample becomes when a result is entered; undefined where it takes none. */
function tested(sample: SampleState): SampleState | undefined {
  const opened = sample === "complete" ? advanceSample(sample, "reopen") : advanceSample(sample, "test");
  return opened.ok ? opened.value : undefined;
}

function readingRefusal({ form, options }: AskedTest): ResultRefusal {
  if (form === "choice") return { reason: "no-option", options: options?.map(({ value }) => value) ?? [] };
  return { reason: form === "text" ? "no-words" : "no-number" };
}

/**
 * Decides about a result (21 CFR 211.160(b), 211.165, 211.194): as the instrument said it, rounded once to the digits of its parameter, analysed with a calibrated
 * instrument of the site. It takes the next number; the earlier ones stay.
 */
export function planResult(standing: TestStanding, act: ResultAct): Result<ResultPlan, ResultRefusal> {
  const { asked, instrument, results } = standing;
  if (isClosed(standing.batch)) return refuse({ reason: "batch-closed" });
  const sample = tested(standing.sample);
  if (!sample) return refuse({ reason: "sample-not-received", state: standing.sample });
  const last = results.at(-1);
  if (last && !mayFollow(last)) return refuse({ reason: "stands", number: last.number, state: last.state, outOfSpecification: last.outOfSpecification });
  const value = reportedValue(asked, act.rawValue);
  if (value === undefined) return refuse(readingRefusal(asked));
  if (act.analysedAt.getTime() > act.now.getTime() + clockSkewMs) return refuse({ reason: "in-the-future" });
  if (act.analysedAt < standing.drawnAt) return refuse({ reason: "before-it-was-drawn" });
  if (!instrument) return refuse({ reason: "no-instrument" });
  if (instrument.length > 0) return refuse({ reason: "instrument-not-ready", sentences: instrument });
  return accept({ number: (last?.number ?? 0) + 1, value, outOfSpecification: judgeReading(value, asked).outOfSpecification, sample });
}

/** Decides about the second person's review of a result (21 CFR 211.194(a)(8)): another analyst, once. */
export function planReview(batch: BatchState, result: KnownResult, by: string): Result<ResultState, ResultRefusal> {
  if (isClosed(batch)) return refuse({ reason: "batch-closed" });
  const next = advanceResult(result.state, "review");
  if (!next.ok) return refuse({ reason: "command-not-allowed", state: result.state });
  return result.analyst === by ? refuse({ reason: "own-result" }) : next;
}

const isReason = (reason: string): boolean => reason.trim().length >= 10;

/** Decides about invalidating a result: its cause is written down by somebody else than its analyst, the result stays. */
export function planInvalidation(batch: BatchState, result: KnownResult, act: { readonly by: string; readonly reason: string }): Result<ResultState, ResultRefusal> {
  if (isClosed(batch)) return refuse({ reason: "batch-closed" });
  if (!isReason(act.reason)) return refuse({ reason: "reason-missing" });
  const next = advanceResult(result.state, "invalidate");
  if (!next.ok) return refuse({ reason: "command-not-allowed", state: result.state });
  return result.analyst === act.by ? refuse({ reason: "own-result" }) : next;
}

/** What stands against a retest after this result, undefined when nothing does: it is about the last result of a test, reviewed and out of specification, and by somebody else than its analyst. */
export function retestRefusal(results: readonly KnownResult[], number: number, by: string): ResultRefusal | undefined {
  const result = results.find((one) => one.number === number);
  if (!result || result.state === "invalidated") return { reason: "command-not-allowed", state: "invalidated" };
  if (results.at(-1) !== result) return { reason: "no-retest", number, why: "followed" };
  if (result.state !== "reviewed") return { reason: "no-retest", number, why: "not-reviewed" };
  if (!result.outOfSpecification) return { reason: "no-retest", number, why: "within" };
  if (result.retestAt !== null) return { reason: "no-retest", number, why: "authorised" };
  return result.analyst === by ? { reason: "own-result" } : undefined;
}

/**
 * Decides about quality's authorisation of one retest (21 CFR 211.192), with what the investigation found. It covers the next result only: when that is out of specification too, a further one needs an
 * authorisation of its own.
 */
export function planRetest(batch: BatchState, results: readonly KnownResult[], number: number, act: { readonly by: string; readonly reason: string }): Result<undefined, ResultRefusal> {
  if (isClosed(batch)) return refuse({ reason: "batch-closed" });
  const refusal = retestRefusal(results, number, act.by);
  if (refusal) return refuse(refusal);
  return isReason(act.reason) ? accept(undefined) : refuse({ reason: "reason-missing" });
}

type Last = Pick<KnownResult, "state" | "retestAt"> | undefined;
/** Is a sample through: does the last result of each test asked for stand reviewed, with no retest still to be done? */
const allReviewed = (lasts: readonly Last[]): boolean => lasts.length > 0 && lasts.every((last) => last?.state === "reviewed" && last.retestAt === null);

/** What a sample becomes when something was decided about a result of it. `lasts`: the last result of each test asked for. */
export function settled(sample: SampleState, lasts: readonly Last[]): SampleState {
  const next = advanceSample(sample, allReviewed(lasts) ? "complete" : "reopen");
  return next.ok ? next.value : sample;
}

export type ResultException = { readonly type: ExceptionType; readonly title: string; readonly planned: string };
/** Types of exception a result brings. */
export const resultExceptionTypes: ReadonlySet<string> = new Set<ExceptionType>(["out_of_specification", "parameter_outside_limits", "data_gap", "out_of_trend"]);

/** The exceptions a result brings into the batch record when it is entered, once: neither its review nor its invalidation takes one away or adds one. */
export function exceptionsOver(asked: AskedTest, result: { readonly value: string; readonly outOfSpecification: boolean; readonly outOfTrend: boolean | null }): readonly ResultException[] {
  const { evaluation, notEvaluated } = judgeReading(result.value, asked);
  const outside = evaluation === "exception";
  return [
    ...(result.outOfSpecification ? [{ type: "out_of_specification" as const, title: `${asked.name} out of specification`, planned: wantedText(asked) }] : []),
    ...(outside && !result.outOfSpecification ? [{ type: "parameter_outside_limits" as const, title: `${asked.name} outside its normal range`, planned: rangeText(asked.limits.normal ?? asked.limits.alert, asked.precision) }] : []),
    ...(notEvaluated ? [{ type: "data_gap" as const, title: `${asked.name} cannot be judged by its limits`, planned: wantedText(asked) }] : []),
    ...(result.outOfTrend === true ? [{ type: "out_of_trend" as const, title: `${asked.name} out of the trend of the last batches`, planned: "within three standard deviations" }] : []),
  ];
}

type Raised = { readonly id: string; readonly type: string; readonly parameter: string | null; readonly stepId: string | null; readonly raisedAt: Date };
/** The exceptions that one result brought: of its parameter and its sample's step, raised when it was entered. */
export const exceptionsOfResult = <Exception extends Raised>(exceptions: readonly Exception[], result: { readonly parameter: string; readonly enteredAt: Date }, stepId: string): readonly Exception[] =>
  exceptions.filter((x) => resultExceptionTypes.has(x.type) && x.parameter === result.parameter && x.stepId === stepId && x.raisedAt.getTime() === result.enteredAt.getTime());
