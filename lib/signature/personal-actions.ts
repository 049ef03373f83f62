"use server";

import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { withOwnMeans } from "#db/scope.ts";
import { requireActor } from "#lib/access/current.ts";
import { passkeyRevocationSentence, revokePasskey } from "./passkey-commands.ts";
import { openPersonal, personalRefusalSentence, type PersonalRequest } from "./personal-commands.ts";
import { freshStepUp, personalPlace, stepUpUrl, unreachableSentence } from "./step-up.ts";
import { relyingParty } from "./webauthn-commands.ts";

export type PersonalForm = { readonly problem?: string; readonly done?: string };

async function open(request: PersonalRequest): Promise<PersonalForm> {
  const actor = await requireActor();
  const opened = await withOwnMeans(actor, (tx) => openPersonal(tx, actor, request, freshStepUp(), { now: new Date(), newId: randomUUID }), { reason: `opened: ${request.purpose}` });
  if (!opened.ok) return { problem: personalRefusalSentence[opened.refusal] };
  // An act about the means of signing asks for all components: user name and password.
  const url = await stepUpUrl(personalPlace, opened.value).catch(() => undefined);
  return url ? redirect(url) : { problem: unreachableSentence };
}

/** Sends the person to prove himself for the accountability statement. */
export async function acceptUndertakingAction(_before: PersonalForm, form: FormData): Promise<PersonalForm> {
  if (form.get("read") !== "on") return { problem: "Tick that you have read the statement and mean it." };
  return open({ purpose: "undertaking" });
}

const label = z.string().trim().min(3, "Give the passkey a name of at least 3 characters, so that you know it again.").max(60, "Keep the name under 60 characters.");

/** Sends the person to prove himself before a passkey is enrolled. */
export async function enrolPasskeyAction(_before: PersonalForm, form: FormData): Promise<PersonalForm> {
  const parsed = label.safeParse(form.get("label"));
  return parsed.success ? open({ purpose: "passkey-enrolment", label: parsed.data, relyingParty: relyingParty() }) : { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
}

const revocation = z.object({ passkeyId: z.uuid(), reason: z.string().trim().min(5, "Write the reason, in at least 5 characters.").max(500) });

/** The owner revokes a passkey of his own. */
export async function revokeOwnPasskeyAction(_before: PersonalForm, form: FormData): Promise<PersonalForm> {
  const parsed = revocation.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { problem: parsed.error.issues[0]?.message ?? "The form is incomplete." };
  const actor = await requireActor();
  const outcome = await withOwnMeans(actor, (tx) => revokePasskey(tx, { actor }, parsed.data, { now: new Date(), newId: randomUUID }), { reason: parsed.data.reason });
  revalidatePath("/account");
  return outcome.ok ? { done: `${outcome.value.label} is revoked.` } : { problem: passkeyRevocationSentence[outcome.refusal] };
}
