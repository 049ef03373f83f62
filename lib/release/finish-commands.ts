import { randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { portalDatabase } from "#db/client.ts";
import { signingIntents } from "#db/schema/signature.ts";
import { withOwnMeans, withProgramme } from "#db/scope.ts";
import { enterprise, may, requirePermission, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { installation } from "#lib/installation.ts";
import { sameSecret, type CallbackState } from "#lib/signature/callback.ts";
import { recordForeignAnswer, recordUnknownAnswer } from "#lib/signature/foreign-commands.ts";
import type { SignedMeaning } from "#lib/signature/meaning.ts";
import { proofOrNone, unreachableSentence } from "#lib/signature/step-up.ts";
import { signatureStatement } from "#lib/signature/statement.ts";
import { cancelIntent, completeSigning, intentOf, useIntent, type Intent } from "./commands.ts";

const stamp = () => ({ now: new Date(), newId: randomUUID });
const returning = { reason: "return from the identity provider" };

/** Where somebody lands whose answer belongs to no signing of his. */
export const refusedPage = "/signing-refused";

/** The dialog of a signing on its batch's page. */
export const signPage = (siteId: string, batchId: string, meaning: SignedMeaning, withdraws?: number): string =>
  `/sites/${siteId}/batches/${encodeURIComponent(batchId)}/sign?meaning=${meaning}${withdraws === undefined ? "" : `&withdraws=${withdraws}`}`;

const pageOf = ({ siteId, batchId, meaning, statement }: Intent): string => signPage(siteId, batchId, meaning, signatureStatement.parse(JSON.parse(statement)).withdraws);

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
        subject: { type: "batch", id: intent.batchId, batchId: intent.batchId }, actor: { id: actor.id, name: actor.printedName, role: "person" }, reason: returning.reason,
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
      subject: { type: "batch", id: intent.batchId, batchId: intent.batchId }, actor: { id: actor.id, name: actor.printedName, role: "person" }, reason: returning.reason,
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
  if (!may(actor, "batch.read", siteId)) return turnOut(actor, found);
  const by = requirePermission(actor, "batch.read", siteId);
  const refused = callback.searchParams.get("error");
  if (refused) {
    if (!found.usedAt) await withOwnMeans(actor, (tx) => cancelIntent(tx, by, found, refused.slice(0, 80), stamp()), { reason: "re-authentication was not completed" }, by);
    return `${pageOf(found)}&cancelled=1`;
  }
  const proof = await proofOrNone(callback, found, callback.searchParams.get("state") ?? "");
  if (proof === "unreachable") return `${pageOf(found)}&refused=${encodeURIComponent(unreachableSentence)}`;
  const outcome = await withOwnMeans(actor, async (tx) => {
    const locked = await intentOf(tx, siteId, intentId, actor.id);
    return locked && completeSigning(tx, by, locked, proof, installation().signingKey, stamp());
  }, { reason: found.sentence.slice(0, 200) }, by);
  if (!outcome) return refusedPage;
  return outcome.ok ? `/sites/${siteId}/batches/${encodeURIComponent(found.batchId)}/signatures/${outcome.value.ordinal}?signed=1` : `${pageOf(found)}&refused=${encodeURIComponent(outcome.refusal.sentence)}`;
}
