import { and, asc, between, eq, inArray } from "drizzle-orm";
import { tags } from "#db/schema/equipment.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import type { EntryBasis } from "#lib/batch/basis.ts";
import type { StepRow } from "#lib/batch/record.ts";
import { excursions, type Point } from "#lib/quality/excursion.ts";
import { coverage, judgeSeries, meansOver, type Judgement } from "#lib/quality/judgement.ts";
import { effectiveConfiguration } from "#lib/quality/raise-commands.ts";
import { rangeText } from "#lib/quantity/limit.ts";
import type { MasterParameter } from "#lib/recipe/master-record.ts";
import { actorOf, raiseOver, writeEntry, type Stamp } from "./entry-commands.ts";
import { outsideTitle, zoneSeverity } from "./entry.ts";
import { askedValue, entriesOf, type Execution } from "./standing.ts";

/** The longest pause between two good values that still counts as measured, minutes. The history of past batches is kept at one minute. */
const gapMinutes = 5;

/** Units the batch is bound to now and its own, that have the tag; the one bound last counts. */
export async function unitWith(tx: SiteTx, { record }: Execution, tag: string): Promise<string | undefined> {
  const bound = record.equipment.filter((use) => use.releasedAt === null).map((use) => use.unitId).reverse();
  const candidates = [...bound, record.batch.unitId];
  const known = await tx.select({ unitId: tags.unitId }).from(tags).where(and(eq(tags.siteId, record.batch.siteId), inArray(tags.unitId, candidates), eq(tags.tag, tag)));
  return candidates.find((unitId) => known.some((row) => row.unitId === unitId));
}

type Window = { readonly from: Date; readonly to: Date };
async function measured(tx: SiteTx, siteId: string, unitId: string, tag: string, { from, to }: Window): Promise<readonly Point[]> {
  const rows = await tx.select({ at: processValues.at, value: processValues.value }).from(processValues)
    .where(and(eq(processValues.siteId, siteId), eq(processValues.unitId, unitId), eq(processValues.tag, tag), eq(processValues.quality, "good"), between(processValues.at, from, to))).orderBy(asc(processValues.at));
  return rows.map((row) => ({ at: row.at.getTime(), value: row.value }));
}

/** What a captured value is written as: the last one, the mean of the last window, or the lowest to the highest. */
function valueText(p: MasterParameter, points: readonly Point[]): string {
  const digits = (value: number): string => value.toFixed(p.precision);
  if (p.evaluation.kind === "at_end") return digits(points.at(-1)?.value ?? Number.NaN);
  if (p.evaluation.kind === "mean_over") {
    const mean = meansOver(points, p.evaluation.minutes, gapMinutes).at(-1);
    if (mean) return digits(mean.value);
  }
  const values = points.map((point) => point.value);
  return `${digits(Math.min(...values))} to ${digits(Math.max(...values))}`;
}

function basisOf(p: MasterParameter, unitId: string, points: readonly Point[], { from, to }: Window): EntryBasis {
  const values = points.map((point) => point.value);
  const digits = (value: number): string => value.toFixed(p.precision);
  const covered = coverage(points, { from: from.getTime(), to: to.getTime(), gapMinutes });
  return {
    kind: "captured", unitId, tag: p.tag ?? "", from: from.toISOString(), to: to.toISOString(), values: points.length, low: digits(Math.min(...values)), high: digits(Math.max(...values)), mean: digits(values.reduce((a, b) => a + b, 0) / values.length),
    gapMinutes: Math.round((1 - covered) * ((to.getTime() - from.getTime()) / 60_000) * 10) / 10,
  };
}

/** Stretches outside the range the judgement names, each an exception with its window; a judgement without stretches is one. */
function stretchesOf(p: MasterParameter, points: readonly Point[], judged: Extract<Judgement, { result: "exception" }>, window: Window) {
  const range = judged.zone === "outside" ? (p.limits.validated ?? p.limits.action) : judged.zone === "action" ? p.limits.action : (p.limits.alert ?? p.limits.normal);
  const found = range && p.evaluation.kind === "longer_than" ? excursions(points, range, p.evaluation.minutes, gapMinutes) : [];
  if (found.length > 0) return found.map((x) => ({ worst: x.worst, from: new Date(x.from), to: new Date(x.to), minutes: x.minutes }));
  return [{ worst: judged.worst, from: judged.from === undefined ? window.from : new Date(judged.from), to: judged.to === undefined ? window.to : new Date(judged.to), minutes: judged.minutes ?? 0 }];
}

/**
 * Captures one automatic parameter over the step from the measured values of its unit, judged by the master's evaluation, with its source and window. Good
 * values only: nothing is interpolated. Returns the parameter's name where nothing was measured; it is then entered by hand.
 */
export async function capture(tx: SiteTx, execution: Execution, row: StepRow, p: MasterParameter, by: Granted<Permission>, stamp: Stamp): Promise<readonly string[]> {
  if (!p.tag || entriesOf(execution, row.id).has(p.id)) return [];
  const { siteId } = execution.record.batch;
  const window = { from: row.startedAt ?? stamp.now, to: stamp.now };
  const unitId = await unitWith(tx, execution, p.tag);
  const points = unitId ? await measured(tx, siteId, unitId, p.tag, window) : [];
  if (!unitId || points.length === 0) return [`A measured value of ${p.name} since the step was started (enter it by hand if none will come)`];
  const judged = judgeSeries(points, p.limits, p.evaluation, { from: window.from.getTime(), to: window.to.getTime(), gapMinutes });
  const asked = askedValue(p);
  const place = { execution, row, asked, rules: await effectiveConfiguration(tx) };
  await writeEntry(tx, place, 1, {
    value: valueText(p, points), evaluation: judged.result === "not_evaluated" && judged.why === "no-limits" ? "no_limits" : judged.result, source: "automatic", instrument: `${unitId}/${p.tag}`, eventAt: stamp.now, enteredBy: null, reason: null, basis: basisOf(p, unitId, points, window), submission: null, late: false,
  }, actorOf(by), stamp);
  if (judged.result === "not_evaluated" && judged.why !== "no-limits") {
    await raiseOver(tx, place, { type: "data_gap", title: `${p.name}: too little was measured to judge it`, planned: "measured throughout", actual: `${Math.round(judged.covered * 100)} % of the time`, unit: null }, { id: null, tag: p.tag, window }, actorOf(by), stamp);
  }
  if (judged.result !== "exception") return [];
  const severity = zoneSeverity(judged.zone, p.class);
  for (const stretch of stretchesOf(p, points, judged, window)) {
    const range = judged.zone === "outside" ? (p.limits.validated ?? p.limits.action) : judged.zone === "action" ? p.limits.action : (p.limits.alert ?? p.limits.normal);
    await raiseOver(tx, place, {
      type: p.class === "CPP" ? "cpp_outside_limits" : "parameter_outside_limits", ...(severity ? { severity } : {}), title: outsideTitle(asked, judged.zone, stretch.worst), planned: rangeText(range, p.precision),
      actual: stretch.worst.toFixed(p.precision), unit: p.unit,
    }, { id: null, tag: p.tag, window: { from: stretch.from, to: stretch.to }, outsideMinutes: Math.round(stretch.minutes * 10) / 10 }, actorOf(by), stamp);
  }
  return [];
}
