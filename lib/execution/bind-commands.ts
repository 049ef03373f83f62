import { and, eq } from "drizzle-orm";
import { equipmentUses } from "#db/schema/execution.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { moveEquipment } from "#lib/equipment/commands.ts";
import { equipmentStanding, unitForScan } from "#lib/equipment/queries.ts";
import { bindFaults, type BindFault } from "#lib/equipment/use.ts";
import { raiseException } from "#lib/quality/raise-commands.ts";
import { frozenOverlay } from "#lib/recipe/overlay-queries.ts";
import { keptOut } from "#lib/recipe/overlay.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import { overrideFor } from "./charge-commands.ts";
import { actorOf, stepOf, type Stamp } from "./entry-commands.ts";
import { readExecution } from "./queries.ts";
import { masterStepOf, type Execution } from "./standing.ts";

export type BindInput = { readonly siteId: string; readonly batchId: string; readonly stepId: string; readonly scanned: string };
export type BindRefusal = { readonly sentence: string; readonly override?: SignedAbout };

/** What forbids binding: how the unit stands, what the batch was issued for, or which unit its site uses. */
type Fault = BindFault | { readonly kind: "not_issued_for" | "not_the_sites_unit"; readonly sentence: string };

/** What a signature of quality about this unit in this step says. */
export const overrideOfUnit = (stepId: string, unitId: string, faults: readonly Fault[]): SignedAbout => ({ type: "equipment", id: `${stepId}/${unitId}`, act: "allow", from: faults.map((fault) => fault.kind).join(", "), to: "use allowed" });

/** Faults a signature can outweigh; a unit that another batch uses, or of another class, is none of them. */
const overridable: ReadonlySet<Fault["kind"]> = new Set(["clean_hold_over", "calibration_due", "not_issued_for"]);

/** The unit is fit, but the batch was issued for another one of its class, and the master has but one place for the class. */
async function otherThanIssued(tx: SiteTx, { record: { batch }, master }: Execution, unit: { readonly id: string; readonly equipmentClass: string }): Promise<readonly Fault[]> {
  const places = master.equipment.filter((place) => place.equipmentClass === unit.equipmentClass);
  if (batch.unitId === unit.id || places.length !== 1) return [];
  const issued = await unitForScan(tx, batch.siteId, batch.unitId);
  return issued?.equipmentClass === unit.equipmentClass ? [{ kind: "not_issued_for", sentence: `The batch was issued for ${batch.unitId}. Bind that unit, or let quality decide about ${unit.id}.` }] : [];
}

/** The overlay the batch was issued with names another unit for this equipment. No signature outweighs it: another overlay is approved, or the named unit bound. */
async function otherThanTheSites(tx: SiteTx, { record: { batch }, master }: Execution, wanted: { readonly id: string; readonly name: string }, unitId: string): Promise<readonly Fault[]> {
  const overlay = await frozenOverlay(tx, { ...batch, masterId: master.id, masterVersion: master.version });
  const sentence = overlay && keptOut(overlay, wanted, unitId);
  return sentence === undefined ? [] : [{ kind: "not_the_sites_unit", sentence }];
}

/**
 * Binds a unit to the batch (21 CFR 211.63 to 211.68, 211.182): of the class the master names, clean within its hold time, calibrated, free. One that does not fit is refused and the
 * refusal audited; quality's signature about exactly these faults lets it in where that is a matter of judgement.
 */
export async function bindUnit(tx: SiteTx, by: Granted<"batch.execute">, { siteId, batchId, stepId, scanned }: BindInput, stamp: Stamp): Promise<Result<{ readonly unitId: string }, BindRefusal>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const row = stepOf(execution, stepId);
  const wanted = execution.master.equipment.find((e) => e.id === masterStepOf(execution, row)?.equipment);
  if (execution.record.batch.state !== "in_progress" || row.state !== "active" || !wanted) return refuse({ sentence: "Start the step first: only an active step binds equipment." });
  const before = execution.record.equipment.filter((use) => use.stepId === stepId);
  if (before.some((use) => use.releasedAt === null)) return refuse({ sentence: "A unit is bound in this step already. Release it first if it is the wrong one." });
  const unit = await unitForScan(tx, siteId, scanned);
  if (!unit) return refuse({ sentence: `No unit of this site has the number “${scanned.trim().slice(0, 60)}”. Scan its label again, or type its number.` });
  const standing = await equipmentStanding(tx, siteId, unit.id);
  const { cleanHoldH, ...asked } = wanted;
  const faults: readonly Fault[] = [...await otherThanIssued(tx, execution, unit), ...await otherThanTheSites(tx, execution, wanted, unit.id), ...bindFaults({ unit, wanted: { ...asked, ...(cleanHoldH === undefined ? {} : { cleanHoldH }) }, standing, now: stamp.now })];
  const actor = actorOf(by);
  const judged = faults.length > 0 && faults.every((fault) => overridable.has(fault.kind));
  const override = judged ? await overrideFor(tx, siteId, batchId, overrideOfUnit(stepId, unit.id, faults)) : undefined;
  if (faults.length > 0 && override === undefined) {
    const sentence = faults.map((fault) => fault.sentence).join(" ");
    await writeAudit(tx, { event: "equipment.refused", detail: { equipment: wanted.name, unit: unit.id, sentence, ...(judged ? { faults: overrideOfUnit(stepId, unit.id, faults).from } : {}) }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason: `step ${stepId}` }, stamp.now, stamp.newId);
    return refuse({ sentence, ...(judged ? { override: overrideOfUnit(stepId, unit.id, faults) } : {}) });
  }
  const moved = await moveEquipment(tx, { siteId, unitId: unit.id, event: "bind", at: stamp.now, batchId, productId: execution.record.batch.productId, stepId, reason: `bound in step ${stepId} of ${batchId}` }, by.actor.id, actor, stamp);
  if (!moved.ok) return refuse({ sentence: `${unit.id} changed meanwhile. Look at it again, then bind it.` });
  await tx.insert(equipmentUses).values({
    siteId, batchId, stepId, number: before.length + 1, equipment: wanted.id, unitId: unit.id, boundAt: stamp.now, boundBy: by.actor.id, stateBefore: standing.state, cleanedAt: standing.cleanedAt, previousBatchId: standing.batchId, calibrationDueAt: standing.calibrationDueAt, overrideOrdinal: override ?? null,
  });
  await writeAudit(tx, { event: "equipment.bound", detail: { equipment: wanted.name, unit: unit.id, from: standing.state }, siteId, subject: { type: "step", id: `${batchId}/${stepId}`, batchId }, actor, reason: `step ${stepId}` }, stamp.now, stamp.newId);
  if (override !== undefined) await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: faults.some((fault) => fault.kind === "calibration_due") ? "calibration_due" : "equipment_not_ready", title: `${unit.id} let in by quality`, rule: "R-equipment", planned: "clean and calibrated", actual: faults.map((fault) => fault.sentence).join(" "), unit: null, raisedBy: null }, actor, stamp);
  if (before.length > 0) await raiseException(tx, { siteId, batchId, stepId, parameter: null, type: "entry_corrected", title: `${wanted.name}: another unit bound`, rule: "R-equipment", planned: before.map((use) => use.unitId).join(", "), actual: unit.id, unit: null, raisedBy: by.actor.id }, actor, stamp);
  return accept({ unitId: unit.id });
}

/** Releases a unit the batch was bound to; it is dirty from then on. */
export async function releaseUnit(tx: SiteTx, by: Granted<"batch.execute">, { siteId, batchId, unitId }: { readonly siteId: string; readonly batchId: string; readonly unitId: string }, stamp: Stamp): Promise<Result<undefined, BindRefusal>> {
  const execution = await readExecution(tx, siteId, batchId, true);
  const use = execution.record.equipment.find((one) => one.unitId === unitId && one.releasedAt === null);
  if (!use) return refuse({ sentence: `${unitId} is not bound to this batch any more.` });
  const moved = await moveEquipment(tx, { siteId, unitId, event: "release", at: stamp.now, batchId, productId: execution.record.batch.productId, stepId: use.stepId, reason: `released by ${batchId}` }, by.actor.id, actorOf(by), stamp);
  if (!moved.ok) return refuse({ sentence: `${unitId} changed meanwhile. Look at it again.` });
  await tx.update(equipmentUses).set({ releasedAt: stamp.now, releasedBy: by.actor.id }).where(and(eq(equipmentUses.siteId, siteId), eq(equipmentUses.batchId, batchId), eq(equipmentUses.stepId, use.stepId), eq(equipmentUses.number, use.number)));
  return accept(undefined);
}
