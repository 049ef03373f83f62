import { and, eq, sql } from "drizzle-orm";
import type { JWK } from "jose";
import { batches } from "#db/schema/batch.ts";
import { signatures, signingIntents } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { Permission, Role } from "#lib/access/permission.ts";
import { writeAudit, type AuditInput } from "#lib/audit/commands.ts";
import { readBatchFile, type BatchFile } from "./file-queries.ts";
import { accept, BrokenPromise, refuse, type Result } from "#lib/result.ts";
import { attest, publicHalf } from "#lib/signature/attestation.ts";
import { meaningName, type SignatureMeaning } from "#lib/signature/meaning.ts";
import { judgeProof, proofRefusalSentence, type ProofOfPresence } from "#lib/signature/proof.ts";
import { intentLifetime, planSigning, signingSentence, type Obstacle } from "./signing.ts";
import { signatureStatement, statementDigest, statementText, type SignatureStatement } from "#lib/signature/statement.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type SigningRefusal = { readonly cause: "record-changed" | "obstacles" | "proof"; readonly sentence: string; readonly obstacles: readonly Obstacle[] };
export type OpenIntent = { readonly siteId: string; readonly batchId: string; readonly meaning: SignatureMeaning; readonly reason: string; readonly comment: string; readonly shownDigest: string };
export type Intent = typeof signingIntents.$inferSelect;

/** A batch is locked while something is decided about it: two signatures never take the same place in the chain. */
const lockBatch = (tx: SiteTx, siteId: string, batchId: string) =>
  tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");

const candidateOf = (siteId: string, { record, signatures: signed, checks, executors }: BatchFile) => ({
  siteId, state: record.batch.state, executors, checks, alreadySigned: signed.map(({ meaning, signerId, covers }) => ({ meaning, signerId, covers })),
});

const masterOf = ({ record }: BatchFile): string => (record.master ? `${record.master.id} v${record.master.version}` : "no master record");

/** `role`: the one under which the act is done, where it is known. */
type About = { readonly siteId: string; readonly batchId: string; readonly by: Granted<Permission>; readonly stamp: Stamp; readonly role?: Role };
const audited = (tx: SiteTx, { siteId, batchId, by, stamp, role }: About, event: Pick<AuditInput, "event" | "detail">, reason: string) =>
  writeAudit(tx, { ...event, siteId, subject: { type: "batch", id: batchId, batchId }, actor: { id: by.actor.id, name: by.actor.printedName, role: role ?? by.role }, reason } as AuditInput, stamp.now, stamp.newId);

async function refuseSigning(tx: SiteTx, about: About, meaning: SignatureMeaning, refusal: SigningRefusal): Promise<Result<never, SigningRefusal>> {
  await audited(tx, about, { event: "signing.refused", detail: { meaning, cause: refusal.cause, sentence: refusal.sentence } }, `asked to sign "${meaningName[meaning]}"`);
  return refuse(refusal);
}

const changed: SigningRefusal = {
  cause: "record-changed", obstacles: [],
  sentence: "This batch changed after you opened it. Nothing was signed. Review what changed, then sign again.",
};
const hindered = (obstacles: readonly Obstacle[]): SigningRefusal => ({ cause: "obstacles", obstacles, sentence: `${obstacles.map((o) => o.sentence).join(". ")}. Nothing was signed.` });

/**
 * Opens a signing: fixes the statement over exactly the record that was shown, with a single use and 10 minutes to live. A refusal
 * is audited and returned; nothing else is written then.
 */
export async function openIntent(tx: SiteTx, by: Granted<"batch.read">, input: OpenIntent, key: JWK, secrets: { readonly nonce: string; readonly oauthState: string; readonly codeVerifier: string }, stamp: Stamp): Promise<Result<Intent, SigningRefusal>> {
  const { siteId, batchId, meaning, reason, comment } = input;
  const about = { siteId, batchId, by, stamp };
  await lockBatch(tx, siteId, batchId);
  const file = await readBatchFile(tx, siteId, batchId, publicHalf(key));
  if (file.digest !== input.shownDigest) return refuseSigning(tx, about, meaning, changed);
  const plan = planSigning(meaning, by.actor, candidateOf(siteId, file));
  if (!plan.ok) return refuseSigning(tx, about, meaning, hindered(plan.refusal));
  const sentence = signingSentence(meaning, { batchId, product: `${file.record.product.id} ${file.record.product.name}`, site: file.record.site.name, master: masterOf(file), checks: file.checks, exceptions: file.record.exceptions.length });
  const { actor } = by;
  const statement: SignatureStatement = {
    format: "EBRSIG/1", recordType: "batch", recordId: batchId, recordDigest: file.digest, previousDigest: file.signatures.at(-1)?.digest ?? null, meaning, sentence, reason, comment,
    signerId: actor.id, subject: actor.subject, userName: actor.userName, printedName: actor.printedName, role: plan.value.role, site: siteId, openedAt: stamp.now.toISOString(), nonce: secrets.nonce,
  };
  const text = statementText(statement);
  const intent: Intent = {
    siteId, id: stamp.newId(), batchId, personId: actor.id, sessionId: actor.sessionId ?? null, meaning, sentence, statement: text, statementDigest: statementDigest(text), oauthState: secrets.oauthState,
    codeVerifier: secrets.codeVerifier, openedAt: stamp.now, expiresAt: new Date(stamp.now.getTime() + intentLifetime), usedAt: null, outcome: null,
  };
  await tx.insert(signingIntents).values(intent);
  await audited(tx, { ...about, role: plan.value.role }, { event: "signing.opened", detail: { meaning, statementDigest: intent.statementDigest, recordDigest: file.digest } }, reason);
  return accept(intent);
}

const useIntent = (tx: SiteTx, intent: Intent, outcome: string, now: Date) =>
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

type Signed = { readonly ordinal: number; readonly digest: string };

/**
 * Makes the signature when the proof fits the intent, the record is still the one that was shown and the person may still sign.
 * Record, signature, state and audit entry change together or not at all; a refusal leaves only its audit entry and the used intent.
 */
export async function completeSigning(tx: SiteTx, by: Granted<"batch.read">, intent: Intent, proof: ProofOfPresence, key: JWK, stamp: Stamp): Promise<Result<Signed, SigningRefusal>> {
  const { siteId, batchId, meaning } = intent;
  const about = { siteId, batchId, by, stamp };
  const statement = signatureStatement.parse(JSON.parse(intent.statement));
  if (intent.personId !== by.actor.id || statement.signerId !== by.actor.id) throw new BrokenPromise("foreign-intent", "an intent is completed only by the person who opened it");
  const turnDown = async (refusal: SigningRefusal) => {
    if (!intent.usedAt) await useIntent(tx, intent, `refused: ${refusal.cause}`, stamp.now);
    return refuseSigning(tx, about, meaning, refusal);
  };
  const judged = judgeProof(proof, { subject: statement.subject, digest: intent.statementDigest, openedAt: intent.openedAt, expiresAt: intent.expiresAt, used: intent.usedAt !== null }, stamp.now);
  if (!judged.ok) return turnDown({ cause: "proof", obstacles: [], sentence: proofRefusalSentence[judged.refusal] });
  await lockBatch(tx, siteId, batchId);
  const file = await readBatchFile(tx, siteId, batchId, publicHalf(key));
  const previous = file.signatures.at(-1);
  if (file.digest !== statement.recordDigest || (previous?.digest ?? null) !== statement.previousDigest) return turnDown(changed);
  const plan = planSigning(meaning, by.actor, candidateOf(siteId, file));
  if (!plan.ok) return turnDown(hindered(plan.refusal));
  const attestation = await attest({ digest: intent.statementDigest, signedAt: stamp.now.toISOString(), method: "identity-provider", evidence: proof.evidence }, key);
  const ordinal = (previous?.ordinal ?? 0) + 1;
  await tx.insert(signatures).values({
    siteId, id: stamp.newId(), batchId, ordinal, meaning, reason: statement.reason, comment: statement.comment, sentence: statement.sentence, statement: intent.statement, digest: intent.statementDigest,
    recordDigest: statement.recordDigest, previousDigest: statement.previousDigest, signerId: statement.signerId, printedName: statement.printedName, userName: statement.userName, role: statement.role,
    method: "identity-provider", signedAt: stamp.now, attestation,
  });
  await useIntent(tx, intent, "signed", stamp.now);
  await moveBatch(tx, file, plan.value.nextState);
  await audited(tx, { ...about, role: statement.role }, {
    event: "record.signed",
    detail: { meaning, recordDigest: file.digest, signatureDigest: intent.statementDigest, ordinal, from: file.record.batch.state, to: plan.value.nextState, method: "identity-provider" },
  }, statement.reason);
  return accept({ ordinal, digest: intent.statementDigest });
}

async function moveBatch(tx: SiteTx, { record: { batch } }: BatchFile, state: typeof batch.state): Promise<void> {
  if (state === batch.state) return;
  const moved = await tx.update(batches).set({ state, revision: sql`${batches.revision} + 1` })
    .where(and(eq(batches.siteId, batch.siteId), eq(batches.id, batch.id), eq(batches.revision, batch.revision))).returning({ id: batches.id });
  if (moved.length !== 1) throw new BrokenPromise("batch-moved", `batch ${batch.id} changed under its lock`);
}
