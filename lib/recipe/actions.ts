"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { may, requirePermission, type Granted } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import type { Permission } from "#lib/access/permission.ts";
import type { Result } from "#lib/result.ts";
import { createMaster, makeMasterEffective, masterChangeSentence, newVersion, returnMaster, withdrawMaster, type SeenMaster } from "./commands.ts";
import { masterRecord } from "./master-record.ts";
import { masterRefusalSentence, type MasterRefusal } from "./state.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const address = ({ id, version }: { readonly id: string; readonly version: number }): string => `/masters/${encodeURIComponent(id)}/${version}`;
const reason = z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500, "Keep the reason under 500 characters.");
const amount = (message: string) => z.string().trim().regex(/^\d+(\.\d+)?$/, message).transform(Number).refine((value) => value > 0, message);

const newMaster = z.object({
  id: z.string().trim().regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, "An id has capital letters, digits and hyphens, 2 to 40 of them, for example MBR-BUF-01."),
  title: z.string().trim().min(1, "Give the master a title.").max(120, "Keep the title under 120 characters."), purpose: z.string().trim().min(1, "Say what the master is for.").max(1_000, "Keep the purpose under 1,000 characters."),
  productId: z.string().min(1, "Choose the product."), quantity: amount("Write the batch size as a number above zero, for example 100."), unit: z.string().min(1, "Choose the unit of the batch size."),
  durationH: amount("Write the planned time in hours as a number above zero, for example 8."), reason,
});
export type NewMasterForm = { readonly problem?: string; readonly field?: string; readonly typed?: Readonly<Record<string, string>> };

/** Begins a master and goes to where it is written. What was typed comes back with a refusal. */
export async function createMasterAction(_before: NewMasterForm, form: FormData): Promise<NewMasterForm> {
  const typed = Object.fromEntries([...form].map(([name, value]) => [name, typeof value === "string" ? value : ""]));
  const parsed = newMaster.safeParse(typed);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: issue?.message ?? "The form is incomplete.", field: String(issue?.path[0] ?? "id"), typed };
  }
  const { quantity, unit, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "master.author");
  const outcome = await withOwnMeans(by.actor, (tx) => createMaster(tx, by, { ...rest, batchSize: { quantity, unit } }, stamp()), { reason: rest.reason }, by);
  if (!outcome.ok) return { problem: masterChangeSentence(outcome.refusal), field: outcome.refusal.reason === "product-unknown" ? "productId" : "id", typed };
  redirect(`${address(outcome.value)}/edit`);
}

const reasoned = z.object({ id: masterRecord.shape.id, version: z.coerce.number().int().positive(), seen: z.string().regex(/^[0-9a-f]{64}$/), reason });
export type ReasonedForm = { readonly problem?: string; readonly done?: string };
type Work<P extends Permission> = (tx: SiteTx, by: Granted<P>, asked: SeenMaster & { readonly reason: string }) => Promise<Result<void, MasterRefusal>>;

async function decide<P extends Permission>(form: FormData, permissions: readonly P[], work: Work<P>, done: string): Promise<ReasonedForm> {
  const parsed = reasoned.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const actor = await requireActor();
  const permission = permissions.find((one) => may(actor, one)) ?? permissions[0];
  if (permission === undefined) throw new TypeError("an act without a permission");
  const by = requirePermission(actor, permission);
  const outcome = await withOwnMeans(actor, (tx) => work(tx, by, parsed.data), { reason: parsed.data.reason }, by);
  if (!outcome.ok) return { problem: masterRefusalSentence(outcome.refusal) };
  revalidatePath("/masters", "layout");
  return { done };
}

/** Gives a version in review back to its authors. */
export async function returnMasterAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  return decide(form, ["master.approve", "master.review"], (tx, by, asked) => returnMaster(tx, by, asked, stamp()), "Returned to its authors.");
}

/** Makes an approved version effective; the one effective before is superseded. */
export async function makeMasterEffectiveAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  return decide(form, ["master.approve"], (tx, by, asked) => makeMasterEffective(tx, by, asked, stamp()), "This version is effective.");
}

/** Takes a version out of use for good. */
export async function withdrawMasterAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  return decide(form, ["master.approve", "master.author"], (tx, by, asked) => withdrawMaster(tx, by, asked, stamp()), "Withdrawn.");
}

/** Begins the next version as a copy of the newest one and goes to where it is written. */
export async function newVersionAction(_before: ReasonedForm, form: FormData): Promise<ReasonedForm> {
  const parsed = reasoned.pick({ id: true, reason: true }).safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const by = requirePermission(await requireActor(), "master.author");
  const outcome = await withOwnMeans(by.actor, (tx) => newVersion(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by);
  if (!outcome.ok) return { problem: masterChangeSentence(outcome.refusal) };
  redirect(`${address(outcome.value)}/edit`);
}
