import { canonical, digestOf } from "#lib/digest/digest.ts";

/** A stored process value as it was measured. */
export type Reading = { readonly at: Date; readonly value: number; readonly quality: "good" | "uncertain" | "bad"; readonly outOfRange: boolean };

/** Canonical text of the readings: time in UTC with milliseconds, value as decimal string, quality. */
export const segmentText = (readings: readonly Reading[]): string =>
  canonical(readings.map(({ at, value, quality, outOfRange }) => ({ at: at.toISOString(), value: String(value), quality, outOfRange })));

/** SHA-256 of a segment's canonical text under "EBRSEG/1", lower-case hex. */
export const segmentTextDigest = (text: string): string => digestOf("EBRSEG/1", text);

/** SHA-256 of the readings under "EBRSEG/1", lower-case hex. */
export const segmentDigest = (readings: readonly Reading[]): string => segmentTextDigest(segmentText(readings));

/** UTC day of an instant, YYYY-MM-DD. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Readings, oldest first, by their UTC day. */
export function byDay(readings: readonly Reading[]): ReadonlyMap<string, readonly Reading[]> {
  return Map.groupBy(readings, (reading) => dayOf(reading.at));
}

export type SegmentName = { readonly unitId: string; readonly tag: string; readonly day: string; readonly digest: string };

const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Order of a batch's segments: unit, then tag, then day, by UTF-16 code units as RFC 8785 orders names. */
export const inSegmentOrder = <Segment extends SegmentName>(segments: readonly Segment[]): readonly Segment[] =>
  [...segments].sort((a, b) => before(a.unitId, b.unitId) || before(a.tag, b.tag) || before(a.day, b.day));

/** Digest of a batch's list of sealed segments: "EBRSEG/1" over RFC 8785 of [[unit, tag, day, digest], …] in their order. */
export const listDigest = (segments: readonly SegmentName[]): string => segmentTextDigest(canonical(inSegmentOrder(segments).map(({ unitId, tag, day, digest }) => [unitId, tag, day, digest])));

/** Does a recorded digest name this list? Lists from before several units of a batch were sealed are of one unit and do not name it: [[tag, day, digest], …]. */
export function namesList(recorded: string, segments: readonly SegmentName[]): boolean {
  if (recorded === listDigest(segments)) return true;
  const units = new Set(segments.map((segment) => segment.unitId));
  return units.size === 1 && recorded === segmentTextDigest(canonical(inSegmentOrder(segments).map(({ tag, day, digest }) => [tag, day, digest])));
}

export type BatchTimes = {
  readonly state: string; readonly issuedAt: Date | null; readonly inoculatedAt: Date | null; readonly harvestedAt: Date | null; readonly completedAt: Date | null;
  /** When it was aborted; null for any other batch. */
  readonly abortedAt: Date | null;
};

/** States in which nothing has begun, and in which the process runs. */
const notBegun: ReadonlySet<string> = new Set(["planned", "issued"]);
const running: ReadonlySet<string> = new Set(["in_progress", "held"]);

export type Window = { readonly from: Date; readonly to: Date | null };

/**
 * The time whose readings belong to a batch: its start (else, for a batch that was taken over, its issue) to its harvest (else completion), ends included; `to` null while it runs.
 * An aborted one ends at the abort; undefined where it never began, or nobody knows when it ended.
 */
export function batchWindow({ state, issuedAt, inoculatedAt, harvestedAt, completedAt, abortedAt }: BatchTimes): Window | undefined {
  if (notBegun.has(state)) return undefined;
  if (state === "aborted") return inoculatedAt && abortedAt && abortedAt > inoculatedAt ? { from: inoculatedAt, to: abortedAt } : undefined;
  const from = inoculatedAt ?? issuedAt;
  return from ? { from, to: running.has(state) ? null : (harvestedAt ?? completedAt) } : undefined;
}

/** A unit a batch was bound to, from when to when; `releasedAt` null while it still is. */
export type BoundUnit = { readonly unitId: string; readonly equipmentClass: string; readonly boundAt: Date; readonly releasedAt: Date | null };
/** A unit whose readings are a batch's, and from when to when. */
export type UnitWindow = Window & { readonly unitId: string };

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a < b ? a : b);

/** Windows of one unit that touch or overlap become one. `own`: by their beginning. */
function joined(own: readonly UnitWindow[]): readonly UnitWindow[] {
  const found: UnitWindow[] = [];
  for (const next of own) {
    const last = found.at(-1);
    if (last && (last.to === null || next.from <= last.to)) found[found.length - 1] = { ...last, to: last.to === null || next.to === null ? null : next.to > last.to ? next.to : last.to };
    else found.push(next);
  }
  return found;
}

/**
 * Whose readings belong to a batch: every unit while it was bound, and the unit it was issued for over the batch's whole time where nothing says otherwise: it was
 * not bound itself, and no other unit of its class was bound in its place. By unit and beginning.
 */
export function unitWindows(batch: BatchTimes & { readonly unitId: string; readonly equipmentClass: string }, bound: readonly BoundUnit[]): readonly UnitWindow[] {
  const window = batchWindow(batch);
  if (!window) return [];
  const uses = bound.map(({ unitId, boundAt, releasedAt }): UnitWindow => ({ unitId, from: boundAt, to: earlier(releasedAt, window.to) })).filter(({ from, to }) => to === null || from < to);
  const issued = bound.some((use) => use.equipmentClass === batch.equipmentClass) ? [] : [{ unitId: batch.unitId, ...window }];
  const all = [...issued, ...uses].sort((a, b) => before(a.unitId, b.unitId) || a.from.getTime() - b.from.getTime());
  return [...Map.groupBy(all, (one) => one.unitId).values()].flatMap((own) => [...joined(own)]);
}

const day = 86_400_000;

/** Until when days may be sealed: all of a finished batch; of a running one the days that ended at least a day ago, so that late readings have come. */
export function sealableUntil(window: { readonly to: Date | null }, now: Date): Date {
  return window.to ?? new Date(Math.floor((now.getTime() - day) / day) * day - 1);
}
