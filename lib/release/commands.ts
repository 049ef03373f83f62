import { and, eq, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { sessions } from "#db/schema/access.ts";
import { batches } from "#db/schema/batch.ts";
import { passkeys, signatures, signingIntents } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { Permission, Role } from "#lib/access/permission.ts";
import { writeAudit, type AuditInput } from "#lib/audit/commands.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { attest, publicHalf } from "#lib/signature/attestation.ts";
import type { Ceremony } from "#lib/signature/ceremony.ts";
import { componentsAsked } from "#lib/signature/continuity.ts";
import { recordFailure } from "#lib/signature/failure-commands.ts";
import { meaningName, type SignedMeaning } from "#lib/signature/meaning.ts";
import { countsAsFailure, intentLifetime, judgePasskey, judgeProof, proofRefusalSentence, type PasskeyProof, type PresenceRefusal, type ProofOfPresence } from "#lib/signature/proof.ts";
import { continuityOf, signingMeans } from "#lib/signature/standing-queries.ts";
import { signatureStatement, statementDigest, statementText, type SignatureStatement } from "#lib/signature/statement.ts";
import { readBatchFile, type BatchFile } from "./file-queries.ts";
import { planOver } from "./plan.ts";
import type { Obstacle, SigningPlan } from "./signing.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type SigningRefusal = { readonly cause: "record-changed" | "obstacles" | "proof"; readonly sentence: string; readonly obstacles: readonly Obstacle[] };
/** `withdraws`: ordinal, with the meaning "withdrawn" alone; `ceremony`: the identity provider where none is named. */
export type OpenIntent = { readonly siteId: string; readonly batchId: string; readonly meaning: SignedMeaning; readonly withdraws?: number | undefined; readonly reason: string; readonly comment: string; readonly shownDigest: string; readonly ceremony?: Ceremony | undefined };
/** Fresh values of one opening; `idleMinutes`: how long a session may rest, without it every signing is a first one. */
export type Opening = { readonly nonce: string; readonly oauthState: string; readonly codeVerifier: string; readonly idleMinutes?: number };
export type Intent = typeof signingIntents.$inferSelect;

/** A batch is locked while something is decided about it: two signatures never take the same place in the chain. */
const lockBatch = (tx: SiteTx, siteId: string, batchId: string) =>
  tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");

/** `role`: the one under which the act is done, where it is known. */
type About = { readonly siteId: string; readonly batchId: string; readonly by: Granted<Permission>; readonly stamp: Stamp; readonly role?: Role };
const audited = (tx: SiteTx, { siteId, batchId, by, stamp, role }: About, event: Pick<AuditInput, "event" | "detail">, reason: string) =>
  writeAudit(tx, { ...event, siteId, subject: { type: "batch", id: batchId, batchId }, actor: { id: by.actor.id, name: by.actor.printedName, role: role ?? by.role }, reason } as AuditInput, stamp.now, stamp.newId);

async function refuseSigning(tx: SiteTx, about: About, meaning: SignedMeaning, refusal: SigningRefusal): Promise<Result<never, SigningRefusal>> {
  await audited(tx, about, { event: "signing.refused", detail: { meaning, cause: refusal.cause, sentence: refusal.sentence } }, `asked to sign "${meaningName[meaning]}"`);
  return refuse(refusal);
}

const changed: SigningRefusal = {
  cause: "record-changed", obstacles: [],
  sentence: "This batch changed after you opened it. Nothing was signed. Review what changed, then sign again.",
};
const hindered = (obstacles: readonly Obstacle[]): SigningRefusal => ({ cause: "obstacles", obstacles, sentence: `${obstacles.map((o) => o.sentence).join(". ")}. Nothing was signed.` });

type Fixed = Pick<SignatureStatement, "sentence" | "role" | "openedAt" | "nonce">;
function statementOver(file: BatchFile, by: Granted<"batch.read">, input: OpenIntent, fixed: Fixed): SignatureStatement {
  const { id: signerId, subject, userName, printedName } = by.actor;
  const { siteId: site, batchId: recordId, meaning, reason, comment, withdraws } = input;
  return {
    format: "EBRSIG/1", recordType: "batch", recordId, recordDigest: file.digest, previousDigest: file.signatures.at(-1)?.digest ?? null, meaning, reason, comment,
    signerId, subject, userName, printedName, site, ...fixed, ...(meaning === "withdrawn" && withdraws !== undefined ? { withdraws } : {}),
  };
}

/**
 * Opens a signing: fixes the statement over exactly the record that was shown, with a single use and 10 minutes to live. A refusal
 * is audited and returned; nothing else is written then.
 */
export async function openIntent(tx: SiteTx, by: Granted<"batch.read">, input: OpenIntent, key: JWK, opening: Opening, stamp: Stamp): Promise<Result<Intent, SigningRefusal>> {
  const { siteId, batchId, meaning, reason } = input;
  const { actor } = by;
  const about = { siteId, batchId, by, stamp };
  await lockBatch(tx, siteId, batchId);
  const file = await readBatchFile(tx, siteId, batchId, publicHalf(key));
  if (file.digest !== input.shownDigest) return refuseSigning(tx, about, meaning, changed);
  const plan = planOver(file, actor, await signingMeans(tx, actor.id, siteId, stamp.now), { ...input, ceremony: input.ceremony ?? "identity-provider" });
  if (!plan.ok) return refuseSigning(tx, about, meaning, hindered(plan.refusal));
  const { sentence, role } = plan.value;
  const text = statementText(statementOver(file, by, input, { sentence, role, openedAt: stamp.now.toISOString(), nonce: opening.nonce }));
  const intent: Intent = {
    siteId, id: stamp.newId(), batchId, personId: actor.id, sessionId: actor.sessionId ?? null, meaning, sentence, statement: text, statementDigest: statementDigest(text), oauthState: opening.oauthState,
    codeVerifier: opening.codeVerifier, openedAt: stamp.now, expiresAt: new Date(stamp.now.getTime() + intentLifetime), usedAt: null, outcome: null,
    continuity: await continuityOf(tx, actor.sessionId, opening.idleMinutes ?? 0, stamp.now),
  };
  await tx.insert(signingIntents).values(intent);
  await audited(tx, { ...about, role }, { event: "signing.opened", detail: { meaning, statementDigest: intent.statementDigest, recordDigest: file.digest } }, reason);
  return accept(intent);
}

/** Marks an intent as used, with what came of it. */
export const useIntent = (tx: SiteTx, intent: Intent, outcome: string, now: Date) =>
  tx.update(signingIntents).set({ usedAt: now, outcome }).where(and(eq(signingIntents.siteId, intent.siteId), eq(signingIntents.id, intent.id)));

/** Ends an intent that came to nothing: the person turned back, or the provider refused. */
export async function cancelIntent(tx: SiteTx, by: Granted<"batch.read">, intent: Intent, cause: string, stamp: Stamp): Promise<void> {
  await useIntent(tx, intent, `cancelled: ${cause}`, stamp.now);
  await audited(tx, { siteId: intent.siteId, batchId: intent.batchId, by, stamp }, { event: "signing.cancelled", detail: { meaning: intent.meaning, cause } }, "re-authentication was not completed");
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

type Signed = { readonly ordinal: number; readonly digest: string };

/**
 * Makes the signature when the proof fits the intent, the record is still the one that was shown and the person may still sign.
 * Record, signature, state and audit entry change together or not at all; a refusal leaves its audit entry, the used intent and,
 * where somebody's presence was not proved, the counted failure. The transaction sees the enterprise too (`withOwnMeans`).
 */
export async function completeSigning(tx: SiteTx, by: Granted<"batch.read">, intent: Intent, presence: Presence, key: JWK, stamp: Stamp): Promise<Result<Signed, SigningRefusal>> {
  const { siteId, batchId, meaning } = intent;
  const { actor } = by;
  const about = { siteId, batchId, by, stamp };
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
  await lockBatch(tx, siteId, batchId);
  const file = await readBatchFile(tx, siteId, batchId, publicHalf(key));
  if (file.digest !== statement.recordDigest || (file.signatures.at(-1)?.digest ?? null) !== statement.previousDigest) return turnDown(changed);
  const ceremony = byPasskey(presence) ? "passkey" : "identity-provider";
  const plan = planOver(file, actor, await signingMeans(tx, actor.id, siteId, stamp.now), { meaning, withdraws: statement.withdraws, ceremony });
  if (!plan.ok) return turnDown(hindered(plan.refusal));
  return accept(await sign(tx, about, { file, intent, statement, presence, plan: plan.value }, key));
}

type Decided = { readonly file: BatchFile; readonly intent: Intent; readonly statement: SignatureStatement; readonly presence: Presence; readonly plan: SigningPlan };

/** What the portal attests beside digest, time and method: the ceremony's evidence and which signing of its period it was (21 CFR 11.200(a)(1)). */
function evidenceOf(presence: Presence, intent: Intent): Readonly<Record<string, string | number | string[]>> {
  const continuity = intent.continuity ?? "first";
  return { ...presence.evidence, continuity, components: byPasskey(presence) ? "passkey and its PIN or biometric" : componentsAsked[continuity] };
}

async function sign(tx: SiteTx, about: About, { file, intent, statement, presence, plan }: Decided, key: JWK): Promise<Signed> {
  const { siteId, batchId, stamp, by } = about;
  const { statementDigest: digest } = intent;
  const method = byPasskey(presence) ? "passkey" as const : "identity-provider" as const;
  const attestation = await attest({ digest, signedAt: stamp.now.toISOString(), method, evidence: evidenceOf(presence, intent) }, key);
  const ordinal = (file.signatures.at(-1)?.ordinal ?? 0) + 1;
  const { meaning, reason, comment, sentence, recordDigest, previousDigest, signerId, printedName, userName, role, withdraws } = statement;
  await tx.insert(signatures).values({
    siteId, id: stamp.newId(), batchId, ordinal, meaning, reason, comment, sentence, statement: intent.statement, digest, recordDigest, previousDigest, signerId, printedName, userName, role,
    method, withdraws: withdraws ?? null, assertion: byPasskey(presence) ? presence.assertion : null, signedAt: stamp.now, attestation,
  });
  await useIntent(tx, intent, "signed", stamp.now);
  if (by.actor.sessionId) await tx.update(sessions).set({ lastSignedAt: stamp.now }).where(eq(sessions.id, by.actor.sessionId));
  if (byPasskey(presence) && presence.passkeyId) await tx.update(passkeys).set({ signCount: presence.signCount }).where(eq(passkeys.id, presence.passkeyId));
  await moveBatch(tx, file, plan.nextState);
  const moved = { from: file.record.batch.state, to: plan.nextState, method, ordinal, signatureDigest: digest };
  const target = file.signatures.find((s) => s.ordinal === withdraws);
  await audited(tx, { ...about, role }, target && withdraws !== undefined
    ? { event: "signature.withdrawn", detail: { ...moved, meaning: target.meaning, withdraws } }
    : { event: "record.signed", detail: { ...moved, meaning, recordDigest } }, reason);
  return { ordinal, digest };
}

async function moveBatch(tx: SiteTx, { record: { batch } }: BatchFile, state: typeof batch.state): Promise<void> {
  if (state === batch.state) return;
  const moved = await tx.update(batches).set({ state, revision: sql`${batches.revision} + 1` })
    .where(and(eq(batches.siteId, batch.siteId), eq(batches.id, batch.id), eq(batches.revision, batch.revision))).returning({ id: batches.id });
  if (moved.length !== 1) throw new BrokenPromise("batch-moved", `batch ${batch.id} changed under its lock`);
}
