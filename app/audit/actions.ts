"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { auditFilter, filterQuery } from "#lib/audit/filter.ts";
import { deleteView, saveView, viewRefusalSentence } from "#lib/audit/saved-view-commands.ts";
import { trailReader } from "./reader.ts";

export type ViewForm = { readonly problem?: string; readonly saved?: string };
const input = z.object({ name: z.string().trim().min(1, "Give the view a name.").max(60, "A name has at most 60 characters."), query: z.string().max(2000) });

/** Keeps the filter that is on the screen under a name. */
export async function saveViewAction(_before: ViewForm, form: FormData): Promise<ViewForm> {
  const parsed = input.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "Give the view a name." };
  const by = await trailReader();
  const query = filterQuery(auditFilter.parse(Object.fromEntries(new URLSearchParams(parsed.data.query))), { older: undefined, newer: undefined, entry: undefined });
  const outcome = await withSites(by, (tx) => saveView(tx, by.actor.id, { name: parsed.data.name, query }, { now: new Date(), newId: randomUUID }), { reason: "view of the audit trail saved" });
  revalidatePath("/audit");
  return outcome.ok ? { saved: parsed.data.name } : { problem: viewRefusalSentence[outcome.refusal] };
}

/** Deletes one of the person's own views. */
export async function deleteViewAction(form: FormData): Promise<void> {
  const id = z.uuid().safeParse(form.get("id"));
  if (!id.success) return;
  const by = await trailReader();
  await withSites(by, (tx) => deleteView(tx, by.actor.id, id.data), { reason: "view of the audit trail deleted" });
  revalidatePath("/audit");
}
