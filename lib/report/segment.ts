import { segmentDigest, segmentText, type Reading } from "#lib/telemetry/segment.ts";

/** The readings of a figure are written and digested as sealed ones are. */
export { segmentDigest, segmentText, type Reading };

/** A stretch of one tag's history as the report shows it, with the digest that names exactly these values. */
export type Segment = {
  readonly unitId: string; readonly tag: string; readonly name: string; readonly unit: string; readonly precision: number;
  readonly from: Date; readonly to: Date;
  /** Oldest first, every quality. */
  readonly readings: readonly Reading[];
};

/** Readings that may be drawn as a measured line. */
export const drawable = (reading: Reading): boolean => reading.quality === "good" && !reading.outOfRange;

export type Point = { readonly at: number; readonly value: number };

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/**
 * Good readings in runs without a gap. A gap is a pause longer than three times the usual one, so that a line is never drawn
 * across a time of which nothing is known.
 */
export function stretches(readings: readonly Reading[]): readonly (readonly Point[])[] {
  const points = readings.filter(drawable).map(({ at, value }) => ({ at: at.getTime(), value }));
  const pauses = points.slice(1).map((point, i) => point.at - (points[i]?.at ?? point.at));
  const longest = 3 * median([...pauses].sort((a, b) => a - b));
  const runs: Point[][] = [];
  for (const [i, point] of points.entries()) {
    const pause = pauses[i - 1] ?? Infinity;
    if (pause > longest) runs.push([point]);
    else runs.at(-1)?.push(point);
  }
  return runs;
}
