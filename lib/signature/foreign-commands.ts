import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { tell } from "#lib/notice/commands.ts";
import { recordFailure } from "./failure-commands.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
/** `ownerId`: who opened it; `secretFits`: the answer really is the one that was asked for, so somebody got hold of it. */
export type ForeignAnswer = { readonly intentId: string; readonly ownerId: string; readonly meaning: string; readonly secretFits: boolean };

const sentence = "A proof of presence was brought back that belongs to a signing somebody else opened. Nothing was signed.";

async function auditAnswer(tx: SiteTx, actor: Actor, detail: { readonly meaning: string; readonly cause: string; readonly sentence: string }, { now, newId }: Stamp): Promise<void> {
  await writeAudit(tx, {
    event: "signing.refused", detail, siteId: enterprise, subject: { type: "person", id: actor.id }, actor: { id: actor.id, name: actor.printedName, role: "person" }, reason: "returned from the identity provider",
  }, now, newId);
}

/**
 * Somebody brings an answer to another person's signing. Counted against the person in whose session it arrives: he is known, and
 * the number of another's signing cannot be guessed, while counting against its owner would let anybody lock him out. The owner
 * is told when the answer was the true one.
 */
export async function recordForeignAnswer(tx: SiteTx, actor: Actor, answer: ForeignAnswer, stamp: Stamp): Promise<void> {
  await auditAnswer(tx, actor, { meaning: answer.meaning, cause: "foreign-intent", sentence }, stamp);
  if (answer.secretFits && answer.ownerId !== actor.id) {
    await tell(tx, [answer.ownerId], { kind: "signing-attempt", title: "Somebody else brought the answer to your signing", body: `It arrived in the session of ${actor.printedName} and signed nothing. Open the signing again; tell an administrator if you cannot explain it.`, address: "/account" }, stamp);
  }
  await recordFailure(tx, actor, { cause: "foreign-intent", intentId: answer.intentId }, stamp);
}

/** An answer to no signing at all. Audited and not counted: any link on any page can bring one, and could lock people out. */
export const recordUnknownAnswer = (tx: SiteTx, actor: Actor, stamp: Stamp): Promise<void> =>
  auditAnswer(tx, actor, { meaning: "unknown", cause: "unknown-intent", sentence: "A proof of presence was brought back that belongs to no signing. Nothing was signed." }, stamp);
