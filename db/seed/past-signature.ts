import { randomUUID } from "node:crypto";
import type { JWK } from "jose";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { signingSentence } from "#lib/release/signing.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { attest, publicHalf } from "#lib/signature/attestation.ts";
import type { SignatureMeaning } from "#lib/signature/meaning.ts";
import { statementDigest, statementText, type SignatureStatement } from "#lib/signature/statement.ts";

export type PastSigner = { readonly id: string; readonly printedName: string; readonly userName: string; readonly subject: string; readonly role: SignatureStatement["role"] };
export type PastSignature = {
  readonly siteId: string; readonly batchId: string; readonly product: string; readonly master: string; readonly meaning: SignatureMeaning; readonly reason: string; readonly comment: string; readonly signer: PastSigner;
  /** When it was given; `ordinal` is the one it gets, `completedAt` when the record was complete. */
  readonly at: (facts: { readonly ordinal: number; readonly completedAt: Date | null }) => Date;
};

/** Appends a signature of a batch's past to its chain. Its method says that nobody re-authenticated for it, and its evidence says why. */
export async function signPast(tx: SiteTx, signingKey: JWK, { siteId, batchId, product, master, meaning, reason, comment, signer, at }: PastSignature): Promise<void> {
  const file = await readBatchFile(tx, siteId, batchId, publicHalf(signingKey));
  const previous = file.signatures.at(-1);
  const ordinal = (previous?.ordinal ?? 0) + 1;
  const signedAt = at({ ordinal, completedAt: file.record.batch.completedAt });
  const sentence = signingSentence(meaning, { batchId, product, site: file.record.site.name, master, checks: file.checks, exceptions: file.record.exceptions.length });
  const statement: SignatureStatement = {
    format: "EBRSIG/1", recordType: "batch", recordId: batchId, recordDigest: file.digest, previousDigest: previous?.digest ?? null, meaning, sentence, reason, comment,
    signerId: signer.id, subject: signer.subject, userName: signer.userName, printedName: signer.printedName, role: signer.role, site: siteId, openedAt: signedAt.toISOString(), nonce: randomUUID(),
  };
  const text = statementText(statement);
  const digest = statementDigest(text);
  const attestation = await attest({ digest, signedAt: signedAt.toISOString(), method: "story", evidence: { note: "planted with the demo story; nobody re-authenticated" } }, signingKey);
  const { recordDigest, previousDigest, signerId, printedName, userName, role } = statement;
  await tx.insert(signatures).values({ siteId, id: randomUUID(), batchId, ordinal, meaning, reason, comment, sentence, statement: text, digest, recordDigest, previousDigest, signerId, printedName, userName, role, method: "story", signedAt, attestation });
}
