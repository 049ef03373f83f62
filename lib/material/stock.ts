import { accept, refuse, type Result } from "#lib/result.ts";
import { amountText, storedAmount, sumOf } from "./amount.ts";
import { batchObstacle, type OfBatch } from "./disposition.ts";
import { advanceLot, isExpired, lotStateName, type LotCommand, type LotState } from "./lot.ts";

/** A lot as its movements have left it; `balance` in `unit`. */
export type StockLot = {
  readonly id: string; readonly materialId: string | null; readonly productId: string | null; readonly state: LotState; readonly unit: string; readonly balance: number;
  readonly potencyPercent: number | null; readonly expiresAt: Date | null;
};
export type MovementKind = "received" | "produced" | "charged" | "returned" | "blended" | "split" | "sampled" | "adjusted" | "destroyed";
/** Positive in, negative out, in the lot's unit. `otherLotId`: the lot on the other side. */
export type Movement = { readonly lotId: string; readonly kind: MovementKind; readonly quantity: number; readonly otherLotId: string | null };
export type MadeLot = Omit<StockLot, "balance"> & { readonly origin: "blended" | "split"; readonly quantity: number };
/** What an act does to the stock: lots it makes, movements it writes, states it changes. */
export type StockPlan = { readonly made: readonly MadeLot[]; readonly movements: readonly Movement[]; readonly states: readonly { readonly lotId: string; readonly from: LotState; readonly to: LotState }[] };
export type StockRefusal = { readonly reason: "state" | "amount" | "expired" | "potency" | "not-alike" | "follows-batch" | "own-work" | "container" | "known"; readonly sentence: string };
type Planned = Result<StockPlan, StockRefusal>;

const refused = (reason: StockRefusal["reason"], sentence: string): Planned => refuse({ reason, sentence });
const movement = (lotId: string, kind: MovementKind, quantity: number, otherLotId: string | null = null): Movement => ({ lotId, kind, quantity: storedAmount(quantity), otherLotId });

/** The state a changed balance leads to: used up at 0, back into quarantine when something comes back. */
export function stateAfter(state: LotState, balance: number): LotState {
  const next = advanceLot(state, balance === 0 ? "use_up" : "take_back");
  return next.ok ? next.value : state;
}

function leadingOn(lot: StockLot, change: number): StockPlan["states"] {
  const to = stateAfter(lot.state, sumOf([lot.balance, change]));
  return to === lot.state ? [] : [{ lotId: lot.id, from: lot.state, to }];
}

const short = (lot: StockLot, wanted: number): Planned => refused("amount", `${amountText(lot.balance)} ${lot.unit} of lot ${lot.id} are left, ${amountText(wanted)} ${lot.unit} were asked for. Enter at most what is left.`);
const positive = (amounts: readonly number[]): boolean => amounts.every((amount) => Number.isFinite(amount) && storedAmount(amount) > 0);

const divisible: readonly LotState[] = ["quarantined", "released", "restricted"];

/** Parts a lot: each part is a lot of its own with the lot's status, potency and expiry; what was in the lot is in the parts and what is left of it. */
export function planSplit(lot: StockLot, parts: readonly { readonly id: string; readonly quantity: number }[]): Planned {
  if (!divisible.includes(lot.state)) return refused("state", `Lot ${lot.id} is ${lotStateName[lot.state].toLowerCase()} and is not split any more.`);
  if (lot.productId !== null && lot.state !== "released") return refused("follows-batch", `Lot ${lot.id} is a batch that is not released. It is decided about as a whole; split it after its release.`);
  if (parts.length === 0 || !positive(parts.map((p) => p.quantity))) return refused("amount", "Each part needs an amount greater than 0.");
  const whole = sumOf(parts.map((p) => p.quantity));
  if (whole > lot.balance) return short(lot, whole);
  return accept({
    made: parts.map(({ id, quantity }): MadeLot => ({ ...withoutBalance(lot), id, origin: "split", quantity: storedAmount(quantity) })),
    movements: parts.flatMap(({ id, quantity }) => [movement(lot.id, "split", -quantity, id), movement(id, "split", quantity, lot.id)]), states: leadingOn(lot, -whole),
  });
}

const withoutBalance = ({ balance: _, ...lot }: StockLot): Omit<StockLot, "balance"> => lot;

export type BlendPart = { readonly lot: StockLot; readonly quantity: number };

/** Potency of the blend, per cent: what each part brings, by its amount. Null where no part has one. */
const blendedPotency = (parts: readonly BlendPart[]): number | null =>
  parts.every((p) => p.lot.potencyPercent === null) ? null : parts.reduce((sum, p) => sum + p.quantity * (p.lot.potencyPercent ?? 0), 0) / parts.reduce((sum, p) => sum + p.quantity, 0);

function unlike(parts: readonly BlendPart[]): Planned | undefined {
  const [first] = parts;
  if (!first || parts.length < 2 || new Set(parts.map((p) => p.lot.id)).size !== parts.length) return refused("not-alike", "A blend is made of at least two different lots.");
  const other = parts.find(({ lot }) => lot.materialId !== first.lot.materialId || lot.productId !== first.lot.productId || lot.unit !== first.lot.unit);
  if (other) return refused("not-alike", `Lot ${other.lot.id} is not of the same material and unit as lot ${first.lot.id}. Blend lots of one material only.`);
  const known = parts.filter((p) => p.lot.potencyPercent !== null).length;
  return known === 0 || known === parts.length ? undefined : refused("potency", "The potency of some of these lots is known and of others not. Quality enters it on the page of each lot; then they are blended.");
}

/**
 * Blends lots of one material into a new one, which waits in quarantine. Only released lots within their shelf life are blended, so that nothing that
 * failed is diluted (ICH Q7 8.41); the blend expires with its first part (ICH Q7 8.44); the amount of active substance is what the parts bring.
 */
export function planBlend(parts: readonly BlendPart[], id: string, now: Date): Planned {
  const refusal = unlike(parts);
  if (refusal) return refusal;
  for (const { lot, quantity } of parts) {
    if (lot.state !== "released") return refused("state", `Lot ${lot.id} is ${lotStateName[lot.state].toLowerCase()}. Only released lots are blended.`);
    if (isExpired(lot, now)) return refused("expired", `Lot ${lot.id} has expired and is not blended.`);
    if (!positive([quantity])) return refused("amount", `Enter how much of lot ${lot.id} goes in, more than 0 ${lot.unit}.`);
    if (quantity > lot.balance) return short(lot, quantity);
  }
  const first = (parts[0] as BlendPart).lot;
  const expiries = parts.flatMap((p) => (p.lot.expiresAt ? [p.lot.expiresAt.getTime()] : []));
  return accept({
    made: [{ ...withoutBalance(first), id, state: "quarantined", origin: "blended", quantity: sumOf(parts.map((p) => p.quantity)), potencyPercent: blendedPotency(parts), expiresAt: expiries.length > 0 ? new Date(Math.min(...expiries)) : null }],
    movements: parts.flatMap(({ lot, quantity }) => [movement(lot.id, "blended", -quantity, id), movement(id, "blended", quantity, lot.id)]),
    states: parts.flatMap(({ lot, quantity }) => leadingOn(lot, -quantity)),
  });
}

/** Takes a sample out of a lot (a negative amount), or puts its balance right after counting or weighing (21 CFR 211.184(d)). */
export function planAdjustment(lot: StockLot, kind: "sampled" | "adjusted", change: number): Planned {
  if (lot.state === "destroyed") return refused("state", `Lot ${lot.id} was destroyed; its balance is closed.`);
  if (!Number.isFinite(change) || storedAmount(change) === 0) return refused("amount", "Enter an amount that is not 0.");
  if (kind === "sampled" && change > 0) return refused("amount", "A sample takes something out of the lot.");
  if (sumOf([lot.balance, change]) < 0) return short(lot, -change);
  return accept({ made: [], movements: [movement(lot.id, kind, change)], states: leadingOn(lot, change) });
}

export type Retest = { /** The expiry from now on; undefined where it stays. */ readonly expiresAt: Date | undefined; /** Per cent; undefined where it stays. */ readonly potencyPercent: number | undefined };

/** What a re-test or a certificate that came later says of a lot (21 CFR 211.87; ICH Q7 7.5): a later last day, a potency. A lot that is at its end has none any more. */
export function planRetest(lot: StockLot, { expiresAt, potencyPercent }: Retest, now: Date): Result<{ readonly expiresAt: Date | null; readonly potencyPercent: number | null }, StockRefusal> {
  if (!divisible.includes(lot.state)) return refuse({ reason: "state", sentence: `Lot ${lot.id} is ${lotStateName[lot.state].toLowerCase()}; its expiry and potency stay as they are.` });
  if (expiresAt === undefined && potencyPercent === undefined) return refuse({ reason: "amount", sentence: "Enter what the re-test showed: the new last day, the potency, or both." });
  if (expiresAt && expiresAt.getTime() <= now.getTime()) return refuse({ reason: "expired", sentence: "The new last day lies in the past. Enter a day on which the lot may still be used." });
  if (potencyPercent !== undefined && !(potencyPercent > 0 && potencyPercent <= 200)) return refuse({ reason: "potency", sentence: "Enter the potency in per cent, more than 0 and at most 200." });
  return accept({ expiresAt: expiresAt ?? lot.expiresAt, potencyPercent: potencyPercent ?? lot.potencyPercent });
}

export const lotDecisions = ["release", "restrict", "reject", "quarantine", "destroy"] as const satisfies readonly LotCommand[];
export type LotDecision = {
  readonly command: (typeof lotDecisions)[number]; readonly by: string; readonly receivedBy: string | null; readonly now: Date;
  /** The batch a product's lot is of; null for material and for a blend. */
  readonly ofBatch: OfBatch | null;
};

/** What quality decides about a lot (21 CFR 211.22(a), 211.84(d) to (e), 211.110(c)). The lot of a batch follows the decision about its batch. Destroying writes the whole balance off. */
export function planDecision(lot: StockLot, { command, by, receivedBy, now, ofBatch }: LotDecision): Planned {
  const next = advanceLot(lot.state, command);
  if (!next.ok || !lotDecisions.includes(command)) return refused("state", `A lot that is ${lotStateName[lot.state].toLowerCase()} cannot be moved so. Reload the page to see what is possible.`);
  const obstacle = ofBatch && batchObstacle(command, ofBatch, lot.id);
  if (obstacle) return refused("follows-batch", obstacle);
  if (command === "release" && isExpired(lot, now)) return refused("expired", `Lot ${lot.id} has expired. It can be rejected, or quality extends its expiry by a re-test first.`);
  if (command === "release" && by === receivedBy) return refused("own-work", "You received this lot, so somebody else releases it.");
  return accept({ made: [], movements: command === "destroy" && lot.balance > 0 ? [movement(lot.id, "destroyed", -lot.balance)] : [], states: [{ lotId: lot.id, from: lot.state, to: next.value }] });
}

/** In which groups a lot's movements are reconciled; what came in less what went out is the balance (21 CFR 211.184(c)). */
export type Reconciliation = { readonly received: number; readonly charged: number; readonly passedOn: number; readonly sampled: number; readonly destroyed: number; readonly adjusted: number; readonly balance: number };

/** Sums a lot's movements: received + adjusted − charged − passed on − sampled − destroyed = balance. What was returned lessens what was charged. */
export function reconcile(movements: readonly Pick<Movement, "kind" | "quantity">[]): Reconciliation {
  const sum = (wanted: (m: Pick<Movement, "kind" | "quantity">) => boolean) => sumOf(movements.filter(wanted).map((m) => m.quantity));
  const of = (...kinds: readonly MovementKind[]) => sum((m) => kinds.includes(m.kind));
  const between = (m: Pick<Movement, "kind">) => m.kind === "split" || m.kind === "blended";
  return {
    received: sumOf([of("received", "produced"), sum((m) => between(m) && m.quantity > 0)]), charged: -of("charged", "returned") || 0, passedOn: -sum((m) => between(m) && m.quantity < 0) || 0,
    sampled: -of("sampled") || 0, destroyed: -of("destroyed") || 0, adjusted: of("adjusted"), balance: sum(() => true),
  };
}
