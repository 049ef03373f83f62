import { and, eq, sql } from "drizzle-orm";
import { tags } from "#db/schema/equipment.ts";
import type { SiteTx } from "#db/scope.ts";

/** A point of a trend: mean of the good values of its bin, with how many there were. Times are epoch milliseconds. */
export type TrendPoint = { readonly at: number; readonly value: number; readonly n: number };
export type Trend = { readonly tag: string; readonly binMs: number; readonly points: readonly TrendPoint[] };
type Window = { readonly from: Date; readonly to: Date };

/** Bin length that gives at most about `most` points, at least a second, milliseconds. */
export const binFor = ({ from, to }: Window, most: number): number => Math.max(1_000, Math.ceil((to.getTime() - from.getTime()) / most / 1_000) * 1_000);

/** Good values of a unit's tags over a window, averaged per bin; bins without a good value are missing, nothing is interpolated. */
export async function trends(tx: SiteTx, siteId: string, unitId: string, wanted: readonly string[], window: Window, most = 400): Promise<ReadonlyMap<string, Trend>> {
  const binMs = binFor(window, most);
  const rows = await tx.execute<{ tag: string; at: string; value: number; n: string }>(sql`
    select tag, (extract(epoch from date_bin(${`${binMs} milliseconds`}::interval, at, ${window.from.toISOString()}::timestamptz)) * 1000)::bigint as at, avg(value) as value, count(*) as n
    from process_values where site_id = ${siteId} and unit_id = ${unitId} and tag in (select jsonb_array_elements_text(${JSON.stringify(wanted)}::jsonb))
      and at between ${window.from.toISOString()}::timestamptz and ${window.to.toISOString()}::timestamptz and quality = 'good'
    group by 1, 2 order by 1, 2`);
  const byTag = new Map<string, TrendPoint[]>(wanted.map((tag) => [tag, []]));
  for (const row of rows) byTag.get(row.tag)?.push({ at: Number(row.at), value: Number(row.value), n: Number(row.n) });
  return new Map([...byTag].map(([tag, points]) => [tag, { tag, binMs, points }]));
}

export type TagRow = typeof tags.$inferSelect;
export type Latest = { readonly tag: string; readonly at: number; readonly value: number; readonly quality: "good" | "uncertain" | "bad" };

/** Measured points of a unit in their order. */
export const tagsOf = (tx: SiteTx, siteId: string, unitId: string): Promise<TagRow[]> =>
  tx.select().from(tags).where(and(eq(tags.siteId, siteId), eq(tags.unitId, unitId))).orderBy(tags.position);

/** The newest value of each tag of the units, whatever its quality; `since` bounds the search. */
export async function latestValues(tx: SiteTx, siteId: string, unitId: string): Promise<ReadonlyMap<string, Latest>> {
  const rows = await tx.execute<{ tag: string; at: string; value: number; quality: Latest["quality"] }>(sql`
    select t.tag, (extract(epoch from v.at) * 1000)::bigint as at, v.value, v.quality from tags t
    cross join lateral (select at, value, quality from process_values v where v.site_id = t.site_id and v.unit_id = t.unit_id and v.tag = t.tag order by at desc limit 1) v
    where t.site_id = ${siteId} and t.unit_id = ${unitId}`);
  return new Map(rows.map((r) => [r.tag, { tag: r.tag, at: Number(r.at), value: Number(r.value), quality: r.quality }]));
}

export type IngestFigures = { readonly quarantined: number; readonly lastReceivedAt: Date | null };

/** What came in from the sources of a site in the last 24 hours. */
export async function ingestFigures(tx: SiteTx, siteId: string, now: Date): Promise<IngestFigures> {
  const since = new Date(now.getTime() - 86_400_000).toISOString();
  const [row] = await tx.execute<{ quarantined: string; last: string | null }>(sql`
    select (select count(*) from quarantined_samples where site_id = ${siteId} and received_at > ${since}::timestamptz) as quarantined,
      (select max(recorded_at) from process_values where site_id = ${siteId} and at > ${since}::timestamptz) as last`);
  return { quarantined: Number(row?.quarantined ?? 0), lastReceivedAt: row?.last ? new Date(row.last) : null };
}
