import { and, eq } from "drizzle-orm";
import { equipmentLog, equipmentStates, units } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { advanceEquipment, type EquipmentEvent, type EquipmentRefused, type EquipmentState } from "./state.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type StateRow = typeof equipmentStates.$inferSelect;

/** Something that happened to a unit. `at`: when it happened. `basedOn`: the revision its author had before him, where he had one. */
export type EquipmentMove = {
  readonly siteId: string; readonly unitId: string; readonly event: EquipmentEvent; readonly at: Date; readonly batchId?: string | undefined; readonly productId?: string | undefined; readonly stepId?: string | undefined;
  readonly reason: string; readonly detail?: Readonly<Record<string, string>> | undefined; readonly basedOn?: number | undefined;
};
/** The unit changed after its author looked at it, or something later is in its log already. */
export type EquipmentConflict = { readonly reason: "conflict" };

const placeOf = ({ siteId, unitId }: EquipmentMove) => and(eq(equipmentStates.siteId, siteId), eq(equipmentStates.unitId, unitId));

async function lockedState(tx: SiteTx, move: EquipmentMove): Promise<StateRow | undefined> {
  const [row] = await tx.select().from(equipmentStates).where(placeOf(move)).for("update");
  if (row) return row;
  const [unit] = await tx.select({ id: units.id }).from(units).where(and(eq(units.siteId, move.siteId), eq(units.id, move.unitId)));
  if (!unit) throw new NotFound(`unit ${move.unitId} at ${move.siteId}`);
  return undefined;
}

/** Writes the state; false when another transaction wrote the first one meanwhile. */
async function storeState(tx: SiteTx, before: StateRow | undefined, move: EquipmentMove, state: EquipmentState): Promise<boolean> {
  const { siteId, unitId, event, at } = move;
  const row = {
    state, cleanedAt: event === "finish_cleaning" ? at : (before?.cleanedAt ?? null), batchId: event === "bind" ? (move.batchId ?? null) : (before?.batchId ?? null),
    productId: event === "bind" ? (move.productId ?? null) : (before?.productId ?? null), changedAt: at, revision: (before?.revision ?? 0) + 1,
  };
  if (before) await tx.update(equipmentStates).set(row).where(placeOf(move));
  else return (await tx.insert(equipmentStates).values({ siteId, unitId, ...row }).onConflictDoNothing().returning({ unitId: equipmentStates.unitId })).length === 1;
  return true;
}

/**
 * Moves a unit by its state table and writes its line of the use and cleaning log (21 CFR 211.182) and its audit entry. Refused when the table does not list it, when the
 * author saw another revision, and when the log holds something later: a line is never slipped in before another. Throws `NotFound`.
 */
export async function moveEquipment(tx: SiteTx, move: EquipmentMove, personId: string | null, actor: AuditActor, stamp: Stamp): Promise<Result<EquipmentState, EquipmentRefused | EquipmentConflict>> {
  const { siteId, unitId, event, at, reason } = move;
  const before = await lockedState(tx, move);
  if ((move.basedOn !== undefined && move.basedOn !== (before?.revision ?? 0)) || (before && at < before.changedAt)) return refuse({ reason: "conflict" });
  const from = before?.state ?? "dirty";
  const next = advanceEquipment(from, event);
  if (!next.ok) return next;
  if (!(await storeState(tx, before, move, next.value))) return refuse({ reason: "conflict" });
  const batchId = move.batchId ?? (event === "release" ? (before?.batchId ?? null) : null);
  await tx.insert(equipmentLog).values({ siteId, id: stamp.newId(), unitId, event, from, to: next.value, at, writtenAt: stamp.now, by: personId, batchId, stepId: move.stepId ?? null, reason, detail: move.detail ?? {} });
  await writeAudit(tx, { event: "equipment.changed", detail: { event, from, to: next.value }, siteId, subject: { type: "unit", id: unitId, ...(batchId ? { batchId } : {}) }, actor, reason }, stamp.now, stamp.newId);
  return accept(next.value);
}
