import { sql } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { tagsOf, trends, type TrendPoint } from "./queries.ts";

export type MeasuredTag = { readonly tag: string; readonly name: string; readonly unit: string; readonly precision: number; readonly points: readonly TrendPoint[] };
/** What a unit measured online over a window; `everyMs`: how far apart the stored values usually lie, `binMs`: over how long a point is the mean. */
export type ProcessHistory = { readonly unitId: string; readonly everyMs: number; readonly values: number; readonly binMs: number; readonly tags: readonly MeasuredTag[] };
type Window = { readonly from: Date; readonly to: Date };

/** The online values of a unit over a window as they are stored, with their resolution; undefined where nothing was measured. */
export async function processHistory(tx: SiteTx, siteId: string, unitId: string, window: Window, most = 360): Promise<ProcessHistory | undefined> {
  const found = await tx.execute<{ tag: string; n: number; every: number | null }>(sql`
    select tag, count(*)::int as n, percentile_disc(0.5) within group (order by pause) as every from (
      select tag, extract(epoch from at - lag(at) over (partition by tag order by at))::float8 * 1000 as pause from process_values
      where site_id = ${siteId} and unit_id = ${unitId} and at between ${window.from.toISOString()}::timestamptz and ${window.to.toISOString()}::timestamptz and origin = 'online') v group by tag having count(*) > 1`);
  if (found.length === 0) return undefined;
  const measured = await trends(tx, siteId, unitId, found.map(({ tag }) => tag), window, most);
  const known = await tagsOf(tx, siteId, unitId);
  const everyMs = Math.min(...found.flatMap(({ every }) => (every === null ? [] : [every])));
  const tags = known.flatMap(({ tag, name, unit, precision }) => { const trend = measured.get(tag); return trend && trend.points.length > 0 ? [{ tag, name, unit, precision, points: trend.points }] : []; });
  return { unitId, everyMs, values: found.reduce((n, row) => n + row.n, 0), binMs: [...measured.values()][0]?.binMs ?? everyMs, tags };
}

const running: ReadonlySet<string> = new Set(["planned", "issued", "in_progress", "held"]);

/** What the unit of a batch measured while it held it, of a batch whose process has ended; a running one is shown live on its unit. */
export async function batchHistory(tx: SiteTx, { batch, equipment }: BatchRecord): Promise<ProcessHistory | undefined> {
  const { siteId, unitId, inoculatedAt, harvestedAt, completedAt, state } = batch;
  const released = equipment.filter((use) => use.unitId === unitId).at(-1)?.releasedAt;
  const to = released ?? harvestedAt ?? completedAt;
  return inoculatedAt && to && !running.has(state) ? processHistory(tx, siteId, unitId, { from: inoculatedAt, to }) : undefined;
}
