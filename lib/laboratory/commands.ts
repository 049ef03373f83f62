import { and, eq, sql } from "drizzle-orm";
import { laboratorySamples } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
/** A sample as a step of a batch draws it; `sample` is its id within the master. */
export type DrawnSample = { readonly siteId: string; readonly batchId: string; readonly stepId: string; readonly sample: string; readonly name: string; readonly storage: string; readonly drawnAt: Date };

/** Writes a drawn sample with its audit entry and returns what stands on its label: the batch, a hyphen, S and the next number. The caller holds the batch's lock, so that no two samples take one number. */
export async function drawSample(tx: SiteTx, drawn: DrawnSample, personId: string, actor: AuditActor, stamp: Stamp): Promise<string> {
  const { siteId, batchId, drawnAt } = drawn;
  const [counted] = await tx.select({ n: sql<number>`count(*)::int` }).from(laboratorySamples).where(and(eq(laboratorySamples.siteId, siteId), eq(laboratorySamples.batchId, batchId)));
  const id = `${batchId}-S${String((counted?.n ?? 0) + 1).padStart(2, "0")}`;
  await tx.insert(laboratorySamples).values({ ...drawn, id, state: "drawn", drawnBy: personId, drawnAt });
  await writeAudit(tx, { event: "sample.drawn", detail: { sample: drawn.sample }, siteId, subject: { type: "sample", id, batchId }, actor, reason: `Sample ${drawn.name} drawn in step ${drawn.stepId}` }, stamp.now, stamp.newId);
  return id;
}
