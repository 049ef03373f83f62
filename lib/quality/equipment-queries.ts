import { and, asc, eq, gte, inArray, lt } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { calibrations, equipmentLog, units } from "#db/schema/equipment.ts";
import { testResults } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import { batchesInDoubt, doubtOf, type Doubt, type UseLine } from "#lib/equipment/calibration.ts";
import type { BatchState } from "#lib/batch/state.ts";

export type UnitPlace = { readonly siteId: string; readonly unitId: string };
/** A batch that used a unit while one of its instruments could not be relied on. */
export type DoubtedBatch = { readonly id: string; readonly productId: string; readonly state: BatchState };

/** Uses of a unit by batches, oldest first; a module is used with its unit. */
async function usesOf(tx: SiteTx, { siteId, unitId }: UnitPlace): Promise<readonly UseLine[]> {
  const [unit] = await tx.select({ parentId: units.parentId }).from(units).where(and(eq(units.siteId, siteId), eq(units.id, unitId)));
  const rows = await tx.select({ batchId: equipmentLog.batchId, at: equipmentLog.at, event: equipmentLog.event }).from(equipmentLog)
    .where(and(eq(equipmentLog.siteId, siteId), eq(equipmentLog.unitId, unit?.parentId ?? unitId), inArray(equipmentLog.event, ["bind", "release"]))).orderBy(asc(equipmentLog.at), asc(equipmentLog.writtenAt));
  return rows.flatMap(({ batchId, at, event }): readonly UseLine[] => (batchId !== null && (event === "bind" || event === "release") ? [{ batchId, at, event }] : []));
}

/** Batches a result of which was measured with the unit in that time. */
async function measuredWith(tx: SiteTx, { siteId, unitId }: UnitPlace, { since, until }: Doubt): Promise<readonly string[]> {
  const rows = await tx.selectDistinct({ batchId: testResults.batchId }).from(testResults)
    .where(and(eq(testResults.siteId, siteId), eq(testResults.instrument, unitId), since ? gte(testResults.analysedAt, since) : undefined, until ? lt(testResults.analysedAt, until) : undefined));
  return rows.map(({ batchId }) => batchId);
}

/** Every batch that was made in a unit, or measured with it, from the last good calibration of the instrument before the failed one until the next good one; by number. */
export async function batchesOfDoubt(tx: SiteTx, place: UnitPlace, doubt: Doubt): Promise<readonly DoubtedBatch[]> {
  const ids = new Set([...batchesInDoubt(await usesOf(tx, place), doubt), ...await measuredWith(tx, place, doubt)]);
  if (ids.size === 0) return [];
  return tx.select({ id: batches.id, productId: batches.productId, state: batches.state }).from(batches).where(and(eq(batches.siteId, place.siteId), inArray(batches.id, [...ids]))).orderBy(asc(batches.id));
}

/** The doubts of a unit: each failed calibration with the batches it touches. */
export async function doubtsOf(tx: SiteTx, place: UnitPlace): Promise<ReadonlyMap<string, readonly DoubtedBatch[]>> {
  const lines = await tx.select().from(calibrations).where(and(eq(calibrations.siteId, place.siteId), eq(calibrations.unitId, place.unitId)));
  const found = new Map<string, readonly DoubtedBatch[]>();
  for (const line of lines.filter(({ passed }) => passed === "no")) found.set(line.id, await batchesOfDoubt(tx, place, doubtOf(line, lines)));
  return found;
}
