"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { BrokenPromise } from "#lib/result.ts";
import { storable } from "./form.ts";
import { runRecall } from "./recall-commands.ts";
import { makeRecallCopy } from "./recall-copy-commands.ts";
import { traceDirections } from "./trace.ts";

export type RecallForm = { readonly problem?: string; readonly kept?: Readonly<Record<string, string>> };
const asked = z.object({ siteId: z.string().min(1), lotId: z.string().trim().min(1).max(80).refine(storable), direction: z.enum(traceDirections), reason: z.string().trim().min(10, "Write why this mock recall is run, in at least 10 characters.").max(500).refine(storable, "Remove what is no text.") });

/** Runs a mock recall of a lot and goes to its record. */
export async function runRecallAction(_before: RecallForm, form: FormData): Promise<RecallForm> {
  const parsed = asked.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete.", kept: { reason: String(form.get("reason") ?? "") } };
  const actor = await requireActor();
  requirePermission(actor, "recall.run", parsed.data.siteId);
  const by = requirePermission(actor, "recall.run"); // lots of the same origin are looked for at all of the person's sites
  const id = await withSites(by, (tx) => runRecall(tx, by, parsed.data, { now: new Date(), newId: randomUUID }), { reason: parsed.data.reason });
  revalidatePath("/recalls");
  return redirect(`/recalls/${parsed.data.siteId}/${id}`);
}

const copied = z.object({ siteId: z.string().min(1), id: z.string().min(1).max(40).refine(storable) });

/** Makes a numbered copy of a mock recall. */
export async function copyRecallAction(_before: RecallForm, form: FormData): Promise<RecallForm> {
  const { siteId, id } = copied.parse(Object.fromEntries(form));
  const by = requirePermission(await requireActor(), "report.read", siteId);
  const { keys, signingKey } = installation();
  const { privateKey, certificate } = keys.current("seal", "enterprise") ?? {};
  if (!privateKey || !certificate) throw new BrokenPromise("no-seal-key", "the key directory holds no key that seals documents");
  await makeRecallCopy(by, { siteId, id }, { clock: () => new Date(), newId: randomUUID, attestation: signingKey, seal: { privateKey, certificate } });
  revalidatePath(`/recalls/${siteId}/${id}`);
  return {};
}
