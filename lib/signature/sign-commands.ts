import { and, eq } from "drizzle-orm";
import type { JWK } from "jose";
import { sessions } from "#db/schema/access.ts";
import { passkeys, signatures, signingIntents } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { Permission, Role } from "#lib/access/permission.ts";
import { writeAudit, type AuditInput } from "#lib/audit/commands.ts";
import type { AuditEvent, AuditSubject } from "#lib/audit/event.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { attest } from "./attestation.ts";
import type { Ceremony } from "./ceremony.ts";
import { componentsAsked } from "./continuity.ts";
import { recordFailure } from "./failure-commands.ts";
import { meaningName, type SignedMeaning } from "./meaning.ts";
import type { Obstacle } from "./obstacle.ts";
import { countsAsFailure, intentLifetime, judgePasskey, judgeProof, proofRefusalSentence, type PasskeyProof, type PresenceRefusal, type ProofOfPresence } from "./proof.ts";
import type { RecordReference, Signable, SigningDecision } from "./signable.ts";
import { continuityOf, signingMeans } from "./standing-queries.ts";
import { signatureStatement, statementDigest, statementText, type SignatureStatement, type SignedAbout } from "./statement.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type SigningRefusal = { readonly cause: "record-changed" | "obstacles" | "proof"; readonly sentence: string; readonly obstacles: readonly Obstacle[] };
/** `withdraws`: ordinal, with the meaning "withdrawn" alone; `ceremony`: the identity provider where none is named. */
export type OpenSigning = { readonly meaning: SignedMeaning; readonly withdraws?: number | undefined; readonly about?: SignedAbout | undefined; readonly reason: string; readonly comment: string; readonly shownDigest: string; readonly ceremony?: Ceremony | undefined };
/** Fresh values of one opening; `idleMinutes`: how long a session may rest, without it every signing is a first one. */
export type Opening = { readonly nonce: string; readonly oauthState: string; readonly codeVerifier: string; readonly idleMinutes?: number };
export type Intent = typeof signingIntents.$inferSelect;

/** Which record an intent is about; rows older than the kinds of record are about their batch. */
export const recordOf = (intent: Pick<Intent, "siteId" | "batchId" | "recordType" | "recordId">): RecordReference => ({ type: intent.recordType ?? "batch", siteId: intent.siteId, recordId: intent.recordId ?? intent.batchId ?? "" });
/** How the trail names what an intent is about. */
export const subjectOf = (intent: Pick<Intent, "siteId" | "batchId" | "recordType" | "recordId">): AuditSubject => {
  const { type, recordId } = recordOf(intent);
  return { type, id: recordId, ...(intent.batchId === null ? {} : { batchId: intent.batchId }) };
};

type About = { readonly siteId: string; readonly subject: AuditSubject; readonly by: Granted<Permission>; readonly stamp: Stamp; readonly role?: Role };
const audited = (tx: SiteTx, { siteId, subject, by, stamp, role }: About, event: Pick<AuditInput, "event" | "detail"> | AuditEvent, reason: string) =>
  writeAudit(tx, { ...event, siteId, subject, actor: { id: by.actor.id, name: by.actor.printedName, role: role ?? by.role }, reason } as AuditInput, stamp.now, stamp.newId);

async function refuseSigning(tx: SiteTx, about: About, meaning: SignedMeaning, refusal: SigningRefusal): Promise<Result<never, SigningRefusal>> {
  await audited(tx, about, { event: "signing.refused", detail: { meaning, cause: refusal.cause, sentence: refusal.sentence } }, `asked to sign "${meaningName[meaning]}"`);
  return refuse(refusal);
}

const changed = (sentence: string): SigningRefusal => ({ cause: "record-changed", obstacles: [], sentence });
const hindered = (obstacles: readonly Obstacle[]): SigningRefusal => ({ cause: "obstacles", obstacles, sentence: `${obstacles.map((o) => o.sentence).join(". ")}. Nothing was signed.` });

type Fixed = Pick<SignatureStatement, "sentence" | "role" | "openedAt" | "nonce">;
function statementOver(record: Signable, by: Granted<Permission>, input: OpenSigning, fixed: Fixed): SignatureStatement {
  const { id: signerId, subject, userName, printedName } = by.actor;
  const { meaning, reason, comment, withdraws, about } = input;
  return {
    format: "EBRSIG/1", recordType: record.type, recordId: record.recordId, recordDigest: record.digest, previousDigest: record.last?.digest ?? null, meaning, reason, comment,
    signerId, subject, userName, printedName, site: record.siteId, ...fixed, ...(meaning === "withdrawn" && withdraws !== undefined ? { withdraws } : {}), ...(about ? { about } : {}),
  };
}

/**
 * Opens a signing over a record that was read and locked in this transaction: fixes the statement over exactly what was shown, with a single use
 * and 10 minutes to live. A refusal is audited and returned; nothing else is written then.
 */
export async function openSigning(tx: SiteTx, by: Granted<Permission>, record: Signable, input: OpenSigning, opening: Opening, stamp: Stamp): Promise<Result<Intent, SigningRefusal>> {
  const { meaning, reason } = input;
  const { actor } = by;
  const { siteId, batchId } = record;
  const about = { siteId, subject: record.subject, by, stamp };
  if (record.digest !== input.shownDigest) return refuseSigning(tx, about, meaning, changed(record.changed));
  const decided = record.decide(actor, await signingMeans(tx, actor.id, siteId, stamp.now), { ...input, ceremony: input.ceremony ?? "identity-provider" });
  if (!decided.ok) return refuseSigning(tx, about, meaning, hindered(decided.refusal));
  const { sentence, role } = decided.value;
  const text = statementText(statementOver(record, by, input, { sentence, role, openedAt: stamp.now.toISOString(), nonce: opening.nonce }));
  const intent: Intent = {
    siteId, id: stamp.newId(), batchId, recordType: record.type, recordId: record.recordId, personId: actor.id, sessionId: actor.sessionId ?? null, meaning, sentence, statement: text, statementDigest: statementDigest(text),
    oauthState: opening.oauthState, codeVerifier: opening.codeVerifier, openedAt: stamp.now, expiresAt: new Date(stamp.now.getTime() + intentLifetime), usedAt: null, outcome: null,
    continuity: await continuityOf(tx, actor.sessionId, opening.idleMinutes ?? 0, stamp.now),
  };
  await tx.insert(signingIntents).values(intent);
  await audited(tx, { ...about, role }, { event: "signing.opened", detail: { meaning, statementDigest: intent.statementDigest, recordDigest: record.digest } }, reason);
  return accept(intent);
}

/** Marks an intent as used, with what came of it. */
export const useIntent = (tx: SiteTx, intent: Intent, outcome: string, now: Date) =>
  tx.update(signingIntents).set({ usedAt: now, outcome }).where(and(eq(signingIntents.siteId, intent.siteId), eq(signingIntents.id, intent.id)));

/** Ends an intent that came to nothing: the person turned back, or the provider refused. */
export async function cancelIntent(tx: SiteTx, by: Granted<Permission>, intent: Intent, cause: string, stamp: Stamp): Promise<void> {
  await useIntent(tx, intent, `cancelled: ${cause}`, stamp.now);
  await audited(tx, { siteId: intent.siteId, subject: subjectOf(intent), by, stamp }, { event: "signing.cancelled", detail: { meaning: intent.meaning, cause } }, "re-authentication was not completed");
}

/** Reads an intent of this person and locks it, so that a proof is used once. */
export async function intentOf(tx: SiteTx, siteId: string, intentId: string, personId: string): Promise<Intent | undefined> {
  const [intent] = await tx.select().from(signingIntents).where(and(eq(signingIntents.siteId, siteId), eq(signingIntents.id, intentId), eq(signingIntents.personId, personId))).for("update");
  return intent;
}

export type Presence = ProofOfPresence | PasskeyProof;
const byPasskey = (presence: Presence): presence is PasskeyProof => "assertion" in presence;

function judgePresence(presence: Presence, intent: Intent, subject: string, at: { readonly sessionId: string | null; readonly now: Date }): Result<unknown, PresenceRefusal> {
  const opened = { digest: intent.statementDigest, openedAt: intent.openedAt, expiresAt: intent.expiresAt, used: intent.usedAt !== null, sessionId: intent.sessionId };
  return byPasskey(presence) ? judgePasskey(presence, { ...opened, personId: intent.personId }, at) : judgeProof(presence, { ...opened, subject }, at);
}

export type Signed = { readonly ordinal: number; readonly digest: string };

/**
 * Makes the signature when the proof fits the intent, the record (`read` locks it) is still the one that was shown and the person may still sign.
 * Record, signature, what follows from it and the audit entry change together or not at all; a refusal leaves its audit entry, the used intent and,
 * where somebody's presence was not proved, the counted failure. The transaction sees the enterprise too (`withOwnMeans`).
 */
export async function completeOver(tx: SiteTx, by: Granted<Permission>, intent: Intent, presence: Presence, read: () => Promise<Signable>, key: JWK, stamp: Stamp): Promise<Result<Signed, SigningRefusal>> {
  const { siteId, meaning } = intent;
  const { actor } = by;
  const about = { siteId, subject: subjectOf(intent), by, stamp };
  const statement = signatureStatement.parse(JSON.parse(intent.statement));
  if (intent.personId !== actor.id || statement.signerId !== actor.id) throw new BrokenPromise("foreign-intent", "an intent is completed only by the person who opened it");
  const turnDown = async (refusal: SigningRefusal) => {
    if (!intent.usedAt) await useIntent(tx, intent, `refused: ${refusal.cause}`, stamp.now);
    return refuseSigning(tx, about, meaning, refusal);
  };
  const judged = judgePresence(presence, intent, statement.subject, { sessionId: actor.sessionId ?? null, now: stamp.now });
  if (!judged.ok) {
    const refused = await turnDown({ cause: "proof", obstacles: [], sentence: proofRefusalSentence[judged.refusal] });
    if (countsAsFailure[judged.refusal]) await recordFailure(tx, actor, { cause: judged.refusal, intentId: intent.id }, stamp);
    return refused;
  }
  const record = await read();
  if (record.digest !== statement.recordDigest || (record.last?.digest ?? null) !== statement.previousDigest) return turnDown(changed(record.changed));
  const { withdraws, about: part } = statement;
  const decided = record.decide(actor, await signingMeans(tx, actor.id, siteId, stamp.now), { meaning, withdraws, about: part, ceremony: byPasskey(presence) ? "passkey" : "identity-provider" });
  if (!decided.ok) return turnDown(hindered(decided.refusal));
  return accept(await sign(tx, about, { record, intent, statement, presence, decision: decided.value }, key));
}

type Decided = { readonly record: Signable; readonly intent: Intent; readonly statement: SignatureStatement; readonly presence: Presence; readonly decision: SigningDecision };

/** What the portal attests beside digest, time and method: the ceremony's evidence and which signing of its period it was (21 CFR 11.200(a)(1)). */
function evidenceOf(presence: Presence, intent: Intent): Readonly<Record<string, string | number | string[]>> {
  const continuity = intent.continuity ?? "first";
  return { ...presence.evidence, continuity, components: byPasskey(presence) ? "passkey and its PIN or biometric" : componentsAsked[continuity] };
}

async function sign(tx: SiteTx, about: About, { record, intent, statement, presence, decision }: Decided, key: JWK): Promise<Signed> {
  const { siteId, stamp, by } = about;
  const { statementDigest: digest } = intent;
  const method = byPasskey(presence) ? "passkey" as const : "identity-provider" as const;
  const attestation = await attest({ digest, signedAt: stamp.now.toISOString(), method, evidence: evidenceOf(presence, intent) }, key);
  const ordinal = (record.last?.ordinal ?? 0) + 1;
  const { meaning, reason, comment, sentence, recordDigest, previousDigest, signerId, printedName, userName, role, withdraws } = statement;
  await tx.insert(signatures).values({
    siteId, id: stamp.newId(), batchId: record.batchId, recordType: record.type, recordId: record.recordId, about: statement.about ?? null, ordinal, meaning, reason, comment, sentence, statement: intent.statement, digest,
    recordDigest, previousDigest, signerId, printedName, userName, role, method, withdraws: withdraws ?? null, assertion: byPasskey(presence) ? presence.assertion : null, signedAt: stamp.now, attestation,
  });
  await useIntent(tx, intent, "signed", stamp.now);
  if (by.actor.sessionId) await tx.update(sessions).set({ lastSignedAt: stamp.now }).where(eq(sessions.id, by.actor.sessionId));
  if (byPasskey(presence) && presence.passkeyId) await tx.update(passkeys).set({ signCount: presence.signCount }).where(eq(passkeys.id, presence.passkeyId));
  const event = await decision.perform(tx, { ordinal, digest, method, recordDigest, reason, comment }, stamp);
  await audited(tx, { ...about, role }, event, reason);
  return { ordinal, digest };
}
