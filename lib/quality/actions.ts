"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { severities } from "./exception.ts";
import { explainException, personTypes, raiseSeverity, sayException } from "./person-commands.ts";
import { severityRefusalSentence } from "./severity.ts";

export type ExceptionForm = { readonly problem?: string; readonly done?: string };
const words = z.string().trim().min(10, "Write at least 10 characters. They are kept in the record.").max(2_000, "Keep it under 2,000 characters.");
const place = { siteId: z.string().min(1), batchId: z.string().min(1) };
const saying = z.object({ ...place, stepId: z.string().optional(), type: z.enum(personTypes), severity: z.enum(severities), comment: words });
const about = z.object({ ...place, exceptionId: z.string().min(1), rationale: words });
const raising = about.extend({ to: z.enum(severities) });

const stamp = () => ({ now: new Date(), newId: randomUUID });
const said = { closed: "The batch is closed: nothing is added to its record.", "no-step": "There is no such step in this batch.", explained: "It has been explained already. Raise a further exception if there is more to say." } as const;
const fresh = (siteId: string, batchId: string): void => revalidatePath(`/sites/${siteId}/batches/${encodeURIComponent(batchId)}`, "layout");

/** An exception in a person's own words. */
export async function sayExceptionAction(_before: ExceptionForm, form: FormData): Promise<ExceptionForm> {
  const parsed = saying.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const { stepId, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "exception.raise", rest.siteId);
  const outcome = await withSites(by, (tx) => sayException(tx, by, { ...rest, stepId: stepId === undefined || stepId === "" ? null : stepId }, stamp()), { reason: rest.comment });
  fresh(rest.siteId, rest.batchId);
  return outcome.ok ? { done: `${outcome.value} is recorded.` } : { problem: said[outcome.refusal] };
}

/** Raises a severity. */
export async function raiseSeverityAction(_before: ExceptionForm, form: FormData): Promise<ExceptionForm> {
  const parsed = raising.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const by = requirePermission(await requireActor(), "exception.raise", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => raiseSeverity(tx, by, parsed.data, stamp()), { reason: parsed.data.rationale });
  fresh(parsed.data.siteId, parsed.data.batchId);
  return outcome.ok ? { done: `${parsed.data.exceptionId} is ${outcome.value} now.` } : { problem: severityRefusalSentence[outcome.refusal] };
}

/** The operator's words to an exception. */
export async function explainExceptionAction(_before: ExceptionForm, form: FormData): Promise<ExceptionForm> {
  const parsed = about.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const by = requirePermission(await requireActor(), "exception.raise", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => explainException(tx, by, parsed.data, stamp()), { reason: parsed.data.rationale });
  fresh(parsed.data.siteId, parsed.data.batchId);
  return outcome.ok ? { done: "It is explained." } : { problem: outcome.refusal === "explained" ? said.explained : severityRefusalSentence[outcome.refusal] };
}
