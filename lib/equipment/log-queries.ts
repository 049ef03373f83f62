import { and, asc, count, desc, eq } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { calibrations, equipmentLog, equipmentParts, tags } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { logPageSize } from "./filter.ts";

export type LogLine = typeof equipmentLog.$inferSelect & { readonly person: string | null };
export type CalibrationLine = typeof calibrations.$inferSelect & { readonly person: string };
export type PartLine = typeof equipmentParts.$inferSelect & { readonly person: string };

/** A page of a unit's use and cleaning log, newest first, and how many lines there are. */
export async function logPage(tx: SiteTx, siteId: string, unitId: string, page: number): Promise<{ readonly lines: readonly LogLine[]; readonly total: number }> {
  const own = and(eq(equipmentLog.siteId, siteId), eq(equipmentLog.unitId, unitId));
  const rows = await tx.select({ line: equipmentLog, person: people.printedName }).from(equipmentLog).leftJoin(people, eq(people.id, equipmentLog.by)).where(own)
    .orderBy(desc(equipmentLog.at), desc(equipmentLog.writtenAt), desc(equipmentLog.id)).limit(logPageSize).offset((page - 1) * logPageSize);
  const [total] = await tx.select({ n: count() }).from(equipmentLog).where(own);
  return { lines: rows.map(({ line, person }) => ({ ...line, person })), total: total?.n ?? 0 };
}

/** Calibrations of a unit, newest first. */
export async function calibrationsOf(tx: SiteTx, siteId: string, unitId: string): Promise<readonly CalibrationLine[]> {
  const rows = await tx.select({ line: calibrations, person: people.printedName }).from(calibrations).innerJoin(people, eq(people.id, calibrations.by))
    .where(and(eq(calibrations.siteId, siteId), eq(calibrations.unitId, unitId))).orderBy(desc(calibrations.performedAt), asc(calibrations.tag), desc(calibrations.writtenAt));
  return rows.map(({ line, person }) => ({ ...line, person }));
}

/** Parts of a unit by place, newest first in each: the first of a place is what sits there now. */
export async function partsOf(tx: SiteTx, siteId: string, unitId: string): Promise<readonly PartLine[]> {
  const rows = await tx.select({ line: equipmentParts, person: people.printedName }).from(equipmentParts).innerJoin(people, eq(people.id, equipmentParts.by))
    .where(and(eq(equipmentParts.siteId, siteId), eq(equipmentParts.unitId, unitId))).orderBy(asc(equipmentParts.place), desc(equipmentParts.installedAt), desc(equipmentParts.writtenAt));
  return rows.map(({ line, person }) => ({ ...line, person }));
}

/** Instruments of a unit: tag and name, in their order. */
export const instrumentTags = (tx: SiteTx, siteId: string, unitId: string): Promise<{ tag: string; name: string; unit: string }[]> =>
  tx.select({ tag: tags.tag, name: tags.name, unit: tags.unit }).from(tags).where(and(eq(tags.siteId, siteId), eq(tags.unitId, unitId))).orderBy(asc(tags.position), asc(tags.tag));
