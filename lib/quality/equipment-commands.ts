import { and, asc, eq, inArray } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { calibrations, equipmentStates } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { AuditActor } from "#lib/audit/commands.ts";
import type { BatchState } from "#lib/batch/state.ts";
import type { MaintenanceEvent } from "#lib/equipment/act.ts";
import { doubtOf } from "#lib/equipment/calibration.ts";
import type { EquipmentConflict } from "#lib/equipment/commands.ts";
import type { CalibrationAct, CalibrationRefusal } from "#lib/equipment/maintenance.ts";
import { maintainEquipment, recordCalibration } from "#lib/equipment/maintenance-commands.ts";
import { equipmentEventName, isBound, type EquipmentRefused, type EquipmentState } from "#lib/equipment/state.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { batchesOfDoubt, type UnitPlace } from "./equipment-queries.ts";
import { raiseException } from "./raise-commands.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type By = Granted<"equipment.maintain">;
/** An exception that came into a batch's record. */
export type RaisedIn = { readonly batchId: string; readonly exceptionId: string };

const actorOf = (by: By): AuditActor => ({ id: by.actor.id, name: by.actor.printedName, role: by.role });
/** States in which nobody has decided about a batch yet, so that its record still takes an exception. */
const undecided: readonly BatchState[] = ["in_progress", "held", "complete", "prod_reviewed", "qa_review", "conditional"];

/** Holds those of the batches that nobody has decided about until the transaction ends, in the order of their numbers. */
async function lockedUndecided(tx: SiteTx, siteId: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), inArray(batches.id, [...ids]), inArray(batches.state, [...undecided]))).orderBy(asc(batches.id)).for("update");
  return rows.map(({ id }) => id);
}

export type Maintenance = UnitPlace & { readonly event: MaintenanceEvent; readonly basedOn: number; readonly reason: string };

/**
 * What maintenance does to a unit: hold, out of service and back. A unit that fails while a batch holds it stays bound to that batch, and the failure is an exception of it with the reason as its
 * explanation. Throws `NotFound`.
 */
export async function maintainUnit(tx: SiteTx, by: By, act: Maintenance, stamp: Stamp): Promise<Result<{ readonly state: EquipmentState; readonly raised: readonly RaisedIn[] }, EquipmentRefused | EquipmentConflict>> {
  const { siteId, unitId, event, reason } = act;
  const stateOf = async () => (await tx.select().from(equipmentStates).where(and(eq(equipmentStates.siteId, siteId), eq(equipmentStates.unitId, unitId))))[0];
  const before = await stateOf();
  const fails = (event === "hold" || event === "take_out_of_service") && before !== undefined && isBound(before.state) && before.batchId !== null;
  const [batchId] = fails ? await lockedUndecided(tx, siteId, [before.batchId ?? ""]) : [];
  // The batch is held before the unit, as everywhere; who was faster meanwhile is seen by the revision.
  if ((await stateOf())?.revision !== before?.revision) return refuse({ reason: "conflict" });
  const moved = await maintainEquipment(tx, by, act, stamp);
  if (!moved.ok) return moved;
  if (batchId === undefined) return accept({ state: moved.value, raised: [] });
  const exceptionId = await raiseException(tx, { siteId, batchId, stepId: null, parameter: null, type: "instrument_failure", title: `${unitId} failed in use: ${equipmentEventName[event].toLowerCase()}`, rule: "R-equipment", planned: "works while it is bound", actual: equipmentEventName[event], unit: null, raisedBy: by.actor.id, comment: reason }, actorOf(by), stamp);
  return accept({ state: moved.value, raised: [{ batchId, exceptionId }] });
}

/** A failed calibration becomes an exception of every batch nobody has decided about that used the unit, or was measured with it, since the last good one. */
async function raiseDoubt(tx: SiteTx, by: By, place: UnitPlace, id: string, stamp: Stamp): Promise<readonly RaisedIn[]> {
  const { siteId, unitId } = place;
  const lines = await tx.select().from(calibrations).where(and(eq(calibrations.siteId, siteId), eq(calibrations.unitId, unitId)));
  const failed = lines.find((line) => line.id === id);
  if (!failed) return [];
  const doubt = doubtOf(failed, lines);
  const open = await lockedUndecided(tx, siteId, (await batchesOfDoubt(tx, place, doubt)).map((batch) => batch.id));
  const raised: RaisedIn[] = [];
  for (const batchId of open) {
    const instrument = failed.tag === null ? unitId : `${unitId} ${failed.tag}`;
    const exceptionId = await raiseException(tx, { siteId, batchId, stepId: null, parameter: null, type: "instrument_failure", title: `Calibration of ${instrument} failed`, rule: "R-calibration", planned: `within tolerance of ${failed.reference}`, actual: `${failed.asFound} ${failed.unit} as found`, unit: null, tag: failed.tag, window: { from: doubt.since ?? failed.performedAt, to: doubt.until ?? failed.performedAt }, raisedBy: null }, actorOf(by), stamp);
    raised.push({ batchId, exceptionId });
  }
  return raised;
}

/** Writes a calibration down with what it means for batches: one that failed is an exception of each of them that is not decided. Throws `NotFound`. */
export async function recordUnitCalibration(tx: SiteTx, by: By, act: UnitPlace & CalibrationAct, stamp: Stamp): Promise<Result<{ readonly id: string; readonly raised: readonly RaisedIn[] }, CalibrationRefusal>> {
  const written = await recordCalibration(tx, by, act, stamp);
  if (!written.ok) return written;
  return accept({ id: written.value, raised: act.passed ? [] : await raiseDoubt(tx, by, { siteId: act.siteId, unitId: act.unitId }, written.value, stamp) });
}
