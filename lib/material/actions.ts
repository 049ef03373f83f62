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
import { container, decimal, decimalOrNone, fault, reason, typed, words, type LotForm } from "./form.ts";
import { adjustLot, blendLots, decideLot, partContainer, receiveLot, retestLot, splitLot } from "./lot-commands.ts";
import { lotDecisions, type StockRefusal } from "./stock.ts";

type Outcome = Result<{ readonly lotIds: readonly string[] }, StockRefusal>;
const stamp = () => ({ now: new Date(), newId: randomUUID });
const about = { siteId: z.string().min(1), lotId: words("the lot"), reason };

function settle(form: FormData, outcome: Outcome, siteId: string, said: (ids: readonly string[]) => string): LotForm {
  if (!outcome.ok) return { problem: outcome.refusal.sentence, kept: typed(form) };
  revalidatePath(`/sites/${siteId}/lots`, "layout");
  revalidatePath("/materials", "layout");
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

const place = words("where it is put");
const parts = z.object({ ...about, containerId: container, place, quantities: z.string().trim().transform((text) => text.split(/[\s;]+/).filter(Boolean)).pipe(z.array(decimal("each part")).min(1, "Enter the amount of each part.").max(50, "At most 50 parts at once.")) });
/** Parts a lot into lots of their own. */
export async function splitLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = parts.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "lot.receive", parsed.data.siteId);
  return settle(form, await act(by, parsed.data.reason, (tx) => splitLot(tx, by, parsed.data, stamp())), parsed.data.siteId, (ids) => `Split into ${ids.join(", ")}.`);
}

const blend = z.object({ ...about, place, quantity: decimal("how much of this lot goes in"), containerId: container, otherId: words("the other lot"), otherQuantity: decimal("how much of the other lot goes in") });
/** Makes one lot of this one and another. */
export async function blendLotsAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = blend.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const { siteId, lotId, quantity, containerId, otherId, otherQuantity, reason: why } = parsed.data;
  const by = requirePermission(await requireActor(), "lot.decide", siteId);
  const blended = { siteId, reason: why, place: parsed.data.place, parts: [{ lotId, quantity, containerId }, { lotId: otherId, quantity: otherQuantity, containerId: null }] };
  return settle(form, await act(by, why, (tx) => blendLots(tx, by, blended, stamp())), siteId, (ids) => `Blended into lot ${ids.join("")}, which waits in quarantine.`);
}

const adjustment = z.object({ ...about, containerId: container, change: z.enum(["sampled", "added", "removed"]), quantity: decimal("the amount") });
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

const parting = z.object({ ...about, containerId: words("the container"), quantity: decimal("how much goes into the new container"), place });
/** Pours a part of a container into a further one of the same lot. */
export async function partContainerAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = parting.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "lot.receive", parsed.data.siteId);
  return settle(form, await act(by, parsed.data.reason, (tx) => partContainer(tx, by, parsed.data, stamp())), parsed.data.siteId, (ids) => `Container ${ids.join("")} is new. Print its label.`);
}

const noDay = "Enter the expiry as a day, for example 2027-05-31, or leave it empty";
/** The end of a day at a site; null for none, undefined for what is no day. */
async function endAt(by: Granted<"lot.receive"> | Granted<"lot.decide">, siteId: string, day: string): Promise<Date | null | undefined> {
  if (day === "") return null;
  const site = await withSites(by, (tx) => siteById(tx, siteId));
  return endOfDay(day, site?.timeZone ?? "UTC");
}

const retest = z.object({ ...about, expires: z.string().trim(), potency: decimalOrNone("the potency") });
/** Writes down what a re-test of a lot showed. */
export async function retestLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = retest.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const { expires, potency, ...of } = parsed.data;
  const by = requirePermission(await requireActor(), "lot.decide", of.siteId);
  const expiresAt = await endAt(by, of.siteId, expires);
  if (expiresAt === undefined) return { problem: `${noDay} where it stays as it is.`, kept: typed(form) };
  return settle(form, await act(by, of.reason, (tx) => retestLot(tx, by, { ...of, expiresAt: expiresAt ?? undefined, potencyPercent: potency }, stamp())), of.siteId, () => "Written down; the facts are as they stand now.");
}

const receipt = z.object({
  siteId: z.string().min(1), materialId: words("the material"), supplierId: words("the supplier"), supplierLot: words("the supplier's lot number as it stands on the label"), expires: z.string().trim(), potency: decimalOrNone("the potency"),
  containers: z.coerce.number().int("Enter the number of containers.").min(1, "At least one container.").max(200, "At most 200 containers at once."), each: decimal("what each container holds"), place, reason,
});
/** Takes a delivery in, and goes to its lot. */
export async function receiveLotAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = receipt.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const { expires, potency, containers, each, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "lot.receive", rest.siteId);
  const expiresAt = await endAt(by, rest.siteId, expires);
  if (expiresAt === undefined) return { problem: `${noDay} where the label has none.`, kept: typed(form) };
  const received = { ...rest, expiresAt, potencyPercent: potency ?? null, containers: Array.from({ length: containers }, () => each) };
  const outcome = await act(by, rest.reason, (tx) => receiveLot(tx, by, received, stamp()));
  const said = settle(form, outcome, rest.siteId, () => "Received.");
  return outcome.ok ? redirect(`${lotAddress(rest.siteId, outcome.value.lotIds[0] ?? "")}?received=1`) : said;
}
