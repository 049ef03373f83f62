import { and, asc, eq, gt, isNull, or, sql } from "drizzle-orm";
import { containers, lotMovements, lots, materials } from "#db/schema/material.ts";
import { products } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";
import type { OfBatch } from "./disposition.ts";
import type { LotState } from "./lot.ts";

/** A lot with its name and what is left of it, in its unit. */
export type LotAtHand = {
  readonly siteId: string; readonly id: string; readonly materialId: string | null; readonly productId: string | null; readonly name: string; readonly state: LotState; readonly unit: string;
  readonly quantity: number | null; readonly potencyPercent: number | null; readonly supplierLot: string | null; readonly receivedAt: Date; readonly expiresAt: Date | null; readonly balance: number;
};
export type ContainerAtHand = { readonly id: string; readonly place: string; readonly unit: string; readonly balance: number };
export type ScannedLot = { readonly lot: LotAtHand; readonly container: ContainerAtHand | undefined; readonly balance: number };

/** What is left of a lot: the sum of its movements. */
export const balance = sql<number>`coalesce((select sum(m.quantity) from ${lotMovements} m where m.site_id = lots.site_id and m.lot_id = lots.id), 0)::float8`;
export const lotColumns = {
  siteId: lots.siteId, id: lots.id, materialId: lots.materialId, productId: lots.productId, name: sql<string>`coalesce(${materials.name}, ${products.name})`, state: lots.state, unit: lots.unit,
  quantity: lots.quantity, potencyPercent: lots.potencyPercent, supplierLot: lots.supplierLot, receivedAt: lots.receivedAt, expiresAt: lots.expiresAt, balance,
};
const atHand = (tx: SiteTx) => tx.select(lotColumns).from(lots).leftJoin(materials, eq(materials.id, lots.materialId)).leftJoin(products, eq(products.id, lots.productId));

/** The lot with exactly this id, or undefined. */
export async function lotAtHand(tx: SiteTx, siteId: string, lotId: string): Promise<LotAtHand | undefined> {
  const [lot] = await atHand(tx).where(and(eq(lots.siteId, siteId), eq(lots.id, lotId)));
  return lot;
}

/** The batch a lot is or was split off, with its state; null for material, for a blend, and for what was split off one. */
export async function batchOfLot(tx: SiteTx, siteId: string, lotId: string): Promise<OfBatch | null> {
  const [found] = await tx.execute<{ state: OfBatch["state"]; id: string }>(sql`with recursive up(id, origin) as (
      select id, origin from lots where site_id = ${siteId} and id = ${lotId}
      union select l.id, l.origin from up u join lot_movements m on m.site_id = ${siteId} and m.lot_id = u.id and m.kind = 'split' and m.quantity > 0 join lots l on l.site_id = ${siteId} and l.id = m.other_lot_id where u.origin = 'split')
    select b.id, b.state from up u join batches b on b.site_id = ${siteId} and b.id = u.id where u.origin = 'produced'`);
  return found ? { kinship: found.id === lotId ? "itself" : "part", state: found.state } : null;
}

async function containerAtHand(tx: SiteTx, siteId: string, containerId: string): Promise<(ContainerAtHand & { readonly lotId: string }) | undefined> {
  const left = sql<number>`coalesce((select sum(m.quantity) from ${lotMovements} m where m.site_id = containers.site_id and m.lot_id = containers.lot_id and m.container_id = containers.id), 0)::float8`;
  const [found] = await tx.select({ id: containers.id, lotId: containers.lotId, place: containers.place, unit: containers.unit, balance: left }).from(containers)
    .where(and(eq(containers.siteId, siteId), sql`upper(${containers.id}) = upper(${containerId})`)).orderBy(sql`${containers.id} = ${containerId} desc`).limit(1);
  return found;
}

/** The containers of a lot with what is left in each, by their number. */
export async function containersOf(tx: SiteTx, siteId: string, lotId: string): Promise<readonly ContainerAtHand[]> {
  const left = sql<number>`coalesce((select sum(m.quantity) from ${lotMovements} m where m.site_id = containers.site_id and m.lot_id = containers.lot_id and m.container_id = containers.id), 0)::float8`;
  return tx.select({ id: containers.id, place: containers.place, unit: containers.unit, balance: left }).from(containers).where(and(eq(containers.siteId, siteId), eq(containers.lotId, lotId))).orderBy(sql`length(${containers.id})`, asc(containers.id));
}

/** What a scanner or a person typed, without the prefix of a label and what PostgreSQL cannot hold. */
const scanned = (text: string): string => text.replaceAll("\0", "").trim().replace(/^(LOT:|\(10\))\s*/i, "").slice(0, 80);

/**
 * The lot a scanned or typed text names by its own id or by one of its containers', in whatever case, with or without the label's prefix; undefined
 * where it names none at this site. `lock` holds the lot until the transaction ends, so that its balance stays true while it is charged.
 */
export async function lotForScan(tx: SiteTx, siteId: string, text: string, { lock = false } = {}): Promise<ScannedLot | undefined> {
  const name = scanned(text);
  if (name === "" || !name.isWellFormed()) return undefined;
  const [direct] = await tx.select({ id: lots.id }).from(lots).where(and(eq(lots.siteId, siteId), sql`upper(${lots.id}) = upper(${name})`)).orderBy(sql`${lots.id} = ${name} desc`).limit(1);
  const found = direct ? undefined : await containerAtHand(tx, siteId, name);
  const lotId = direct?.id ?? found?.lotId;
  if (lotId === undefined) return undefined;
  if (lock) await tx.select({ id: lots.id }).from(lots).where(and(eq(lots.siteId, siteId), eq(lots.id, lotId))).for("update");
  const lot = await lotAtHand(tx, siteId, lotId);
  return lot && { lot, container: found && { id: found.id, place: found.place, unit: found.unit, balance: found.balance }, balance: lot.balance };
}

/** Released lots of a material, or of a product that is one, that have not expired and of which some is left: what expires first stands first, what never expires last (21 CFR 211.86, 211.150(a)). */
export async function fefoLots(tx: SiteTx, siteId: string, materialCode: string, now: Date): Promise<readonly LotAtHand[]> {
  return atHand(tx).where(and(eq(lots.siteId, siteId), or(eq(lots.materialId, materialCode), eq(lots.productId, materialCode)), eq(lots.state, "released"), or(isNull(lots.expiresAt), gt(lots.expiresAt, now)), gt(balance, 0)))
    .orderBy(sql`${lots.expiresAt} asc nulls last`, asc(lots.receivedAt), asc(lots.id));
}
