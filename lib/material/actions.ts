"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission, type Granted } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { siteById } from "#lib/site/queries.ts";
import type { Result } from "#lib/result.ts";
import { endOfDay } from "./expiry.ts";
import { lotAddress } from "./filter.ts";
import { adjustLot, blendLots, decideLot, receiveLot, splitLot } from "./lot-commands.ts";
import { lotDecisions, type StockRefusal } from "./stock.ts";

/** What a form shows afterwards. `kept`: what was typed, when it was refused. */
export type LotForm = { readonly problem?: string; readonly done?: string; readonly kept?: Readonly<Record<string, string>> };
type Outcome = Result<{ readonly lotIds: readonly string[] }, StockRefusal>;
const stamp = () => ({ now: new Date(), newId: randomUUID });
const storable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const words = (what: string, least = 1, most = 120) => z.string().trim().refine(storable, "Remove what is no text.").min(least, least > 1 ? `Write ${what}, in at least ${least} characters.` : `Write ${what}.`).max(most);
const reason = words("the reason", 5, 500);
const decimal = (what: string) => z.string().trim().regex(/^\d{1,12}([.,]\d{1,6})?$/, `Enter ${what} as a decimal number, with at most six digits after the point.`).transform((text) => Number(text.replace(",", ".")));
const about = { siteId: z.string().min(1), lotId: words("the lot"), reason };
const typed = (form: FormData): Record<string, string> => Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === "string" && !name.startsWith("$") ? [[name, value]] : [])));
const fault = (form: FormData, error: z.ZodError): LotForm => ({ problem: error.issues[0]?.message ?? "The form is incomplete.", kept: typed(form) });

function settle(form: FormData, outcome: Outcome, siteId: string, said: (ids: readonly string[]) => string): LotForm {
  if (!outcome.ok) return { problem: outcome.refusal.sentence, kept: typed(form) };
  revalidatePath(`/sites/${siteId}/lots`, "layout");
  revalidatePath("/materials");
  return { done: said(outcome.value.lotIds) };
}
const act = <P extends "lot.receive" | "lot.decide">(by: Granted<P>, why: string, work: (tx: SiteTx) => Promise<Outcome>): Promise<Outcome> => withSites(by, work, { reason: why });

const decision = z.object({ ...about, command: z.enum(lotDecisions) });
/** Quality decides about a lot. */
export async function decideLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = decision.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "lot.decide", parsed.data.siteId);
  return settle(form, await act(by, parsed.data.reason, (tx) => decideLot(tx, by, parsed.data, stamp())), parsed.data.siteId, () => "Decided and written down.");
}

const parts = z.object({ ...about, quantities: z.string().trim().transform((text) => text.split(/[\s;]+/).filter(Boolean)).pipe(z.array(decimal("each part")).min(1, "Enter the amount of each part.").max(50, "At most 50 parts at once.")) });
/** Parts a lot into lots of their own. */
export async function splitLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = parts.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "lot.receive", parsed.data.siteId);
  return settle(form, await act(by, parsed.data.reason, (tx) => splitLot(tx, by, parsed.data, stamp())), parsed.data.siteId, (ids) => `Split into ${ids.join(", ")}.`);
}

const blend = z.object({ ...about, quantity: decimal("how much of this lot goes in"), otherId: words("the other lot"), otherQuantity: decimal("how much of the other lot goes in") });
/** Makes one lot of this one and another. */
export async function blendLotsAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = blend.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const { siteId, lotId, quantity, otherId, otherQuantity, reason: why } = parsed.data;
  const by = requirePermission(await requireActor(), "lot.decide", siteId);
  const blended = { siteId, reason: why, parts: [{ lotId, quantity }, { lotId: otherId, quantity: otherQuantity }] };
  return settle(form, await act(by, why, (tx) => blendLots(tx, by, blended, stamp())), siteId, (ids) => `Blended into lot ${ids.join("")}, which waits in quarantine.`);
}

const adjustment = z.object({ ...about, change: z.enum(["sampled", "added", "removed"]), quantity: decimal("the amount") });
/** Writes a sample down or puts a balance right. A sample is the warehouse's as well; a correction is quality's alone. */
export async function adjustLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = adjustment.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const { change, quantity, ...of } = parsed.data;
  const actor = await requireActor();
  const by = change === "sampled" ? requirePermission(actor, "lot.receive", of.siteId) : requirePermission(actor, "lot.decide", of.siteId);
  const adjusted = { ...of, kind: change === "sampled" ? "sampled" as const : "adjusted" as const, quantity: change === "added" ? quantity : -quantity };
  return settle(form, await act(by, of.reason, (tx) => adjustLot(tx, by, adjusted, stamp())), of.siteId, () => "Written down; the balance is as below.");
}

const receipt = z.object({
  siteId: z.string().min(1), materialId: words("the material"), supplierId: words("the supplier"), supplierLot: words("the supplier's lot number as it stands on the label"), expires: z.string().trim(), potency: z.union([z.literal(""), decimal("the potency")]),
  containers: z.coerce.number().int("Enter the number of containers.").min(1, "At least one container.").max(200, "At most 200 containers at once."), each: decimal("what each container holds"), place: words("where it is put"), reason,
});
/** Takes a delivery in, and goes to its lot. */
export async function receiveLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = receipt.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const { expires, potency, containers, each, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "lot.receive", rest.siteId);
  const site = await withSites(by, (tx) => siteById(tx, rest.siteId));
  const expiresAt = expires === "" ? null : endOfDay(expires, site?.timeZone ?? "UTC");
  if (expiresAt === undefined) return { problem: "Enter the expiry as a day, for example 2027-05-31, or leave it empty where the label has none.", kept: typed(form) };
  const received = { ...rest, expiresAt, potencyPercent: potency === "" ? null : potency, containers: Array.from({ length: containers }, () => each) };
  const outcome = await act(by, rest.reason, (tx) => receiveLot(tx, by, received, stamp()));
  const said = settle(form, outcome, rest.siteId, () => "Received.");
  return outcome.ok ? redirect(`${lotAddress(rest.siteId, outcome.value.lotIds[0] ?? "")}?received=1`) : said;
}
