"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "./actor.ts";
import { revocationRefusalSentence, revokeRole } from "./commands.ts";
import { requireActor } from "./current.ts";
import { roles } from "./permission.ts";

export type RevokeForm = { readonly problem?: string };
const input = z.object({ siteId: z.string().min(1), personId: z.uuid(), role: z.enum(roles), reason: z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500) });

/** Revoke a role of a person; needs the enterprise's account permission. */
export async function revokeRoleAction(_before: RevokeForm, form: FormData): Promise<RevokeForm> {
  const parsed = input.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const by = requirePermission(await requireActor(), "account.manage");
  const outcome = await withSites(by, (tx) => revokeRole(tx, by, parsed.data, { now: new Date(), newId: randomUUID }), { reason: parsed.data.reason });
  revalidatePath("/people");
  return outcome.ok ? {} : { problem: revocationRefusalSentence[outcome.refusal] };
}
