"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { accept } from "#lib/result.ts";
import { editMaster, masterChangeSentence } from "./commands.ts";
import { fileRefusalSentence, greatestFile, readMasterText, type Fault } from "./file.ts";

const input = z.object({ id: z.string().min(1), version: z.coerce.number().int().positive(), seen: z.string().regex(/^[0-9a-f]{64}$/), text: z.string().max(greatestFile), reason: z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500) });
/** `digest`: of what is stored now, which the next save builds on. */
export type TextForm = { readonly problem?: string; readonly faults?: readonly Pick<Fault, "place" | "sentence">[]; readonly digest?: string; readonly done?: string };

/** Saves the whole text of a draft. What was typed stays in the form when it is refused. */
export async function saveTextAction(_before: TextForm, form: FormData): Promise<TextForm> {
  const parsed = input.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const { text, ...asked } = parsed.data;
  const read = readMasterText(text);
  if (!read.ok) return { problem: fileRefusalSentence[read.refusal.reason], faults: read.refusal.faults.map(({ place, sentence }) => ({ place, sentence })) };
  if (read.value.id !== asked.id || read.value.version !== asked.version) return { problem: `This is ${asked.id} version ${asked.version}; the text says ${read.value.id} version ${read.value.version}. Id and version stay as they are.` };
  const by = requirePermission(await requireActor(), "master.author");
  const outcome = await withOwnMeans(by.actor, (tx) => editMaster(tx, by, { ...asked, change: () => accept(read.value) }, { now: new Date(), newId: randomUUID }), { reason: asked.reason }, by);
  if (!outcome.ok) return { problem: masterChangeSentence(outcome.refusal) };
  const { changes, gaps, digest } = outcome.value;
  revalidatePath(`/masters/${encodeURIComponent(asked.id)}/${asked.version}`, "layout");
  return { digest, done: `${changes === 0 ? "Nothing changed" : `${changes} ${changes === 1 ? "change" : "changes"} saved`}; ${gaps === 0 ? "no gap is left" : `${gaps} ${gaps === 1 ? "gap is" : "gaps are"} left`}.` };
}
