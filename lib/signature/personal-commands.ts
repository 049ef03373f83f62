import { and, eq } from "drizzle-orm";
import type { JWK } from "jose";
import { personalIntents, undertakings } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { attest } from "./attestation.ts";
import { recordFailure } from "./failure-commands.ts";
import { personalDigest, personalStatement, personalText, undertakingText, undertakingVersion, type PersonalStatement } from "./personal.ts";
import { countsAsFailure, intentLifetime, judgeProof, proofRefusalSentence, type ProofOfPresence, type ProofRefusal } from "./proof.ts";
import { hasUndertaken, lockedSince } from "./standing-queries.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type PersonalIntent = typeof personalIntents.$inferSelect;
export type PersonalRequest = { readonly purpose: "undertaking" } | { readonly purpose: "passkey-enrolment"; readonly label: string; readonly relyingParty: string };
type Secrets = { readonly nonce: string; readonly oauthState: string; readonly codeVerifier: string };

export type PersonalRefusal = ProofRefusal | "locked" | "already-undertaken";
export const personalRefusalSentence: Record<PersonalRefusal, string> = {
  ...proofRefusalSentence,
  locked: "Your signing is locked after failed attempts. Ask an administrator to unlock it first.",
  "already-undertaken": "You have accepted the statement already. There is nothing more to do.",
};

/** Opens an act about the person himself: the statement is fixed, lives 10 minutes and is used once. */
export async function openPersonal(tx: SiteTx, actor: Actor, request: PersonalRequest, secrets: Secrets, { now, newId }: Stamp): Promise<Result<PersonalIntent, PersonalRefusal>> {
  if (await lockedSince(tx, actor.id)) return refuse("locked");
  if (request.purpose === "undertaking" && (await hasUndertaken(tx, actor.id))) return refuse("already-undertaken");
  const common = { format: "EBRACT/1" as const, personId: actor.id, subject: actor.subject, userName: actor.userName, printedName: actor.printedName, openedAt: now.toISOString(), nonce: secrets.nonce };
  const statement: PersonalStatement = request.purpose === "undertaking" ? { ...common, purpose: "undertaking", version: undertakingVersion, text: undertakingText } : { ...common, ...request };
  const text = personalText(statement);
  const intent: PersonalIntent = {
    id: newId(), personId: actor.id, purpose: request.purpose, sessionId: actor.sessionId ?? null, statement: text, statementDigest: personalDigest(text), oauthState: secrets.oauthState, codeVerifier: secrets.codeVerifier,
    openedAt: now, expiresAt: new Date(now.getTime() + intentLifetime), provedAt: null, evidence: null, usedAt: null, outcome: null,
  };
  await tx.insert(personalIntents).values(intent);
  return accept(intent);
}

/** Reads a personal intent of this person and locks it. */
export async function personalIntentOf(tx: SiteTx, intentId: string, personId: string): Promise<PersonalIntent | undefined> {
  const [intent] = await tx.select().from(personalIntents).where(and(eq(personalIntents.id, intentId), eq(personalIntents.personId, personId))).for("update");
  return intent;
}

const settle = (tx: SiteTx, intent: PersonalIntent, change: Partial<Pick<PersonalIntent, "usedAt" | "outcome" | "provedAt" | "evidence">>) => tx.update(personalIntents).set(change).where(eq(personalIntents.id, intent.id));

const actorOf = (actor: Actor) => ({ id: actor.id, name: actor.printedName, role: "person" });

/** Ends a personal intent that fails, audits it and counts it where it counts. */
export async function refusePersonal(tx: SiteTx, actor: Actor, intent: PersonalIntent, refused: { readonly cause: string; readonly sentence: string; readonly counts: boolean }, stamp: Stamp): Promise<void> {
  if (!intent.usedAt) await settle(tx, intent, { usedAt: stamp.now, outcome: `refused: ${refused.cause}` });
  const about = { siteId: enterprise, subject: { type: "person" as const, id: actor.id }, actor: actorOf(actor) };
  if (intent.purpose === "undertaking") await writeAudit(tx, { ...about, event: "signing.refused", detail: { meaning: "undertaking", cause: refused.cause, sentence: refused.sentence }, reason: "asked to accept the accountability statement" }, stamp.now, stamp.newId);
  else await writeAudit(tx, { ...about, event: "passkey.refused", detail: { cause: refused.cause }, reason: "asked to enrol a passkey" }, stamp.now, stamp.newId);
  if (refused.counts) await recordFailure(tx, actor, { cause: refused.cause, intentId: intent.id }, stamp);
}

/**
 * Takes the provider's proof for a personal intent. The accountability statement is accepted with it; an enrolment is proved and
 * goes on to the authenticator.
 */
export async function provePersonal(tx: SiteTx, actor: Actor, intent: PersonalIntent, proof: ProofOfPresence, key: JWK, stamp: Stamp): Promise<Result<"accepted" | "proved", PersonalRefusal>> {
  const { now, newId } = stamp;
  const statement = personalStatement.parse(JSON.parse(intent.statement));
  if (statement.personId !== actor.id) throw new BrokenPromise("foreign-intent", "a personal intent is completed only by the person who opened it");
  const opened = { subject: statement.subject, digest: intent.statementDigest, openedAt: intent.openedAt, expiresAt: intent.expiresAt, used: intent.usedAt !== null || intent.provedAt !== null, sessionId: intent.sessionId };
  const judged = judgeProof(proof, opened, { sessionId: actor.sessionId ?? null, now });
  const refusal = judged.ok ? ((await lockedSince(tx, actor.id)) ? "locked" : undefined) : judged.refusal;
  if (refusal) {
    await refusePersonal(tx, actor, intent, { cause: refusal, sentence: personalRefusalSentence[refusal], counts: refusal !== "locked" && countsAsFailure[refusal] }, stamp);
    return refuse(refusal);
  }
  if (statement.purpose === "passkey-enrolment") {
    await settle(tx, intent, { provedAt: now, evidence: proof.evidence });
    return accept("proved");
  }
  const attestation = await attest({ digest: intent.statementDigest, signedAt: now.toISOString(), method: "identity-provider", evidence: proof.evidence }, key);
  const row = { id: newId(), personId: actor.id, version: statement.version, statement: intent.statement, digest: intent.statementDigest, method: "identity-provider" as const, attestation, acceptedAt: now };
  const made = await tx.insert(undertakings).values(row).onConflictDoNothing().returning({ id: undertakings.id });
  await settle(tx, intent, { usedAt: now, provedAt: now, evidence: proof.evidence, outcome: made.length > 0 ? "accepted" : "accepted before" });
  if (made.length === 0) return refuse("already-undertaken");
  await writeAudit(tx, {
    event: "undertaking.accepted", detail: { version: statement.version, statementDigest: intent.statementDigest, method: "identity-provider" }, siteId: enterprise, subject: { type: "person", id: actor.id }, actor: actorOf(actor), reason: "before the first signing",
  }, now, newId);
  return accept("accepted");
}

/** Marks an enrolment as done. */
export const closeEnrolment = (tx: SiteTx, intent: PersonalIntent, now: Date) => settle(tx, intent, { usedAt: now, outcome: "enrolled" });

/** Ends a personal intent that came to nothing at the provider. */
export const cancelPersonal = (tx: SiteTx, intent: PersonalIntent, cause: string, now: Date) => settle(tx, intent, { usedAt: now, outcome: `cancelled: ${cause}` });
