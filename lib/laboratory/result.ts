import type { AskedValue } from "#lib/batch/entry.ts";
import type { BatchState } from "#lib/batch/state.ts";
import type { ExceptionType } from "#lib/quality/configuration.ts";
import { judgeValue } from "#lib/quality/judgement.ts";
import { evaluateFormula } from "#lib/quantity/formula.ts";
import { rangeText, zoneOf, type Range } from "#lib/quantity/limit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { advanceResult, advanceSample, type ResultState, type SampleState } from "./state.ts";

/** A test as the master's sample asks for it. */
export type AskedTest = AskedValue & { readonly method: string };
/** A result that is there, as the rules look at it. */
export type KnownResult = { readonly number: number; readonly state: ResultState; readonly outOfSpecification: boolean; readonly analyst: string };
/** What a result is entered into. `results`: of this test, all numbers. `instrument`: sentences that forbid it, undefined where the site has none of that name. */
export type TestStanding = { readonly batch: BatchState; readonly sample: SampleState; readonly drawnAt: Date; readonly asked: AskedTest; readonly results: readonly KnownResult[]; readonly instrument: readonly string[] | undefined };
export type ResultAct = { readonly rawValue: string; readonly analysedAt: Date; readonly now: Date };
export type ResultPlan = { readonly number: number; readonly value: string; readonly outOfSpecification: boolean; readonly sample: SampleState };

export type ResultRefusal =
  | { readonly reason: "batch-closed" } | { readonly reason: "sample-not-received"; readonly state: SampleState } | { readonly reason: "no-number" } | { readonly reason: "in-the-future" } | { readonly reason: "before-it-was-drawn" } | { readonly reason: "no-instrument" }
  | { readonly reason: "instrument-not-ready"; readonly sentences: readonly string[] } | { readonly reason: "stands"; readonly number: number; readonly state: ResultState } | { readonly reason: "own-result" } | { readonly reason: "command-not-allowed"; readonly state: ResultState } | { readonly reason: "reason-missing" };

export function resultRefusalSentence(refusal: ResultRefusal): string {
  switch (refusal.reason) {
    case "batch-closed": return "Quality has decided about the batch. Its record takes no results any more.";
    case "sample-not-received": return refusal.state === "lost" ? "The sample is lost. Nothing can be tested." : "Receive the sample first.";
    case "no-number": return "Write what the instrument said as a number, with a point before the decimals.";
    case "in-the-future": return "The time lies in the future. Write when it was analysed.";
    case "before-it-was-drawn": return "The sample was drawn later than that. Write when it was analysed.";
    case "no-instrument": return "The site has no instrument of that name. Scan its label or choose it from the list.";
    case "instrument-not-ready": return refusal.sentences.join(" ");
    case "stands": return refusal.state === "entered" ? `Result ${refusal.number} waits for its review. A further one follows only when that one is out of specification or invalidated.` : `Result ${refusal.number} is reviewed and within specification. It is not tested again unless quality invalidates it.`;
    case "own-result": return "You entered this result. Another analyst reviews it.";
    case "command-not-allowed": return refusal.state === "invalidated" ? "This result is invalidated already." : "This result is reviewed already.";
    case "reason-missing": return "Say why the result is invalid, and what was found. The result stays readable with it.";
  }
}

const decimal = /^-?\d{1,12}(\.\d{1,12})?$/;
/** A clock that is a little fast is no lie. */
const clockSkewMs = 60_000;
const closed: ReadonlySet<BatchState> = new Set(["released", "rejected", "reprocess", "aborted"]);
/** Has quality, or an abort, ended the batch, so that its record takes nothing more? */
export const isClosed = (batch: BatchState): boolean => closed.has(batch);

/** A reading at the digits of its parameter, half away from zero (USP General Notices 7.20); undefined when it is no decimal number. */
export function roundedReading(rawValue: string, digits: number): string | undefined {
  if (!decimal.test(rawValue)) return undefined;
  const result = evaluateFormula({ text: "reading", inputs: { reading: "1" }, unit: "1", precision: digits }, { reading: rawValue });
  return result.ok ? result.value : undefined;
}

/** The range a result must lie in: action, else proven acceptable; for a critical quality attribute that has neither its normal range. Undefined: nothing is specified. */
export const specificationOf = ({ limits, class: of }: Pick<AskedTest, "limits" | "class">): Range | undefined => limits.action ?? limits.validated ?? (of === "CQA" ? limits.normal : undefined);

/** Is the reported value out of specification? What lies beyond the absolute range is, whatever else is specified. */
export function isOutOfSpecification(value: number, asked: Pick<AskedTest, "limits" | "class">): boolean {
  const zone = zoneOf(value, asked.limits);
  return zone === "action" || zone === "outside" || zone === "beyond" || (zone === "alert" && specificationOf(asked) === asked.limits.normal);
}

/** May a further result follow this one? Only when it is reviewed and out of specification, or invalidated: nothing is tested into compliance. */
export const mayFollow = (last: KnownResult | undefined): boolean => last === undefined || last.state === "invalidated" || (last.state === "reviewed" && last.outOfSpecification);

/** What a sample becomes when a result is entered; undefined where it takes none. */
function tested(sample: SampleState): SampleState | undefined {
  const opened = sample === "complete" ? advanceSample(sample, "reopen") : advanceSample(sample, "test");
  return opened.ok ? opened.value : undefined;
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
  if (last && !mayFollow(last)) return refuse({ reason: "stands", number: last.number, state: last.state });
  const value = roundedReading(act.rawValue, asked.precision);
  if (value === undefined) return refuse({ reason: "no-number" });
  if (act.analysedAt.getTime() > act.now.getTime() + clockSkewMs) return refuse({ reason: "in-the-future" });
  if (act.analysedAt < standing.drawnAt) return refuse({ reason: "before-it-was-drawn" });
  if (!instrument) return refuse({ reason: "no-instrument" });
  if (instrument.length > 0) return refuse({ reason: "instrument-not-ready", sentences: instrument });
  return accept({ number: (last?.number ?? 0) + 1, value, outOfSpecification: isOutOfSpecification(Number(value), asked), sample });
}

/** Decides about the second person's review of a result (21 CFR 211.194(a)(8)): another analyst, once. */
export function planReview(batch: BatchState, result: KnownResult, by: string): Result<ResultState, ResultRefusal> {
  if (isClosed(batch)) return refuse({ reason: "batch-closed" });
  const next = advanceResult(result.state, "review");
  if (!next.ok) return refuse({ reason: "command-not-allowed", state: result.state });
  return result.analyst === by ? refuse({ reason: "own-result" }) : next;
}

/** Decides about invalidating a result: its cause is written down, the result stays. */
export function planInvalidation(batch: BatchState, result: KnownResult, reason: string): Result<ResultState, ResultRefusal> {
  if (isClosed(batch)) return refuse({ reason: "batch-closed" });
  if (!reason.trim()) return refuse({ reason: "reason-missing" });
  const next = advanceResult(result.state, "invalidate");
  return next.ok ? next : refuse({ reason: "command-not-allowed", state: result.state });
}

/** Is a sample through: does the last result of each test asked for stand reviewed? */
const allReviewed = (lasts: readonly (Pick<KnownResult, "state"> | undefined)[]): boolean => lasts.length > 0 && lasts.every((last) => last?.state === "reviewed");

/** What a sample becomes when a result of it was reviewed or invalidated. `lasts`: the last result of each test asked for. */
export function settled(sample: SampleState, lasts: readonly (Pick<KnownResult, "state"> | undefined)[]): SampleState {
  const next = advanceSample(sample, allReviewed(lasts) ? "complete" : "reopen");
  return next.ok ? next.value : sample;
}

export type ResultException = { readonly type: ExceptionType; readonly title: string; readonly planned: string };

/** The exceptions a reviewed result brings into the batch record. */
export function exceptionsOver(asked: AskedTest, result: { readonly value: string; readonly outOfSpecification: boolean; readonly outOfTrend: boolean | null }): readonly ResultException[] {
  const normal = rangeText(asked.limits.normal ?? asked.limits.alert, asked.precision);
  const judged = judgeValue(Number(result.value), asked.limits).result === "exception";
  return [
    ...(result.outOfSpecification ? [{ type: "out_of_specification" as const, title: `${asked.name} out of specification`, planned: rangeText(specificationOf(asked) ?? asked.limits.absolute, asked.precision) }] : []),
    ...(judged && !result.outOfSpecification ? [{ type: "parameter_outside_limits" as const, title: `${asked.name} outside its normal range`, planned: normal }] : []),
    ...(result.outOfTrend === true ? [{ type: "out_of_trend" as const, title: `${asked.name} out of the trend of the last batches`, planned: "within three standard deviations" }] : []),
  ];
}
