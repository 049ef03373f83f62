import { and, asc, between, count, eq, inArray } from "drizzle-orm";
import type { JWK } from "jose";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { tags } from "#db/schema/equipment.ts";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import { passkeys } from "#db/schema/signature.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { peopleNames } from "#lib/audit/queries.ts";
import { fieldChanges, recordKind, recordName } from "#lib/audit/record-name.ts";
import { headOf } from "#lib/ledger/queries.ts";
import { readBatchFile, type BatchFile } from "#lib/release/file-queries.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { masterRecord } from "#lib/recipe/master-record.ts";
import { readMaster as readMasterText } from "#lib/recipe/master.ts";
import type { Trail } from "./audit-trail.ts";
import { printedHead } from "./head.ts";
import type { PrintedHead, ReportSource } from "./report-source.ts";
import type { Segment } from "./segment.ts";

const hour = 3_600_000;
const overviewTags = ["viable-cell-density", "viability", "titer"] as const;

type Tag = typeof tags.$inferSelect;

/** How far a trend reaches beyond the exception's window: 2 h, or two values of a tag that is measured more rarely. */
const marginOf = (tag: Tag): number => Math.max(2 * hour, tag.staleAfterS > 3600 ? 2 * tag.staleAfterS * 1000 : 0);

async function readSegment(tx: SiteTx, tag: Tag, from: Date, to: Date): Promise<Segment> {
  const rows = await tx.select({ at: processValues.at, value: processValues.value, quality: processValues.quality, outOfRange: processValues.outOfRange }).from(processValues)
    .where(and(eq(processValues.siteId, tag.siteId), eq(processValues.unitId, tag.unitId), eq(processValues.tag, tag.tag), between(processValues.at, from, to))).orderBy(asc(processValues.at));
  return { unitId: tag.unitId, tag: tag.tag, name: tag.name, unit: tag.unit, precision: tag.precision, from, to, readings: rows };
}

async function readTrends(tx: SiteTx, { exceptions }: BatchRecord, known: ReadonlyMap<string, Tag>): Promise<ReportSource["trends"]> {
  const trends = new Map<string, Segment>();
  for (const { id, tag: name, windowFrom, windowTo } of exceptions) {
    const tag = name === null ? undefined : known.get(name);
    if (!tag || !windowFrom || !windowTo) continue;
    const margin = marginOf(tag);
    trends.set(id, await readSegment(tx, tag, new Date(windowFrom.getTime() - margin), new Date(windowTo.getTime() + margin)));
  }
  return trends;
}

async function readOverview(tx: SiteTx, { batch }: BatchRecord, known: ReadonlyMap<string, Tag>, now: Date): Promise<readonly Segment[]> {
  const { inoculatedAt } = batch;
  if (!inoculatedAt) return [];
  const to = batch.harvestedAt ?? batch.completedAt ?? now;
  const segments: Segment[] = [];
  for (const name of overviewTags) {
    const tag = known.get(name);
    if (tag) segments.push(await readSegment(tx, tag, inoculatedAt, to));
  }
  return segments;
}

async function readMaster(tx: SiteTx, { master }: BatchRecord): Promise<ReportSource["master"]> {
  if (!master) return undefined;
  const [row] = await tx.select().from(masterBatchRecords).where(and(eq(masterBatchRecords.id, master.id), eq(masterBatchRecords.version, master.version)));
  return row && { content: readMasterText(row.canonical), effectiveAt: row.effectiveAt, full: masterRecord.safeParse(JSON.parse(row.canonical)).data };
}

const detail = z.record(z.string(), z.unknown());
const listed = ["act", "change", "deletion"] as const;
const isListed = (kind: string): kind is (typeof listed)[number] => listed.some((known) => known === kind);

async function readTrail(tx: SiteTx, siteId: string, batchId: string, timeZone: string): Promise<Trail> {
  const about = and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId));
  const rows = await tx.select().from(auditEntries).where(and(about, inArray(auditEntries.kind, [...listed]))).orderBy(asc(auditEntries.seq));
  const created = await tx.select({ type: auditEntries.subjectType, n: count() }).from(auditEntries).where(and(about, eq(auditEntries.kind, "creation"))).groupBy(auditEntries.subjectType).orderBy(asc(auditEntries.subjectType));
  const people = await peopleNames(tx);
  const nameOf = (id: string): string => people.get(id) ?? id.replace(/^programme:/, "");
  return {
    rows: rows.flatMap((row) => (isListed(row.kind) ? [{
      id: row.id, at: row.at, kind: row.kind, actorName: row.actorName || nameOf(row.actorId), role: row.role || "no role recorded", event: row.event, reason: row.reason, authorisedBy: row.authorisedBy && nameOf(row.authorisedBy),
      record: recordName(row, people), fields: row.kind === "act" ? [] : fieldChanges(row, timeZone, people), detail: detail.parse(row.detail), digest: row.digest,
    }] : [])),
    created: created.map(({ type, n }) => ({ kind: recordKind(type), n })),
  };
}

/** The newest head of a site's ledger as it is printed; a co-signed one where there is one. */
export async function readHead(tx: SiteTx, siteId: string): Promise<PrintedHead | undefined> {
  const head = (await headOf(tx, siteId, { cosigned: true })) ?? (await headOf(tx, siteId));
  return head && printedHead(head.note, head.signedAt, head.witnesses.map((w) => w.name));
}

async function readPasskeys(tx: SiteTx, { signatures }: BatchFile): Promise<ReadonlyMap<string, string>> {
  const ids = signatures.flatMap((s) => (s.assertion ? [s.assertion.credentialId] : []));
  if (ids.length === 0) return new Map();
  const rows = await tx.select({ id: passkeys.credentialId, label: passkeys.label }).from(passkeys).where(inArray(passkeys.credentialId, ids));
  return new Map(rows.map((row) => [row.id, row.label]));
}

export type ReportOf = { readonly siteId: string; readonly batchId: string; /** Public half of the portal's key. */ readonly key: JWK };

/** Everything a printed batch record shows. `now` ends the overview of a batch that still runs. Throws `NotFound`. */
export async function readReport(tx: SiteTx, { siteId, batchId, key }: ReportOf, now: Date): Promise<ReportSource> {
  const file = await readBatchFile(tx, siteId, batchId, key);
  const { record } = file;
  const rows = await tx.select().from(tags).where(and(eq(tags.siteId, siteId), eq(tags.unitId, record.batch.unitId)));
  const known = new Map(rows.map((tag) => [tag.tag, tag]));
  const master = await readMaster(tx, record);
  const trends = await readTrends(tx, record, known);
  const overview = await readOverview(tx, record, known, now);
  const trail = await readTrail(tx, siteId, batchId, record.site.timeZone);
  return { file, master, trends, overview, trail, head: await readHead(tx, siteId), passkeys: await readPasskeys(tx, file) };
}
