import { amountDigits, amountIn, amountText } from "./amount.ts";
import { isExpired, type LotState } from "./lot.ts";

export type ChargeFaultKind = "wrong_material" | "not_released" | "rejected" | "expired" | "not_enough" | "wrong_unit";
/** Why a lot must not go into a batch, as a sentence a person can act on. */
export type ChargeFault = { readonly kind: ChargeFaultKind; readonly sentence: string };

/** A charge that is asked for: the lot, what the master wants, what is left of the lot (in its unit), and how much of it (decimal text in `unit`). */
export type ChargeAsked = {
  readonly lot: { readonly id: string; readonly materialId: string | null; readonly productId: string | null; readonly state: LotState; readonly expiresAt: Date | null; readonly unit: string };
  readonly wanted: { readonly code: string; readonly name: string };
  readonly balance: number;
  /** The container that was scanned, with what is left in it, in the lot's unit; undefined where the lot itself was. */
  readonly container?: { readonly id: string; readonly balance: number } | undefined;
  readonly quantity: string;
  readonly unit: string;
  readonly now: Date;
};

const fault = (kind: ChargeFaultKind, sentence: string): readonly ChargeFault[] => [{ kind, sentence }];

/** A material by its code; a batch by its product, where the master asks for one: a buffer or an intermediate that was made here. */
function identity({ lot, wanted }: ChargeAsked): readonly ChargeFault[] {
  const code = lot.materialId ?? lot.productId;
  return code === wanted.code ? [] : fault("wrong_material", `Lot ${lot.id} is ${code ?? "of no material"}. This step needs ${wanted.code} ${wanted.name}: take a lot of it.`);
}

const notReleased: Record<Exclude<LotState, "released" | "rejected">, (id: string) => string> = {
  quarantined: (id) => `Lot ${id} is in quarantine. Take a released lot, or ask quality to decide about this one.`,
  restricted: (id) => `Lot ${id} is restricted. Take a released lot, or ask quality whether it may be used here.`,
  used_up: (id) => `Lot ${id} is used up. Take another lot; if there is some left, quality puts the balance right on the page of the lot first.`,
  destroyed: (id) => `Lot ${id} was destroyed. Check the label, then take another lot.`,
};

function status({ lot }: ChargeAsked): readonly ChargeFault[] {
  if (lot.state === "released") return [];
  if (lot.state === "rejected") return fault("rejected", `Lot ${lot.id} was rejected. Do not use it: put it back and tell quality where it was found.`);
  return fault("not_released", notReleased[lot.state](lot.id));
}

function shelfLife({ lot, now }: ChargeAsked): readonly ChargeFault[] {
  if (!isExpired(lot, now)) return [];
  const at = lot.expiresAt?.toISOString() ?? "";
  return fault("expired", `Lot ${lot.id} expired on ${at.slice(0, 10)} at ${at.slice(11, 16)}Z. Take a lot that has not expired.`);
}

function amount({ lot, balance, container, quantity, unit }: ChargeAsked): readonly ChargeFault[] {
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(quantity.trim()) || Number(quantity) === 0) return fault("wrong_unit", `“${quantity}” is no amount. Enter a decimal number greater than 0, in ${lot.unit}.`);
  const asked = amountIn(quantity, unit, lot.unit);
  if (asked === undefined) return fault("wrong_unit", `Lot ${lot.id} is kept in ${lot.unit}, and ${unit} does not lead to ${lot.unit}. Enter the amount in ${lot.unit}.`);
  if (asked === 0) return fault("wrong_unit", `${quantity} ${unit} is less than the smallest amount of a lot in ${lot.unit}, which is ${(10 ** -amountDigits).toFixed(amountDigits)} ${lot.unit}.`);
  if (asked <= balance && container && asked > container.balance) return fault("not_enough", `${amountText(container.balance)} ${lot.unit} are left in container ${container.id}, ${amountText(asked)} ${lot.unit} are needed. Charge what is left and the rest from another container.`);
  if (asked <= balance) return [];
  return fault("not_enough", `${amountText(balance)} ${lot.unit} of lot ${lot.id} are left, ${amountText(asked)} ${lot.unit} are needed. Charge what is left and the rest from a second lot.`);
}

/**
 * Everything that speaks against charging this lot, at once and in the order a person checks it: identity, status, shelf life, amount
 * (21 CFR 211.84(a), 211.87, 211.101(c)). Empty when it may be charged.
 */
export const chargeFaults = (ask: ChargeAsked): readonly ChargeFault[] => [...identity(ask), ...status(ask), ...shelfLife(ask), ...amount(ask)];
