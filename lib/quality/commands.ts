import { and, eq } from "drizzle-orm";
import { exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { executorsOf } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { batchStateName } from "#lib/batch/state.ts";
import { accept, type Result } from "#lib/result.ts";
import { signatureFor } from "./configuration-queries.ts";
import { planAcceptance, type ExceptionRefusal } from "./exception.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type Acceptance = { readonly siteId: string; readonly batchId: string; readonly exceptionId: string; readonly rationale: string };

/** Accepts an exception with its decider's rationale: quality in its review, a supervisor what is minor before he reviews the record. Throws `NotFound`. */
export async function acceptException(tx: SiteTx, by: Granted<"exception.decide"> | Granted<"exception.close">, { siteId, batchId, exceptionId, rationale }: Acceptance, stamp: Stamp): Promise<Result<void, ExceptionRefusal>> {
  const place = and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), eq(exceptions.id, exceptionId));
  const [exception] = await tx.select().from(exceptions).where(place).for("update");
  if (!exception) throw new NotFound(`exception ${exceptionId}`);
  const record = await readRecord(tx, siteId, batchId);
  const signature = await signatureFor(tx, exception.type, exception.configurationVersion);
  const plan = planAcceptance({ ...exception, signature, blocks: exception.blocks ?? false }, { id: by.actor.id, as: by.permission === "exception.decide" ? "quality" : "supervisor" }, executorsOf(record), record.batch.state);
  if (!plan.ok) return plan;
  await tx.update(exceptions).set({ state: plan.value.state, decision: rationale, decidedBy: by.actor.id, decidedAt: stamp.now }).where(place);
  await writeAudit(tx, {
    event: "exception.accepted", detail: { severity: exception.severity, from: exception.state, to: plan.value.state, rationale }, siteId, subject: { type: "exception", id: `${batchId}/${exceptionId}`, batchId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: rationale,
  }, stamp.now, stamp.newId);
  return accept(undefined);
}

export function acceptanceRefusalSentence(refusal: ExceptionRefusal): string {
  switch (refusal.reason) {
    case "already-decided": return "Somebody has already decided about this exception. Reload the page to see the decision.";
    case "needs-deviation": return "A critical exception needs a deviation before it can be accepted.";
    case "quality-only": return "This exception is quality’s to decide about. A supervisor closes minor ones whose type asks for no more.";
    case "own-work": return "You took part in making this batch, so somebody else must decide.";
    case "not-now": return refusal.state === "prod_reviewed" ? "The batch is not in QA review. Take it into QA review first." : `The batch is ${batchStateName[refusal.state].toLowerCase()}. A supervisor decides when the record is complete, quality in its review.`;
  }
}
