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

export type SegmentName = { readonly tag: string; readonly day: string; readonly digest: string };

/** Order of a batch's segments: tag, then day, by UTF-16 code units as RFC 8785 orders names. */
export const inSegmentOrder = <Segment extends SegmentName>(segments: readonly Segment[]): readonly Segment[] =>
  [...segments].sort((a, b) => (a.tag === b.tag ? (a.day < b.day ? -1 : 1) : a.tag < b.tag ? -1 : 1));

/** Digest of a batch's list of sealed segments: "EBRSEG/1" over RFC 8785 of [[tag, day, digest], …] in their order. */
export const listDigest = (segments: readonly SegmentName[]): string => segmentTextDigest(canonical(inSegmentOrder(segments).map(({ tag, day, digest }) => [tag, day, digest])));

export type BatchTimes = { readonly state: string; readonly issuedAt: Date | null; readonly inoculatedAt: Date | null; readonly harvestedAt: Date | null; readonly completedAt: Date | null };

/** States in which the process still runs or has not begun. */
const running: ReadonlySet<string> = new Set(["planned", "issued", "in_progress", "held"]);

/** The time whose readings belong to a batch: inoculation (else issue) to harvest (else completion), ends included; `to` null while it runs. */
export function batchWindow({ state, issuedAt, inoculatedAt, harvestedAt, completedAt }: BatchTimes): { readonly from: Date; readonly to: Date | null } | undefined {
  const from = inoculatedAt ?? issuedAt;
  return from ? { from, to: running.has(state) ? null : (harvestedAt ?? completedAt) } : undefined;
}

const day = 86_400_000;

/** Until when days may be sealed: all of a finished batch; of a running one the days that ended at least a day ago, so that late readings have come. */
export function sealableUntil(window: { readonly to: Date | null }, now: Date): Date {
  return window.to ?? new Date(Math.floor((now.getTime() - day) / day) * day - 1);
}
