import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { portalDatabase } from "#db/client.ts";
import { signingIntents } from "#db/schema/signature.ts";
import { withOwnMeans, withProgramme } from "#db/scope.ts";
import { enterprise, may, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { installation } from "#lib/installation.ts";
import { sameSecret, type CallbackState } from "#lib/signature/callback.ts";
import { recordForeignAnswer, recordUnknownAnswer } from "#lib/signature/foreign-commands.ts";
import { proofOrNone, unreachableSentence } from "#lib/signature/step-up.ts";
import { signatureStatement } from "#lib/signature/statement.ts";
import { cancelIntent, completeOver, intentOf, recordOf, subjectOf, useIntent, type Intent } from "#lib/signature/sign-commands.ts";
import { lockedRecord, readingDoor } from "./open-commands.ts";
import { kindOf, signPage } from "./record-queries.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const returning = { reason: "return from the identity provider" };

/** Where somebody lands whose answer belongs to no signing of his. */
export const refusedPage = "/signing-refused";

const pageOf = (intent: Intent): string => {
  const { withdraws, about } = signatureStatement.parse(JSON.parse(intent.statement));
  return signPage(recordOf(intent), { meaning: intent.meaning, withdraws, about: about && JSON.stringify(about) });
};

async function anyIntent({ place, intentId }: CallbackState): Promise<Intent | undefined> {
  return withProgramme(portalDatabase(), "signing", [place], async (tx) => (await tx.select().from(signingIntents).where(and(eq(signingIntents.siteId, place), eq(signingIntents.id, intentId))))[0]);
}

/** Audits an answer that the person cannot have: at the enterprise, and on the record when it was the true answer to its signing. */
async function turnAway(actor: Actor, state: CallbackState, intent: Intent | undefined): Promise<string> {
  const { now, newId } = stamp();
  await withProgramme(portalDatabase(), "signing", [...new Set([state.place, enterprise])], async (tx) => {
    if (!intent) return recordUnknownAnswer(tx, actor, { now, newId });
    const secretFits = sameSecret(state.secret, intent.oauthState);
    if (secretFits && intent.personId !== actor.id) {
      if (!intent.usedAt) await useIntent(tx, intent, "refused: foreign-intent", now);
      await writeAudit(tx, {
        event: "signing.refused", detail: { meaning: intent.meaning, cause: "foreign-intent", sentence: "Another person brought the answer to this signing. Nothing was signed." }, siteId: intent.siteId,
        subject: subjectOf(intent), actor: { id: actor.id, name: actor.printedName, role: "person" }, reason: returning.reason,
      }, now, newId);
    }
    await recordForeignAnswer(tx, actor, { intentId: intent.id, ownerId: intent.personId, meaning: intent.meaning, secretFits }, { now, newId });
  }, returning);
  return refusedPage;
}

/** Ends a signing whose person has lost every role at the site since he opened it. */
async function turnOut(actor: Actor, intent: Intent): Promise<string> {
  const { now, newId } = stamp();
  await withProgramme(portalDatabase(), "signing", [intent.siteId], async (tx) => {
    if (!intent.usedAt) await useIntent(tx, intent, "refused: obstacles", now);
    await writeAudit(tx, {
      event: "signing.refused", detail: { meaning: intent.meaning, cause: "obstacles", sentence: "The person holds no role at this site any more. Nothing was signed." }, siteId: intent.siteId,
      subject: subjectOf(intent), actor: { id: actor.id, name: actor.printedName, role: "person" }, reason: returning.reason,
    }, now, newId);
  }, returning);
  return refusedPage;
}

/**
 * Finishes a signing when the provider sends the person back: finds the opener's own intent, exchanges the code and completes or
 * refuses. Returns the address to go to. What belongs to somebody else or to nobody changes nothing, and is audited.
 */
export async function finishSigning(actor: Actor, callback: URL, state: CallbackState): Promise<string> {
  const found = await anyIntent(state);
  if (!found || found.personId !== actor.id || !sameSecret(state.secret, found.oauthState)) return turnAway(actor, state, found);
  const { place: siteId, intentId } = state;
  const reference = recordOf(found);
  const kind = kindOf(reference.type);
  if (!kind || !may(actor, kind.permission, kind.of === "site" ? siteId : undefined)) return turnOut(actor, found);
  const by = readingDoor(actor, reference);
  const refused = callback.searchParams.get("error");
  if (refused) {
    if (!found.usedAt) await withOwnMeans(actor, (tx) => cancelIntent(tx, by, found, refused.slice(0, 80), stamp()), { reason: "re-authentication was not completed" }, by);
    return `${pageOf(found)}&cancelled=1`;
  }
  const proof = await proofOrNone(callback, found, callback.searchParams.get("state") ?? "");
  if (proof === "unreachable") return `${pageOf(found)}&refused=${encodeURIComponent(unreachableSentence)}`;
  const outcome = await withOwnMeans(actor, async (tx) => {
    const locked = await intentOf(tx, siteId, intentId, actor.id);
    return locked && completeOver(tx, by, locked, proof, () => lockedRecord(tx, reference), installation().signingKey, stamp());
  }, { reason: found.sentence.slice(0, 200) }, by);
  if (!outcome) return refusedPage;
  return outcome.ok ? kind.signed(reference, outcome.value) : `${pageOf(found)}&refused=${encodeURIComponent(outcome.refusal.sentence)}`;
}
