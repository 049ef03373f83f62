import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { and, asc, between, count, eq, or } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { tags } from "#db/schema/equipment.ts";
import { segments } from "#db/schema/integrity.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { byDay, listDigest, sealableUntil, segmentText, segmentTextDigest, type Reading, type UnitWindow } from "./segment.ts";
import { batchWindows } from "./window-queries.ts";

const compressed = promisify(deflate);
type Stamp = { readonly now: Date; readonly newId: () => string };
type BatchOf = { readonly siteId: string; readonly batchId: string };
type Unit = BatchOf & { readonly unitId: string };

/** What sealing left: segments and readings sealed in all, and whether the batch still runs, so that its last days are not among them. */
export type Sealing = { readonly segments: number; readonly readings: number; readonly added: number; readonly runs: boolean };

type Span = { readonly from: Date; readonly to: Date };
const within = (spans: readonly Span[]) => or(...spans.map(({ from, to }) => between(processValues.at, from, to)));

const readingsOf = (tx: SiteTx, { siteId, unitId }: Unit, tag: string, spans: readonly Span[]): Promise<Reading[]> =>
  tx.select({ at: processValues.at, value: processValues.value, quality: processValues.quality, outOfRange: processValues.outOfRange }).from(processValues)
    .where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, unitId), eq(processValues.tag, tag), within(spans))).orderBy(asc(processValues.at));

async function sealTag(tx: SiteTx, unit: Unit, tag: string, days: ReadonlyMap<string, readonly Reading[]>, sealedAt: Date): Promise<void> {
  for (const [day, readings] of days) {
    const text = segmentText(readings);
    await tx.insert(segments).values({
      siteId: unit.siteId, batchId: unit.batchId, unitId: unit.unitId, tag, day, readings: readings.length, digest: segmentTextDigest(text), content: await compressed(text), sealedAt,
    });
  }
}

const sealedOf = (tx: SiteTx, { siteId, batchId }: BatchOf) =>
  tx.select({ unitId: segments.unitId, tag: segments.tag, day: segments.day, digest: segments.digest, readings: segments.readings }).from(segments).where(and(eq(segments.siteId, siteId), eq(segments.batchId, batchId)));
type Sealed = Awaited<ReturnType<typeof sealedOf>>[number];

/** Seals what is missing of one tag; a day that is sealed stays as it is. */
async function sealMissing(tx: SiteTx, unit: Unit, tag: string, spans: readonly Span[], known: ReadonlySet<string>, now: Date): Promise<number> {
  const readings = await readingsOf(tx, unit, tag, spans);
  const missing = new Map([...byDay(readings)].filter(([day]) => !known.has(day)));
  await sealTag(tx, unit, tag, missing, now);
  return missing.size;
}

/** The parts of a unit's windows whose days may be sealed now: while the batch runs, none of the last two days, for a unit may be bound again. */
function sealable(windows: readonly UnitWindow[], batch: { readonly to: Date | null }, now: Date): readonly Span[] {
  const until = sealableUntil(batch, now);
  return windows.map(({ from, to }) => ({ from, to: to === null || to > until ? until : to })).filter(({ from, to }) => from <= to);
}

async function sealUnit(tx: SiteTx, unit: Unit, spans: readonly Span[], before: readonly Sealed[], now: Date): Promise<number> {
  if (spans.length === 0) return 0;
  const measured = await tx.select({ tag: tags.tag }).from(tags).where(and(eq(tags.siteId, unit.siteId), eq(tags.unitId, unit.unitId))).orderBy(asc(tags.tag));
  let added = 0;
  for (const { tag } of measured) added += await sealMissing(tx, unit, tag, spans, new Set(before.filter((s) => s.unitId === unit.unitId && s.tag === tag).map((s) => s.day)), now);
  return added;
}

/**
 * Seals a batch's readings by unit, tag and UTC day, of every unit while it was bound: all days of a finished batch, of a running one those that are over for a day.
 * One act `segments.sealed` names the whole list as it then stands; nothing new, no act. Throws `NotFound`.
 */
export async function sealSegments(tx: SiteTx, of: BatchOf, actor: AuditActor, { now, newId }: Stamp): Promise<Sealing> {
  const { siteId, batchId } = of;
  const [batch] = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");
  if (!batch) throw new NotFound(`batch ${batchId}`);
  const { window, units } = await batchWindows(tx, siteId, batchId);
  const before = await sealedOf(tx, of);
  let added = 0;
  if (window) for (const [unitId, windows] of Map.groupBy(units, (one) => one.unitId)) added += await sealUnit(tx, { ...of, unitId }, sealable(windows, window, now), before, now);
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
  const { units } = await batchWindows(tx, siteId, batchId);
  const sealed = await sealedOf(tx, { siteId, batchId });
  let late = 0;
  for (const [unitId, windows] of Map.groupBy(units, (one) => one.unitId)) {
    const own = sealed.filter((s) => s.unitId === unitId);
    const last = own.map((s) => s.day).sort().at(-1);
    if (last === undefined) continue;
    const end = new Date(`${last}T23:59:59.999Z`);
    const spans = windows.map(({ from, to }) => ({ from, to: to === null || to > end ? end : to }));
    const [stored] = await tx.select({ n: count() }).from(processValues).where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, unitId), within(spans)));
    late += Math.max(0, (stored?.n ?? 0) - own.reduce((sum, s) => sum + s.readings, 0));
  }
  return late;
}
