"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import type { Result } from "#lib/result.ts";
import { materialKinds } from "./filter.ts";
import { fault, reason, typed, words, type LotForm } from "./form.ts";
import type { StockRefusal } from "./stock.ts";
import { addMaterial, addSupplier, moveSupplier } from "./supply-commands.ts";
import { supplierCommands } from "./supply.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });

function settle(form: FormData, outcome: Result<string, StockRefusal>, said: (of: string) => string): LotForm {
  if (!outcome.ok) return { problem: outcome.refusal.sentence, kept: typed(form) };
  revalidatePath("/materials", "layout");
  return { done: said(outcome.value) };
}

const material = z.object({ id: words("the material's code", 1, 40), name: words("the material's name"), kind: z.enum(materialKinds, "Choose the kind of material."), unit: words("the unit it is kept in", 1, 20), storage: words("how it is stored"), reason });
/** Adds a material. */
export async function addMaterialAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = material.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "material.manage");
  return settle(form, await withOwnMeans(by.actor, (tx) => addMaterial(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by), (id) => `Material ${id} is added; deliveries of it can be received.`);
}

const supplier = z.object({ id: words("the supplier's code", 1, 40), name: words("the supplier's name"), reason });
/** Adds a supplier, who is suspended until he is approved. */
export async function addSupplierAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = supplier.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "material.manage");
  return settle(form, await withOwnMeans(by.actor, (tx) => addSupplier(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by), (id) => `Supplier ${id} is added and suspended. Approve it when its qualification is on file.`);
}

const decision = z.object({ id: words("the supplier", 1, 40), command: z.enum(supplierCommands), reason });
/** Approves or suspends a supplier. */
export async function moveSupplierAction(_before: LotForm, form: FormData): Promise<LotForm> {
  const parsed = decision.safeParse(Object.fromEntries(form));
  if (!parsed.success) return fault(form, parsed.error);
  const by = requirePermission(await requireActor(), "material.manage");
  return settle(form, await withOwnMeans(by.actor, (tx) => moveSupplier(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by), (name) => `${name} is ${parsed.data.command === "suspend" ? "suspended: nothing of it is received any more" : "approved: deliveries of it are received"}.`);
}
