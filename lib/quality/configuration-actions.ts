"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { proposalSentence, proposeConfiguration, withdrawConfiguration } from "./configuration-commands.ts";
import { configurationFromForm } from "./configuration-form.ts";
import { configurationRefusalSentence } from "./configuration-state.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const reason = z.string().trim().min(10, "Write the reason, in at least 10 characters. It stays with the version.").max(500, "Keep the reason under 500 characters.");
const proposing = z.object({ basedOn: z.coerce.number().int().positive(), reason });
const withdrawing = z.object({ version: z.coerce.number().int().positive(), reason });

export type ProposalForm = { readonly problem?: string; readonly field?: string; readonly typed?: Readonly<Record<string, string>> };
export type WithdrawalForm = { readonly problem?: string; readonly done?: string };

/** Proposes a version and goes to it. What was chosen comes back with a refusal. */
export async function proposeConfigurationAction(_before: ProposalForm, form: FormData): Promise<ProposalForm> {
  const typed = Object.fromEntries([...form].map(([name, value]) => [name, typeof value === "string" ? value : ""]));
  const by = requirePermission(await requireActor(), "exception.configure");
  const parsed = proposing.safeParse(typed);
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete.", field: "reason", typed };
  const configuration = configurationFromForm(new Map(Object.entries(typed)));
  if (!configuration) return { problem: "Write after how many minutes an entry is late as a whole number from 1 to 10,080.", field: "lateAfterMin", typed };
  const outcome = await withOwnMeans(by.actor, (tx) => proposeConfiguration(tx, by, { ...parsed.data, configuration }, stamp()), { reason: parsed.data.reason }, by);
  if (!outcome.ok) return { problem: proposalSentence(outcome.refusal), field: "types", typed };
  revalidatePath("/exception-types", "layout");
  redirect(`/exception-types/${outcome.value}`);
}

/** Takes a draft back. */
export async function withdrawConfigurationAction(_before: WithdrawalForm, form: FormData): Promise<WithdrawalForm> {
  const parsed = withdrawing.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const by = requirePermission(await requireActor(), "exception.configure");
  const outcome = await withOwnMeans(by.actor, (tx) => withdrawConfiguration(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by);
  revalidatePath("/exception-types", "layout");
  return outcome.ok ? { done: "It is withdrawn." } : { problem: configurationRefusalSentence(outcome.refusal) };
}
