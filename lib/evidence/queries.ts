import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { and, asc, count, eq, inArray, lt, sql } from "drizzle-orm";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { attachmentContents } from "#db/schema/batch.ts";
import { segments } from "#db/schema/integrity.ts";
import { ledgerLeaves } from "#db/schema/ledger.ts";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import { canonical, sha256 } from "#lib/digest/digest.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { recordText, type BatchRecord } from "#lib/batch/record.ts";
import { readNote, toBase64, writeNote } from "#lib/ledger/note.ts";
import { auditPaths, consistencyPath, firstHead, headOf, keyRegister, type LedgerHead } from "#lib/ledger/queries.ts";
import { configurationId } from "#lib/quality/configuration-queries.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { inSegmentOrder } from "#lib/telemetry/segment.ts";
import { enterpriseDocuments, overlayDocuments } from "./document-queries.ts";
import { entriesAbout, usedSubjects } from "./related-queries.ts";
import type { Content, ExportedDocument, ExportedFile, ExportedSignature, ProvedEntry, RegisterKey, RelatedEntries, SealedSegment } from "./shape.ts";
import { exportedSignature } from "./signature.ts";

export type BatchOf = { readonly siteId: string; readonly batchId: string };

/** What a bundle of a batch holds, and what its manifest says of it. */
export type EvidenceRead = { readonly content: Content; readonly site: { readonly name: string; readonly zone: string } };

/** `not-in-ledger`: an entry about the batch is not yet under a head that another key has co-signed. */
export type EvidenceRefusal = "not-in-ledger";

const inflated = promisify(inflate);

/** Entries about the batch that the head does not cover; all of them when there is no head. */
async function entriesBeyond(tx: SiteTx, { siteId, batchId }: BatchOf, size: number): Promise<number> {
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
  return rows.map(exportedSignature);
}

/** The bytes of every file the record names, by digest. A file whose bytes are gone is left out, and a verifier says so. */
async function attachedFiles(tx: SiteTx, { batch: { siteId }, attachments }: BatchRecord): Promise<ExportedFile[]> {
  const digests = [...new Set(attachments.map((file) => file.digest))];
  const rows = digests.length === 0 ? [] : await tx.select().from(attachmentContents).where(and(eq(attachmentContents.siteId, siteId), inArray(attachmentContents.digest, digests)));
  return rows.map(({ digest, content }) => ({ digest, size: content.length, content: toBase64(content) })).sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

/** What of a bundle stands in the enterprise's log: read in a transaction of its own, since a person of a site does not see that log. */
export type EnterpriseEvidence = { readonly documents: readonly ExportedDocument[]; readonly related: readonly RelatedEntries[] };

/** The documents of the enterprise the batch was made by, with the entries about them under the newest co-signed head of its log. Throws `NotFound`. */
export async function readEnterprise(tx: SiteTx, { siteId, batchId }: BatchOf): Promise<Result<EnterpriseEvidence, EvidenceRefusal>> {
  const { documents, subjects } = await enterpriseDocuments(tx, await readRecord(tx, siteId, batchId));
  const keys = (await keyRegister(tx)).map(registered);
  const head = await headOf(tx, enterprise, { cosigned: othersCosign(keys, enterprise) });
  const entries = head && (await entriesAbout(tx, enterprise, batchId, subjects, head));
  if (!entries) return refuse("not-in-ledger");
  return accept({ documents, related: entries.length === 0 ? [] : [{ owner: enterprise, note: noteOfRegister(head, keys), entries: [...entries] }] });
}

/** Were the documents of the enterprise read for the record as it now is? */
function isOfRecord({ batch, exceptions }: BatchRecord, { documents }: EnterpriseEvidence): boolean {
  const ids = new Set(documents.map((document) => document.id));
  const master = batch.masterId === null || ids.has(`${batch.masterId} v${batch.masterVersion}`);
  return master && exceptions.every((x) => x.configurationVersion === null || ids.has(configurationId(x.configurationVersion)));
}

const inOrder = (documents: readonly ExportedDocument[]): ExportedDocument[] => [...documents].sort((a, b) => (a.kind === b.kind ? (a.id < b.id ? -1 : 1) : a.kind < b.kind ? -1 : 1));

/**
 * Reads everything a bundle of the batch holds under the newest co-signed head. The head is taken first and the entries beyond
 * it are counted last: a change that is in the record read between them has its entry under the head, or the answer is a refusal.
 * Lock the batch before, so that no signature falls between the parts. `ofEnterprise`: from `readEnterprise`, just before. Throws `NotFound`.
 */
export async function readEvidence(tx: SiteTx, of: BatchOf, ofEnterprise: EnterpriseEvidence): Promise<Result<EvidenceRead, EvidenceRefusal>> {
  const { siteId, batchId } = of;
  const keys = (await keyRegister(tx)).map(registered);
  const cosigned = othersCosign(keys, siteId);
  const head = await headOf(tx, siteId, { cosigned });
  if (!head || (await entriesBeyond(tx, of, head.size)) > 0) return refuse("not-in-ledger");
  const first = (cosigned ? await firstHead(tx, siteId) : undefined) ?? head;
  const record = await readRecord(tx, siteId, batchId);
  if (!isOfRecord(record, ofEnterprise)) return refuse("not-in-ledger");
  const overlay = await overlayDocuments(tx, record);
  const used = await entriesAbout(tx, siteId, batchId, [...overlay.subjects, ...await usedSubjects(tx, record)], head);
  if (!used) return refuse("not-in-ledger");
  const note = noteOfRegister(head, keys);
  const content: Content = {
    record: recordText(record), segments: await sealedSegments(tx, of), signatures: await exportedSignatures(tx, of), entries: await provedEntries(tx, of, head.size),
    checkpoints: [...(first.size < head.size ? [{ note: noteOfRegister(first, keys) }] : []), { note }],
    consistency: first.size < head.size ? (await consistencyPath(tx, siteId, first.size, head.size)).map(toBase64) : [], keys,
    documents: inOrder([...ofEnterprise.documents, ...overlay.documents]), files: await attachedFiles(tx, record),
    related: [...(used.length === 0 ? [] : [{ owner: siteId, note, entries: [...used] }]), ...ofEnterprise.related].sort((a, b) => (a.owner < b.owner ? -1 : 1)),
  };
  if ((await entriesBeyond(tx, of, head.size)) > 0) return refuse("not-in-ledger");
  return accept({ content, site: { name: record.site.name, zone: record.site.timeZone } });
}

/** SHA-256 over RFC 8785 of the register's [id, publicKey]: what a verifier prints and a reader compares. */
const registerFingerprint = async (tx: SiteTx): Promise<string> => sha256(canonical((await keyRegister(tx)).map(({ id, publicKey }) => [id, publicKey])));

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

/** Has the newest head that a bundle would be read under every entry about the batch, and about what it used, under it? */
export async function isCovered(tx: SiteTx, of: BatchOf): Promise<boolean> {
  const cosigned = othersCosign((await keyRegister(tx)).map(registered), of.siteId);
  const head = await headOf(tx, of.siteId, { cosigned });
  if (!head || (await entriesBeyond(tx, of, head.size)) > 0) return false;
  const record = await readRecord(tx, of.siteId, of.batchId);
  return (await entriesAbout(tx, of.siteId, of.batchId, [...(await overlayDocuments(tx, record)).subjects, ...await usedSubjects(tx, record)], head)) !== undefined;
}
