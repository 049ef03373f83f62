"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, requirePermission, type Granted } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import type { Result } from "#lib/result.ts";
import { siteById } from "#lib/site/queries.ts";
import { cleaningEvents, equipmentRefusalSentence, maintenanceEvents } from "./act.ts";
import { localInstant } from "./local-instant.ts";
import { calibrationRefusalSentence, partRefusalSentence } from "./maintenance.ts";
import { cleanEquipment, installPart, maintainEquipment, recordCalibration } from "./maintenance-commands.ts";
import { equipmentEventName } from "./state.ts";

/** What a form shows afterwards. `kept`: what was typed, when it was refused. */
export type EquipmentForm = { readonly problem?: string; readonly done?: string; readonly kept?: Readonly<Record<string, string>> };

const words = (least: number, most: number, problem: string) => z.string().trim().min(least, problem).max(most);
const place = z.object({ siteId: z.string().min(1), unitId: z.string().min(1) });
const reason = words(5, 500, "Write the reason, in at least 5 characters.");
const act = place.extend({ basedOn: z.coerce.number().int().min(0), reason });
const cleaning = act.extend({ event: z.enum(cleaningEvents), procedure: words(3, 120, "Name the cleaning procedure.") });
const maintenance = act.extend({ event: z.enum(maintenanceEvents) });
const field = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "Write date and time.");
const calibration = place.extend({
  tag: z.string().max(80), performedAt: field, dueAt: field, asFound: z.string().trim(), asLeft: z.string().trim(), unit: words(1, 30, "Write the unit of the readings."), reference: words(3, 200, "Name the reference it was calibrated against."), passed: z.enum(["yes", "no"], "Say whether it passed."),
});
const part = place.extend({ place: words(2, 120, "Say where the part sits."), part: words(2, 120, "Name the part."), serialNumber: words(1, 80, "Write its serial number."), installedAt: field, reason });

const stamp = () => ({ now: new Date(), newId: randomUUID });
const typed = (form: FormData): Record<string, string> => Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === "string" && !name.startsWith("$") ? [[name, value]] : [])));
const refused = (form: FormData, problem: string): EquipmentForm => ({ problem, kept: typed(form) });
const incomplete = (form: FormData, error: z.ZodError): EquipmentForm => refused(form, error.issues[0]?.message ?? "The form is incomplete.");

const badTime = "This time does not exist at the site. Look at date and clock.";
async function zoneOf(tx: SiteTx, siteId: string): Promise<string> {
  const site = await siteById(tx, siteId);
  if (!site) throw new NotFound(`site ${siteId}`);
  return site.timeZone;
}

function shown({ siteId, unitId }: z.infer<typeof place>): void {
  revalidatePath(`/sites/${siteId}/equipment`);
  revalidatePath(`/sites/${siteId}/equipment/${encodeURIComponent(unitId)}`);
}

/** Record what happens in the cleaning of a unit. */
export async function cleanEquipmentAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = cleaning.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { procedure, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "equipment.clean", rest.siteId);
  const outcome = await withSites(by, (tx) => cleanEquipment(tx, by, { ...rest, detail: { procedure } }, stamp()), { reason: rest.reason });
  shown(rest);
  return outcome.ok ? { done: `${equipmentEventName[rest.event]}.` } : refused(form, equipmentRefusalSentence(outcome.refusal));
}

/** Put a unit on hold or out of service, or take it back. */
export async function maintainEquipmentAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = maintenance.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const by = requirePermission(await requireActor(), "equipment.maintain", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => maintainEquipment(tx, by, parsed.data, stamp()), { reason: parsed.data.reason });
  shown(parsed.data);
  return outcome.ok ? { done: `${equipmentEventName[parsed.data.event]}.` } : refused(form, equipmentRefusalSentence(outcome.refusal));
}

type Outcome = Result<string, string>;
const inZone = (by: Granted<"equipment.maintain">, siteId: string, why: string, work: (tx: SiteTx, at: (text: string) => Date | undefined) => Promise<Outcome>): Promise<Outcome> =>
  withSites(by, async (tx) => { const zone = await zoneOf(tx, siteId); return work(tx, (text) => localInstant(text, zone)); }, { reason: why });

/** Write a calibration down. Times are the site's. */
export async function recordCalibrationAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = calibration.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { tag, passed, performedAt, dueAt, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "equipment.maintain", rest.siteId);
  const outcome = await inZone(by, rest.siteId, `calibration of ${rest.unitId}`, async (tx, at): Promise<Outcome> => {
    const [performed, due] = [at(performedAt), at(dueAt)];
    if (!performed || !due) return { ok: false, refusal: badTime };
    const written = await recordCalibration(tx, by, { ...rest, tag: tag === "" ? null : tag, passed: passed === "yes", performedAt: performed, dueAt: due }, stamp());
    return written.ok ? written : { ok: false, refusal: calibrationRefusalSentence[written.refusal.reason] };
  });
  shown(rest);
  return outcome.ok ? { done: "The calibration is recorded." } : refused(form, outcome.refusal);
}

/** Write down that a part was put in. The time is the site's. */
export async function installPartAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = part.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { installedAt, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "equipment.maintain", rest.siteId);
  const outcome = await inZone(by, rest.siteId, rest.reason, async (tx, at): Promise<Outcome> => {
    const installed = at(installedAt);
    if (!installed) return { ok: false, refusal: badTime };
    const written = await installPart(tx, by, { ...rest, installedAt: installed }, stamp());
    return written.ok ? written : { ok: false, refusal: partRefusalSentence[written.refusal.reason] };
  });
  shown(rest);
  return outcome.ok ? { done: "The part is recorded." } : refused(form, outcome.refusal);
}
