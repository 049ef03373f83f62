import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { personalIntents } from "#db/schema/signature.ts";
import { withOwnMeans } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import { installation } from "#lib/installation.ts";
import { sameSecret, type CallbackState } from "./callback.ts";
import { recordForeignAnswer, recordUnknownAnswer } from "./foreign-commands.ts";
import { cancelPersonal, personalIntentOf, personalRefusalSentence, provePersonal } from "./personal-commands.ts";
import { proofOrNone, unreachableSentence } from "./step-up.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const returning = { reason: "return from the identity provider" };

/** Audits an answer whose state names no signing at all. */
export async function turnAwayUnknown(actor: Actor): Promise<string> {
  await withOwnMeans(actor, (tx) => recordUnknownAnswer(tx, actor, stamp()), returning);
  return "/signing-refused";
}

/** Finishes what a person does about himself when the provider sends him back. Returns the address to go to. */
export async function finishPersonal(actor: Actor, callback: URL, { intentId, secret }: CallbackState): Promise<string> {
  const found = await withOwnMeans(actor, async (tx) => (await tx.select().from(personalIntents).where(eq(personalIntents.id, intentId)))[0]);
  if (!found || found.personId !== actor.id || !sameSecret(secret, found.oauthState)) {
    await withOwnMeans(actor, (tx) => (found
      ? recordForeignAnswer(tx, actor, { intentId, ownerId: found.personId, meaning: found.purpose, secretFits: sameSecret(secret, found.oauthState) }, stamp())
      : recordUnknownAnswer(tx, actor, stamp())), returning);
    return "/signing-refused";
  }
  const refused = callback.searchParams.get("error");
  if (refused) {
    if (!found.usedAt) await withOwnMeans(actor, (tx) => cancelPersonal(tx, found, refused.slice(0, 80), new Date()), returning);
    return "/account?cancelled=1";
  }
  const proof = await proofOrNone(callback, found, callback.searchParams.get("state") ?? "");
  if (proof === "unreachable") return `/account?refused=${encodeURIComponent(unreachableSentence)}`;
  const outcome = await withOwnMeans(actor, async (tx) => {
    const locked = await personalIntentOf(tx, intentId, actor.id);
    return locked && provePersonal(tx, actor, locked, proof, installation().signingKey, stamp());
  }, returning);
  if (!outcome) return "/signing-refused";
  if (!outcome.ok) return `/account?refused=${encodeURIComponent(personalRefusalSentence[outcome.refusal])}`;
  return outcome.value === "accepted" ? "/account?accepted=1" : `/account/passkeys/enrol?intent=${intentId}`;
}
