"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { siteById } from "#lib/site/queries.ts";
import { issueRefusalSentence } from "./issue.ts";
import { issueBatch } from "./issue-commands.ts";

export type IssueForm = { readonly problem?: string; readonly field?: string };
const local = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, "Write date and time.");
const input = z.object({
  siteId: z.string().min(1), master: z.string().regex(/^.+ v[1-9]\d*$/, "Choose a master."), unitId: z.string().min(1, "Choose a unit."), start: local, due: local, priority: z.coerce.number().int().min(1).max(3),
});

/** The instant of a time of day at a site; undefined when a change of the clocks makes it missing or double. */
function instantOf(text: string, zone: string): Date | undefined {
  try {
    return new Date(Temporal.PlainDateTime.from(text).toZonedDateTime(zone, { disambiguation: "reject" }).epochMilliseconds);
  } catch {
    return undefined;
  }
}

/** Issues a batch and goes to its steps. */
export async function issueBatchAction(_before: IssueForm, form: FormData): Promise<IssueForm> {
  const parsed = input.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete.", field: String(parsed.error.issues[0]?.path[0] ?? "") };
  const { siteId, master, unitId, start, due, priority } = parsed.data;
  const actor = await requireActor();
  const by = requirePermission(actor, "batch.issue", siteId);
  const [masterId = "", version = ""] = master.split(/ v(?=\d+$)/);
  const outcome = await withOwnMeans(actor, async (tx) => {
    const site = await siteById(tx, siteId);
    const [plannedStartAt, dueAt] = [instantOf(start, site?.timeZone ?? "UTC"), instantOf(due, site?.timeZone ?? "UTC")];
    if (!plannedStartAt || !dueAt) return "no-time" as const;
    if (dueAt <= plannedStartAt) return "due-first" as const;
    return issueBatch(tx, by, { siteId, masterId, masterVersion: Number(version), unitId, plannedStartAt, dueAt, priority }, { now: new Date(), newId: randomUUID });
  }, { reason: `batch issued from ${master}` }, by);
  if (outcome === "no-time") return { problem: "The clocks change at that time, or there is no such day. Choose another time.", field: "start" };
  if (outcome === "due-first") return { problem: "The batch is due before it starts. Choose a later due time.", field: "due" };
  if (!outcome.ok) return { problem: issueRefusalSentence[outcome.refusal] };
  redirect(`/sites/${siteId}/batches/${encodeURIComponent(outcome.value)}/execute`);
}
