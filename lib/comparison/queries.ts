import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { attributes, comparedTags, type Comparison, type Curve, type SiteFigures } from "./attribute.ts";
import { summarise } from "./statistic.ts";

const closed = ["complete", "prod_reviewed", "qa_review", "released"] as const;

async function curvesOf(tx: SiteTx, productId: string, siteIds: readonly string[], tag: string): Promise<readonly Curve[]> {
  const rows = await tx.execute<{ id: string; site_id: string; h: number; value: number }>(sql`
    select b.id, b.site_id, extract(epoch from v.at - b.inoculated_at) / 3600 as h, v.value from batches b
    join process_values v on v.site_id = b.site_id and v.unit_id = b.unit_id and v.tag = ${tag} and v.at >= b.inoculated_at and v.at <= coalesce(b.harvested_at, b.completed_at) and v.quality = 'good'
    where b.product_id = ${productId} and b.site_id in (select jsonb_array_elements_text(${JSON.stringify(siteIds)}::jsonb)) and b.state in (select jsonb_array_elements_text(${JSON.stringify(closed)}::jsonb))
    order by b.site_id, b.id, v.at`);
  const byBatch = new Map<string, { batchId: string; siteId: string; points: { h: number; value: number }[] }>();
  for (const row of rows) {
    const curve = byBatch.get(`${row.site_id}/${row.id}`) ?? { batchId: row.id, siteId: row.site_id, points: [] };
    curve.points.push({ h: Number(row.h), value: Number(row.value) });
    byBatch.set(`${row.site_id}/${row.id}`, curve);
  }
  return [...byBatch.values()];
}

/**
 * One product at the sites of the transaction: every finished batch (complete to released, rejected ones left out), aligned on
 * hours from inoculation, and per site the figures with n, mean and 95 % interval.
 */
export async function compareSites(tx: SiteTx, siteIds: readonly string[], wanted: string | undefined): Promise<Comparison> {
  const offered = await tx.selectDistinct({ id: products.id, name: products.name }).from(batches).innerJoin(products, eq(products.id, batches.productId))
    .where(and(inArray(batches.siteId, [...siteIds]), isNotNull(batches.inoculatedAt), inArray(batches.state, [...closed]))).orderBy(asc(products.id));
  const productId = offered.find((p) => p.id === wanted)?.id ?? offered.find((p) => p.id === "VB-101")?.id ?? offered[0]?.id ?? "";
  const rows = await tx.execute<{ id: string; site_id: string; site_name: string; titer: number | null; yield: number | null; cycle: number | null; exceptions: string; origin: string }>(sql`
    select b.id, b.site_id, s.name as site_name, b.titer_g_l as titer, b.yield_percent as yield, extract(epoch from b.completed_at - b.inoculated_at) / 86400 as cycle, b.origin,
      (select count(*) from exceptions x where x.site_id = b.site_id and x.batch_id = b.id) as exceptions
    from batches b join sites s on s.id = b.site_id where b.product_id = ${productId} and b.state in (select jsonb_array_elements_text(${JSON.stringify(closed)}::jsonb)) order by s.name, b.id`);
  const names = await tx.select({ id: sites.id, name: sites.name }).from(sites).where(inArray(sites.id, [...siteIds])).orderBy(asc(sites.name));
  const figures = names.map(({ id, name }): SiteFigures => {
    const own = rows.filter((r) => r.site_id === id).map((r) => ({
      id: r.id, values: { titer: r.titer, yield: r.yield, cycle: r.cycle === null ? null : Number(r.cycle), exceptions: r.origin === "executed" ? Number(r.exceptions) : null },
    }));
    const summary = Object.fromEntries(attributes.map((a) => [a.id, summarise(own.flatMap((b) => (b.values[a.id] === null ? [] : [b.values[a.id] as number])))])) as SiteFigures["summary"];
    return { siteId: id, siteName: name, batches: own, summary };
  });
  const curves: Record<string, readonly Curve[]> = {};
  for (const { tag } of comparedTags) curves[tag] = await curvesOf(tx, productId, siteIds, tag);
  return { productId, products: offered, sites: figures, curves };
}
