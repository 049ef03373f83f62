import { and, eq, sql } from "drizzle-orm";
import { containers, lotMovements, lots, materials, suppliers } from "#db/schema/material.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import type { AuditEvent } from "#lib/audit/event.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { storedAmount, sumOf } from "./amount.ts";
import { lockedLot } from "./charge-commands.ts";
import { containerFor, drawnFromAll, planParting } from "./container.ts";
import { batchOfLot, containersOf, type LotAtHand } from "./queries.ts";
import { planAdjustment, planBlend, planDecision, planRetest, planSplit, type LotDecision, type Movement, type Retest, type StockPlan, type StockRefusal } from "./stock.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type By = Granted<"lot.receive"> | Granted<"lot.decide">;
type Outcome = Result<{ readonly lotIds: readonly string[] }, StockRefusal>;
const refused = (reason: StockRefusal["reason"], sentence: string): Outcome => refuse({ reason, sentence });

async function tell(tx: SiteTx, by: By, event: AuditEvent, about: { readonly siteId: string; readonly lotId: string; readonly reason: string }, stamp: Stamp): Promise<void> {
  await writeAudit(tx, { ...event, siteId: about.siteId, subject: { type: "lot", id: about.lotId }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: about.reason }, stamp.now, stamp.newId);
}

/** Next number of the plant's own lots of something, counted per site: RM-0042-BAS-0007. Two who ask at once get two numbers. */
async function nextNumber(tx: SiteTx, siteId: string, of: string): Promise<string> {
  const [site] = await tx.select({ code: sites.code }).from(sites).where(eq(sites.id, siteId));
  const stem = `${of}-${site?.code ?? siteId}-`;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`lot number ${siteId} ${stem}`}))`);
  const own = sql`substr(${lots.id}, ${stem.length + 1}::int)`;
  const [last] = await tx.select({ n: sql<number>`max(case when ${own} ~ '^[0-9]{4,8}$' then ${own}::int end)` }).from(lots).where(and(eq(lots.siteId, siteId), sql`starts_with(${lots.id}, ${stem})`));
  return `${stem}${String((last?.n ?? 0) + 1).padStart(4, "0")}`;
}

export type Receipt = {
  readonly siteId: string; readonly materialId: string; readonly supplierId: string; readonly supplierLot: string; readonly potencyPercent: number | null; readonly expiresAt: Date | null; readonly place: string;
  /** What each container holds, in the material's unit. */
  readonly containers: readonly number[]; readonly reason: string;
};

/** Takes a delivery in: a lot in quarantine with its containers, each with a label of its own (21 CFR 211.80(d), 211.82). */
export async function receiveLot(tx: SiteTx, by: Granted<"lot.receive">, receipt: Receipt, stamp: Stamp): Promise<Outcome> {
  const { siteId } = receipt;
  const [material] = await tx.select().from(materials).where(eq(materials.id, receipt.materialId));
  const [supplier] = await tx.select().from(suppliers).where(eq(suppliers.id, receipt.supplierId));
  if (!material || !supplier) throw new NotFound(`material ${receipt.materialId} or supplier ${receipt.supplierId}`);
  if (supplier.state !== "approved") return refused("state", `${supplier.name} is suspended as a supplier. Put the delivery aside and ask quality.`);
  if (receipt.expiresAt && receipt.expiresAt.getTime() <= stamp.now.getTime()) return refused("expired", "This delivery has expired already. Refuse it, or check the date on its label.");
  const held = receipt.containers.map(storedAmount);
  if (held.length === 0 || held.some((amount) => !(amount > 0))) return refused("amount", "Each container needs an amount greater than 0.");
  const id = await nextNumber(tx, siteId, material.id);
  const quantity = sumOf(held);
  await tx.insert(lots).values({ siteId, id, materialId: material.id, origin: "received", supplierId: supplier.id, supplierLot: receipt.supplierLot, state: "quarantined", quantity, unit: material.unit, potencyPercent: receipt.potencyPercent, receivedAt: stamp.now, expiresAt: receipt.expiresAt, createdBy: by.actor.id });
  const named = held.map((amount, i) => ({ containerId: `${id}/${i + 1}`, amount }));
  await tx.insert(containers).values(named.map(({ containerId, amount }) => ({ siteId, id: containerId, lotId: id, quantity: amount, unit: material.unit, place: receipt.place })));
  await tx.insert(lotMovements).values(named.map(({ containerId, amount }) => ({ siteId, id: stamp.newId(), lotId: id, containerId, kind: "received" as const, quantity: amount, at: stamp.now, by: by.actor.id, reason: receipt.reason })));
  await tell(tx, by, { event: "lot.received", detail: { material: material.id, quantity, unit: material.unit } }, { siteId, lotId: id, reason: receipt.reason }, stamp);
  return accept({ lotIds: [id] });
}

type Placed = Movement & { readonly containerId: string | null };
/** `place`: where the one container of each lot that is made stands; `taken`: out of which container an amount comes, by lot. */
type Carried = { readonly siteId: string; readonly plan: StockPlan; readonly parent: LotAtHand; readonly reason: string; readonly decided?: boolean; readonly place?: string; readonly taken?: ReadonlyMap<string, string | null> };

/** A movement with its container: of a lot that is made its only one; of one that is written off all of them. */
async function placed(tx: SiteTx, { siteId, plan, taken }: Carried, movement: Movement): Promise<readonly Placed[]> {
  if (plan.made.some((made) => made.id === movement.lotId)) return [{ ...movement, containerId: `${movement.lotId}/1` }];
  if (movement.kind !== "destroyed") return [{ ...movement, containerId: taken?.get(movement.lotId) ?? null }];
  return drawnFromAll(await containersOf(tx, siteId, movement.lotId), -movement.quantity).map(({ containerId, quantity }) => ({ ...movement, quantity: -quantity, containerId }));
}

/** Writes what a plan says: lots that are made inherit where the first parent came from, and have one container with a label of its own. */
async function carryOut(tx: SiteTx, by: By, carried: Carried, stamp: Stamp): Promise<void> {
  const { siteId, plan, parent, reason, decided = false, place = "" } = carried;
  const [origin] = await tx.select({ supplierId: lots.supplierId, supplierLot: lots.supplierLot, receivedAt: lots.receivedAt }).from(lots).where(and(eq(lots.siteId, siteId), eq(lots.id, parent.id)));
  for (const made of plan.made) {
    const kept = made.origin === "split" ? { supplierId: origin?.supplierId ?? null, supplierLot: origin?.supplierLot ?? null } : {};
    await tx.insert(lots).values({ siteId, ...made, ...kept, receivedAt: made.origin === "split" ? (origin?.receivedAt ?? stamp.now) : stamp.now, createdBy: by.actor.id });
    await tx.insert(containers).values({ siteId, id: `${made.id}/1`, lotId: made.id, quantity: made.quantity, unit: made.unit, place });
  }
  const moved: Placed[] = [];
  for (const movement of plan.movements) moved.push(...await placed(tx, carried, movement));
  if (moved.length > 0) await tx.insert(lotMovements).values(moved.map((m) => ({ ...m, siteId, id: stamp.newId(), at: stamp.now, by: by.actor.id, reason })));
  for (const { lotId, to } of plan.states) await tx.update(lots).set({ state: to, ...(decided ? { decision: reason, decidedBy: by.actor.id, decidedAt: stamp.now } : {}) }).where(and(eq(lots.siteId, siteId), eq(lots.id, lotId)));
}

type About = { readonly siteId: string; readonly lotId: string; readonly reason: string };

/** Quality decides about a lot: release, restrict, reject, quarantine again, destroy. */
export async function decideLot(tx: SiteTx, by: Granted<"lot.decide">, { command, ...about }: About & { readonly command: LotDecision["command"] }, stamp: Stamp): Promise<Outcome> {
  const lot = await lockedLot(tx, about.siteId, about.lotId);
  const [row] = await tx.select({ receivedBy: lots.createdBy }).from(lots).where(and(eq(lots.siteId, about.siteId), eq(lots.id, lot.id)));
  const plan = planDecision(lot, { command, by: by.actor.id, receivedBy: row?.receivedBy ?? null, now: stamp.now, ofBatch: await batchOfLot(tx, about.siteId, lot.id) });
  if (!plan.ok) return plan;
  await carryOut(tx, by, { siteId: about.siteId, plan: plan.value, parent: lot, reason: about.reason, decided: true }, stamp);
  await tell(tx, by, { event: "lot.decided", detail: { command, from: lot.state, to: plan.value.states[0]?.to ?? lot.state } }, about, stamp);
  return accept({ lotIds: [lot.id] });
}

/** `containerId`: out of which container, or into which; null where none is named. */
type FromContainer = { readonly containerId: string | null };
export type Split = About & FromContainer & { readonly quantities: readonly number[]; readonly place: string };

/** Parts a lot into lots of their own, numbered after it: …-S1, …-S2, each in a container of its own. `quantities` in the lot's unit. */
export async function splitLot(tx: SiteTx, by: Granted<"lot.receive">, { quantities, place, containerId, ...about }: Split, stamp: Stamp): Promise<Outcome> {
  const { siteId } = about;
  const lot = await lockedLot(tx, siteId, about.lotId);
  const [counted] = await tx.select({ n: sql<number>`count(*)::int` }).from(lots).where(and(eq(lots.siteId, siteId), sql`starts_with(${lots.id}, ${`${lot.id}-S`})`));
  const parts = quantities.map((quantity, i) => ({ id: `${lot.id}-S${(counted?.n ?? 0) + i + 1}`, quantity: storedAmount(quantity) }));
  const plan = planSplit(lot, parts);
  if (!plan.ok) return plan;
  const from = containerFor(lot, await containersOf(tx, siteId, lot.id), containerId, sumOf(parts.map((p) => p.quantity)));
  if (!from.ok) return from;
  await carryOut(tx, by, { siteId, plan: plan.value, parent: lot, reason: about.reason, place, taken: new Map([[lot.id, from.value]]) }, stamp);
  await tell(tx, by, { event: "lot.split", detail: { into: parts.map((p) => p.id), quantity: sumOf(parts.map((p) => p.quantity)), unit: lot.unit } }, about, stamp);
  return accept({ lotIds: parts.map((p) => p.id) });
}

export type Blend = { readonly siteId: string; readonly parts: readonly (FromContainer & { readonly lotId: string; readonly quantity: number })[]; readonly place: string; readonly reason: string };

/** Makes one lot of several; all of them stay its parents for every trace (ICH Q7 8.4, 8.43). Amounts in the lots' unit. */
export async function blendLots(tx: SiteTx, by: Granted<"lot.decide">, { siteId, parts, place, reason }: Blend, stamp: Stamp): Promise<Outcome> {
  const held = new Map<string, LotAtHand>();
  // In the order of their ids, so that two who blend the same lots at once never wait for each other.
  for (const lotId of [...new Set(parts.map((p) => p.lotId))].sort()) held.set(lotId, await lockedLot(tx, siteId, lotId));
  const first = held.get(parts[0]?.lotId ?? "");
  if (!first) return refused("not-alike", "A blend is made of at least two different lots.");
  const id = await nextNumber(tx, siteId, first.materialId ?? first.productId ?? "");
  const plan = planBlend(parts.map(({ lotId, quantity }) => ({ lot: held.get(lotId) as LotAtHand, quantity: storedAmount(quantity) })), id, stamp.now);
  if (!plan.ok) return plan;
  const taken = new Map<string, string | null>();
  for (const { lotId, quantity, containerId } of parts) {
    const from = containerFor(held.get(lotId) as LotAtHand, await containersOf(tx, siteId, lotId), containerId, storedAmount(quantity));
    if (!from.ok) return from;
    taken.set(lotId, from.value);
  }
  await carryOut(tx, by, { siteId, plan: plan.value, parent: first, reason, place, taken }, stamp);
  await tell(tx, by, { event: "lot.blended", detail: { from: parts.map((p) => p.lotId), quantity: plan.value.made[0]?.quantity ?? 0, unit: first.unit } }, { siteId, lotId: id, reason }, stamp);
  return accept({ lotIds: [id] });
}

/** Writes down a sample that was drawn, or puts a balance right after counting. `quantity` in the lot's unit, negative out. */
export async function adjustLot(tx: SiteTx, by: By, { kind, quantity, containerId, ...about }: About & FromContainer & { readonly kind: "sampled" | "adjusted"; readonly quantity: number }, stamp: Stamp): Promise<Outcome> {
  const lot = await lockedLot(tx, about.siteId, about.lotId);
  const plan = planAdjustment(lot, kind, storedAmount(quantity));
  if (!plan.ok) return plan;
  const from = containerFor(lot, await containersOf(tx, about.siteId, lot.id), containerId, -storedAmount(quantity));
  if (!from.ok) return from;
  await carryOut(tx, by, { siteId: about.siteId, plan: plan.value, parent: lot, reason: about.reason, taken: new Map([[lot.id, from.value]]) }, stamp);
  await tell(tx, by, { event: "lot.adjusted", detail: { quantity: storedAmount(quantity), unit: lot.unit } }, about, stamp);
  return accept({ lotIds: [lot.id] });
}

/** Pours a part of a container into a further one of the same lot, with a place and a label of its own. `quantity` in the lot's unit. */
export async function partContainer(tx: SiteTx, by: Granted<"lot.receive">, { containerId, quantity, place, ...about }: About & { readonly containerId: string; readonly quantity: number; readonly place: string }, stamp: Stamp): Promise<Outcome> {
  const { siteId } = about;
  const lot = await lockedLot(tx, siteId, about.lotId);
  const plan = planParting(lot, await containersOf(tx, siteId, lot.id), containerId, quantity);
  if (!plan.ok) return plan;
  const { made, movements } = plan.value;
  await tx.insert(containers).values({ siteId, id: made, lotId: lot.id, quantity: storedAmount(quantity), unit: lot.unit, place });
  await tx.insert(lotMovements).values(movements.map((m) => ({ ...m, siteId, id: stamp.newId(), at: stamp.now, by: by.actor.id, reason: `${about.reason} (${containerId} parted into ${made})` })));
  await tell(tx, by, { event: "lot.parted", detail: { container: containerId, into: made, quantity: storedAmount(quantity), unit: lot.unit } }, about, stamp);
  return accept({ lotIds: [made] });
}

const said = ({ expiresAt, potencyPercent }: Pick<LotAtHand, "expiresAt" | "potencyPercent">): string => `expiry ${expiresAt?.toISOString() ?? "none"}, potency ${potencyPercent === null ? "not stated" : `${potencyPercent} %`}`;

/** Quality writes down what a re-test showed: a later expiry, a potency, or both (21 CFR 211.87). What was split off before keeps what it had. */
export async function retestLot(tx: SiteTx, by: Granted<"lot.decide">, { expiresAt, potencyPercent, ...about }: About & Retest, stamp: Stamp): Promise<Outcome> {
  const lot = await lockedLot(tx, about.siteId, about.lotId);
  const plan = planRetest(lot, { expiresAt, potencyPercent }, stamp.now);
  if (!plan.ok) return plan;
  await tx.update(lots).set(plan.value).where(and(eq(lots.siteId, about.siteId), eq(lots.id, lot.id)));
  await tell(tx, by, { event: "lot.retested", detail: { from: said(lot), to: said(plan.value) } }, about, stamp);
  return accept({ lotIds: [lot.id] });
}
