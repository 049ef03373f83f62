import { and, asc, count, desc, eq } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { calibrations, equipmentLog, equipmentParts, tags } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { lastCleaning } from "./cleaning.ts";
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

/** A cleaning as its page tells of it: who did it and when it ended, who checked it and when; `own`: took this person part in it? */
export type CleaningFacts = { readonly at: Date; readonly cleaners: readonly string[]; readonly check: { readonly by: string | null; readonly at: Date } | undefined; readonly own: boolean };

/** The last finished cleaning of a unit, as `personId` looks at it; undefined when none is on record. */
export async function cleaningFacts(tx: SiteTx, siteId: string, unitId: string, personId: string): Promise<CleaningFacts | undefined> {
  const lines = await tx.select({ event: equipmentLog.event, by: equipmentLog.by, at: equipmentLog.at, person: people.printedName }).from(equipmentLog).leftJoin(people, eq(people.id, equipmentLog.by))
    .where(and(eq(equipmentLog.siteId, siteId), eq(equipmentLog.unitId, unitId))).orderBy(asc(equipmentLog.at), asc(equipmentLog.writtenAt));
  const last = lastCleaning(lines);
  const end = lines.findLastIndex((line) => line.event === "finish_cleaning");
  const finished = lines[end];
  if (!last || !finished) return undefined;
  const check = lines.slice(end).find((line) => line.event === "check_cleaning");
  const names = new Map(lines.map((line) => [line.by, line.person]));
  return { at: finished.at, cleaners: last.cleaners.map((id) => names.get(id) ?? id), check: check && { by: check.person, at: check.at }, own: last.cleaners.includes(personId) };
}

/** Calibrations of a unit, newest first. */
export async function calibrationsOf(tx: SiteTx, siteId: string, unitId: string): Promise<readonly CalibrationLine[]> {
  const rows = await tx.select({ line: calibrations, person: people.printedName }).from(calibrations).innerJoin(people, eq(people.id, calibrations.by))
    .where(and(eq(calibrations.siteId, siteId), eq(calibrations.unitId, unitId))).orderBy(desc(calibrations.performedAt), asc(calibrations.tag), desc(calibrations.writtenAt));
  return rows.map(({ line, person }) => ({ ...line, person }));
}

/** Lines about the parts of a unit by place, newest first in each; `partHistory` reads them. */
export async function partsOf(tx: SiteTx, siteId: string, unitId: string): Promise<readonly PartLine[]> {
  const rows = await tx.select({ line: equipmentParts, person: people.printedName }).from(equipmentParts).innerJoin(people, eq(people.id, equipmentParts.by))
    .where(and(eq(equipmentParts.siteId, siteId), eq(equipmentParts.unitId, unitId))).orderBy(asc(equipmentParts.place), desc(equipmentParts.installedAt), desc(equipmentParts.writtenAt));
  return rows.map(({ line, person }) => ({ ...line, person }));
}

/** Instruments of a unit: tag and name, in their order. */
export const instrumentTags = (tx: SiteTx, siteId: string, unitId: string): Promise<{ tag: string; name: string; unit: string }[]> =>
  tx.select({ tag: tags.tag, name: tags.name, unit: tags.unit }).from(tags).where(and(eq(tags.siteId, siteId), eq(tags.unitId, unitId))).orderBy(asc(tags.position), asc(tags.tag));
