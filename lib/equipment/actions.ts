"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, requirePermission, type Granted } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import type { Result } from "#lib/result.ts";
import { siteById } from "#lib/site/queries.ts";
import { cleaningEvents, equipmentRefusalSentence } from "./act.ts";
import { checkRefusalSentence } from "./cleaning.ts";
import { badTime, incomplete, reason, refused, timeField, typed, unitAct, unitPlace, words, type EquipmentForm } from "./form.ts";
import { localInstant } from "./local-instant.ts";
import { partRefusalSentence } from "./maintenance.ts";
import { checkCleaning, cleanEquipment, installPart, removePart } from "./maintenance-commands.ts";
import { equipmentEventName } from "./state.ts";

const cleaning = unitAct.extend({ event: z.enum(cleaningEvents), procedure: words(3, 120, "Name the cleaning procedure.") });
const part = unitPlace.extend({ place: words(2, 120, "Say where the part sits."), part: words(2, 120, "Name the part."), serialNumber: words(1, 80, "Write its serial number."), installedAt: timeField, reason });
const removal = unitPlace.extend({ place: words(2, 120, "Choose the place."), removedAt: timeField, reason });

const stamp = () => ({ now: new Date(), newId: randomUUID });
function shown({ siteId, unitId }: z.infer<typeof unitPlace>): void {
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

/** Check somebody else's cleaning. */
export async function checkCleaningAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = unitAct.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const by = requirePermission(await requireActor(), "equipment.clean", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => checkCleaning(tx, by, parsed.data, stamp()), { reason: parsed.data.reason });
  shown(parsed.data);
  if (outcome.ok) return { done: "The cleaning is checked." };
  const { refusal } = outcome;
  return refused(form, refusal.reason === "event-not-allowed" || refusal.reason === "conflict" ? equipmentRefusalSentence(refusal) : checkRefusalSentence[refusal.reason]);
}

type Outcome = Result<string, string>;
/** Runs a command with the site's clock at hand. */
const inZone = (by: Granted<"equipment.maintain">, siteId: string, why: string, work: (tx: SiteTx, at: (text: string) => Date | undefined) => Promise<Outcome>): Promise<Outcome> =>
  withSites(by, async (tx) => {
    const site = await siteById(tx, siteId);
    if (!site) throw new NotFound(`site ${siteId}`);
    return work(tx, (text) => localInstant(text, site.timeZone));
  }, { reason: why });
const outcomeOf = (written: Result<string, { readonly reason: keyof typeof partRefusalSentence }>): Outcome => (written.ok ? written : { ok: false, refusal: partRefusalSentence[written.refusal.reason] });

/** Write down that a part was put in. The time is the site's. */
export async function installPartAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = part.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { installedAt, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "equipment.maintain", rest.siteId);
  const outcome = await inZone(by, rest.siteId, rest.reason, async (tx, at): Promise<Outcome> => {
    const installed = at(installedAt);
    return installed ? outcomeOf(await installPart(tx, by, { ...rest, installedAt: installed }, stamp())) : { ok: false, refusal: badTime };
  });
  shown(rest);
  return outcome.ok ? { done: "The part is recorded." } : refused(form, outcome.refusal);
}

/** Write down that a part was taken out and none put in. The time is the site's. */
export async function removePartAction(_before: EquipmentForm, form: FormData): Promise<EquipmentForm> {
  const parsed = removal.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { removedAt, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "equipment.maintain", rest.siteId);
  const outcome = await inZone(by, rest.siteId, rest.reason, async (tx, at): Promise<Outcome> => {
    const removed = at(removedAt);
    return removed ? outcomeOf(await removePart(tx, by, { ...rest, removedAt: removed }, stamp())) : { ok: false, refusal: badTime };
  });
  shown(rest);
  return outcome.ok ? { done: "The removal is recorded." } : refused(form, outcome.refusal);
}
