import { and, asc, eq, inArray } from "drizzle-orm";
import type { JWK } from "jose";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import { passkeys, signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { openFindings } from "#lib/integrity/queries.ts";
import { checksOf, type Check, type IntegrityFinding } from "./check.ts";
import { countingSignatures, withdrawals } from "./counting.ts";
import { attestationKeyOf, verifyChain, type Verification } from "#lib/signature/attestation.ts";
import { withOwnKey, type EnrolledPasskey } from "#lib/signature/enrolled.ts";
import { attestationKeys } from "#lib/signature/key-queries.ts";
import { batchContent } from "#lib/batch/content.ts";
import { currentEntries, executorsOf, recordDigest, type BatchRecord } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { isOpen } from "#lib/quality/exception.ts";
import { masterDigest as digestOfMaster } from "#lib/recipe/master.ts";
import { masterRecord } from "#lib/recipe/master-record.ts";
import { laboratoryFindings } from "./laboratory.ts";

export type SignatureRecord = typeof signatures.$inferSelect & {
  readonly covers: boolean; readonly verification: Verification;
  /** Ordinal of the signature that withdrew this one; null while nobody did. */
  readonly withdrawnBy: number | null;
  /** Still stands for its meaning: neither withdrawn nor overtaken by a production review given anew. */
  readonly counts: boolean;
};

/** A batch with its record, the record's digest, its signatures (verified as read) and its release checks. */
export type BatchFile = {
  readonly record: BatchRecord;
  readonly digest: string;
  readonly signatures: readonly SignatureRecord[];
  readonly checks: readonly Check[];
  readonly executors: ReadonlySet<string>;
  /** Differences from what was recorded: open ones of the background check, and what a check at this moment finds. */
  readonly findings: readonly IntegrityFinding[];
};

type MasterRow = typeof masterBatchRecords.$inferSelect;
async function masterOf(tx: SiteTx, { batch: { masterId, masterVersion } }: BatchRecord): Promise<MasterRow | undefined> {
  if (masterId === null || masterVersion === null) return undefined;
  const [master] = await tx.select().from(masterBatchRecords).where(and(eq(masterBatchRecords.id, masterId), eq(masterBatchRecords.version, masterVersion)));
  return master;
}

const masterHolds = (master: MasterRow | undefined, { batch: { masterId, masterVersion, masterDigest, origin } }: BatchRecord): boolean =>
  masterId === null || masterVersion === null ? origin === "imported" : master !== undefined && master.digest === masterDigest && digestOfMaster(master.canonical) === master.digest;

/** What a full master lets one ask beyond steps and entries: what the laboratory still has to do, and which items of 21 CFR 211.188(b) the record lacks. */
function askedByMaster(master: MasterRow | undefined, record: BatchRecord): { readonly laboratory?: readonly string[]; readonly contentMissing?: readonly string[] } {
  const parsed = master && masterRecord.safeParse(JSON.parse(master.canonical));
  if (!parsed?.success) return {};
  const found = laboratoryFindings(parsed.data, record);
  const contentMissing = batchContent(record, parsed.data).filter((item) => item.state === "missing").map((item) => `${item.number} ${item.asks}: ${item.finding}`);
  return { ...(found ? { laboratory: found } : {}), contentMissing };
}

async function keysBehind(tx: SiteTx, rows: readonly (typeof signatures.$inferSelect)[]): Promise<readonly EnrolledPasskey[]> {
  const ids = rows.flatMap((row) => (row.assertion ? [row.assertion.credentialId] : []));
  return ids.length === 0 ? [] : tx.select().from(passkeys).where(inArray(passkeys.credentialId, ids));
}

async function signaturesOf(tx: SiteTx, siteId: string, batchId: string, key: JWK, digest: string): Promise<readonly SignatureRecord[]> {
  const rows = await tx.select().from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId))).orderBy(asc(signatures.ordinal));
  const registered = await attestationKeys(tx);
  const verified = await verifyChain(rows, registered.length > 0 ? registered : [attestationKeyOf(key)]);
  const enrolled = await keysBehind(tx, rows);
  const [gone, counting] = [withdrawals(rows), new Set(countingSignatures(rows).map((s) => s.ordinal))];
  return rows.flatMap((row, i) => {
    const verification = verified[i];
    return verification ? [{ ...row, covers: row.recordDigest === digest, verification: withOwnKey(row, verification, enrolled), withdrawnBy: gone.get(row.ordinal) ?? null, counts: counting.has(row.ordinal) }] : [];
  });
}

/** Entries without a judgement whose exception somebody has decided about. */
function judgedByHand({ entries, exceptions }: BatchRecord): number {
  const decided = new Set(exceptions.filter((x) => x.type === "data_gap" && !isOpen(x.state)).map((x) => `${x.stepId ?? ""}/${x.parameter ?? ""}`));
  return currentEntries(entries).filter((e) => e.evaluation === "not_evaluated" && decided.has(`${e.stepId}/${e.parameter}`)).length;
}

/** Reads and checks a whole batch file. `key`: the public half of the portal's key, for an installation without a register. `examine`: looks for differences from what was recorded. Throws `NotFound`. */
export async function readBatchFile(tx: SiteTx, siteId: string, batchId: string, key: JWK, examine: typeof openFindings = openFindings): Promise<BatchFile> {
  const record = await readRecord(tx, siteId, batchId);
  const digest = recordDigest(record);
  const signed = await signaturesOf(tx, siteId, batchId, key, digest);
  const findings = await examine(tx, siteId, batchId);
  const master = await masterOf(tx, record);
  const checks = checksOf({
    state: record.batch.state, steps: record.steps, evaluations: currentEntries(record.entries).map((e) => e.evaluation), judgedByHand: judgedByHand(record), exceptions: record.exceptions,
    signed: countingSignatures(signed).map(({ meaning, covers }) => ({ meaning, covers })), findings, ...askedByMaster(master, record),
    integrity: signed.every((s) => s.verification.holds) && masterHolds(master, record),
  });
  return { record, digest, signatures: signed, checks, executors: executorsOf(record), findings };
}
