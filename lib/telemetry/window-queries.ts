import { and, asc, eq, min } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { equipmentUses } from "#db/schema/execution.ts";
import { exceptions } from "#db/schema/quality.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { batchWindow, unitWindows, type UnitWindow, type Window } from "./segment.ts";

/** The time of a batch (undefined where it never began) and the units whose readings are its own, each with its times. */
export type BatchWindows = { readonly window: Window | undefined; readonly units: readonly UnitWindow[] };

/** Reads whose readings are a batch's; when it was aborted says the exception that was raised with the abort. Throws `NotFound`. */
export async function batchWindows(tx: SiteTx, siteId: string, batchId: string): Promise<BatchWindows> {
  const [row] = await tx.select({ batch: batches, equipmentClass: units.equipmentClass }).from(batches).innerJoin(units, and(eq(units.siteId, batches.siteId), eq(units.id, batches.unitId)))
    .where(and(eq(batches.siteId, siteId), eq(batches.id, batchId)));
  if (!row) throw new NotFound(`batch ${batchId}`);
  const [aborted] = await tx.select({ at: min(exceptions.raisedAt) }).from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId), eq(exceptions.type, "batch_aborted")));
  const bound = await tx.select({ unitId: equipmentUses.unitId, equipmentClass: units.equipmentClass, boundAt: equipmentUses.boundAt, releasedAt: equipmentUses.releasedAt }).from(equipmentUses)
    .innerJoin(units, and(eq(units.siteId, equipmentUses.siteId), eq(units.id, equipmentUses.unitId))).where(and(eq(equipmentUses.siteId, siteId), eq(equipmentUses.batchId, batchId))).orderBy(asc(equipmentUses.boundAt));
  const times = { ...row.batch, abortedAt: aborted?.at ?? null };
  return { window: batchWindow(times), units: unitWindows({ ...times, equipmentClass: row.equipmentClass }, bound) };
}
