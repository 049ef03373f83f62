import { and, eq, sql, type SQL } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Actor } from "#lib/access/actor.ts";
import type { Role } from "#lib/access/permission.ts";
import type { BatchFilter, BatchSort } from "./list.ts";
import { openStates, type BatchState } from "./state.ts";

export type BatchListRow = {
  readonly id: string; readonly siteId: string; readonly siteName: string; readonly timeZone: string; readonly productId: string; readonly productName: string; readonly strength: string; readonly unitId: string;
  readonly state: BatchState; readonly origin: "executed" | "imported"; readonly critical: number; readonly major: number; readonly minor: number; readonly open: number;
  readonly titer: number | null; readonly yieldPercent: number | null; readonly inoculatedAt: Date | null; readonly completedAt: Date | null; readonly dueAt: Date | null; readonly priority: number | null;
  readonly waitingOn: Role | null; readonly waitsForMe: boolean; readonly signed: readonly string[];
};
export type BatchPage = { readonly rows: readonly BatchListRow[]; readonly total: number };

/**
 * Who has to act next. Counted from states, exceptions and the meanings signed so far; whether a signature still covers the
 * record is decided on the batch's own page, where the digest is recomputed.
 */
const waitingOn = sql<Role | null>`case
  when b.origin = 'imported' then null
  when b.state = 'complete' then 'supervisor'
  when b.state = 'prod_reviewed' then 'qa-manager'
  when b.state = 'qa_review' and (x.open > 0 or not coalesce(g.meanings, '{}') @> array['audit_trail_reviewed']) then 'qa-manager'
  when b.state = 'qa_review' and not coalesce(g.meanings, '{}') @> array['site_confirmed'] then 'site-confirmer'
  when b.state in ('qa_review', 'conditional') then 'qa-manager' end`;

/** The actor's roles as `site/role` pairs, for the sort "what waits for me". */
const pairsOf = (actor: Actor): string => JSON.stringify([...actor.rolesBySite].flatMap(([site, held]) => held.map((role) => `${site}/${role}`)));

/** A signature that is neither a withdrawal nor withdrawn; whether a later production review has overtaken it is told on the batch's page. */
const counts = sql`s.meaning <> 'withdrawn' and not exists (select from signatures w where w.site_id = s.site_id and w.batch_id = s.batch_id and w.withdraws = s.ordinal)`;

const base = (actor: Actor) => sql`
  select b.*, s.name as site_name, s.time_zone, p.name as product_name, p.strength,
    coalesce(x.critical, 0) as critical, coalesce(x.major, 0) as major, coalesce(x.minor, 0) as minor, coalesce(x.open, 0) as open, coalesce(g.meanings, '{}') as signed,
    ${waitingOn} as waiting_on
  from batches b join sites s on s.id = b.site_id join products p on p.id = b.product_id
  left join lateral (select count(*) filter (where severity = 'critical') as critical, count(*) filter (where severity = 'major') as major, count(*) filter (where severity = 'minor') as minor,
    count(*) filter (where state in ('open', 'explained', 'escalated')) as open from exceptions where site_id = b.site_id and batch_id = b.id) x on true
  left join lateral (select array_agg(s.meaning) as meanings from signatures s where s.site_id = b.site_id and s.batch_id = b.id and ${counts}) g on true
  where ${pairsOf(actor)}::jsonb is not null`;

function conditions(filter: BatchFilter): SQL {
  const parts: SQL[] = [];
  if (filter.q) parts.push(sql`(b.id ilike ${`%${filter.q.replaceAll(/[%_\\]/g, "\\$&")}%`} or b.unit_id ilike ${`%${filter.q.replaceAll(/[%_\\]/g, "\\$&")}%`} or b.product_name ilike ${`%${filter.q.replaceAll(/[%_\\]/g, "\\$&")}%`} or b.product_id ilike ${`%${filter.q.replaceAll(/[%_\\]/g, "\\$&")}%`})`);
  const among = (column: SQL, values: readonly string[]) => sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
  if (filter.site.length > 0) parts.push(among(sql`b.site_id`, filter.site));
  if (filter.state.length > 0) parts.push(among(sql`b.state`, filter.state));
  if (filter.product.length > 0) parts.push(among(sql`b.product_id`, filter.product));
  if (filter.origin) parts.push(sql`b.origin = ${filter.origin}`);
  return parts.length > 0 ? sql.join(parts, sql` and `) : sql`true`;
}

const sortColumns: Record<BatchSort, SQL> = {
  waiting: sql`(case when mine then 0 when waiting_on is not null then 1 when b.state in ('in_progress', 'held') then 2 else 3 end)`,
  id: sql`b.id`, product: sql`b.product_id`, site: sql`b.site_name`, unit: sql`b.unit_id`, state: sql`b.state`, exceptions: sql`(b.critical * 10000 + b.major * 100 + b.minor)`,
  titer: sql`b.titer_g_l`, yield: sql`b.yield_percent`, inoculated: sql`b.inoculated_at`, completed: sql`b.completed_at`, due: sql`b.due_at`, age: sql`b.completed_at`,
};

type Raw = {
  id: string; site_id: string; site_name: string; time_zone: string; product_id: string; product_name: string; strength: string; unit_id: string; state: BatchState; origin: "executed" | "imported";
  critical: string; major: string; minor: string; open: string; titer_g_l: number | null; yield_percent: number | null; inoculated_at: string | null; completed_at: string | null; due_at: string | null; priority: number | null;
  waiting_on: Role | null; mine: boolean; signed: string[]; total: string;
};
const date = (text: string | null): Date | null => (text === null ? null : new Date(text));
const rowOf = (r: Raw): BatchListRow => ({
  id: r.id, siteId: r.site_id, siteName: r.site_name, timeZone: r.time_zone, productId: r.product_id, productName: r.product_name, strength: r.strength, unitId: r.unit_id, state: r.state, origin: r.origin,
  critical: Number(r.critical), major: Number(r.major), minor: Number(r.minor), open: Number(r.open), titer: r.titer_g_l, yieldPercent: r.yield_percent, inoculatedAt: date(r.inoculated_at),
  completedAt: date(r.completed_at), dueAt: date(r.due_at), priority: r.priority, waitingOn: r.waiting_on, waitsForMe: r.mine, signed: r.signed,
});

/** One page of batches across the transaction's sites. Ties are broken by due date, then newest, then id, so that pages never overlap. */
export async function listBatches(tx: SiteTx, actor: Actor, filter: BatchFilter): Promise<BatchPage> {
  const direction = filter.dir === "desc" ? sql`desc` : sql`asc`;
  const rows = await tx.execute<Raw>(sql`
    with b as (select inner_b.*, coalesce(${pairsOf(actor)}::jsonb ? (inner_b.site_id || '/' || inner_b.waiting_on), false) as mine from (${base(actor)}) inner_b)
    select b.*, count(*) over () as total from b where ${conditions(filter)}
    order by ${sortColumns[filter.sort]} ${direction} nulls last, b.due_at asc nulls last, b.inoculated_at desc nulls last, b.id, b.site_id
    limit ${filter.size} offset ${(filter.page - 1) * filter.size}`);
  if (rows.length > 0 || filter.page === 1) return { rows: rows.map(rowOf), total: Number(rows[0]?.total ?? 0) };
  return { rows: [], total: (await listBatches(tx, actor, { ...filter, page: 1 })).total }; // past the end: the count is still true
}

/** Open batches that wait for somebody, for the release queue: mine first, then by due date. */
export async function releaseQueue(tx: SiteTx, actor: Actor): Promise<readonly BatchListRow[]> {
  const rows = await tx.execute<Raw>(sql`
    with b as (select inner_b.*, coalesce(${pairsOf(actor)}::jsonb ? (inner_b.site_id || '/' || inner_b.waiting_on), false) as mine from (${base(actor)}) inner_b)
    select b.*, count(*) over () as total from b where b.origin = 'executed' and b.state in (select jsonb_array_elements_text(${JSON.stringify(openStates)}::jsonb))
    order by mine desc, b.due_at asc nulls last, b.id, b.site_id limit 500`);
  return rows.map(rowOf);
}

export type QueueFigures = { readonly released: number; readonly medianDays: number | null; readonly rejected: number };

/** Days from completion to the closing signature over batches released in the last 365 days: median and count. */
export async function queueFigures(tx: SiteTx, now: Date): Promise<QueueFigures> {
  const [row] = await tx.execute<{ n: string; median: number | null; rejected: string }>(sql`
    select count(*) filter (where g.meaning = 'approved_for_release') as n, count(*) filter (where g.meaning = 'rejected') as rejected,
      percentile_cont(0.5) within group (order by extract(epoch from g.signed_at - b.completed_at) / 86400) filter (where g.meaning = 'approved_for_release') as median
    from signatures g join batches b on b.site_id = g.site_id and b.id = g.batch_id
    where not exists (select from signatures w where w.site_id = g.site_id and w.batch_id = g.batch_id and w.withdraws = g.ordinal) and g.meaning in ('approved_for_release', 'rejected') and g.signed_at > ${new Date(now.getTime() - 365 * 86_400_000).toISOString()}::timestamptz`);
  return { released: Number(row?.n ?? 0), medianDays: row?.median ?? null, rejected: Number(row?.rejected ?? 0) };
}

/** Sites and products that occur in the list, for its filters. */
export async function batchFacets(tx: SiteTx): Promise<{ readonly sites: readonly { id: string; name: string }[]; readonly products: readonly { id: string; name: string }[] }> {
  const siteRows = await tx.selectDistinct({ id: sites.id, name: sites.name }).from(batches).innerJoin(sites, eq(sites.id, batches.siteId)).orderBy(sites.name);
  const productRows = await tx.selectDistinct({ id: products.id, name: products.name }).from(batches).innerJoin(products, eq(products.id, batches.productId)).orderBy(products.id);
  return { sites: siteRows, products: productRows };
}

/** The site of a batch that can be seen, for addresses that name only the batch. */
export async function siteOfBatch(tx: SiteTx, batchId: string): Promise<string | undefined> {
  const [row] = await tx.select({ siteId: batches.siteId }).from(batches).where(and(eq(batches.id, batchId))).limit(1);
  return row?.siteId;
}
