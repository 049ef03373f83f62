import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { and, asc, count, eq, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { segments } from "#db/schema/integrity.ts";
import { ledgerLeaves } from "#db/schema/ledger.ts";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { canonical, sha256 } from "#lib/digest/digest.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { recordText } from "#lib/batch/record.ts";
import { readNote, toBase64, writeNote } from "#lib/ledger/note.ts";
import { auditPaths, consistencyPath, firstHead, headOf, keyRegister, type LedgerHead } from "#lib/ledger/queries.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { inSegmentOrder } from "#lib/telemetry/segment.ts";
import { assertion, type Content, type ExportedSignature, type ProvedEntry, type RegisterKey, type SealedSegment } from "./shape.ts";

export type BatchOf = { readonly siteId: string; readonly batchId: string };

/** What a bundle of a batch holds, and what its manifest says of it. */
export type EvidenceRead = { readonly content: Content; readonly site: { readonly name: string; readonly zone: string } };

/** `not-in-ledger`: an entry about the batch is not yet under a head that another key has co-signed. */
export type EvidenceRefusal = "not-in-ledger";

const inflated = promisify(inflate);

/** Entries about the batch that the head does not cover; all of them when there is no head. */
export async function entriesBeyond(tx: SiteTx, { siteId, batchId }: BatchOf, size: number): Promise<number> {
  const [row] = await tx.execute<{ n: string }>(sql`select count(*) as n from audit_entries a where a.site_id = ${siteId} and a.batch_id = ${batchId}
    and not exists (select from ledger_leaves l where l.site_id = a.site_id and l.entry_id = a.id and l.position < ${size}::bigint)`);
  return Number(row?.n ?? 0);
}

const registered = ({ id, owner, purpose, name, algorithm, publicKey, validFrom, validTo }: Awaited<ReturnType<typeof keyRegister>>[number]): RegisterKey =>
  ({ id, owner, purpose, name, algorithm, publicKey, validFrom: validFrom.toISOString(), validTo: validTo?.toISOString() ?? null });

/** Does another owner than the site have a ledger key now, so that heads are co-signed? */
const othersCosign = (keys: readonly RegisterKey[], siteId: string): boolean => keys.some((key) => key.purpose === "ledger" && key.owner !== siteId && key.validTo === null);

/** A head's note with the lines that keys of the register wrote: those of outside witnesses stand in no register and are kept beside it. */
function noteOfRegister(head: LedgerHead, keys: readonly RegisterKey[]): string {
  const note = readNote(head.note);
  const names = new Set(keys.filter((key) => key.purpose === "ledger").map((key) => key.name));
  const lines = head.note.slice((note?.text.length ?? 0) + 1).split("\n").slice(0, -1);
  return note ? writeNote(note.text, lines.filter((_, i) => names.has(note.signatures[i]?.name ?? ""))) : head.note;
}

async function provedEntries(tx: SiteTx, { siteId, batchId }: BatchOf, size: number): Promise<ProvedEntry[]> {
  const rows = await tx.select({ position: ledgerLeaves.position, canonical: auditEntries.canonical }).from(ledgerLeaves)
    .innerJoin(auditEntries, and(eq(auditEntries.siteId, ledgerLeaves.siteId), eq(auditEntries.id, ledgerLeaves.entryId)))
    .where(and(eq(ledgerLeaves.siteId, siteId), eq(auditEntries.batchId, batchId), lt(ledgerLeaves.position, size))).orderBy(asc(ledgerLeaves.position));
  const paths = await auditPaths(tx, siteId, rows.map((row) => row.position), size);
  return rows.map((row, i) => ({ ...row, proof: (paths[i] ?? []).map(toBase64) }));
}

async function sealedSegments(tx: SiteTx, { siteId, batchId }: BatchOf): Promise<SealedSegment[]> {
  const rows = await tx.select().from(segments).where(and(eq(segments.siteId, siteId), eq(segments.batchId, batchId)));
  const read: SealedSegment[] = [];
  for (const { tag, unitId, day, readings, digest, content } of inSegmentOrder(rows)) read.push({ tag, unitId, day, readings, digest, text: (await inflated(content)).toString("utf8") });
  return read;
}

async function exportedSignatures(tx: SiteTx, { siteId, batchId }: BatchOf): Promise<ExportedSignature[]> {
  const rows = await tx.select().from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId))).orderBy(asc(signatures.ordinal));
  return rows.map(({ ordinal, statement, digest, method, signedAt, attestation, assertion: answer, withdraws }) =>
    ({ ordinal, statement, digest, method, signedAt: signedAt.toISOString(), attestation, assertion: answer === null ? null : assertion.parse(answer), withdraws }));
}

/**
 * Reads everything a bundle of the batch holds under the newest co-signed head. The head is taken first and the entries beyond
 * it are counted last: a change that is in the record read between them has its entry under the head, or the answer is a refusal.
 * Lock the batch before, so that no signature falls between the parts. Throws `NotFound`.
 */
export async function readEvidence(tx: SiteTx, of: BatchOf): Promise<Result<EvidenceRead, EvidenceRefusal>> {
  const { siteId, batchId } = of;
  const keys = (await keyRegister(tx)).map(registered);
  const cosigned = othersCosign(keys, siteId);
  const head = await headOf(tx, siteId, { cosigned });
  if (!head || (await entriesBeyond(tx, of, head.size)) > 0) return refuse("not-in-ledger");
  const first = (cosigned ? await firstHead(tx, siteId) : undefined) ?? head;
  const record = await readRecord(tx, siteId, batchId);
  const content: Content = {
    record: recordText(record), segments: await sealedSegments(tx, of), signatures: await exportedSignatures(tx, of), entries: await provedEntries(tx, of, head.size),
    checkpoints: (first.size < head.size ? [first, head] : [head]).map((signed) => ({ note: noteOfRegister(signed, keys) })),
    consistency: first.size < head.size ? (await consistencyPath(tx, siteId, first.size, head.size)).map(toBase64) : [], keys,
  };
  if ((await entriesBeyond(tx, of, head.size)) > 0) return refuse("not-in-ledger");
  return accept({ content, site: { name: record.site.name, zone: record.site.timeZone } });
}

/** SHA-256 over RFC 8785 of the register's [id, publicKey]: what a verifier prints and a reader compares. */
export const registerFingerprint = async (tx: SiteTx): Promise<string> => sha256(canonical((await keyRegister(tx)).map(({ id, publicKey }) => [id, publicKey])));

/** A copy that was handed out, as its audit entry tells. */
export type EvidenceCopy = { readonly copy: number; readonly at: Date; readonly by: string; readonly role: string; readonly reason: string; readonly fileDigest: string; readonly entries: number; readonly signatures: number };

/** What a bundle of the batch would hold now, and the copies there are. */
export type EvidenceOverview = {
  readonly entries: number; readonly signatures: number; readonly segments: number; readonly readings: number; readonly fingerprint: string;
  readonly head: LedgerHead | undefined; readonly copies: readonly EvidenceCopy[];
};

const exported = z.object({ copy: z.number(), fileDigest: z.string(), entries: z.number(), signatures: z.number() });

async function copiesOf(tx: SiteTx, { siteId, batchId }: BatchOf): Promise<readonly EvidenceCopy[]> {
  const rows = await tx.select().from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId), eq(auditEntries.event, "evidence.exported"))).orderBy(asc(auditEntries.seq));
  return rows.map((row) => ({ ...exported.parse(row.detail), at: row.at, by: row.actorName, role: row.role, reason: row.reason }));
}

/** Counts, newest head and earlier copies of a batch the transaction can see. */
export async function evidenceOverview(tx: SiteTx, of: BatchOf): Promise<EvidenceOverview> {
  const { siteId, batchId } = of;
  const [entries] = await tx.select({ n: count() }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId)));
  const [signed] = await tx.select({ n: count() }).from(signatures).where(and(eq(signatures.siteId, siteId), eq(signatures.batchId, batchId)));
  const [sealed] = await tx.select({ n: count(), readings: sql<string>`coalesce(sum(${segments.readings}), 0)` }).from(segments).where(and(eq(segments.siteId, siteId), eq(segments.batchId, batchId)));
  return {
    entries: entries?.n ?? 0, signatures: signed?.n ?? 0, segments: sealed?.n ?? 0, readings: Number(sealed?.readings ?? 0), fingerprint: await registerFingerprint(tx),
    head: await headOf(tx, siteId, { cosigned: true }), copies: await copiesOf(tx, of),
  };
}

/** Has the newest head that a bundle would be read under every entry about the batch under it? */
export async function isCovered(tx: SiteTx, of: BatchOf): Promise<boolean> {
  const cosigned = othersCosign((await keyRegister(tx)).map(registered), of.siteId);
  const head = await headOf(tx, of.siteId, { cosigned });
  return head !== undefined && (await entriesBeyond(tx, of, head.size)) === 0;
}
