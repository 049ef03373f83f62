import { and, eq } from "drizzle-orm";
import { testResults } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { calculateAgain, writeEntry } from "#lib/execution/entry-commands.ts";
import { effectiveConfiguration, raiseException } from "#lib/quality/raise-commands.ts";
import { ruleOf } from "#lib/recipe/master.ts";
import { accept, type Result } from "#lib/result.ts";
import { moveSample } from "./commands.ts";
import { instrumentAt, readSample, trendBasis, type SampleFile } from "./queries.ts";
import { judgeReading, numberOf, type AskedTest } from "./reading.ts";
import { exceptionsOfResult, exceptionsOver, planInvalidation, planResult, planRetest, planReview, settled, type ResultRefusal } from "./result.ts";
import type { ResultState } from "./state.ts";
import { judgeTrend } from "./trend.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type ResultRow = typeof testResults.$inferSelect;
type TestPlace = { readonly siteId: string; readonly sampleId: string; readonly parameter: string };
export type ResultPlace = TestPlace & { readonly number: number };
/** A result as it is handed in: `rawValue` as the instrument said it, in the parameter's unit; `instrument` as its label reads. */
export type ResultInput = TestPlace & { readonly rawValue: string; readonly instrument: string; readonly analysedAt: Date };

const actorOf = (by: Granted<Permission>): AuditActor => ({ id: by.actor.id, name: by.actor.printedName, role: by.role });
const resultsOf = ({ sample, execution }: SampleFile, parameter: string): readonly ResultRow[] => execution.record.results.filter((row) => row.sampleId === sample.id && row.parameter === parameter);

function testOf({ tests, sample }: SampleFile, parameter: string): AskedTest {
  const asked = tests.find((test) => test.id === parameter);
  if (!asked) throw new NotFound(`test ${parameter} of ${sample.id}`);
  return asked;
}

/** Raises what a result brings, in the transaction that enters it: whatever becomes of the result afterwards, the finding stands until quality has decided about it. The caller holds the batch's lock. */
async function raiseOver(tx: SiteTx, { sample }: SampleFile, asked: AskedTest, result: Pick<ResultRow, "number" | "value" | "outOfSpecification" | "outOfTrend">, actor: AuditActor, stamp: Stamp): Promise<void> {
  const { siteId, batchId, stepId } = sample;
  for (const { type, title, planned } of exceptionsOver(asked, result)) {
    await raiseException(tx, { siteId, batchId, stepId, parameter: asked.id, type, title: `${title}, result ${result.number} of ${sample.id}`, rule: ruleOf(asked.id), planned, actual: result.value, unit: asked.form ? null : asked.unit, raisedBy: null }, actor, stamp);
  }
}

/**
 * Writes a result with the next number of its test, its flags, its audit entry and the exceptions it brings, and returns the number (21 CFR 211.165, 211.192, 211.194). It is no value of the batch
 * record until a second analyst has reviewed it. Throws `NotFound` for a test the sample is not asked for.
 */
export async function enterResult(tx: SiteTx, by: Granted<"result.enter">, input: ResultInput, stamp: Stamp): Promise<Result<number, ResultRefusal>> {
  const { siteId, sampleId, parameter, rawValue, analysedAt } = input;
  const file = await readSample(tx, siteId, sampleId, true);
  const { sample, execution } = file;
  const asked = testOf(file, parameter);
  const instrument = await instrumentAt(tx, siteId, input.instrument, analysedAt);
  const plan = planResult({ batch: execution.record.batch.state, sample: sample.state, drawnAt: sample.drawnAt, asked, results: resultsOf(file, parameter), instrument: instrument?.faults }, { rawValue, analysedAt, now: stamp.now });
  if (!plan.ok) return plan;
  const { number, value, outOfSpecification } = plan.value;
  const measured = asked.form ? undefined : numberOf(value);
  const trend = measured === undefined ? undefined : judgeTrend(measured, await trendBasis(tx, file, parameter));
  const outOfTrend = trend?.evaluated ? trend.outOfTrend : null;
  await tx.insert(testResults).values({
    siteId, sampleId, batchId: sample.batchId, parameter, number, state: "entered", method: asked.method, rawValue, value, unit: asked.unit, instrument: instrument?.id ?? "", outOfSpecification, outOfTrend, analyst: by.actor.id, analysedAt, enteredAt: stamp.now,
  });
  await writeAudit(tx, { event: "result.entered", detail: { parameter, number, value, unit: asked.unit, outOfSpecification }, siteId, subject: { type: "sample", id: sampleId, batchId: sample.batchId }, actor: actorOf(by), reason: `${asked.name}, result ${number}` }, stamp.now, stamp.newId);
  await raiseOver(tx, file, asked, { number, value, outOfSpecification, outOfTrend }, actorOf(by), stamp);
  await moveSample(tx, sample, { command: "test", to: plan.value.sample, reason: `result ${number} of ${asked.name} was entered` }, actorOf(by), stamp);
  return accept(number);
}

type Decision = { readonly command: "review" | "invalidate"; readonly state: ResultState; readonly reason: string; readonly set: Partial<ResultRow> };

/** The last result of each test the sample is asked for, with this one as it is now. */
const lastsWith = (file: SampleFile, now: ResultRow): readonly (ResultRow | undefined)[] =>
  file.tests.map((test) => { const last = resultsOf(file, test.id).at(-1); return last && last.parameter === now.parameter && last.number === now.number ? now : last; });

/** Writes the decision about a result, what its sample becomes, and both audit entries. */
async function decide(tx: SiteTx, file: SampleFile, row: ResultRow, { command, state, reason, set }: Decision, actor: AuditActor, stamp: Stamp): Promise<void> {
  const { sample } = file;
  const { siteId, sampleId, parameter, number } = row;
  await tx.update(testResults).set({ ...set, state }).where(and(eq(testResults.siteId, siteId), eq(testResults.sampleId, sampleId), eq(testResults.parameter, parameter), eq(testResults.number, number)));
  await writeAudit(tx, { event: "result.moved", detail: { parameter, number, command, from: row.state, to: state }, siteId, subject: { type: "sample", id: sampleId, batchId: sample.batchId }, actor, reason }, stamp.now, stamp.newId);
  const to = settled(sample.state, lastsWith(file, { ...row, state }));
  await moveSample(tx, sample, { command: to === "complete" ? "complete" : "reopen", to, reason: to === "complete" ? "every test is reviewed" : `result ${number} of ${parameter} was invalidated` }, actor, stamp);
}

/** Why a value of the record has a further version: what became of the result before. */
function reasonOf(earlier: readonly ResultRow[], number: number): string {
  const before = earlier.filter((row) => row.number < number).at(-1);
  if (!before) return `Result ${number}`;
  return before.state === "invalidated" ? `Result ${number} after result ${before.number} was invalidated: ${before.reason ?? ""}` : `Result ${number}, retest after result ${before.number} was out of specification, authorised by quality: ${before.retestReason ?? ""}`;
}

/** Puts a reviewed result into the batch record as a further version of its value, and does the calculations again that rest on it. The caller holds the batch's lock. */
async function intoRecord(tx: SiteTx, file: SampleFile, asked: AskedTest, row: ResultRow, by: Granted<"result.review">, stamp: Stamp): Promise<void> {
  const { sample, execution } = file;
  const { siteId, batchId } = sample;
  const step = execution.record.steps.find((one) => one.id === sample.stepId);
  if (!step) throw new NotFound(`step ${sample.stepId} of ${batchId}`);
  const last = execution.record.entries.filter((entry) => entry.stepId === step.id && entry.parameter === asked.id).at(-1);
  const version = (last?.version ?? 0) + 1;
  await writeEntry(tx, { execution, row: step, asked, rules: await effectiveConfiguration(tx) }, version, {
    value: row.value, evaluation: judgeReading(row.value, asked).evaluation, source: "laboratory", instrument: row.instrument, eventAt: sample.drawnAt, enteredBy: row.analyst, reason: version > 1 ? reasonOf(resultsOf(file, asked.id), row.number) : null,
    basis: { kind: "laboratory", sampleId: sample.id, number: row.number, rawValue: row.rawValue, method: row.method }, submission: null, late: false,
  }, actorOf(by), stamp);
  if (version > 1) await calculateAgain(tx, { siteId, batchId }, asked.id, by, stamp);
}

function rowOf(file: SampleFile, { parameter, number }: ResultPlace): ResultRow {
  const row = resultsOf(file, parameter).find((one) => one.number === number);
  if (!row) throw new NotFound(`result ${number} of ${parameter} of ${file.sample.id}`);
  return row;
}

/** A second analyst reviews a result (21 CFR 211.194(a)(8)); with that it is the value of the batch record. Throws `NotFound`. */
export async function reviewResult(tx: SiteTx, by: Granted<"result.review">, place: ResultPlace, stamp: Stamp): Promise<Result<ResultState, ResultRefusal>> {
  const file = await readSample(tx, place.siteId, place.sampleId, true);
  const asked = testOf(file, place.parameter);
  const row = rowOf(file, place);
  const plan = planReview(file.execution.record.batch.state, row, by.actor.id);
  if (!plan.ok) return plan;
  await decide(tx, file, row, { command: "review", state: plan.value, reason: `${asked.name}, result ${row.number} reviewed`, set: { reviewedBy: by.actor.id, reviewedAt: stamp.now } }, actorOf(by), stamp);
  await intoRecord(tx, file, asked, row, by, stamp);
  return plan;
}

type Reasoned = ResultPlace & { readonly reason: string };
/** What quality decided about a result. `exceptions`: those it brought, which stay as they are. */
export type ResultDecision = { readonly state: ResultState; readonly exceptions: readonly string[] };

/**
 * Quality invalidates a result with its cause; it stays readable, the exceptions it brought stay, and what stands of it in the batch record stays there, and in the way of a release, until a further
 * result is reviewed. Throws `NotFound`.
 */
export async function invalidateResult(tx: SiteTx, by: Granted<"result.invalidate">, { reason, ...place }: Reasoned, stamp: Stamp): Promise<Result<ResultDecision, ResultRefusal>> {
  const file = await readSample(tx, place.siteId, place.sampleId, true);
  const row = rowOf(file, place);
  const { record } = file.execution;
  const plan = planInvalidation(record.batch.state, row, { by: by.actor.id, reason });
  if (!plan.ok) return plan;
  await decide(tx, file, row, { command: "invalidate", state: plan.value, reason, set: { invalidatedBy: by.actor.id, invalidatedAt: stamp.now, reason } }, actorOf(by), stamp);
  return accept({ state: plan.value, exceptions: exceptionsOfResult(record.exceptions, row, file.sample.stepId).map(({ id }) => id) });
}

/** Quality lets a reviewed result out of specification be followed by one retest, with what its investigation found (21 CFR 211.192); the sample is open again. Throws `NotFound`. */
export async function authoriseRetest(tx: SiteTx, by: Granted<"result.authorise-retest">, { reason, ...place }: Reasoned, stamp: Stamp): Promise<Result<undefined, ResultRefusal>> {
  const { siteId, sampleId, parameter, number } = place;
  const file = await readSample(tx, siteId, sampleId, true);
  const row = rowOf(file, place);
  const plan = planRetest(file.execution.record.batch.state, resultsOf(file, parameter), number, { by: by.actor.id, reason });
  if (!plan.ok) return plan;
  const set = { retestBy: by.actor.id, retestAt: stamp.now, retestReason: reason };
  await tx.update(testResults).set(set).where(and(eq(testResults.siteId, siteId), eq(testResults.sampleId, sampleId), eq(testResults.parameter, parameter), eq(testResults.number, number)));
  await writeAudit(tx, { event: "retest.authorised", detail: { parameter, number }, siteId, subject: { type: "sample", id: sampleId, batchId: file.sample.batchId }, actor: actorOf(by), reason }, stamp.now, stamp.newId);
  await moveSample(tx, file.sample, { command: "reopen", to: settled(file.sample.state, lastsWith(file, { ...row, ...set })), reason: `a retest after result ${number} of ${testOf(file, parameter).name} is authorised` }, actorOf(by), stamp);
  return plan;
}
