"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { NotFound, PermissionDenied, requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { periodRefusal, periodRefusalSentence } from "./export.ts";
import { askReason, requestExport, type AskedExport } from "./export-commands.ts";

export type AskForm = { readonly problem?: string };

const stamp = () => ({ now: new Date(), newId: randomUUID });
const show = ({ siteId, id }: AskedExport): never => redirect(`/reports/${siteId}/${id}`);
const text = (form: FormData, name: string): string => { const value = form.get(name); return typeof value === "string" ? value.trim() : ""; };

/** Asks for a compliance report of a period and sites. */
export async function askComplianceReport(_before: AskForm, form: FormData): Promise<AskForm> {
  const by = requirePermission(await requireActor(), "compliance-report.read");
  const chosen = z.array(z.string()).parse(form.getAll("site")).filter((site) => by.sites.includes(site));
  const sites = [...new Set(chosen)].sort();
  const period = { from: text(form, "from"), to: text(form, "to") };
  const refused = periodRefusal(period, sites, new Date());
  if (refused) return { problem: periodRefusalSentence[refused] };
  const asked = { kind: "compliance-report", ...period, sites, origin: by.actor.origin ?? null } as const;
  return show(await withSites(by, (tx) => requestExport(tx, by, sites[0] ?? "", asked, stamp()), { reason: askReason }));
}

const batchForm = z.object({ batchId: z.string().trim().min(1).max(64), kind: z.enum(["batch-record", "issued-record"]) });
const noBatch = "There is no such batch record at your sites. Write the batch's id as it stands in the list of batches, for example BAS-101-2607.";

/** Asks for a copy of a batch record, executed or as issued, at whichever of the person's sites the batch is. */
export async function askBatchRecord(_before: AskForm, form: FormData): Promise<AskForm> {
  const actor = await requireActor();
  const parsed = batchForm.safeParse({ batchId: text(form, "batch"), kind: text(form, "record") || "batch-record" });
  if (!parsed.success) return { problem: noBatch };
  const by = requirePermission(actor, "report.read");
  let made: AskedExport | undefined;
  const { batchId: typed, kind } = parsed.data;
  const wanted = by.sites.flatMap((siteId) => [...new Set([typed, typed.toUpperCase()])].map((batchId) => ({ siteId, batchId })));
  for (const { siteId, batchId } of wanted) {
    const asked = { kind, batchId, origin: actor.origin ?? null } as const;
    try {
      made = await withSites(requirePermission(actor, "report.read", siteId), (tx) => requestExport(tx, by, siteId, asked, stamp()), { reason: askReason });
      break;
    } catch (error) {
      if (!(error instanceof NotFound || error instanceof PermissionDenied)) throw error;
    }
  }
  return made ? show(made) : { problem: noBatch };
}
