"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { policies } from "./ceremony.ts";
import { unlockRefusalSentence, unlockSigning } from "./failure-commands.ts";
import { signedMeanings } from "./meaning.ts";
import { passkeyRevocationSentence, revokePasskey } from "./passkey-commands.ts";
import { changePolicy, policyRefusalSentence } from "./policy-commands.ts";

export type SecurityForm = { readonly problem?: string; readonly done?: string };
const reason = z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500);
const stamp = () => ({ now: new Date(), newId: randomUUID });
const firstIssue = (error: z.ZodError): SecurityForm => ({ problem: error.issues[0]?.message ?? "The form is incomplete." });

const policyInput = z.object({ siteId: z.string().min(1), meaning: z.enum(signedMeanings), policy: z.enum(policies), shownRevision: z.coerce.number().int().min(0), reason });

/** An administrator changes which ceremony a site asks for a meaning. */
export async function changePolicyAction(_before: SecurityForm, form: FormData): Promise<SecurityForm> {
  const parsed = policyInput.safeParse(Object.fromEntries(form));
  if (!parsed.success) return firstIssue(parsed.error);
  const actor = await requireActor();
  const by = requirePermission(actor, "account.manage", parsed.data.siteId);
  const outcome = await withOwnMeans(actor, (tx) => changePolicy(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by);
  revalidatePath("/people/signing");
  return outcome.ok ? { done: "Changed." } : { problem: policyRefusalSentence[outcome.refusal] };
}

const unlockInput = z.object({ personId: z.uuid(), reason });

/** An administrator unlocks somebody's signing. */
export async function unlockSigningAction(_before: SecurityForm, form: FormData): Promise<SecurityForm> {
  const parsed = unlockInput.safeParse(Object.fromEntries(form));
  if (!parsed.success) return firstIssue(parsed.error);
  const actor = await requireActor();
  const by = requirePermission(actor, "account.manage", "enterprise");
  const outcome = await withOwnMeans(actor, (tx) => unlockSigning(tx, by, parsed.data, stamp()), { reason: parsed.data.reason }, by);
  revalidatePath("/people/signing");
  return outcome.ok ? { done: "Unlocked." } : { problem: unlockRefusalSentence[outcome.refusal] };
}

const revocation = z.object({ passkeyId: z.uuid(), reason });

/** An administrator revokes somebody's passkey; he never enrols one for anybody. */
export async function revokePasskeyAction(_before: SecurityForm, form: FormData): Promise<SecurityForm> {
  const parsed = revocation.safeParse(Object.fromEntries(form));
  if (!parsed.success) return firstIssue(parsed.error);
  const actor = await requireActor();
  const granted = requirePermission(actor, "account.manage", "enterprise");
  const outcome = await withOwnMeans(actor, (tx) => revokePasskey(tx, { actor, granted }, parsed.data, stamp()), { reason: parsed.data.reason }, granted);
  revalidatePath("/people/signing");
  return outcome.ok ? { done: "Revoked." } : { problem: passkeyRevocationSentence[outcome.refusal] };
}
