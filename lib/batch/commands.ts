import { and, eq, sql } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { accept, type Result } from "#lib/result.ts";
import { advanceBatch, type BatchCommandRefused, type BatchState } from "./state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };

/** QA takes a batch that production has reviewed into its own review. */
export async function takeIntoQaReview(tx: SiteTx, by: Granted<"batch.take-into-qa-review">, siteId: string, batchId: string, stamp: Stamp): Promise<Result<BatchState, BatchCommandRefused>> {
  const place = and(eq(batches.siteId, siteId), eq(batches.id, batchId));
  const [batch] = await tx.select().from(batches).where(place).for("update");
  if (!batch) throw new NotFound(`batch ${batchId}`);
  const next = advanceBatch(batch.state, "take_into_qa_review");
  if (!next.ok) return next;
  await tx.update(batches).set({ state: next.value, revision: sql`${batches.revision} + 1` }).where(place);
  await writeAudit(tx, {
    event: "batch.taken-into-qa-review", detail: { from: batch.state, to: next.value }, siteId, subject: { type: "batch", id: batchId, batchId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: "taken into QA review",
  }, stamp.now, stamp.newId);
  return accept(next.value);
}
