"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withOwnMeans, withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { editMaster, masterChangeSentence, type MasterChangeRefusal } from "./commands.ts";
import { movePart, removePart, type PartPlace } from "./edit.ts";
import { saveTyped, type TypedPart } from "./edit-form.ts";
import { gapViews, selectionOf, selectionText, type GapView, type Selection } from "./edit-place.ts";
import { unkeepable, type Fault } from "./file.ts";
import { masterRecord, type MasterRecord } from "./master-record.ts";
import { readMasterFile } from "./queries.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const group = z.record(z.string(), z.unknown()).refine((value) => !unkeepable(value));
const typedText = z.string().max(200_000, "This is more than one part can hold.").transform((text, context): Readonly<Record<string, unknown>> => {
  try {
    return group.parse(JSON.parse(text));
  } catch {
    context.addIssue({ code: "custom", message: "What was typed cannot be read. Open the page again." });
    return z.NEVER;
  }
});
const version = { id: masterRecord.shape.id, version: z.coerce.number().int().positive() };
const saving = z.object({ ...version, seen: z.string().regex(/^[0-9a-f]{64}$/), part: z.string().min(1), after: z.string().optional(), within: z.string().default(""), typed: typedText });

/** What came of a save: the digest of what is stored now, or why nothing was; `conflict` is the digest somebody else's change has led to. */
export type SaveForm = { readonly digest?: string; readonly changes?: number; readonly gaps?: number; readonly problem?: string; readonly faults?: readonly Fault[]; readonly conflict?: string };

const placeOf = ({ after, within }: { readonly after?: string | undefined; readonly within: string }): PartPlace => (after ? { after } : { within });
const editPage = (id: string, number: number): string => `/masters/${encodeURIComponent(id)}/${number}/edit`;

/** The selection a form is about: parsed against the record, so that a part that is gone is not taken for another one. */
const selectionFor = (part: string, record: MasterRecord): Selection | undefined => {
  const selection = selectionOf(part, record);
  return selectionText(selection) === part ? selection : undefined;
};

async function refusedSave(refusal: MasterChangeRefusal, asked: { readonly id: string; readonly version: number }): Promise<SaveForm> {
  const problem = masterChangeSentence(refusal);
  if (refusal.reason === "shape") return { problem, faults: refusal.faults };
  if (refusal.reason !== "changed-meanwhile") return { problem };
  const by = requirePermission(await requireActor(), "master.author");
  return { problem: "Somebody changed this master after you had opened it, so nothing was saved. What you typed is still here.", conflict: (await withSites(by, (tx) => readMasterFile(tx, asked.id, asked.version))).row.digest };
}

/** Saves one part of a draft as it was typed, or adds it. Nothing that was typed is lost when it is refused. */
export async function savePartAction(_before: SaveForm, form: FormData): Promise<SaveForm> {
  const parsed = saving.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const { id, version: number, seen, part, typed, ...rest } = parsed.data;
  const by = requirePermission(await requireActor(), "master.author");
  const reason = `edited ${part.replace(":", " ")}`;
  const outcome = await withOwnMeans(by.actor, (tx) => editMaster(tx, by, {
    id, version: number, seen, reason, change: (record) => {
      const selection = selectionFor(part, record);
      return selection ? saveTyped(record, { selection, typed, place: placeOf(rest) }) : { ok: false, refusal: { reason: "no-such-part" } };
    },
  }, stamp()), { reason }, by);
  if (!outcome.ok) return refusedSave(outcome.refusal, { id, version: number });
  if (part !== "head" && !part.includes(":")) redirect(`${editPage(id, number)}?part=${encodeURIComponent(`${part}:${String(typed["id"])}`)}&added=1`);
  revalidatePath(editPage(id, number));
  return outcome.value;
}

const arranging = z.object({ ...version, seen: z.string().regex(/^[0-9a-f]{64}$/), part: z.string().min(1), act: z.enum(["up", "down", "remove"]) });
export type ArrangeForm = { readonly problem?: string };

/** Moves a part of a draft up or down, or takes it out. */
export async function arrangePartAction(_before: ArrangeForm, form: FormData): Promise<ArrangeForm> {
  const parsed = arranging.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: "The form is incomplete." };
  const { act, part, ...seen } = parsed.data;
  const by = requirePermission(await requireActor(), "master.author");
  const reason = `${act === "remove" ? "removed" : `moved ${act}`} ${part.replace(":", " ")}`;
  const outcome = await withOwnMeans(by.actor, (tx) => editMaster(tx, by, {
    ...seen, reason, change: (record) => {
      const selection = selectionFor(part, record);
      if (!selection || selection.kind === "head" || selection.id === undefined) return { ok: false, refusal: { reason: "no-such-part" } };
      return act === "remove" ? removePart(record, selection.kind, selection.id) : movePart(record, selection.kind, selection.id, act);
    },
  }, stamp()), { reason }, by);
  if (!outcome.ok) return { problem: masterChangeSentence(outcome.refusal) };
  if (act === "remove") redirect(`${editPage(seen.id, seen.version)}?removed=${encodeURIComponent(part.replace(":", " "))}`);
  revalidatePath(editPage(seen.id, seen.version));
  return {};
}

const looking = z.object({ ...version, part: z.string().min(1), after: z.string().optional(), within: z.string().default(""), typed: group });
export type Look = { readonly gaps: readonly GapView[] } | { readonly faults: readonly Fault[] } | { readonly problem: string };

/** The gaps the master would have with what is being typed; nothing is stored. */
export async function lookAtGapsAction(input: z.input<typeof looking>): Promise<Look> {
  const { id, version: number, part, typed, ...rest } = looking.parse(input);
  const by = requirePermission(await requireActor(), "master.author");
  const { record } = await withSites(by, (tx) => readMasterFile(tx, id, number));
  const selection = record && selectionFor(part, record);
  if (!record || !selection) return { problem: "This part is no longer in the master." };
  const asked: TypedPart = { selection, typed, place: placeOf(rest) };
  const next = saveTyped(record, asked);
  if (next.ok) return { gaps: gapViews(next.value) };
  return next.refusal.reason === "shape" ? { faults: next.refusal.faults } : { problem: masterChangeSentence(next.refusal) };
}
