"use server";

import { redirect } from "next/navigation";
import { requireActor } from "#lib/access/current.ts";
import { openCeremony, openingInput } from "./open-commands.ts";
import type { Obstacle } from "#lib/signature/obstacle.ts";

export type SigningForm = { readonly problem?: string; readonly field?: "reason" | "comment"; readonly obstacles?: readonly Obstacle[]; readonly comment?: string };

/** Opens a signing over exactly the record that was shown and sends the person to prove himself; a refusal comes back to the form. */
export async function openSigningAction(_before: SigningForm, form: FormData): Promise<SigningForm> {
  const entered = Object.fromEntries(form);
  const comment = typeof entered["comment"] === "string" ? entered["comment"] : "";
  const parsed = openingInput.safeParse(entered);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path[0] === "reason" || issue?.path[0] === "comment" ? issue.path[0] : undefined;
    return { problem: issue?.message ?? "The form is incomplete.", comment, ...(field ? { field } : {}) };
  }
  const outcome = await openCeremony(await requireActor(), { ...parsed.data, ceremony: "identity-provider" });
  if (!outcome.ok) return { problem: outcome.refusal.sentence, obstacles: outcome.refusal.obstacles, comment };
  if (outcome.value.ceremony !== "identity-provider") return { problem: "Nothing was signed. Open the signing again.", comment };
  redirect(outcome.value.address);
}
