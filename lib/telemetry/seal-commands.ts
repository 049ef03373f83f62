import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { and, asc, between, count, eq } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { tags } from "#db/schema/equipment.ts";
import { segments } from "#db/schema/integrity.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { batchWindow, byDay, dayOf, listDigest, sealableUntil, segmentText, segmentTextDigest, type Reading } from "./segment.ts";

const compressed = promisify(deflate);
type Stamp = { readonly now: Date; readonly newId: () => string };
type BatchOf = { readonly siteId: string; readonly batchId: string };
type Unit = BatchOf & { readonly unitId: string };

/** What sealing left: segments and readings sealed in all, and whether the batch still runs, so that its last days are not among them. */
export type Sealing = { readonly segments: number; readonly readings: number; readonly added: number; readonly runs: boolean };

const readingsOf = (tx: SiteTx, { siteId, unitId }: Unit, tag: string, from: Date, to: Date): Promise<Reading[]> =>
  tx.select({ at: processValues.at, value: processValues.value, quality: processValues.quality, outOfRange: processValues.outOfRange }).from(processValues)
    .where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, unitId), eq(processValues.tag, tag), between(processValues.at, from, to))).orderBy(asc(processValues.at));

async function sealTag(tx: SiteTx, unit: Unit, tag: string, days: ReadonlyMap<string, readonly Reading[]>, sealedAt: Date): Promise<void> {
  for (const [day, readings] of days) {
    const text = segmentText(readings);
    await tx.insert(segments).values({
      siteId: unit.siteId, batchId: unit.batchId, unitId: unit.unitId, tag, day, readings: readings.length, digest: segmentTextDigest(text), content: await compressed(text), sealedAt,
    });
  }
}

const sealedOf = (tx: SiteTx, { siteId, batchId }: BatchOf) =>
  tx.select({ tag: segments.tag, day: segments.day, digest: segments.digest, readings: segments.readings }).from(segments).where(and(eq(segments.siteId, siteId), eq(segments.batchId, batchId)));

/** Seals what is missing of one tag; a day that is sealed stays as it is. */
async function sealMissing(tx: SiteTx, unit: Unit, tag: string, window: { readonly from: Date; readonly until: Date }, known: ReadonlySet<string>, now: Date): Promise<number> {
  const readings = await readingsOf(tx, unit, tag, window.from, window.until);
  const missing = new Map([...byDay(readings)].filter(([day]) => !known.has(day)));
  await sealTag(tx, unit, tag, missing, now);
  return missing.size;
}

/**
 * Seals a batch's readings by tag and UTC day: all days of a finished batch, of a running one those that are over for a day.
 * One act `segments.sealed` names the whole list as it then stands; nothing new, no act. Throws `NotFound`.
 */
export async function sealSegments(tx: SiteTx, of: BatchOf, actor: AuditActor, { now, newId }: Stamp): Promise<Sealing> {
  const { siteId, batchId } = of;
  const [batch] = await tx.select().from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");
  if (!batch) throw new NotFound(`batch ${batchId}`);
  const window = batchWindow(batch);
  const before = await sealedOf(tx, of);
  let added = 0;
  if (window) {
    const until = sealableUntil(window, now);
    const measured = await tx.select({ tag: tags.tag }).from(tags).where(and(eq(tags.siteId, siteId), eq(tags.unitId, batch.unitId))).orderBy(asc(tags.tag));
    const covered = { from: window.from, until };
    for (const { tag } of measured) added += await sealMissing(tx, { ...of, unitId: batch.unitId }, tag, covered, new Set(before.filter((s) => s.tag === tag).map((s) => s.day)), now);
  }
  const sealed = added > 0 ? await sealedOf(tx, of) : before;
  const readings = sealed.reduce((sum, segment) => sum + segment.readings, 0);
  if (added > 0) {
    await writeAudit(tx, {
      event: "segments.sealed", detail: { segments: sealed.length, readings, listDigest: listDigest(sealed) }, siteId, subject: { type: "batch", id: batchId }, actor, reason: "sealing of the batch's time series",
    }, now, newId);
  }
  return { segments: sealed.length, readings, added, runs: window?.to === null };
}

/** Readings of sealed days that came after their day was sealed: they are stored and shown, but stand in no segment. */
export async function lateReadings(tx: SiteTx, { siteId, batchId }: BatchOf): Promise<number> {
  const [batch] = await tx.select().from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId)));
  const window = batch && batchWindow(batch);
  const sealed = await sealedOf(tx, { siteId, batchId });
  const last = sealed.map((s) => s.day).sort().at(-1);
  if (!batch || !window || last === undefined) return 0;
  const to = window.to ?? new Date(`${last}T23:59:59.999Z`);
  const [stored] = await tx.select({ n: count() }).from(processValues).where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, batch.unitId), between(processValues.at, window.from, to)));
  return Math.max(0, (stored?.n ?? 0) - sealed.filter((s) => s.day <= dayOf(to)).reduce((sum, s) => sum + s.readings, 0));
}
