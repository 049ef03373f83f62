import { and, asc, count, desc, eq, gt, ilike, isNull, lte, or, sql, type SQL } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { containers, lotMovements, lots, materials, suppliers } from "#db/schema/material.ts";
import { products } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { expiryWarningDays } from "./expiry.ts";
import { lotsPerPage, type LotFilter, type MaterialFilter } from "./filter.ts";
import type { OfBatch } from "./disposition.ts";
import { balance, batchOfLot, lotAtHand, lotColumns, type LotAtHand } from "./queries.ts";

const soon = (now: Date): Date => new Date(now.getTime() + expiryWarningDays * 86_400_000);
/** Text that means itself in a pattern. */
const literal = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

/** Stock of a material at a site, in the material's unit. `usable`: released and not expired. `next`: the lot to use first. */
export type SiteStock = { readonly siteId: string; readonly usable: number; readonly waiting: number; readonly lots: number; readonly soon: number; readonly expired: number; readonly next: { readonly id: string; readonly expiresAt: Date | null } | undefined };
export type MaterialStock = { readonly id: string; readonly name: string; readonly kind: (typeof materials.$inferSelect)["kind"]; readonly unit: string; readonly storage: string; readonly sites: readonly SiteStock[] };

type StockRow = { readonly material_id: string; readonly site_id: string; readonly usable: number; readonly waiting: number; readonly lots: number; readonly soon: number; readonly expired: number; readonly next_id: string | null; readonly next_at: string | null };

/** Stock of every material at every site of the transaction: one walk over the lots and their movements. */
async function stockRows(tx: SiteTx, now: Date): Promise<readonly StockRow[]> {
  const [at, warned] = [now.toISOString(), soon(now).toISOString()];
  return tx.execute<StockRow>(sql`with held as (select l.site_id, l.id, l.material_id, l.state, l.expires_at, l.received_at, coalesce(sum(m.quantity), 0)::float8 as left_over
      from lots l left join lot_movements m on m.site_id = l.site_id and m.lot_id = l.id where l.material_id is not null group by l.site_id, l.id),
    judged as (select *, state = 'released' and left_over > 0 and (expires_at is null or expires_at > ${at}::timestamptz) as usable_now from held)
    select material_id, site_id, coalesce(sum(left_over) filter (where usable_now), 0)::float8 as usable, coalesce(sum(left_over) filter (where state in ('quarantined', 'restricted')), 0)::float8 as waiting,
      count(*) filter (where left_over > 0)::int as lots, count(*) filter (where usable_now and expires_at <= ${warned}::timestamptz)::int as soon, count(*) filter (where state = 'released' and left_over > 0 and expires_at <= ${at}::timestamptz)::int as expired,
      (array_agg(id order by expires_at asc nulls last, received_at, id) filter (where usable_now))[1] as next_id, (array_agg(expires_at order by expires_at asc nulls last, received_at, id) filter (where usable_now))[1] as next_at
    from judged group by material_id, site_id`);
}

/** Materials by their code with the stock of each site of the transaction. */
export async function materialStock(tx: SiteTx, { q, kind }: MaterialFilter, now: Date): Promise<readonly MaterialStock[]> {
  const named = await tx.select().from(materials).where(and(kind ? eq(materials.kind, kind) : undefined, q ? or(ilike(materials.id, literal(q)), ilike(materials.name, literal(q))) : undefined)).orderBy(asc(materials.id));
  const byMaterial = Map.groupBy(await stockRows(tx, now), (row) => row.material_id);
  return named.map((material) => ({
    ...material, sites: (byMaterial.get(material.id) ?? []).map((r) => ({ siteId: r.site_id, usable: r.usable, waiting: r.waiting, lots: r.lots, soon: r.soon, expired: r.expired, next: r.next_id === null ? undefined : { id: r.next_id, expiresAt: r.next_at === null ? null : new Date(r.next_at) } })),
  }));
}

function expiryCondition(expiry: LotFilter["expiry"], now: Date): SQL | undefined {
  switch (expiry) {
    case "expired": return lte(lots.expiresAt, now);
    case "soon": return and(gt(lots.expiresAt, now), lte(lots.expiresAt, soon(now)));
    case "good": return or(isNull(lots.expiresAt), gt(lots.expiresAt, soon(now)));
    case undefined: return undefined;
  }
}
const sortColumns = { expiry: lots.expiresAt, received: lots.receivedAt, id: lots.id, balance } as const;

export type LotPage = { readonly rows: readonly (LotAtHand & { readonly supplier: string | null })[]; readonly total: number };

/** One page of the lots of a site. What never expires stands last whichever way it is sorted. */
export async function listLots(tx: SiteTx, siteId: string, filter: LotFilter, now: Date): Promise<LotPage> {
  const named = filter.q ? or(ilike(lots.id, literal(filter.q)), ilike(lots.supplierLot, literal(filter.q)), ilike(materials.name, literal(filter.q)), ilike(products.name, literal(filter.q))) : undefined;
  const where = and(eq(lots.siteId, siteId), named, filter.material ? or(eq(lots.materialId, filter.material), eq(lots.productId, filter.material)) : undefined, filter.state ? eq(lots.state, filter.state) : undefined, expiryCondition(filter.expiry, now));
  const from = () => tx.select({ ...lotColumns, supplier: suppliers.name }).from(lots).leftJoin(materials, eq(materials.id, lots.materialId)).leftJoin(products, eq(products.id, lots.productId)).leftJoin(suppliers, eq(suppliers.id, lots.supplierId));
  const [counted] = await tx.select({ n: count() }).from(lots).leftJoin(materials, eq(materials.id, lots.materialId)).leftJoin(products, eq(products.id, lots.productId)).where(where);
  const column = sortColumns[filter.sort];
  const rows = await from().where(where).orderBy(filter.dir === "asc" ? sql`${column} asc nulls last` : sql`${column} desc nulls last`, asc(lots.receivedAt), asc(lots.id)).limit(lotsPerPage).offset((filter.page - 1) * lotsPerPage);
  return { rows, total: counted?.n ?? 0 };
}

export type LotFacts = {
  readonly lot: LotAtHand; readonly origin: (typeof lots.$inferSelect)["origin"]; readonly supplierId: string | null; readonly supplier: string | null; readonly storage: string | null;
  readonly receivedBy: string | null; readonly decision: string | null; readonly decidedBy: string | null; readonly decidedAt: Date | null; readonly received: boolean;
};
export type MovementLine = Pick<typeof lotMovements.$inferSelect, "id" | "containerId" | "kind" | "quantity" | "otherLotId" | "batchId" | "stepId" | "at" | "reason"> & { readonly by: string | null; /** Balance of the lot after it. */ readonly running: number };
export type ContainerLine = { readonly id: string; readonly place: string; readonly quantity: number; readonly balance: number };
export type LotFile = { readonly facts: LotFacts; readonly containers: readonly ContainerLine[]; readonly movements: readonly MovementLine[]; /** Of the same material with some left, for a blend. */ readonly alike: readonly LotAtHand[]; readonly ofBatch: OfBatch | null };

async function lotFacts(tx: SiteTx, siteId: string, lotId: string): Promise<LotFacts> {
  const lot = await lotAtHand(tx, siteId, lotId);
  const decider = sql<string | null>`(select printed_name from people where id = ${lots.decidedBy})`;
  const [row] = await tx.select({ origin: lots.origin, supplierId: lots.supplierId, supplier: suppliers.name, storage: materials.storage, receivedBy: people.printedName, decision: lots.decision, decidedBy: decider, decidedAt: lots.decidedAt })
    .from(lots).leftJoin(suppliers, eq(suppliers.id, lots.supplierId)).leftJoin(materials, eq(materials.id, lots.materialId)).leftJoin(people, eq(people.id, lots.createdBy)).where(and(eq(lots.siteId, siteId), eq(lots.id, lotId)));
  if (!lot || !row) throw new NotFound(`lot ${lotId}`);
  return { lot, ...row, received: row.origin === "received" };
}

/** How many movements of a lot a page shows; the newest. */
export const shownMovements = 200;

/** Everything a page says of a lot: its facts, its containers, its movements with the balance after each (newest first), and lots it could be blended with. Throws `NotFound`. */
export async function readLotFile(tx: SiteTx, siteId: string, lotId: string, now: Date): Promise<LotFile> {
  const facts = await lotFacts(tx, siteId, lotId);
  const held = await tx.select({ id: containers.id, place: containers.place, quantity: containers.quantity, balance: sql<number>`coalesce(sum(${lotMovements.quantity}), 0)::float8` }).from(containers)
    .leftJoin(lotMovements, and(eq(lotMovements.siteId, containers.siteId), eq(lotMovements.lotId, containers.lotId), eq(lotMovements.containerId, containers.id))).where(and(eq(containers.siteId, siteId), eq(containers.lotId, lotId))).groupBy(containers.siteId, containers.id).orderBy(asc(containers.id));
  const running = sql<number>`(sum(${lotMovements.quantity}) over (order by ${lotMovements.at}, ${lotMovements.id}))::float8`;
  const moved = await tx.select({ id: lotMovements.id, containerId: lotMovements.containerId, kind: lotMovements.kind, quantity: lotMovements.quantity, otherLotId: lotMovements.otherLotId, batchId: lotMovements.batchId, stepId: lotMovements.stepId, at: lotMovements.at, reason: lotMovements.reason, by: people.printedName, running })
    .from(lotMovements).leftJoin(people, eq(people.id, lotMovements.by)).where(and(eq(lotMovements.siteId, siteId), eq(lotMovements.lotId, lotId))).orderBy(desc(lotMovements.at), desc(lotMovements.id));
  const { lot } = facts;
  const same = lot.materialId === null ? eq(lots.productId, lot.productId ?? "") : eq(lots.materialId, lot.materialId);
  const alike = await tx.select(lotColumns).from(lots).leftJoin(materials, eq(materials.id, lots.materialId)).leftJoin(products, eq(products.id, lots.productId))
    .where(and(eq(lots.siteId, siteId), same, eq(lots.state, "released"), or(isNull(lots.expiresAt), gt(lots.expiresAt, now)), gt(balance, 0), sql`${lots.id} <> ${lotId}`)).orderBy(sql`${lots.expiresAt} asc nulls last`, asc(lots.receivedAt), asc(lots.id)).limit(50);
  return { facts, containers: held, movements: moved, alike, ofBatch: await batchOfLot(tx, siteId, lotId) };
}

/** What a delivery can be of and from whom, for its form. */
export const receivable = async (tx: SiteTx) => ({
  materials: await tx.select({ id: materials.id, name: materials.name, unit: materials.unit }).from(materials).orderBy(asc(materials.id)),
  suppliers: await tx.select({ id: suppliers.id, name: suppliers.name, state: suppliers.state }).from(suppliers).orderBy(asc(suppliers.state), asc(suppliers.name)),
});

/** A supplier with how many lots of it the transaction's sites hold some of. */
export type SupplierLine = typeof suppliers.$inferSelect & { readonly lots: number };

/** Suppliers by their code. */
export const listSuppliers = (tx: SiteTx): Promise<SupplierLine[]> =>
  tx.select({ id: suppliers.id, name: suppliers.name, state: suppliers.state, lots: sql<number>`(select count(*) from lots where lots.supplier_id = suppliers.id and ${balance} > 0)::int` }).from(suppliers).orderBy(asc(suppliers.id));
