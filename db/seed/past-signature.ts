import type { JWK } from "jose";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { executionSentence } from "#lib/execution/sign-commands.ts";
import { masterName } from "#lib/recipe/queries.ts";
import { readSignableMaster } from "#lib/recipe/sign-commands.ts";
import { signingSentence } from "#lib/release/signing.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { BrokenPromise } from "#lib/result.ts";
import { attest, publicHalf } from "#lib/signature/attestation.ts";
import type { MasterMeaning, SignatureMeaning, SignedMeaning } from "#lib/signature/meaning.ts";
import { statementDigest, statementText, type SignatureStatement, type SignedAbout } from "#lib/signature/statement.ts";

export type PastSigner = { readonly id: string; readonly printedName: string; readonly userName: string; readonly subject: string; readonly role: SignatureStatement["role"] };
/** The portal's key and the story's own stream of ids: the same story has the same signatures. */
export type PastPen = { readonly signingKey: JWK; readonly newId: () => string };
type Words = { readonly meaning: SignedMeaning; readonly sentence: string; readonly reason: string; readonly comment: string; readonly about?: SignedAbout };
type Of = Pick<SignatureStatement, "recordType" | "recordId" | "recordDigest" | "previousDigest"> & { readonly siteId: string; readonly batchId: string | null; readonly ordinal: number };

/** Appends a signature to a record's chain. Its method says that nobody re-authenticated for it, and its evidence says why. */
async function append(tx: SiteTx, { signingKey, newId }: PastPen, { siteId, batchId, ordinal, ...record }: Of, { about, ...words }: Words, signer: PastSigner, signedAt: Date): Promise<void> {
  const { id: signerId, printedName, userName, subject, role } = signer;
  const statement: SignatureStatement = { format: "EBRSIG/1", ...record, ...words, ...(about ? { about } : {}), signerId, subject, userName, printedName, role, site: siteId, openedAt: signedAt.toISOString(), nonce: newId() };
  const text = statementText(statement);
  const digest = statementDigest(text);
  const attestation = await attest({ digest, signedAt: signedAt.toISOString(), method: "story", evidence: { note: "planted with the demo story; nobody re-authenticated" } }, signingKey);
  await tx.insert(signatures).values({ siteId, id: newId(), batchId, ordinal, ...record, ...words, about: about ?? null, statement: text, digest, signerId, printedName, userName, role, method: "story", signedAt, attestation });
}

const batchFile = (tx: SiteTx, siteId: string, batchId: string, { signingKey }: PastPen) =>
  // What this transaction has just written is not held against the trail of the same transaction: the checks are the record's own.
  readBatchFile(tx, siteId, batchId, publicHalf(signingKey), () => Promise.resolve([]));

type OnBatch = { readonly siteId: string; readonly batchId: string; readonly signer: PastSigner };
export type PastSignature = OnBatch & {
  readonly product: string; readonly master: string; readonly meaning: SignatureMeaning; readonly reason: string; readonly comment: string;
  /** When it was given; `ordinal` is the one it gets, `completedAt` when the record was complete. */
  readonly at: (facts: { readonly ordinal: number; readonly completedAt: Date | null }) => Date;
};

/** Signs a batch of the past. */
export async function signPast(tx: SiteTx, pen: PastPen, { siteId, batchId, product, master, meaning, reason, comment, signer, at }: PastSignature): Promise<void> {
  const file = await batchFile(tx, siteId, batchId, pen);
  const previous = file.signatures.at(-1);
  const ordinal = (previous?.ordinal ?? 0) + 1;
  const sentence = signingSentence(meaning, { batchId, product, site: file.record.site.name, master, checks: file.checks, exceptions: file.record.exceptions.length });
  await append(tx, pen, { siteId, batchId, recordType: "batch", recordId: batchId, recordDigest: file.digest, previousDigest: previous?.digest ?? null, ordinal }, { meaning, sentence, reason, comment }, signer, at({ ordinal, completedAt: file.record.batch.completedAt }));
}

/** Signs a step of a batch of the past as performed. */
export async function signPerformed(tx: SiteTx, pen: PastPen, { siteId, batchId, signer, stepId }: OnBatch & { readonly stepId: string }, at: Date): Promise<void> {
  const file = await batchFile(tx, siteId, batchId, pen);
  const previous = file.signatures.at(-1);
  const about: SignedAbout = { type: "step", id: stepId, act: "finish", from: "active", to: "done" };
  await append(tx, pen, { siteId, batchId, recordType: "batch", recordId: batchId, recordDigest: file.digest, previousDigest: previous?.digest ?? null, ordinal: (previous?.ordinal ?? 0) + 1 },
    { meaning: "performed", sentence: executionSentence("performed", about, batchId), reason: "Performed as written", comment: "", about }, signer, at);
}

const means = { undertaken: true, lockedSince: null, policies: new Map(), usablePasskeys: 0, coolingPasskeys: 0 } as const;

/** Signs a version of a master in the past: the same decision as in use says whether this person may, and the same act follows. */
export async function signMaster(tx: SiteTx, pen: PastPen, master: { readonly id: string; readonly version: number }, meaning: MasterMeaning, { actor, reason, at }: { readonly actor: Actor; readonly reason: string; readonly at: Date }): Promise<void> {
  const record = await readSignableMaster(tx, { recordId: masterName(master) });
  const decided = record.decide(actor, means, { meaning });
  if (!decided.ok) throw new BrokenPromise("story-refused", `${meaning} of ${record.recordId}: ${decided.refusal.map(({ sentence }) => sentence).join("; ")}`);
  const { role, sentence, perform } = decided.value;
  const ordinal = (record.last?.ordinal ?? 0) + 1;
  const { id, printedName, userName, subject } = actor;
  await append(tx, pen, { siteId: enterprise, batchId: null, recordType: "master", recordId: record.recordId, recordDigest: record.digest, previousDigest: record.last?.digest ?? null, ordinal }, { meaning, sentence, reason, comment: "" }, { id, printedName, userName, subject, role }, at);
  const event = await perform(tx, { ordinal, digest: record.digest, method: "identity-provider", recordDigest: record.digest, reason, comment: "" }, { now: at, newId: pen.newId });
  await writeAudit(tx, { ...event, siteId: enterprise, subject: record.subject, actor: { id, name: printedName, role }, reason }, at, pen.newId);
}
