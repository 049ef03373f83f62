"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { openIntent } from "./commands.ts";
import { signatureMeanings } from "#lib/signature/meaning.ts";
import type { Obstacle } from "./signing.ts";
import { freshStepUp, stepUpUrl } from "#lib/signature/step-up.ts";

const input = z.object({
  siteId: z.string().min(1), batchId: z.string().min(1), meaning: z.enum(signatureMeanings), shownDigest: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().trim().min(3, "Choose a reason."), comment: z.string().trim().min(10, "Write a comment of at least 10 characters; it is kept in the record.").max(2000, "Keep the comment under 2,000 characters."),
});

export type SigningForm = { readonly problem?: string; readonly field?: "reason" | "comment"; readonly obstacles?: readonly Obstacle[]; readonly comment?: string };

/** Opens a signing over exactly the record that was shown and sends the person to prove himself; a refusal comes back to the form. */
export async function openSigningAction(_before: SigningForm, form: FormData): Promise<SigningForm> {
  const entered = Object.fromEntries(form);
  const comment = typeof entered["comment"] === "string" ? entered["comment"] : "";
  const parsed = input.safeParse(entered);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path[0] === "reason" || issue?.path[0] === "comment" ? issue.path[0] : undefined;
    return { problem: issue?.message ?? "The form is incomplete.", comment, ...(field ? { field } : {}) };
  }
  const actor = await requireActor();
  const by = requirePermission(actor, "batch.read", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => openIntent(tx, by, parsed.data, installation().signingKey, freshStepUp(), { now: new Date(), newId: randomUUID }), { reason: parsed.data.reason });
  if (!outcome.ok) return { problem: outcome.refusal.sentence, obstacles: outcome.refusal.obstacles, comment };
  const url = await stepUpUrl(outcome.value, actor.userName).catch(() => undefined);
  if (!url) return { problem: "The identity provider cannot be reached, so you cannot prove who you are. Nothing was signed. Try again in a minute.", comment };
  redirect(url);
}
