import { accept, refuse, type Result } from "#lib/result.ts";
import { amountText, storedAmount, sumOf } from "./amount.ts";
import type { Movement, StockRefusal } from "./stock.ts";

/** A container of a lot with what is left in it, in the lot's unit: the sum of its movements. */
export type Held = { readonly id: string; readonly balance: number };
type Of = { readonly id: string; readonly unit: string };

/**
 * Which container an amount comes out of, or goes into (below 0): the one that is named, if it is of the lot and holds so much; else the only one there is; else none, and the
 * lot's page shows what was taken without naming one.
 */
export function containerFor(lot: Of, held: readonly Held[], named: string | null, amount: number): Result<string | null, StockRefusal> {
  if (named === null) return accept(held.length === 1 && (held[0]?.balance ?? 0) >= amount ? (held[0]?.id ?? null) : null);
  const found = held.find((one) => one.id === named);
  if (!found) return refuse({ reason: "container", sentence: `Container ${named} is not one of lot ${lot.id}.` });
  if (amount > found.balance) return refuse({ reason: "amount", sentence: `${amountText(found.balance)} ${lot.unit} are left in container ${named}, ${amountText(amount)} ${lot.unit} were asked for. Enter at most what is left in it, or name another container.` });
  return accept(named);
}

export type Drawn = { readonly containerId: string | null; readonly quantity: number };
/** A whole balance taken out of the containers that hold it; what no container accounts for is taken without one. `total` is more than 0. */
export function drawnFromAll(held: readonly Held[], total: number): readonly Drawn[] {
  const drawn: Drawn[] = [];
  let left = total;
  for (const { id, balance } of held) {
    const quantity = storedAmount(Math.min(balance, left));
    if (quantity > 0) drawn.push({ containerId: id, quantity });
    left = sumOf([left, -Math.max(0, quantity)]);
  }
  return left > 0 ? [...drawn, { containerId: null, quantity: left }] : drawn;
}

/** Number of the lot's next container: after the highest that is given. */
export const nextContainer = (lotId: string, known: readonly string[]): string =>
  `${lotId}/${Math.max(0, ...known.flatMap((id) => { const n = id.startsWith(`${lotId}/`) ? Number(id.slice(lotId.length + 1)) : Number.NaN; return Number.isInteger(n) ? [n] : []; })) + 1}`;

/** Pours a part of a container into a new one of the same lot: the lot's balance stays what it was. */
export function planParting(lot: Of & { readonly state: string }, held: readonly Held[], from: string, quantity: number): Result<{ readonly made: string; readonly movements: readonly (Movement & { readonly containerId: string })[] }, StockRefusal> {
  if (lot.state === "destroyed" || lot.state === "used_up") return refuse({ reason: "state", sentence: `Nothing of lot ${lot.id} is left to be parted.` });
  const amount = storedAmount(quantity);
  if (!(amount > 0)) return refuse({ reason: "amount", sentence: "Enter how much goes into the new container, more than 0." });
  const source = containerFor(lot, held, from, amount);
  if (!source.ok) return source;
  const made = nextContainer(lot.id, held.map((one) => one.id));
  const moved = (containerId: string, change: number) => ({ lotId: lot.id, kind: "adjusted" as const, quantity: change, otherLotId: null, containerId });
  return accept({ made, movements: [moved(from, -amount), moved(made, amount)] });
}
