import { and, eq } from "drizzle-orm";
import { lotMovements, lots } from "#db/schema/material.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { BrokenPromise } from "#lib/result.ts";
import { amountIn, sumOf } from "./amount.ts";
import { containerFor } from "./container.ts";
import type { LotState } from "./lot.ts";
import { containersOf, lotAtHand, type LotAtHand } from "./queries.ts";
import { stateAfter } from "./stock.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };

/** Locks a lot and reads it with its balance. Throws `NotFound`. */
export async function lockedLot(tx: SiteTx, siteId: string, lotId: string): Promise<LotAtHand> {
  await tx.select({ id: lots.id }).from(lots).where(and(eq(lots.siteId, siteId), eq(lots.id, lotId))).for("update");
  const lot = await lotAtHand(tx, siteId, lotId);
  if (!lot) throw new NotFound(`lot ${lotId}`);
  return lot;
}

export type Charge = {
  readonly siteId: string; readonly lotId: string; readonly containerId: string | null;
  /** Decimal text in `unit`; below 0 it is taken back out of the batch. */
  readonly quantity: string; readonly unit: string; readonly batchId: string; readonly stepId: string; readonly reason: string;
};
/** In the lot's unit: what moved, and what is left. */
export type Charged = { readonly movementId: string; readonly quantity: number; readonly balance: number; readonly state: LotState };

/**
 * Takes an amount of a lot into a batch, or back out of it. Whether the lot may be charged was decided before (`chargeFaults`), or quality let it in; that
 * neither a lot nor a container can hold less than nothing, and that no batch goes into itself, is asked here, under the lot's lock, and throws. Where no container is named and
 * the lot has only one, it is that one. The audit entry is the caller's: the charge belongs to his step.
 */
export async function chargeLot(tx: SiteTx, charge: Charge, personId: string, stamp: Stamp): Promise<Charged> {
  const lot = await lockedLot(tx, charge.siteId, charge.lotId);
  const asked = amountIn(charge.quantity, charge.unit, lot.unit);
  if (asked === undefined || asked === 0) throw new BrokenPromise("charge-without-amount", `${charge.quantity} ${charge.unit} of lot ${lot.id} is no amount in ${lot.unit}`);
  if (lot.id === charge.batchId) throw new BrokenPromise("charged-into-itself", `lot ${lot.id} was to be charged into itself`);
  const left = sumOf([lot.balance, -asked]);
  if (left < 0) throw new BrokenPromise("lot-overdrawn", `${charge.quantity} ${charge.unit} of lot ${lot.id}, of which ${lot.balance} ${lot.unit} are left`);
  const container = containerFor(lot, await containersOf(tx, charge.siteId, lot.id), charge.containerId, asked);
  if (!container.ok) throw new BrokenPromise("container-overdrawn", container.refusal.sentence);
  const movementId = stamp.newId();
  await tx.insert(lotMovements).values({
    siteId: charge.siteId, id: movementId, lotId: lot.id, containerId: container.value, kind: asked > 0 ? "charged" : "returned", quantity: -asked,
    otherLotId: charge.batchId, batchId: charge.batchId, stepId: charge.stepId, at: stamp.now, by: personId, reason: charge.reason,
  });
  const state = stateAfter(lot.state, left);
  if (state !== lot.state) await tx.update(lots).set({ state }).where(and(eq(lots.siteId, lot.siteId), eq(lots.id, lot.id)));
  return { movementId, quantity: -asked, balance: left, state };
}

/** Makes the lot a batch will be: its number, quarantined, its quantity not known yet. `unit` is the unit its yield is written in. */
export async function openBatchLot(tx: SiteTx, { siteId, batchId, productId, unit }: { readonly siteId: string; readonly batchId: string; readonly productId: string; readonly unit: string }, personId: string, { now }: Stamp): Promise<void> {
  await tx.insert(lots).values({ siteId, id: batchId, productId, origin: "produced", state: "quarantined", quantity: null, unit, receivedAt: now, createdBy: personId });
}

/** Writes down what a batch gave, once: decimal text in a unit that leads to the lot's. Throws when it was written already. */
export async function closeBatchLot(tx: SiteTx, { siteId, batchId, quantity, unit }: { readonly siteId: string; readonly batchId: string; readonly quantity: string; readonly unit: string }, personId: string, stamp: Stamp): Promise<void> {
  const lot = await lockedLot(tx, siteId, batchId);
  const made = amountIn(quantity, unit, lot.unit);
  if (made === undefined || made < 0) throw new BrokenPromise("yield-without-amount", `${quantity} ${unit} is no yield of lot ${batchId} in ${lot.unit}`);
  if (lot.quantity !== null) throw new BrokenPromise("yield-written", `the quantity of lot ${batchId} is written already`);
  await tx.update(lots).set({ quantity: made }).where(and(eq(lots.siteId, siteId), eq(lots.id, batchId)));
  await tx.insert(lotMovements).values({ siteId, id: stamp.newId(), lotId: batchId, kind: "produced", quantity: made, batchId, at: stamp.now, by: personId, reason: "Yield of the batch" });
}
