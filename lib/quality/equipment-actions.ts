"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { NotFound, requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { equipmentRefusalSentence, maintenanceEvents } from "#lib/equipment/act.ts";
import { badTime, incomplete, refused, timeField, typed, unitAct, unitPlace, words, type EquipmentForm } from "#lib/equipment/form.ts";
import { localInstant } from "#lib/equipment/local-instant.ts";
import { calibrationRefusalSentence } from "#lib/equipment/maintenance.ts";
import { equipmentEventName } from "#lib/equipment/state.ts";
import { siteById } from "#lib/site/queries.ts";
import { maintainUnit, recordUnitCalibration, type RaisedIn } from "./equipment-commands.ts";

const maintenance = unitAct.extend({ event: z.enum(maintenanceEvents) });
const calibration = unitPlace.extend({
  tag: z.string().max(80), performedAt: timeField, dueAt: timeField, asFound: z.string().trim(), asLeft: z.string().trim(), unit: words(1, 30, "Write the unit of the readings."), reference: words(3, 200, "Name the reference it was calibrated against."), passed: z.enum(["yes", "no"], "Say whether it passed."),
});

const stamp = () => ({ now: new Date(), newId: randomUUID });
const raisedText = (raised: readonly RaisedIn[]): string => (raised.length === 0 ? "" : ` Exceptions: ${raised.map(({ batchId, exceptionId }) => `${exceptionId} of ${batchId}`).join(", ")}.`);

function shown({ siteId, unitId }: z.infer<typeof unitPlace>, raised: readonly RaisedIn[]): void {
  revalidatePath(`/sites/${siteId}/equipment`);
  revalidatePath(`/sites/${siteId}/equipment/${encodeURIComponent(unitId)}`);
  for (const { batchId } of raised) revalidatePath(`/sites/${siteId}/batches/${encodeURIComponent(batchId)}`, "layout");
}

/** Put a unit on hold or out of service, or take it back. */
export async function maintainEquipmentAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = maintenance.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const by = requirePermission(await requireActor(), "equipment.maintain", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => maintainUnit(tx, by, parsed.data, stamp()), { reason: parsed.data.reason });
  const raised = outcome.ok ? outcome.value.raised : [];
  shown(parsed.data, raised);
  return outcome.ok ? { done: `${equipmentEventName[parsed.data.event]}.${raisedText(raised)}` } : refused(form, equipmentRefusalSentence(outcome.refusal));
}

/** Write a calibration down. Times are the site's. */
export async function recordCalibrationAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = calibration.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { tag, passed, performedAt, dueAt, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "equipment.maintain", rest.siteId);
  const outcome = await withSites(by, async (tx) => {
    const site = await siteById(tx, rest.siteId);
    if (!site) throw new NotFound(`site ${rest.siteId}`);
    const [performed, due] = [localInstant(performedAt, site.timeZone), localInstant(dueAt, site.timeZone)];
    return performed && due && recordUnitCalibration(tx, by, { ...rest, tag: tag === "" ? null : tag, passed: passed === "yes", performedAt: performed, dueAt: due }, stamp());
  }, { reason: `calibration of ${rest.unitId}` });
  if (!outcome) return refused(form, badTime);
  const raised = outcome.ok ? outcome.value.raised : [];
  shown(rest, raised);
  return outcome.ok ? { done: `The calibration is recorded.${raisedText(raised)}` } : refused(form, calibrationRefusalSentence[outcome.refusal.reason]);
}
