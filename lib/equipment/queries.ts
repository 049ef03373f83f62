import { and, asc, eq, inArray, lte, or, sql, type SQL } from "drizzle-orm";
import { calibrations, equipmentStates, tags, units } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { instrumentStandings, type LastCalibration, type MeasuredPoint } from "./calibration.ts";
import type { EquipmentStanding, InstrumentStanding } from "./use.ts";

export type UnitRow = typeof units.$inferSelect;
export type StandingUnit = { readonly unit: UnitRow; readonly standing: EquipmentStanding };

/** The last calibration of each instrument of these units and of their modules, as of `at` where it is given, and everything of them that measures. */
async function calibrationsOf(tx: SiteTx, siteId: string, unitIds: readonly string[], at: Date | undefined): Promise<{ readonly last: readonly LastCalibration[]; readonly measured: readonly MeasuredPoint[] }> {
  const which = or(inArray(units.id, [...unitIds]), inArray(units.parentId, [...unitIds]));
  const rows = await tx.selectDistinctOn([calibrations.unitId, calibrations.tag], { parentId: units.parentId, unitId: calibrations.unitId, tag: calibrations.tag, dueAt: calibrations.dueAt, passed: calibrations.passed })
    .from(calibrations).innerJoin(units, and(eq(units.siteId, calibrations.siteId), eq(units.id, calibrations.unitId)))
    .where(and(eq(calibrations.siteId, siteId), which, at && lte(calibrations.performedAt, at)))
    .orderBy(calibrations.unitId, calibrations.tag, sql`${calibrations.performedAt} desc`, sql`${calibrations.writtenAt} desc`);
  const measured = await tx.select({ parentId: units.parentId, unitId: tags.unitId, tag: tags.tag }).from(tags).innerJoin(units, and(eq(units.siteId, tags.siteId), eq(units.id, tags.unitId)))
    .where(and(eq(tags.siteId, siteId), which)).orderBy(asc(tags.unitId), asc(tags.position), asc(tags.tag));
  return { last: rows.map((row) => ({ ...row, passed: row.passed === "yes" })), measured };
}

type StateRow = typeof equipmentStates.$inferSelect;
function standingOf(row: StateRow | null, instruments: readonly InstrumentStanding[]): EquipmentStanding {
  const due = instruments.flatMap((instrument) => (instrument.passed && instrument.dueAt ? [instrument.dueAt.getTime()] : []));
  return {
    state: row?.state ?? "dirty", cleanedAt: row?.cleanedAt ?? null, batchId: row?.batchId ?? null, productId: row?.productId ?? null, revision: row?.revision ?? 0,
    calibrationDueAt: due.length > 0 ? new Date(Math.min(...due)) : null, instruments,
  };
}

async function standings(tx: SiteTx, siteId: string, which: SQL | undefined, at?: Date): Promise<readonly StandingUnit[]> {
  const rows = await tx.select({ unit: units, state: equipmentStates }).from(units).leftJoin(equipmentStates, and(eq(equipmentStates.siteId, units.siteId), eq(equipmentStates.unitId, units.id)))
    .where(and(eq(units.siteId, siteId), which)).orderBy(asc(units.area), asc(units.processCell), asc(units.id));
  if (rows.length === 0) return [];
  const { last, measured } = await calibrationsOf(tx, siteId, rows.map(({ unit }) => unit.id), at);
  return rows.map(({ unit, state }) => ({ unit, standing: standingOf(state, instrumentStandings(unit.id, last, measured)) }));
}

/** A unit with how it stands now, its calibrations as of `at` where it is given. Throws `NotFound`. A unit nothing was ever recorded of counts as dirty, revision 0. */
export async function standingUnit(tx: SiteTx, siteId: string, unitId: string, at?: Date): Promise<StandingUnit> {
  const [found] = await standings(tx, siteId, eq(units.id, unitId), at);
  if (!found) throw new NotFound(`unit ${unitId} at ${siteId}`);
  return found;
}

/** How a unit stands now, its calibrations as of `at` where it is given. Throws `NotFound`. */
export const equipmentStanding = async (tx: SiteTx, siteId: string, unitId: string, at?: Date): Promise<EquipmentStanding> => (await standingUnit(tx, siteId, unitId, at)).standing;

/** The unit whose label was scanned or typed, in any case: its id, or its serial number when that names one unit only. */
export async function unitForScan(tx: SiteTx, siteId: string, text: string): Promise<UnitRow | undefined> {
  const asked = text.trim().toLowerCase();
  if (asked === "") return undefined;
  const rows = await tx.select().from(units).where(and(eq(units.siteId, siteId), or(sql`lower(${units.id}) = ${asked}`, sql`lower(${units.serialNumber}) = ${asked}`)));
  return rows.find((unit) => unit.id.toLowerCase() === asked) ?? (rows.length === 1 ? rows[0] : undefined);
}

/** All units of a class at a site with how they stand, by area, process cell and id. */
export const unitsOfClass = (tx: SiteTx, siteId: string, equipmentClass: string): Promise<readonly StandingUnit[]> => standings(tx, siteId, eq(units.equipmentClass, equipmentClass));

/** All units and modules of a site with how they stand, by area, process cell and id. */
export const unitsOfSite = (tx: SiteTx, siteId: string): Promise<readonly StandingUnit[]> => standings(tx, siteId, undefined);

/** Equipment modules of a unit with how they stand, by id. */
export const modulesOf = (tx: SiteTx, siteId: string, unitId: string): Promise<readonly StandingUnit[]> => standings(tx, siteId, eq(units.parentId, unitId));
