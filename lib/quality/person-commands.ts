import { and, eq } from "drizzle-orm";
import { batches, steps } from "#db/schema/batch.ts";
import { exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { exceptionTypeName } from "./configuration.ts";
import { advanceException, isOpen, type Severity } from "./exception.ts";
import { raiseException } from "./raise-commands.ts";
import { planSeverity, type SeverityRefusal } from "./severity.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type By = Granted<"exception.raise">;
/** Types a person raises with his own words; the others are found by rules. */
export const personTypes = ["operator_comment", "manual_deviation", "redline", "instrument_failure", "filter_integrity_failed", "communication_failure", "automation_step_changed", "training_gap"] as const;
export type PersonType = (typeof personTypes)[number];

/** States of a batch in which something can still be said about its making. */
const sayable: ReadonlySet<string> = new Set(["in_progress", "held", "complete", "prod_reviewed", "qa_review"]);
const actorOf = (by: By) => ({ id: by.actor.id, name: by.actor.printedName, role: by.role });

export type Said = { readonly siteId: string; readonly batchId: string; readonly stepId: string | null; readonly type: PersonType; readonly severity: Severity; readonly comment: string };

/** Raises an exception in a person's own words, about a step or the batch. Refused when the batch is closed or the step is none of it. */
export async function sayException(tx: SiteTx, by: By, { siteId, batchId, stepId, type, severity, comment }: Said, stamp: Stamp): Promise<Result<string, "closed" | "no-step">> {
  const [batch] = await tx.select({ state: batches.state }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");
  if (!batch) throw new NotFound(`batch ${batchId}`);
  if (!sayable.has(batch.state)) return refuse("closed");
  const [step] = stepId === null ? [] : await tx.select({ title: steps.title }).from(steps).where(and(eq(steps.siteId, siteId), eq(steps.batchId, batchId), eq(steps.id, stepId)));
  if (stepId !== null && !step) return refuse("no-step");
  return accept(await raiseException(tx, { siteId, batchId, stepId, parameter: null, type, severity, title: step ? `${exceptionTypeName[type]}: ${step.title}` : exceptionTypeName[type], rule: "person", planned: "", actual: "", unit: null, raisedBy: by.actor.id, comment }, actorOf(by), stamp));
}

export type OnException = { readonly siteId: string; readonly batchId: string; readonly exceptionId: string; readonly rationale: string };
async function locked(tx: SiteTx, { siteId, batchId, exceptionId }: OnException) {
  const place = and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), eq(exceptions.id, exceptionId));
  const [row] = await tx.select().from(exceptions).where(place).for("update");
  if (!row) throw new NotFound(`exception ${exceptionId}`);
  return { row, place };
}

/** Raises a severity; anyone who may raise exceptions may, with his reason. */
export async function raiseSeverity(tx: SiteTx, by: By, ask: OnException & { readonly to: Severity }, stamp: Stamp): Promise<Result<Severity, SeverityRefusal>> {
  const { row, place } = await locked(tx, ask);
  const plan = planSeverity(row, ask.to, { signature: false, rationale: ask.rationale });
  if (!plan.ok) return plan;
  await tx.update(exceptions).set({ severity: plan.value.severity }).where(place);
  await writeAudit(tx, { event: "exception.severity-raised", detail: { from: row.severity, to: plan.value.severity, rationale: ask.rationale }, siteId: ask.siteId, subject: { type: "exception", id: `${ask.batchId}/${ask.exceptionId}`, batchId: ask.batchId }, actor: actorOf(by), reason: ask.rationale }, stamp.now, stamp.newId);
  return accept(plan.value.severity);
}

/** Writes the operator's words to an exception, once. */
export async function explainException(tx: SiteTx, by: By, ask: OnException, stamp: Stamp): Promise<Result<undefined, SeverityRefusal | "explained">> {
  const { row, place } = await locked(tx, ask);
  const next = advanceException(row.state, "explain");
  if (!next || !isOpen(row.state)) return refuse("decided");
  if (row.comment !== null) return refuse("explained");
  if (ask.rationale.trim().length < 10) return refuse("reason-missing");
  await tx.update(exceptions).set({ state: next, comment: ask.rationale, commentBy: by.actor.id, commentAt: stamp.now }).where(place);
  await writeAudit(tx, { event: "exception.explained", detail: { comment: ask.rationale }, siteId: ask.siteId, subject: { type: "exception", id: `${ask.batchId}/${ask.exceptionId}`, batchId: ask.batchId }, actor: actorOf(by), reason: ask.rationale }, stamp.now, stamp.newId);
  return accept(undefined);
}
