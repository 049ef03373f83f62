import { and, asc, eq } from "drizzle-orm";
import type { JWK } from "jose";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { digestOf } from "#lib/digest/digest.ts";
import { checksOf, type Check } from "./check.ts";
import { verifyChain, type Verification } from "#lib/signature/attestation.ts";
import { currentEntries, executorsOf, recordDigest, type BatchRecord } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";

export type SignatureRecord = typeof signatures.$inferSelect & { readonly covers: boolean; readonly verification: Verification };

/** A batch with its record, the record's digest, its signatures (verified as read) and its release checks. */
export type BatchFile = {
  readonly record: BatchRecord;
  readonly digest: string;
  readonly signatures: readonly SignatureRecord[];
  readonly checks: readonly Check[];
  readonly executors: ReadonlySet<string>;
};

async function masterHolds(tx: SiteTx, record: BatchRecord): Promise<boolean> {
  const { masterId, masterVersion, masterDigest } = record.batch;
  if (masterId === null || masterVersion === null) return record.batch.origin === "imported";
  const [master] = await tx.select().from(masterBatchRecords).where(and(eq(masterBatchRecords.id, masterId), eq(masterBatchRecords.version, masterVersion)));
  return master !== undefined && master.digest === masterDigest && digestOf("EBRMBR/1", master.canonical) === master.digest;
}

/** Reads and checks a whole batch file. `key`: the public half of the portal's key. Throws `NotFound`. */
export async function readBatchFile(tx: SiteTx, siteId: string, batchId: string, key: JWK): Promise<BatchFile> {
  const record = await readRecord(tx, siteId, batchId);
  const digest = recordDigest(record);
  const rows = await tx.select().from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId))).orderBy(asc(signatures.ordinal));
  const verified = await verifyChain(rows, key);
  const signed = rows.flatMap((row, i) => {
    const verification = verified[i];
    return verification ? [{ ...row, covers: row.recordDigest === digest, verification }] : [];
  });
  const checks = checksOf({
    state: record.batch.state, steps: record.steps, evaluations: currentEntries(record.entries).map((e) => e.evaluation), exceptions: record.exceptions,
    signed: signed.map(({ meaning, covers }) => ({ meaning, covers })),
    integrity: signed.every((s) => s.verification.holds) && (await masterHolds(tx, record)),
  });
  return { record, digest, signatures: signed, checks, executors: executorsOf(record) };
}
