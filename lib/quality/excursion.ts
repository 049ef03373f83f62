import { within, type Range } from "#lib/quantity/limit.ts";

export type Point = { readonly at: number; readonly value: number };
export type Excursion = { readonly from: number; readonly to: number; readonly worst: number; readonly minutes: number; readonly beyond: number };

/** How far `value` lies outside `range`, in the parameter's unit; 0 inside. */
export function beyond(value: number, range: Range): number {
  if (range.high !== undefined && value > range.high) return value - range.high;
  return range.low !== undefined && value < range.low ? range.low - value : 0;
}

/**
 * Times during which a measured series lies outside `range` for longer than `minutes`. `points`: oldest first, epoch
 * milliseconds, good quality only. A stretch ends with the first point inside; a gap longer than `gapMinutes` ends it as well,
 * because nothing is known about the time between.
 */
export function excursions(points: readonly Point[], range: Range, minutes: number, gapMinutes = 60): readonly Excursion[] {
  const found: Excursion[] = [];
  let open: Point[] = [];
  const close = (end: number) => {
    const first = open[0];
    if (!first) return;
    const worst = open.reduce((a, b) => (beyond(b.value, range) > beyond(a.value, range) ? b : a)).value;
    const length = (end - first.at) / 60_000;
    if (length > minutes) found.push({ from: first.at, to: end, worst, minutes: length, beyond: beyond(worst, range) });
    open = [];
  };
  for (const [i, point] of points.entries()) {
    const last = points[i - 1];
    if (last && open.length > 0 && point.at - last.at > gapMinutes * 60_000) close(last.at);
    if (within(point.value, range)) close(point.at);
    else open.push(point);
  }
  close(points.at(-1)?.at ?? 0);
  return found;
}
