import { and, asc, eq, sql, type SQL } from "drizzle-orm";
import { lots, suppliers } from "#db/schema/material.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import type { BatchState } from "#lib/batch/state.ts";
import type { Direction } from "./genealogy.ts";
import type { LotState } from "./lot.ts";
import { fullTrace, type FullTrace, type GraphEdge, type GraphLot, type LotGraph, type TraceDirection } from "./trace.ts";

/** A movement out of a lot that leads into another: what was charged (less what came back), split off, blended. */
const handsOver = sql`m.other_lot_id is not null and (m.kind in ('charged', 'returned') or (m.kind in ('split', 'blended') and m.quantity < 0))`;

/** From each lot that was reached to its neighbours; every step goes along an index, and every lot is entered once. */
const neighbours: Record<Direction, (siteId: string) => SQL> = {
  forward: (siteId) => sql`select m.other_lot_id as id from lot_movements m where m.site_id = ${siteId} and m.lot_id = r.id and ${handsOver}`,
  backward: (siteId) => sql`select m.lot_id as id from lot_movements m where m.site_id = ${siteId} and m.batch_id = r.id and m.kind in ('charged', 'returned')
    union all select m.other_lot_id from lot_movements m where m.site_id = ${siteId} and m.lot_id = r.id and m.kind in ('split', 'blended') and m.quantity > 0 and m.other_lot_id is not null`,
};

type LotRow = { readonly id: string; readonly code: string; readonly name: string; readonly product: boolean; readonly unit: string; readonly state: LotState; readonly supplier_id: string | null; readonly supplier_lot: string | null; readonly expires_at: string | null; readonly batch: BatchState | null; readonly came_in: number; readonly out: number; readonly left_over: number };
type EdgeRow = { readonly from_lot: string; readonly to_lot: string; readonly quantity: number; readonly input: number };

const lotOf = (r: LotRow): GraphLot => ({
  id: r.id, code: r.code, name: r.name, product: r.product, unit: r.unit, state: r.state, supplierId: r.supplier_id, supplierLot: r.supplier_lot, expiresAt: r.expires_at === null ? null : new Date(r.expires_at), batch: r.batch, into: r.came_in, out: r.out, left: r.left_over,
});
const edgeOf = (r: EdgeRow): GraphEdge => ({ from: r.from_lot, to: r.to_lot, quantity: r.quantity, input: r.input });

/** Everything within reach of a lot in one direction at its site, in two round trips: the lots with their sums, and what went between them. */
export async function readGraph(tx: SiteTx, siteId: string, lotId: string, direction: Direction): Promise<LotGraph> {
  const reach = sql`with recursive reached(id) as (select ${lotId}::text union select n.id from reached r cross join lateral (${neighbours[direction](siteId)}) n)`;
  const named = await tx.execute<LotRow>(sql`${reach},
    moved as materialized (select m.lot_id, sum(m.quantity) filter (where m.kind in ('received', 'produced') or (m.kind in ('split', 'blended') and m.quantity > 0))::float8 as came_in,
      -sum(m.quantity) filter (where m.kind in ('charged', 'returned', 'sampled', 'destroyed') or (m.kind in ('split', 'blended') and m.quantity < 0))::float8 as out, sum(m.quantity)::float8 as left_over
      from lot_movements m join reached r on r.id = m.lot_id where m.site_id = ${siteId} group by m.lot_id)
    select l.id, coalesce(l.material_id, l.product_id) as code, coalesce(t.name, p.name) as name, l.product_id is not null as product, l.unit, l.state, l.supplier_id, l.supplier_lot, l.expires_at, b.state as batch, coalesce(v.came_in, 0) as came_in, coalesce(v.out, 0) as out, coalesce(v.left_over, 0) as left_over
    from reached r join lots l on l.site_id = ${siteId} and l.id = r.id left join moved v on v.lot_id = l.id left join materials t on t.id = l.material_id left join products p on p.id = l.product_id left join batches b on l.origin = 'produced' and b.site_id = l.site_id and b.id = l.id`);
  const between = await tx.execute<EdgeRow>(sql`${reach},
    given as materialized (select m.batch_id as to_lot, m.lot_id as from_lot, -m.quantity as quantity from reached r join lot_movements m on m.site_id = ${siteId} and m.batch_id = r.id and m.kind in ('charged', 'returned')
      union all select m.lot_id, m.other_lot_id, m.quantity from reached r join lot_movements m on m.site_id = ${siteId} and m.lot_id = r.id and m.kind in ('split', 'blended') and m.quantity > 0 and m.other_lot_id is not null),
    pairs as (select g.from_lot, g.to_lot, l.unit, sum(g.quantity) as quantity from given g join lots l on l.site_id = ${siteId} and l.id = g.from_lot group by g.from_lot, g.to_lot, l.unit),
    shared as (select *, sum(quantity) over (partition by to_lot, unit) as input from pairs)
    select s.from_lot, s.to_lot, s.quantity::float8, s.input::float8 from shared s join reached a on a.id = s.from_lot`);
  return { lots: named.map(lotOf), edges: between.map(edgeOf) };
}

/** The full trace of a lot. Throws `NotFound` where there is no such lot at the site. */
export async function traceLot(tx: SiteTx, siteId: string, lotId: string, direction: TraceDirection): Promise<FullTrace> {
  const graphs: Partial<Record<Direction, LotGraph>> = {};
  for (const one of ["backward", "forward"] as const) if (direction === "both" || direction === one) graphs[one] = await readGraph(tx, siteId, lotId, one);
  const found = fullTrace(lotId, graphs);
  if (!found) throw new NotFound(`lot ${lotId}`);
  return found;
}

/** A lot at another of the person's sites that came from the same lot of the same supplier. */
export type SameOrigin = { readonly siteId: string; readonly siteName: string; readonly id: string; readonly state: LotState; readonly supplier: string; readonly supplierLot: string; readonly of: string };

/** Lots at the transaction's other sites that share a supplier's lot with one of these. `of`: the id of that one. */
export async function sameOrigins(tx: SiteTx, siteId: string, of: readonly Pick<GraphLot, "id" | "supplierId" | "supplierLot">[]): Promise<readonly SameOrigin[]> {
  const wanted = of.filter((l) => l.supplierId !== null && l.supplierLot !== null);
  if (wanted.length === 0) return [];
  const pairs = sql`(select * from unnest(${sql.param(wanted.map((l) => l.supplierId))}::text[], ${sql.param(wanted.map((l) => l.supplierLot))}::text[], ${sql.param(wanted.map((l) => l.id))}::text[]) as w(supplier_id, supplier_lot, id))`;
  return tx.select({ siteId: lots.siteId, siteName: sites.name, id: lots.id, state: lots.state, supplier: suppliers.name, supplierLot: sql<string>`${lots.supplierLot}`, of: sql<string>`min(w.id)` }).from(lots)
    .innerJoin(sql`${pairs} as w`, sql`w.supplier_id = ${lots.supplierId} and w.supplier_lot = ${lots.supplierLot}`).innerJoin(sites, eq(sites.id, lots.siteId)).innerJoin(suppliers, eq(suppliers.id, lots.supplierId))
    .where(and(sql`${lots.siteId} <> ${siteId}`)).groupBy(lots.siteId, lots.id, sites.name, suppliers.name).orderBy(asc(lots.siteId), asc(lots.id));
}
