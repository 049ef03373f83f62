import { and, eq, inArray, sql } from "drizzle-orm";
import { batches, steps } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { advanceBatch, batchStateName, type BatchCommand, type BatchState } from "#lib/batch/state.ts";
import { planStep, readySteps, type StepCommand, type StepPlan, type StepRefusal } from "#lib/batch/step.ts";
import type { StepRow } from "#lib/batch/record.ts";
import type { StepState } from "#lib/batch/state.ts";
import { closeBatchLot } from "#lib/material/charge-commands.ts";
import { exceptionTypeName, type ExceptionType } from "#lib/quality/configuration.ts";
import { raiseException } from "#lib/quality/raise-commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { capture } from "./capture-commands.ts";
import { actorOf, calculate, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { askedBy, decisionParameter, entriesOf, latestValue, masterStepOf, openMatters, ordered, standingOf, timerStanding, type Execution } from "./standing.ts";

export type StepInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string; readonly command: StepCommand; readonly reason?: string | undefined };

const place = ({ siteId, id }: { readonly siteId: string; readonly id: string }) => and(eq(steps.siteId, siteId), eq(steps.batchId, id));

/** Steps whose turn has come become ready; returns how many. Repeats, because what is left out lets others through at once. */
export async function openReadySteps(tx: SiteTx, siteId: string, batchId: string): Promise<number> {
  const rows = await tx.select().from(steps).where(place({ siteId, id: batchId }));
  const ready = readySteps(rows.map(ordered));
  if (ready.length > 0) await tx.update(steps).set({ state: "ready" }).where(and(place({ siteId, id: batchId }), inArray(steps.id, [...ready])));
  return ready.length;
}

/** Values that come with the end of a step: captured from its unit, calculated from what is recorded. Returns what is missing for them. */
async function valuesAtEnd(tx: SiteTx, execution: Execution, row: StepRow, by: Granted<Permission>, stamp: Stamp): Promise<readonly string[]> {
  const step = masterStepOf(execution, row);
  const missing: string[] = [];
  for (const p of step ? askedBy(execution, step) : []) {
    if (p.source === "automatic") missing.push(...await capture(tx, execution, row, p, by, stamp));
    if (p.source === "calculated") missing.push(...await calculate(tx, await readExecution(tx, execution.record.batch.siteId, execution.record.batch.id), row, p, null, by, stamp));
  }
  return missing;
}

/** Steps that the choice of a decision leaves out. */
async function leaveOut(tx: SiteTx, execution: Execution, row: StepRow, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  const step = masterStepOf(execution, row);
  const chosen = entriesOf(execution, row.id).get(decisionParameter)?.value;
  const out = step?.choices?.find((choice) => choice.value === chosen)?.leavesOut ?? [];
  const { siteId, id } = execution.record.batch;
  for (const other of execution.record.steps.filter((one) => one.masterStep !== null && out.includes(one.masterStep) && (one.state === "waiting" || one.state === "ready"))) {
    await move(tx, execution, other, { state: "skipped", verified: ordered(other).verified, exception: undefined }, { siteId, batchId: id, stepId: other.id, command: "leave_out", reason: `left out by the decision of step ${row.id}` }, by, stamp);
  }
}

function columnsOf(command: StepCommand, plan: StepPlan, person: string, { now }: Stamp, reason: string | undefined): Partial<typeof steps.$inferInsert> {
  const why = reason?.trim() ? { reason: reason.trim() } : {};
  switch (command) {
    case "start": return { state: plan.state, startedBy: person, startedAt: now };
    case "verify": return { state: plan.state, verification: plan.verified, verifiedBy: person, verifiedAt: now };
    case "finish": return { state: plan.state, performedBy: person, performedAt: now };
    case "leave_out": case "skip": case "force": case "void": return { state: plan.state, performedBy: person, performedAt: now, ...why };
  }
}

async function move(tx: SiteTx, { record }: Execution, row: StepRow, plan: StepPlan, { siteId, batchId, command, reason }: StepInput, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  await tx.update(steps).set(columnsOf(command, plan, by.actor.id, stamp, reason)).where(and(place(record.batch), eq(steps.id, row.id)));
  await writeAudit(tx, { event: "step.moved", detail: { command, from: row.state, to: plan.state }, siteId, subject: { type: "step", id: `${batchId}/${row.id}`, batchId }, actor: actorOf(by), reason: reason?.trim() ? reason : `step ${row.id} ${row.title}` }, stamp.now, stamp.newId);
  if (!plan.exception) return;
  await raiseException(tx, { siteId, batchId, stepId: row.id, parameter: null, type: plan.exception, title: `${exceptionTypeName[plan.exception]}: ${row.title}`, rule: "R-step", planned: "performed", actual: plan.state, unit: null, raisedBy: by.actor.id, ...(reason ? { comment: reason } : {}) }, actorOf(by), stamp);
}

async function raiseOverdue(tx: SiteTx, execution: Execution, row: StepRow, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  const step = masterStepOf(execution, row);
  const timer = step && timerStanding(execution, step, stamp.now);
  if (!step || timer?.overMin === undefined) return;
  const { siteId, id: batchId } = execution.record.batch;
  await raiseException(tx, {
    siteId, batchId, stepId: row.id, parameter: null, type: "hold_time_exceeded" satisfies ExceptionType, title: `Hold time before ${row.title} exceeded`, rule: "R-timer", planned: `≤ ${step.timer?.atMostMin ?? 0}`, actual: String(Math.round(timer.passedMin ?? 0)), unit: "min", raisedBy: null,
  }, actorOf(by), stamp);
}

/** A charge below its tolerance shows only when the step ends: until then more may follow. */
async function raiseShortCharge(tx: SiteTx, execution: Execution, row: StepRow, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  const step = masterStepOf(execution, row);
  const wanted = execution.master.materials.find((m) => m.id === step?.material);
  const charged = execution.record.materials.filter((use) => use.stepId === row.id).at(-1)?.percentOfPlan;
  if (!wanted || charged === undefined || charged >= wanted.tolerance.low) return;
  const { siteId, id: batchId } = execution.record.batch;
  await raiseException(tx, {
    siteId, batchId, stepId: row.id, parameter: null, type: "charge_outside_limits", title: `${wanted.name}: charge below its tolerance`, rule: "R-material", planned: `${wanted.tolerance.low} to ${wanted.tolerance.high}`, actual: charged.toFixed(1), unit: "% of plan", raisedBy: null,
  }, actorOf(by), stamp);
}

/** What carries the act out beside the person: quality's signature that was just made (`quality`), or the performer's (`signed`). */
export type StepAuthority = { readonly quality: boolean; readonly signed?: boolean };

/**
 * Does an act on a step: decides by `planStep`, takes the values that come with its end, writes the step, what it leaves out, its exceptions and its audit entry, and
 * opens the steps whose turn has come. Refused, nothing is written: the caller rolls back when `value` is missing.
 */
export async function actOnStep(tx: SiteTx, by: Granted<Permission>, input: StepInput, { quality, signed = false }: StepAuthority, stamp: Stamp): Promise<Result<{ readonly state: StepState }, StepRefusal>> {
  const execution = await readExecution(tx, input.siteId, input.batchId, true);
  const row = stepOf(execution, input.stepId);
  const plan = planStep(standingOf(execution, row, stamp.now), { command: input.command, by: by.actor.id, quality, signed, reason: input.reason ?? "" });
  if (!plan.ok) return plan;
  if (input.command === "finish") {
    const missing = await valuesAtEnd(tx, execution, row, by, stamp);
    if (missing.length > 0) return refuse({ reason: "incomplete", missing });
  }
  await move(tx, execution, row, plan.value, input, by, stamp);
  if (input.command === "start") await raiseOverdue(tx, execution, row, by, stamp);
  if (input.command === "finish") {
    await raiseShortCharge(tx, execution, row, by, stamp);
    await leaveOut(tx, execution, row, by, stamp);
  }
  await openReadySteps(tx, input.siteId, input.batchId);
  return accept({ state: plan.value.state });
}

export type BatchActRefusal = { readonly sentence: string };
export type BatchAct = Extract<BatchCommand, "start" | "hold" | "restart" | "complete" | "abort">;
export type BatchInput = { readonly siteId: string; readonly batchId: string; readonly command: BatchAct; readonly reason?: string | undefined };

function timesOf(execution: Execution, command: BatchAct, now: Date): Partial<typeof batches.$inferInsert> {
  if (command === "start") return { startedAt: now, inoculatedAt: now };
  if (command !== "complete") return {};
  const yielded = execution.master.theoreticalYield && latestValue(execution, execution.master.theoreticalYield.parameter);
  return { completedAt: now, harvestedAt: now, ...(yielded && Number.isFinite(Number(yielded.value)) ? { yieldPercent: Number(yielded.value) } : {}) };
}

/** Starts, holds, restarts, completes or aborts a batch. Holding and aborting ask for their reason; completing asks that every step has ended. */
export async function actOnBatch(tx: SiteTx, by: Granted<Permission>, { siteId, batchId, command, reason }: BatchInput, stamp: Stamp): Promise<Result<BatchState, BatchActRefusal>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const { batch } = execution.record;
  const next = advanceBatch(batch.state, command);
  if (!next.ok) return refuse({ sentence: `The batch is ${batchStateName[batch.state].toLowerCase()}. Somebody may have been faster: look at it again.` });
  if ((command === "hold" || command === "abort") && (reason?.trim().length ?? 0) < 10) return refuse({ sentence: "Say why, in at least 10 characters. The reason stands in the record." });
  const open = command === "complete" ? openMatters(execution) : [];
  if (open.length > 0) return refuse({ sentence: open.join(" ") });
  await tx.update(batches).set({ state: next.value, revision: sql`${batches.revision} + 1`, ...timesOf(execution, command, stamp.now) }).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId)));
  await writeAudit(tx, { event: "batch.moved", detail: { command, from: batch.state, to: next.value }, siteId, subject: { type: "batch", id: batchId, batchId }, actor: actorOf(by), reason: reason?.trim() ? reason : `batch ${batchId} ${command}` }, stamp.now, stamp.newId);
  if (command === "start") await openReadySteps(tx, siteId, batchId);
  if (command === "abort") await raiseException(tx, { siteId, batchId, stepId: null, parameter: null, type: "batch_aborted", title: "Batch aborted", rule: "R-batch", planned: "complete", actual: "aborted", unit: null, raisedBy: by.actor.id, comment: reason ?? "" }, actorOf(by), stamp);
  if (command === "complete") await closeLot(tx, execution, by, stamp);
  return accept(next.value);
}

/** The lot of the batch gets its quantity where the yield is a share of a planned quantity and was recorded. */
async function closeLot(tx: SiteTx, execution: Execution, by: Granted<Permission>, stamp: Stamp): Promise<void> {
  const planned = execution.master.theoreticalYield;
  const yielded = planned && latestValue(execution, planned.parameter);
  if (!planned || !yielded || !Number.isFinite(Number(yielded.value))) return;
  const { siteId, id: batchId } = execution.record.batch;
  await closeBatchLot(tx, { siteId, batchId, quantity: (planned.quantity * (Number(yielded.value) / 100)).toFixed(6), unit: planned.unit }, by.actor.id, stamp);
}

