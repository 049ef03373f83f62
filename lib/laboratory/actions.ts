"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { NotFound, requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { localInstant } from "#lib/equipment/local-instant.ts";
import { siteById } from "#lib/site/queries.ts";
import { loseSample, receiveSample, sampleRefusalSentence } from "./commands.ts";
import { authoriseRetest, enterResult, invalidateResult, reviewResult } from "./result-commands.ts";
import { resultRefusalSentence } from "./result.ts";

/** What a form shows afterwards. `kept`: what was typed, when it was refused. */
export type LaboratoryForm = { readonly problem?: string; readonly done?: string; readonly kept?: Readonly<Record<string, string>> };

const place = z.object({ siteId: z.string().min(1), sampleId: z.string().min(1) });
const reason = z.string().trim().min(10, "Write the reason, in at least 10 characters.").max(1000);
const lost = place.extend({ reason });
const entered = place.extend({ parameter: z.string().min(1), rawValue: z.string().trim(), instrument: z.string().trim().min(1, "Scan or choose the instrument."), analysedAt: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "Write when it was analysed.") });
const one = place.extend({ parameter: z.string().min(1), number: z.coerce.number().int().positive() });
const invalid = one.extend({ reason });

const stamp = () => ({ now: new Date(), newId: randomUUID });
const typed = (form: FormData): Record<string, string> => Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === "string" && !name.startsWith("$") ? [[name, value]] : [])));
const refused = (form: FormData, problem: string): LaboratoryForm => ({ problem, kept: typed(form) });
const incomplete = (form: FormData, error: z.ZodError): LaboratoryForm => refused(form, error.issues[0]?.message ?? "The form is incomplete.");

function shown({ siteId, sampleId }: z.infer<typeof place>): void {
  revalidatePath(`/sites/${siteId}/laboratory`);
  revalidatePath(`/sites/${siteId}/laboratory/${encodeURIComponent(sampleId)}`);
}

/** Take a sample in. */
export async function receiveSampleAction(_before: LaboratoryForm, form: FormData): Promise<LaboratoryForm> {
  const parsed = place.parse(typed(form));
  const by = requirePermission(await requireActor(), "result.enter", parsed.siteId);
  const outcome = await withSites(by, (tx) => receiveSample(tx, by, parsed, stamp()), { reason: "received in the laboratory" });
  shown(parsed);
  return outcome.ok ? { done: `${parsed.sampleId} is received.` } : { problem: sampleRefusalSentence(outcome.refusal) };
}

/** Write a sample off. */
export async function loseSampleAction(_before: LaboratoryForm, form: FormData): Promise<LaboratoryForm> {
  const parsed = lost.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const by = requirePermission(await requireActor(), "result.enter", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => loseSample(tx, by, parsed.data, stamp()), { reason: parsed.data.reason });
  shown(parsed.data);
  return outcome.ok ? { done: `${parsed.data.sampleId} is recorded as lost.` } : refused(form, sampleRefusalSentence(outcome.refusal));
}

/** Enter what an instrument said. The time is the site's. */
export async function enterResultAction(_before: LaboratoryForm, form: FormData): Promise<LaboratoryForm> {
  const parsed = entered.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const { analysedAt, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "result.enter", rest.siteId);
  const outcome = await withSites(by, async (tx) => {
    const site = await siteById(tx, rest.siteId);
    if (!site) throw new NotFound(`site ${rest.siteId}`);
    const at = localInstant(analysedAt, site.timeZone);
    return at && enterResult(tx, by, { ...rest, analysedAt: at }, stamp());
  }, { reason: `result of ${rest.sampleId}` });
  if (!outcome) return refused(form, "This time does not exist at the site. Look at date and clock.");
  shown(rest);
  return outcome.ok ? { done: `Result ${outcome.value} is entered. Another analyst reviews it.` } : refused(form, resultRefusalSentence(outcome.refusal));
}

/** Review another analyst's result. */
export async function reviewResultAction(_before: LaboratoryForm, form: FormData): Promise<LaboratoryForm> {
  const parsed = one.parse(typed(form));
  const by = requirePermission(await requireActor(), "result.review", parsed.siteId);
  const outcome = await withSites(by, (tx) => reviewResult(tx, by, parsed, stamp()), { reason: "second person's review of a result" });
  shown(parsed);
  return outcome.ok ? { done: `Result ${parsed.number} is reviewed.` } : { problem: resultRefusalSentence(outcome.refusal) };
}

const stays = (exceptions: readonly string[]): string => (exceptions.length === 0 ? "" : ` ${exceptions.join(", ")} ${exceptions.length === 1 ? "stays" : "stay"} until quality has decided about ${exceptions.length === 1 ? "it" : "them"}.`);

/** Invalidate a result with its cause. */
export async function invalidateResultAction(_before: LaboratoryForm, form: FormData): Promise<LaboratoryForm> {
  const parsed = invalid.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const by = requirePermission(await requireActor(), "result.invalidate", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => invalidateResult(tx, by, parsed.data, stamp()), { reason: parsed.data.reason });
  shown(parsed.data);
  return outcome.ok ? { done: `Result ${parsed.data.number} is invalidated.${stays(outcome.value.exceptions)}` } : refused(form, resultRefusalSentence(outcome.refusal));
}

/** Let a result out of specification be followed by one retest. */
export async function authoriseRetestAction(_before: LaboratoryForm, form: FormData): Promise<LaboratoryForm> {
  const parsed = invalid.safeParse(typed(form));
  if (!parsed.success) return incomplete(form, parsed.error);
  const by = requirePermission(await requireActor(), "result.authorise-retest", parsed.data.siteId);
  const outcome = await withSites(by, (tx) => authoriseRetest(tx, by, parsed.data, stamp()), { reason: parsed.data.reason });
  shown(parsed.data);
  return outcome.ok ? { done: `One retest after result ${parsed.data.number} is authorised.` } : refused(form, resultRefusalSentence(outcome.refusal));
}
