"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { may, requirePermission, type Granted } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import type { ReasonedForm } from "./actions.ts";
import { masterRecord } from "./master-record.ts";
import { makeOverlayEffective, overlayRefusalSentence, returnOverlay, withdrawOverlay, writeOverlay, type OverlayPermission, type OverlayRefusal } from "./overlay-commands.ts";
import { limitsFromForm, overlayBase, withLimits, withUnit, type OverlayContent, type UnreadField } from "./overlay-form.ts";
import { overlaysOf, type OverlayKey, type OverlayPlace } from "./overlay-queries.ts";
import { readMasterFile } from "./queries.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const reason = z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500, "Keep the reason under 500 characters.");
const place = z.object({ siteId: z.string().min(1).max(40), masterId: masterRecord.shape.id, masterVersion: z.coerce.number().int().positive() });
const writing = place.extend({ seen: z.union([digest, z.literal("").transform(() => undefined)]), reason });
const moving = place.extend({ version: z.coerce.number().int().positive(), seen: digest, reason });
const part = z.string().min(1).max(60);

export type OverlayForm = { readonly problem?: string; readonly field?: string; readonly typed?: Readonly<Record<string, string>> };
const addressOf = ({ siteId, masterId, masterVersion }: OverlayPlace): string => `/masters/${encodeURIComponent(masterId)}/${masterVersion}/overlays/${encodeURIComponent(siteId)}`;
const typedOf = (form: FormData): Record<string, string> => Object.fromEntries([...form].map(([name, value]) => [name, typeof value === "string" ? value : ""]));

type Change = (tx: SiteTx, before: OverlayContent, of: OverlayPlace) => Promise<Result<OverlayContent, UnreadField>>;

async function write(form: FormData, change: Change): Promise<OverlayForm> {
  const typed = typedOf(form);
  const parsed = writing.safeParse(typed);
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete.", field: "reason", typed };
  const asked = parsed.data;
  const by = requirePermission(await requireActor(), "overlay.author", asked.siteId);
  const outcome = await withOwnMeans(by.actor, async (tx) => {
    const next = await change(tx, overlayBase(await overlaysOf(tx, asked)), asked);
    if (!next.ok) return next;
    const written = await writeOverlay(tx, by, { ...asked, ...next.value }, stamp());
    return written.ok ? written : refuse<UnreadField>({ field: "ranges", sentence: overlayRefusalSentence(written.refusal) });
  }, { reason: asked.reason }, by);
  if (!outcome.ok) return { problem: outcome.refusal.sentence, field: outcome.refusal.field, typed };
  revalidatePath("/masters", "layout");
  return redirect(addressOf(asked));
}

/** Writes a site's own limits of one parameter into its draft, or takes them back. What was typed comes back with a refusal. */
export async function writeOverlayLimitsAction(_before: OverlayForm, form: FormData): Promise<OverlayForm> {
  const parameter = part.safeParse(form.get("parameter"));
  if (!parameter.success) return { problem: "Choose the parameter.", typed: typedOf(form) };
  return write(form, async (tx, before, { masterId, masterVersion }) => {
    if (form.get("take") === "back") return accept(withLimits(before, parameter.data, undefined));
    const { record } = await readMasterFile(tx, masterId, masterVersion);
    const known = record?.parameters.find((one) => one.id === parameter.data);
    if (!known) return refuse({ field: "ranges", sentence: "The master has no such parameter." });
    const limits = limitsFromForm(new Map(Object.entries(typedOf(form))), known);
    return limits.ok ? accept(withLimits(before, parameter.data, limits.value)) : limits;
  });
}

/** Names the one unit a site uses for an equipment of the master, or any of its class. */
export async function writeOverlayUnitAction(_before: OverlayForm, form: FormData): Promise<OverlayForm> {
  const named = z.object({ equipment: part, unitId: z.string().max(60) }).safeParse(typedOf(form));
  if (!named.success) return { problem: "Choose the equipment and its unit.", typed: typedOf(form) };
  return write(form, (_tx, before) => Promise.resolve(accept(withUnit(before, named.data.equipment, named.data.unitId))));
}

type Work<P extends OverlayPermission> = (tx: SiteTx, by: Granted<P>, asked: OverlayKey & { readonly seen: string; readonly reason: string }) => Promise<Result<void, OverlayRefusal>>;

async function move<P extends OverlayPermission>(form: FormData, permissions: readonly [P, ...P[]], work: Work<P>, done: string): Promise<ReasonedForm> {
  const parsed = moving.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const asked = parsed.data;
  const actor = await requireActor();
  const by = requirePermission(actor, permissions.find((one) => may(actor, one, asked.siteId)) ?? permissions[0], asked.siteId);
  const outcome = await withOwnMeans(actor, (tx) => work(tx, by, asked), { reason: asked.reason }, by);
  if (!outcome.ok) return { problem: overlayRefusalSentence(outcome.refusal) };
  revalidatePath("/masters", "layout");
  return { done };
}

/** Gives an overlay in review back to its authors. */
export async function returnOverlayAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  return move(form, ["master.approve", "master.review"], (tx, by, asked) => returnOverlay(tx, by, asked, stamp()), "Returned to its authors.");
}

/** Makes an approved overlay the one its site's batches are issued with. */
export async function makeOverlayEffectiveAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  return move(form, ["master.approve"], (tx, by, asked) => makeOverlayEffective(tx, by, asked, stamp()), "This overlay is effective.");
}

/** Takes an overlay out of use for good. */
export async function withdrawOverlayAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  return move(form, ["master.approve", "overlay.author"], (tx, by, asked) => withdrawOverlay(tx, by, asked, stamp()), "Withdrawn.");
}
