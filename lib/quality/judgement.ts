import { hasLimits, within, zoneOf, type Limits, type Range, type Zone } from "#lib/quantity/limit.ts";
import { beyond, excursions, type Point } from "./excursion.ts";

/** When a value counts as outside, as a master says it (`lib/recipe/master-record.ts`). */
export type Evaluation = { readonly kind: "instant" | "at_end" } | { readonly kind: "longer_than" | "mean_over"; readonly minutes: number };
/** Time a series was asked for, epoch milliseconds, and the longest pause between two values that still counts as measured, minutes. */
export type Span = { readonly from: number; readonly to: number; readonly gapMinutes: number };

export type Judgement =
  | { readonly result: "within" }
  | { readonly result: "exception"; readonly zone: Exclude<Zone, "normal">; readonly worst: number; readonly from: number | undefined; readonly to: number | undefined; readonly minutes: number | undefined }
  /** Nothing can be said, and that is counted and shown; `covered`: share of the time that was measured. */
  | { readonly result: "not_evaluated"; readonly why: "no-number" | "no-limits" | "no-values" | "gaps"; readonly covered: number };

/** Least share of a span that must have been measured before a series is judged as a whole. */
export const leastCovered = 0.9;

/** Judges one value, entered or read once. */
export function judgeValue(value: number, limits: Limits): Judgement {
  if (!Number.isFinite(value)) return { result: "not_evaluated", why: "no-number", covered: 0 };
  if (!hasLimits(limits)) return { result: "not_evaluated", why: "no-limits", covered: 1 };
  const zone = zoneOf(value, limits);
  return zone === "normal" ? { result: "within" } : { result: "exception", zone, worst: value, from: undefined, to: undefined, minutes: undefined };
}

/** Share of the span that was measured: time from each value to the next, where the pause is no gap; up to the ends of the span as well. */
export function coverage(points: readonly Point[], { from, to, gapMinutes }: Span): number {
  if (to <= from) return points.length > 0 ? 1 : 0;
  const longest = gapMinutes * 60_000;
  const edges = [from, ...points.map((p) => p.at), to];
  const measured = points.length === 0 ? 0 : edges.slice(1).reduce((sum, at, i) => { const pause = at - (edges[i] ?? at); return sum + (pause <= longest ? Math.max(0, pause) : 0); }, 0);
  return measured / (to - from);
}

/**
 * Means over each stretch of `minutes` that ends at a value and was measured without a gap; a value holds until the next one. A stretch
 * that began before the first value or holds a gap gives no mean.
 */
export function meansOver(points: readonly Point[], minutes: number, gapMinutes: number): readonly Point[] {
  const [length, longest] = [minutes * 60_000, gapMinutes * 60_000];
  return points.flatMap((end, i): readonly Point[] => {
    let [sum, at] = [0, end.at];
    for (let k = i - 1; k >= 0 && at > end.at - length; k -= 1) {
      const point = points[k] as Point;
      if (at - point.at > longest) return [];
      const start = Math.max(point.at, end.at - length);
      sum += point.value * (at - start);
      at = start;
    }
    return at <= end.at - length ? [{ at: end.at, value: sum / length }] : [];
  });
}

const zones = [["absolute", "beyond"], ["validated", "outside"], ["action", "action"], ["alert", "alert"], ["normal", "alert"]] as const;
type Left = { readonly zone: Exclude<Zone, "normal">; readonly range: Range };

/** Ranges to look at, the widest first, each with the zone a value is in once it has left it. */
function rangesLeft(limits: Limits): readonly Left[] {
  return zones.flatMap(([name, zone]): readonly Left[] => {
    const range = limits[name];
    if (!range || (name === "normal" && limits.alert)) return [];
    return [{ range, zone: zone === "action" && !limits.validated ? "outside" : zone }];
  });
}

/**
 * Judges a measured series by the master's evaluation. `points`: of good quality only, oldest first. The widest range that was left decides the zone. A series
 * with too little measured is not evaluated, unless what was measured is an exception already: that stands whatever the gaps hide.
 */
export function judgeSeries(points: readonly Point[], limits: Limits, evaluation: Evaluation, span: Span): Judgement {
  const covered = coverage(points, span);
  if (!hasLimits(limits)) return { result: "not_evaluated", why: "no-limits", covered };
  if (points.length === 0) return { result: "not_evaluated", why: "no-values", covered: 0 };
  const last = points.at(-1) as Point;
  if (evaluation.kind === "at_end") return last.at < span.to - span.gapMinutes * 60_000 ? { result: "not_evaluated", why: "gaps", covered } : judgeValue(last.value, limits);
  const looked = evaluation.kind === "mean_over" ? meansOver(points, evaluation.minutes, span.gapMinutes) : points;
  for (const { zone, range } of rangesLeft(limits)) {
    const found = stretches(looked, range, evaluation, span.gapMinutes);
    const worst = found.reduce<(typeof found)[number] | undefined>((a, b) => (a && beyond(a.worst, range) >= beyond(b.worst, range) ? a : b), undefined);
    if (worst) return { result: "exception", zone, worst: worst.worst, from: worst.from, to: worst.to, minutes: found.reduce((n, x) => n + x.minutes, 0) };
  }
  return covered < leastCovered || looked.length === 0 ? { result: "not_evaluated", why: "gaps", covered } : { result: "within" };
}

function stretches(points: readonly Point[], range: Range, evaluation: Evaluation, gapMinutes: number) {
  if (evaluation.kind === "longer_than") return excursions(points, range, evaluation.minutes, gapMinutes);
  // Every value counts: a stretch of one value has no length, so the rule's minutes lie just below none.
  return excursions(points, range, -1, gapMinutes).filter((x) => !within(x.worst, range));
}
