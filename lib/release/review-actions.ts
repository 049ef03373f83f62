"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { may, requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { acceptanceRefusalSentence, acceptException } from "#lib/quality/commands.ts";
import { takeIntoQaReview } from "#lib/batch/commands.ts";
import { batchStateName } from "#lib/batch/state.ts";

export type FormState = { readonly problem?: string; readonly done?: string };
const place = z.object({ siteId: z.string().min(1), batchId: z.string().min(1) });
const acceptance = place.extend({ exceptionId: z.string().min(1), rationale: z.string().trim().min(10, "Write why the exception is acceptable, in at least 10 characters.").max(2000) });

const stamp = () => ({ now: new Date(), newId: randomUUID });

/** Quality, or a supervisor for what is minor, accepts an exception with a rationale; the refusal is shown in the form. */
export async function acceptExceptionAction(_before: FormState, form: FormData): Promise<FormState> {
  const parsed = acceptance.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const { siteId, batchId, exceptionId, rationale } = parsed.data;
  const actor = await requireActor();
  const by = may(actor, "exception.decide", siteId) ? requirePermission(actor, "exception.decide", siteId) : requirePermission(actor, "exception.close", siteId);
  const outcome = await withSites(by, (tx) => acceptException(tx, by, parsed.data, stamp()), { reason: rationale });
  revalidatePath(`/sites/${siteId}/batches/${batchId}`);
  return outcome.ok ? { done: `${exceptionId} is accepted.` } : { problem: acceptanceRefusalSentence(outcome.refusal) };
}

/** QA takes the batch into its review. */
export async function takeIntoQaReviewAction(_before: FormState, form: FormData): Promise<FormState> {
  const { siteId, batchId } = place.parse(Object.fromEntries(form));
  const by = requirePermission(await requireActor(), "batch.take-into-qa-review", siteId);
  const outcome = await withSites(by, (tx) => takeIntoQaReview(tx, by, siteId, batchId, stamp()), { reason: "taken into QA review" });
  revalidatePath(`/sites/${siteId}/batches/${batchId}`);
  return outcome.ok ? { done: "The batch is in QA review." } : { problem: `The batch is in state "${batchStateName[outcome.refusal.state]}" and cannot be taken into QA review.` };
}
