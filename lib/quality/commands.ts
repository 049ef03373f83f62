import { and, eq } from "drizzle-orm";
import { exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { executorsOf } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { planAcceptance, type ExceptionRefusal } from "./exception.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type Acceptance = { readonly siteId: string; readonly batchId: string; readonly exceptionId: string; readonly rationale: string };
export type AcceptanceRefusal = ExceptionRefusal | { readonly reason: "batch-not-in-review" };

/** Accepts an exception with the reviewer's rationale while the batch is in QA review. */
export async function acceptException(tx: SiteTx, by: Granted<"exception.decide">, { siteId, batchId, exceptionId, rationale }: Acceptance, stamp: Stamp): Promise<Result<void, AcceptanceRefusal>> {
  const place = and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), eq(exceptions.id, exceptionId));
  const [exception] = await tx.select().from(exceptions).where(place).for("update");
  if (!exception) throw new NotFound(`exception ${exceptionId}`);
  const record = await readRecord(tx, siteId, batchId);
  if (record.batch.state !== "qa_review") return refuse({ reason: "batch-not-in-review" });
  const plan = planAcceptance(exception, by.actor.id, executorsOf(record));
  if (!plan.ok) return plan;
  await tx.update(exceptions).set({ state: plan.value.state, decision: rationale, decidedBy: by.actor.id, decidedAt: stamp.now }).where(place);
  await writeAudit(tx, {
    event: "exception.accepted", detail: { severity: exception.severity, from: exception.state, to: plan.value.state, rationale }, siteId, subject: { type: "exception", id: `${batchId}/${exceptionId}`, batchId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: rationale,
  }, stamp.now, stamp.newId);
  return accept(undefined);
}

export const acceptanceRefusalSentence: Record<AcceptanceRefusal["reason"], string> = {
  "already-decided": "Somebody has already decided about this exception. Reload the page to see the decision.",
  "needs-deviation": "A critical exception needs a deviation before it can be accepted.",
  "own-work": "You took part in making this batch, so somebody else must decide.",
  "batch-not-in-review": "The batch is not in QA review. Take it into QA review first.",
};
