import { and, asc, between, count, eq, inArray } from "drizzle-orm";
import type { JWK } from "jose";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { tags } from "#db/schema/equipment.ts";
import { products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import { passkeys } from "#db/schema/signature.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { peopleNames } from "#lib/audit/queries.ts";
import { fieldChanges, recordKind, recordName } from "#lib/audit/record-name.ts";
import { headOf } from "#lib/ledger/queries.ts";
import { readBatchFile, type BatchFile } from "#lib/release/file-queries.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { NotFound } from "#lib/access/actor.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { readMaster } from "#lib/recipe/master.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { BrokenPromise } from "#lib/result.ts";
import { trends } from "#lib/telemetry/queries.ts";
import type { UnitWindow } from "#lib/telemetry/segment.ts";
import { batchWindows } from "#lib/telemetry/window-queries.ts";
import type { Trail } from "./audit-trail.ts";
import { printedHead } from "./head.ts";
import type { IssuedSource } from "./issued-record.ts";
import type { MasterCopySource } from "./master-document.ts";
import { readFrozenMaster } from "./master-queries.ts";
import type { PrintedHead, ReportSource } from "./report-source.ts";
import type { Segment } from "./segment.ts";
import type { UnitTrend } from "./unit-trend.ts";

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

/** The unit a tag was read on in an exception's window: one that was the batch's then and has the tag; else none. */
function tagOf(name: string, known: readonly Tag[], windows: readonly UnitWindow[], window: { readonly from: Date; readonly to: Date }): Tag | undefined {
  const own = windows.filter(({ from, to }) => from <= window.to && (to === null || to >= window.from)).map((one) => one.unitId);
  return known.find((tag) => tag.tag === name && own.includes(tag.unitId));
}

async function readTrends(tx: SiteTx, { exceptions, entries }: BatchRecord, known: readonly Tag[], windows: readonly UnitWindow[]): Promise<ReportSource["trends"]> {
  const found = new Map<string, Segment>();
  for (const { id, stepId, parameter, tag: name, windowFrom, windowTo } of exceptions) {
    if (name === null || !windowFrom || !windowTo) continue;
    const basis = entries.findLast((entry) => entry.stepId === stepId && entry.parameter === parameter)?.basis;
    const captured = basis?.kind === "captured" && basis.tag === name ? known.find((tag) => tag.tag === name && tag.unitId === basis.unitId) : undefined;
    const tag = captured ?? tagOf(name, known, windows, { from: windowFrom, to: windowTo });
    if (!tag) continue;
    const margin = marginOf(tag);
    found.set(id, await readSegment(tx, tag, new Date(windowFrom.getTime() - margin), new Date(windowTo.getTime() + margin)));
  }
  return found;
}

async function readOverview(tx: SiteTx, { batch }: BatchRecord, known: readonly Tag[], now: Date): Promise<readonly Segment[]> {
  const { inoculatedAt } = batch;
  if (!inoculatedAt) return [];
  const to = batch.harvestedAt ?? batch.completedAt ?? now;
  const segments: Segment[] = [];
  for (const name of overviewTags) {
    const tag = known.find((one) => one.tag === name && one.unitId === batch.unitId);
    if (tag) segments.push(await readSegment(tx, tag, inoculatedAt, to));
  }
  return segments;
}

/** Points drawn of one tag; a plot of this size shows no more. */
const drawn = 240;

async function readUnits(tx: SiteTx, siteId: string, windows: readonly UnitWindow[], known: readonly Tag[], now: Date): Promise<readonly UnitTrend[]> {
  const units: UnitTrend[] = [];
  for (const { unitId, from, to } of windows) {
    const window = { from, to: to ?? now };
    const own = known.filter((tag) => tag.unitId === unitId);
    const measured = await trends(tx, siteId, unitId, own.map((tag) => tag.tag), window, drawn);
    units.push({ unitId, ...window, tags: own.flatMap(({ tag, name, unit, precision }) => { const trend = measured.get(tag); return trend && trend.points.length > 0 ? [{ tag, name, unit, precision, binMs: trend.binMs, points: trend.points }] : []; }) });
  }
  return units;
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

/** Everything a printed batch record shows. `now` ends the figures of a batch that still runs. Throws `NotFound`. */
export async function readReport(tx: SiteTx, { siteId, batchId, key }: ReportOf, now: Date): Promise<ReportSource> {
  const file = await readBatchFile(tx, siteId, batchId, key);
  const { record } = file;
  const master = await readFrozenMaster(tx, record);
  const { units: windows } = await batchWindows(tx, siteId, batchId);
  const known = await tx.select().from(tags).where(and(eq(tags.siteId, siteId), inArray(tags.unitId, [...new Set([record.batch.unitId, ...windows.map((one) => one.unitId)])]))).orderBy(asc(tags.position));
  const around = await readTrends(tx, record, known, windows);
  const executed = master?.full !== undefined;
  const overview = executed ? [] : await readOverview(tx, record, known, now);
  const units = executed ? await readUnits(tx, siteId, windows, known, now) : [];
  const trail = await readTrail(tx, siteId, batchId, record.site.timeZone);
  return { file, master, trends: around, overview, units, trail, head: await readHead(tx, siteId), passkeys: await readPasskeys(tx, file) };
}

/** What an issued record is printed from. Throws `NotFound` for a batch without a master, and `master-altered` where the stored master or overlay is not the one that was frozen. */
export async function readIssued(tx: SiteTx, siteId: string, batchId: string): Promise<IssuedSource> {
  const record = await readRecord(tx, siteId, batchId);
  const master = await readFrozenMaster(tx, record);
  if (!master) throw new NotFound(`master of ${batchId}`);
  if (!master.holds) throw new BrokenPromise("master-altered", `the master or the overlay of ${batchId} is not the one that was frozen`);
  return { record, master, head: await readHead(tx, siteId) };
}

/** What a copy of a master is printed from: a full master alone, in the zone of the site it is taken at. Throws `NotFound`, and `master-altered` where its text does not fit its digest. */
export async function readMasterCopy(tx: SiteTx, siteId: string, { masterId, masterVersion }: { readonly masterId: string; readonly masterVersion: number }): Promise<MasterCopySource> {
  const { row, record, holds } = await readMasterFile(tx, masterId, masterVersion);
  const [site] = await tx.select().from(sites).where(eq(sites.id, siteId));
  const [product] = await tx.select().from(products).where(eq(products.id, row.productId));
  if (!record || !site || !product) throw new NotFound(`master ${masterId} v${masterVersion}`);
  if (!holds) throw new BrokenPromise("master-altered", `the stored text of ${masterId} v${masterVersion} does not fit its digest`);
  const names = await peopleNames(tx);
  const by = (id: string | null): string | null => (id === null ? null : (names.get(id) ?? id));
  return {
    full: record, content: readMaster(row.canonical), canonical: row.canonical, digest: row.digest, state: row.state, effectiveAt: row.effectiveAt, site, product, head: await readHead(tx, siteId),
    authors: (row.authors ?? []).map((id) => names.get(id) ?? id), reviewedBy: by(row.reviewedBy), approvedBy: by(row.approvedBy), reason: row.reason,
  };
}
