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
  /** What the instrument or the world can say; beyond it stands a mistake rather than a value. */
  readonly absolute?: Range;
};

/** Where a value lies: the innermost range that still holds it. */
export type Zone = "normal" | "alert" | "action" | "outside" | "beyond";

/** Ranges of a parameter, the widest first. */
export const rangeNames = ["absolute", "validated", "action", "alert", "normal"] as const;
export const rangeName: Record<(typeof rangeNames)[number], string> = { absolute: "Absolute", validated: "Proven acceptable", action: "Action", alert: "Alert", normal: "Normal" };

/** True when `value` lies in the closed `range`; an open end always holds. */
export function within(value: number, range: Range): boolean {
  return (range.low === undefined || value >= range.low) && (range.high === undefined || value <= range.high);
}

/** Do these limits judge a value at all? A target alone does not. */
export const hasLimits = (limits: Limits): boolean => rangeNames.some((name) => limits[name] !== undefined);

/**
 * The zone of `value`. A value beyond the normal range is in "alert" while it stays inside the action range, in "action"
 * while it stays inside the validated range, "outside" past that, and "beyond" past the absolute range. Where there is an alert range
 * of its own, "alert" begins at its end instead of the normal range's. Missing limits do not judge.
 */
export function zoneOf(value: number, limits: Limits): Zone {
  if (limits.absolute && !within(value, limits.absolute)) return "beyond";
  if (limits.validated && !within(value, limits.validated)) return "outside";
  if (limits.action && !within(value, limits.action)) return limits.validated ? "action" : "outside";
  const calm = limits.alert ?? limits.normal;
  if (calm && !within(value, calm)) return "alert";
  return "normal";
}

const holds = (outer: Range, inner: Range): boolean =>
  (outer.low === undefined || (inner.low !== undefined && inner.low >= outer.low)) &&
  (outer.high === undefined || (inner.high !== undefined && inner.high <= outer.high));

/** A range whose low end lies above its high end, one that leaves a wider one, or one the target lies outside of. */
export type LimitFault = { readonly range: (typeof rangeNames)[number]; readonly sentence: string };

type NamedRange = { readonly name: (typeof rangeNames)[number]; readonly range: Range };

/**
 * What is wrong with limits, outermost first; empty when they are sound. Every range is held against every wider one, not its neighbour alone: an end that the
 * neighbour leaves open is still closed by the next. The absolute range ends what others leave open: "≥ 95 %" of a purity is 95 to 100 %. A range is named once, with
 * the nearest wider one it leaves.
 */
export function limitFaults(limits: Limits): readonly LimitFault[] {
  const chain = rangeNames.flatMap((name): readonly NamedRange[] => {
    const range = limits[name];
    return range ? [{ name, range }] : [];
  });
  const turned = chain.filter(({ range }) => range.low !== undefined && range.high !== undefined && range.low > range.high)
    .map(({ name }): LimitFault => ({ range: name, sentence: `${rangeName[name]}: the low end lies above the high end.` }));
  const broken = chain.flatMap((inner, i): readonly LimitFault[] => {
    const left = chain.slice(0, i).findLast((outer) => !holds(outer.range, { ...limits.absolute, ...inner.range }));
    return left ? [{ range: inner.name, sentence: `${rangeName[inner.name]} reaches beyond ${rangeName[left.name].toLowerCase()}. Each range must lie within the wider one.` }] : [];
  });
  const { target } = limits;
  const missed = target === undefined ? undefined : chain.findLast(({ range }) => !within(target, range));
  const off = missed ? [{ range: missed.name, sentence: `The target lies outside the ${rangeName[missed.name].toLowerCase()} range.` }] : [];
  return [...turned, ...broken, ...off];
}

/** May a site use `own` where the master says `master`? Each range may be narrower, none wider, and none may be missing. */
export const narrows = (own: Limits, master: Limits): boolean =>
  rangeNames.every((name) => { const outer = master[name]; const inner = own[name]; return outer === undefined || (inner !== undefined && holds(outer, inner)); });

/**
 * Does a value look like one of `expected` with its point in the wrong place? True where it lies outside and a tenth, or ten times of it
 * (a hundredth, a hundred times as well) lies inside.
 */
export function decimalSlip(value: number, expected: Range): boolean {
  if (within(value, expected) || value === 0) return false;
  return [0.01, 0.1, 10, 100].some((factor) => within(value * factor, expected));
}

/** "6.80 to 7.20", "≥ 90.0", "≤ 4.0" with the parameter's digits; a dash when there is no limit. */
export function rangeText(range: Range | undefined, digits: number): string {
  if (!range) return "–";
  const { low, high } = range;
  if (low !== undefined && high !== undefined) return `${low.toFixed(digits)} to ${high.toFixed(digits)}`;
  if (low !== undefined) return `≥ ${low.toFixed(digits)}`;
  return high === undefined ? "–" : `≤ ${high.toFixed(digits)}`;
}
