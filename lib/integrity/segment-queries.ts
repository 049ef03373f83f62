import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { and, asc, between, eq, sql } from "drizzle-orm";
import { segments } from "#db/schema/integrity.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { listDigest, namesList, segmentDigest, type Reading, type SegmentName, type UnitWindow } from "#lib/telemetry/segment.ts";
import { batchWindows } from "#lib/telemetry/window-queries.ts";
import type { BatchFinding } from "./finding.ts";
import { compareList, compareReadings, compareSegment, sealedTimes, type SealedSegment } from "./segment.ts";

const inflated = promisify(inflate);
/** Readings of one tag on one day: 86,400 seconds of some 80 characters; what is longer is no segment. */
const longestText = 64 * 1024 * 1024;

async function textOf(content: Uint8Array): Promise<string | undefined> {
  try {
    return (await inflated(content, { maxOutputLength: longestText })).toString("utf8");
  } catch {
    return undefined; // bytes that do not inflate are themselves the finding
  }
}

type Row = typeof segments.$inferSelect;
type Stored = Reading & { readonly recordedAt: Date };

/** Process values of the segment's tag and day that belong to its batch: those of the times the unit was its, and whatever was sealed. */
async function storedReadings(tx: SiteTx, { siteId, unitId, tag, day }: Row, windows: readonly UnitWindow[], sealed: ReadonlySet<string>): Promise<readonly Stored[]> {
  const rows = await tx.select({ at: processValues.at, value: processValues.value, quality: processValues.quality, outOfRange: processValues.outOfRange, recordedAt: processValues.recordedAt }).from(processValues)
    .where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, unitId), eq(processValues.tag, tag), between(processValues.at, new Date(`${day}T00:00:00.000Z`), new Date(`${day}T23:59:59.999Z`)))).orderBy(asc(processValues.at));
  const own = windows.filter((window) => window.unitId === unitId);
  return rows.filter(({ at }) => sealed.has(at.toISOString()) || own.some(({ from, to }) => at >= from && (to === null || at <= to)));
}

/** A request that was under way while a day was sealed recorded its values before and committed them after. */
const underWay = 5 * 60_000;

/** Readings that came after the sealing stand in no segment; they are counted where the segments are shown. */
async function compareOne(tx: SiteTx, row: Row, windows: readonly UnitWindow[]): Promise<readonly BatchFinding[]> {
  const segment: SealedSegment = { ...row, text: await textOf(row.content) };
  const own = compareSegment(segment);
  if (own.length > 0) return own;
  const stored = await storedReadings(tx, row, windows, sealedTimes(segment.text));
  if (segmentDigest(stored) === row.digest) return [];
  const late = new Set(stored.filter((r) => r.recordedAt.getTime() >= row.sealedAt.getTime() - underWay).map((r) => r.at.toISOString()));
  return compareReadings(segment, stored, late);
}

/** The last segment that was looked at; the walk goes on after it. */
export type SegmentPlace = { readonly batchId: string; readonly unitId: string; readonly tag: string; readonly day: string };
export type SegmentsExamined = { readonly examined: number; readonly findings: readonly BatchFinding[]; readonly last: SegmentPlace | undefined };

/** A run of a site's sealed segments after a place: each against its digest, and its readings against the process values. */
export async function compareSegments(tx: SiteTx, siteId: string, after: SegmentPlace | undefined, limit: number): Promise<SegmentsExamined> {
  const next = after ? sql`(${segments.batchId}, ${segments.unitId}, ${segments.tag}, ${segments.day}) > (${after.batchId}, ${after.unitId}, ${after.tag}, ${after.day})` : sql`true`;
  const rows = await tx.select().from(segments).where(and(eq(segments.siteId, siteId), next)).orderBy(segments.batchId, segments.unitId, segments.tag, segments.day).limit(limit);
  const findings: BatchFinding[] = [];
  for (const [batchId, own] of Map.groupBy(rows, (row) => row.batchId)) {
    const { units } = await batchWindows(tx, siteId, batchId);
    for (const row of own) findings.push(...await compareOne(tx, row, units));
  }
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return { examined: rows.length, findings, last: last && { batchId: last.batchId, unitId: last.unitId, tag: last.tag, day: last.day } };
}

/** The list of segments of every batch of a site against what the trail says was sealed: none is gone, none was put in place of another. */
export async function compareSegmentLists(tx: SiteTx, siteId: string): Promise<readonly BatchFinding[]> {
  const rows = await tx.execute<{ batch_id: string; recorded: string | null; sealed: SegmentName[] | null }>(sql`
    with said as (select distinct on (batch_id) batch_id, detail ->> 'listDigest' as recorded from audit_entries where site_id = ${siteId} and event = 'segments.sealed' and kind = 'act' order by batch_id, seq desc),
    held as (select batch_id, jsonb_agg(jsonb_build_object('unitId', unit_id, 'tag', tag, 'day', day, 'digest', digest)) as sealed from segments where site_id = ${siteId} group by batch_id)
    select batch_id, recorded, sealed from said full join held using (batch_id)`);
  return rows.flatMap(({ batch_id: batchId, recorded, sealed }) => (recorded !== null && namesList(recorded, sealed ?? []) ? [] : compareList(batchId, recorded ?? "nothing was sealed", listDigest(sealed ?? []))));
}
