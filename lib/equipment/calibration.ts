import type { InstrumentStanding } from "./use.ts";

type Owner = { readonly unitId: string; /** The unit it is a module of; null for a unit. */ readonly parentId: string | null };
/** The last calibration of an instrument; `tag` null where the unit or module was calibrated as a whole. */
export type LastCalibration = Owner & { readonly tag: string | null; readonly dueAt: Date; readonly passed: boolean };
/** A measured point that can be calibrated. */
export type MeasuredPoint = Owner & { readonly tag: string };

/**
 * How every instrument of a unit and of its modules stands (21 CFR 211.68(a)): its last calibration, and none where it was never calibrated, neither by itself nor with the unit or module as a whole. One
 * calibrated instrument says nothing of the others. An instrument of a module is named by the module too.
 */
export function instrumentStandings(unitId: string, last: readonly LastCalibration[], measured: readonly MeasuredPoint[]): readonly InstrumentStanding[] {
  const own = (one: Owner): boolean => one.unitId === unitId || one.parentId === unitId;
  const named = (one: Owner & { readonly tag: string | null }): string | null => (one.unitId === unitId ? one.tag : [one.unitId, one.tag].filter((part) => part !== null).join(" "));
  const covered = ({ unitId: of, tag }: MeasuredPoint): boolean => last.some((one) => (one.unitId === of && (one.tag === tag || one.tag === null)) || (one.unitId === unitId && one.tag === null));
  return [
    ...last.filter(own).map((one): InstrumentStanding => ({ tag: named(one), dueAt: one.dueAt, passed: one.passed })),
    ...measured.filter((point) => own(point) && !covered(point)).map((point): InstrumentStanding => ({ tag: named(point), dueAt: null, passed: false })),
  ];
}

type Line = { readonly id: string; readonly tag: string | null; readonly performedAt: Date; readonly passed: "yes" | "no" };
/** A failed calibration and the time its instrument cannot be relied on: since the last good one before it, null where there is none, until the next good one, null while there is none. */
export type Doubt = { readonly id: string; readonly since: Date | null; readonly until: Date | null };

/** The doubt a failed calibration casts: a good one of the same instrument before and after it bounds it. `lines`: calibrations of one unit, in any order. */
export function doubtOf(failed: Line, lines: readonly Line[]): Doubt {
  const good = lines.filter((line) => line.tag === failed.tag && line.passed === "yes").map((line) => line.performedAt.getTime());
  const at = failed.performedAt.getTime();
  const [before, after] = [good.filter((time) => time < at), good.filter((time) => time > at)];
  return { id: failed.id, since: before.length > 0 ? new Date(Math.max(...before)) : null, until: after.length > 0 ? new Date(Math.min(...after)) : null };
}

/** When a batch began or ceased to use a unit. */
export type UseLine = { readonly batchId: string; readonly at: Date; readonly event: "bind" | "release" };

/** Batches that used a unit while it was in doubt, in the order they began: bound before its end and not released before its beginning. `uses`: oldest first. */
export function batchesInDoubt(uses: readonly UseLine[], { since, until }: Pick<Doubt, "since" | "until">): readonly string[] {
  const found = new Set<string>();
  for (const [i, use] of uses.entries()) {
    if (use.event !== "bind" || (until && use.at >= until)) continue;
    const end = uses.slice(i + 1).find((other) => other.batchId === use.batchId && other.event === "release");
    if (!end || !since || end.at > since) found.add(use.batchId);
  }
  return [...found];
}
