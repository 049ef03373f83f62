"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { installation } from "#lib/installation.ts";
import { rotateKey, rotationRefusalSentence } from "#lib/ledger/key-commands.ts";
import { keyPurposes } from "#lib/ledger/key-store.ts";
import { enterprise, requirePermission } from "./actor.ts";
import { requireActor } from "./current.ts";

export type RotateForm = { readonly problem?: string; readonly done?: string };
const input = z.object({ purpose: z.enum(keyPurposes), owner: z.string().min(1), reason: z.string().trim().min(10, "Write the reason, in at least 10 characters.").max(500) });

/** Replaces a signing key of the installation by a new pair; for administrators of the enterprise. */
export async function rotateKeyAction(_before: RotateForm, form: FormData): Promise<RotateForm> {
  const parsed = input.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const by = requirePermission(await requireActor(), "key.rotate", enterprise);
  const { keys } = installation();
  const outcome = await withSites(by, (tx) => rotateKey(tx, by, parsed.data, keys, { now: new Date(), newId: randomUUID }), { reason: parsed.data.reason });
  if (!outcome.ok) return { problem: rotationRefusalSentence[outcome.refusal] };
  keys.admit(outcome.value.id);
  revalidatePath("/keys");
  return { done: `Key ${outcome.value.id} is in force.` };
}
