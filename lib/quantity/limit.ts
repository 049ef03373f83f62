/** A closed interval; a missing end is open. */
export type Range = { readonly low?: number; readonly high?: number };

/**
 * Nested limits of a parameter (ICH Q8, domain model C.1): absolute ⊇ validated ⊇ action ⊇ alert ⊇ normal.
 * All in the parameter's own unit.
 */
export type Limits = {
  readonly target?: number;
  readonly normal?: Range;
  readonly alert?: Range;
  readonly action?: Range;
  readonly validated?: Range;
};

/** Where a value lies: the innermost range that still holds it. */
export type Zone = "normal" | "alert" | "action" | "outside";

/** True when `value` lies in the closed `range`; an open end always holds. */
export function within(value: number, range: Range): boolean {
  return (range.low === undefined || value >= range.low) && (range.high === undefined || value <= range.high);
}

/**
 * The zone of `value`. A value beyond the normal range is in "alert" while it stays inside the action range, in "action"
 * while it stays inside the validated range, and "outside" beyond that. Missing limits do not judge.
 */
export function zoneOf(value: number, limits: Limits): Zone {
  if (limits.validated && !within(value, limits.validated)) return "outside";
  if (limits.action && !within(value, limits.action)) return limits.validated ? "action" : "outside";
  const normal = limits.normal ?? limits.alert;
  if (normal && !within(value, normal)) return "alert";
  return "normal";
}

const holds = (outer: Range, inner: Range): boolean =>
  (outer.low === undefined || (inner.low !== undefined && inner.low >= outer.low)) &&
  (outer.high === undefined || (inner.high !== undefined && inner.high <= outer.high));

/** Names of neighbouring ranges whose nesting is broken, outermost first; empty when the limits are sound. */
export function brokenNesting(limits: Limits): readonly string[] {
  const chain = (["validated", "action", "alert", "normal"] as const).flatMap((name) => {
    const range = limits[name];
    return range ? [{ name, range }] : [];
  });
  return chain.slice(1).flatMap((inner, i) => {
    const outer = chain[i];
    return outer && !holds(outer.range, inner.range) ? [`${outer.name} does not hold ${inner.name}`] : [];
  });
}

/** "6.80 to 7.20", "≥ 90.0", "≤ 4.0" with the parameter's digits; a dash when there is no limit. */
export function rangeText(range: Range | undefined, digits: number): string {
  if (!range) return "–";
  const { low, high } = range;
  if (low !== undefined && high !== undefined) return `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
  if (low !== undefined) return `≥ ${low.toFixed(digits)}`;
  return high === undefined ? "–" : `≤ ${high.toFixed(digits)}`;
}
