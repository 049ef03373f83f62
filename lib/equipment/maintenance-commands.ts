import { and, asc, desc, eq, sql } from "drizzle-orm";
import { calibrations, equipmentLog, equipmentParts, tags, units } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { CleaningEvent, MaintenanceEvent } from "./act.ts";
import { moveEquipment, type EquipmentConflict } from "./commands.ts";
import { lastCleaning, planCleaningCheck, type CheckRefusal } from "./cleaning.ts";
import { planCalibration, planPart, planRemoval, type CalibrationAct, type CalibrationRefusal, type PartAct, type PartRefusal, type RemovalAct } from "./maintenance.ts";
import type { EquipmentRefused, EquipmentState } from "./state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type UnitPlace = { readonly siteId: string; readonly unitId: string };
type Act<Event> = UnitPlace & { readonly event: Event; readonly basedOn: number; readonly reason: string; readonly detail?: Readonly<Record<string, string>> };

const actorOf = (by: Granted<Permission>): AuditActor => ({ id: by.actor.id, name: by.actor.printedName, role: by.role });
const change = <Event extends CleaningEvent | MaintenanceEvent>(tx: SiteTx, by: Granted<Permission>, act: Act<Event>, stamp: Stamp): Promise<Result<EquipmentState, EquipmentRefused | EquipmentConflict>> => moveEquipment(tx, { ...act, at: stamp.now }, by.actor.id, actorOf(by), stamp);

/** What production does to a unit: its cleaning, from the start to its end or failure, and that its clean hold is over. */
export const cleanEquipment = (tx: SiteTx, by: Granted<"equipment.clean">, act: Act<CleaningEvent>, stamp: Stamp) => change(tx, by, act, stamp);

/**
 * A second person's check of the last cleaning, as a line of the log (21 CFR 211.182). The unit stays clean, and may be bound without it. Throws `NotFound`.
 */
export async function checkCleaning(tx: SiteTx, by: Granted<"equipment.clean">, { siteId, unitId, basedOn, reason }: UnitPlace & { readonly basedOn: number; readonly reason: string }, stamp: Stamp): Promise<Result<EquipmentState, EquipmentRefused | EquipmentConflict | CheckRefusal>> {
  await heldUnit(tx, { siteId, unitId });
  const lines = await tx.select({ event: equipmentLog.event, by: equipmentLog.by }).from(equipmentLog).where(and(eq(equipmentLog.siteId, siteId), eq(equipmentLog.unitId, unitId))).orderBy(asc(equipmentLog.at), asc(equipmentLog.writtenAt));
  const plan = planCleaningCheck(lastCleaning(lines), by.actor.id);
  return plan.ok ? moveEquipment(tx, { siteId, unitId, event: "check_cleaning", at: stamp.now, basedOn, reason }, by.actor.id, actorOf(by), stamp) : plan;
}

/** What maintenance does to a unit: hold, out of service and back. */
export const maintainEquipment = (tx: SiteTx, by: Granted<"equipment.maintain">, act: Act<MaintenanceEvent>, stamp: Stamp) => change(tx, by, act, stamp);

/** Holds the unit until the transaction ends, so that two records of it come one after the other. Throws `NotFound`. */
async function heldUnit(tx: SiteTx, { siteId, unitId }: UnitPlace): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`equipment/${siteId}/${unitId}`}, 0))`);
  const [unit] = await tx.select({ id: units.id }).from(units).where(and(eq(units.siteId, siteId), eq(units.id, unitId)));
  if (!unit) throw new NotFound(`unit ${unitId} at ${siteId}`);
}

/** Writes a calibration down with its audit entry and returns its id. When the next one is due is looked at at the moment of use. */
export async function recordCalibration(tx: SiteTx, by: Granted<"equipment.maintain">, { siteId, unitId, ...act }: UnitPlace & CalibrationAct, stamp: Stamp): Promise<Result<string, CalibrationRefusal>> {
  await heldUnit(tx, { siteId, unitId });
  const instruments = await tx.select({ tag: tags.tag }).from(tags).where(and(eq(tags.siteId, siteId), eq(tags.unitId, unitId)));
  const plan = planCalibration(act, instruments.map(({ tag }) => tag), stamp.now);
  if (!plan.ok) return plan;
  const id = stamp.newId();
  const passed = act.passed ? "yes" as const : "no" as const;
  await tx.insert(calibrations).values({ siteId, id, unitId, ...act, passed, by: by.actor.id, writtenAt: stamp.now });
  await writeAudit(tx, {
    event: "calibration.recorded", detail: { instrument: act.tag ?? unitId, passed, due: act.dueAt.toISOString() }, siteId, subject: { type: "unit", id: unitId }, actor: actorOf(by), reason: `Calibrated against ${act.reference}`,
  }, stamp.now, stamp.newId);
  return accept(id);
}

const placeOf = ({ siteId, unitId }: UnitPlace, place: string) => and(eq(equipmentParts.siteId, siteId), eq(equipmentParts.unitId, unitId), eq(equipmentParts.place, place));
/** The last line of a place of a unit, which is held until the transaction ends. */
async function lastOf(tx: SiteTx, unit: UnitPlace, place: string): Promise<typeof equipmentParts.$inferSelect | undefined> {
  await heldUnit(tx, unit);
  return (await tx.select().from(equipmentParts).where(placeOf(unit, place)).orderBy(desc(equipmentParts.installedAt), desc(equipmentParts.writtenAt)).limit(1))[0];
}

/** Writes down that a part was put into a unit, with its audit entry, and returns the record's id. The part before it stays in the history. */
export async function installPart(tx: SiteTx, by: Granted<"equipment.maintain">, { siteId, unitId, ...act }: UnitPlace & PartAct, stamp: Stamp): Promise<Result<string, PartRefusal>> {
  const plan = planPart(act, await lastOf(tx, { siteId, unitId }, act.place), stamp.now);
  if (!plan.ok) return refuse(plan.refusal);
  const id = stamp.newId();
  await tx.insert(equipmentParts).values({ siteId, id, unitId, ...act, by: by.actor.id, writtenAt: stamp.now });
  await writeAudit(tx, { event: "part.installed", detail: { place: act.place, part: act.part, serialNumber: act.serialNumber }, siteId, subject: { type: "unit", id: unitId }, actor: actorOf(by), reason: act.reason }, stamp.now, stamp.newId);
  return accept(id);
}

/** Writes down that the part of a place was taken out and none put in, with its audit entry, and returns the record's id. The part stays in the history. */
export async function removePart(tx: SiteTx, by: Granted<"equipment.maintain">, { siteId, unitId, ...act }: UnitPlace & RemovalAct, stamp: Stamp): Promise<Result<string, PartRefusal>> {
  const last = await lastOf(tx, { siteId, unitId }, act.place);
  const plan = planRemoval(act, last, stamp.now);
  if (!plan.ok) return refuse(plan.refusal);
  const id = stamp.newId();
  await tx.insert(equipmentParts).values({ siteId, id, unitId, ...plan.value, by: by.actor.id, writtenAt: stamp.now });
  await writeAudit(tx, { event: "part.removed", detail: { place: act.place, part: last?.part ?? "", serialNumber: last?.serialNumber ?? "" }, siteId, subject: { type: "unit", id: unitId }, actor: actorOf(by), reason: act.reason }, stamp.now, stamp.newId);
  return accept(id);
}
