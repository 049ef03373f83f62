import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { mulberry32 } from "#lib/simulator/random.ts";

export const siteId = "basel";
type Lot = { readonly id: string; readonly origin: "received" | "produced" | "blended" | "split"; readonly quantity: number };
type Movement = { readonly lot: string; readonly kind: "received" | "produced" | "charged" | "split" | "blended"; readonly quantity: number; readonly other: string | null; readonly batch: string | null };
export type Plant = { readonly lots: readonly Lot[]; readonly movements: readonly Movement[] };

const sixDigits = (amount: number): number => Math.round(amount * 1e6) / 1e6;

/**
 * A plant of `size` lots in which everything hangs together: each lot takes of one to four of the 400 before it, one of them what already goes back to the first, so that the first
 * leads to all of them and the last comes from nearly all. Seven of ten are batches; the others are split or blended.
 */
export function plantOf(size: number, seed: number): Plant {
  const random = mulberry32(seed);
  const lots: Lot[] = [{ id: "L00000", origin: "received", quantity: 1000 }];
  const movements: Movement[] = [{ lot: "L00000", kind: "received", quantity: 1000, other: null, batch: null }];
  const left = [1000];
  for (let i = 1; i < size; i += 1) {
    const id = `L${String(i).padStart(5, "0")}`;
    const draw = random();
    const origin = draw < 0.7 ? "produced" : draw < 0.85 ? "split" : "blended";
    const wanted = origin === "split" ? 1 : origin === "blended" ? 2 : 1 + Math.floor(random() * 4);
    const parents = new Set(Array.from({ length: wanted }, () => i - 1 - Math.floor(random() * Math.min(i, 400))));
    let taken = 0;
    for (const at of parents) {
      const parent = lots[at]?.id ?? "";
      const amount = sixDigits(Math.max(0.000001, (left[at] ?? 0) * 0.2));
      left[at] = sixDigits((left[at] ?? 0) - amount);
      taken = sixDigits(taken + amount);
      if (origin === "produced") movements.push({ lot: parent, kind: "charged", quantity: -amount, other: id, batch: id });
      else movements.push({ lot: parent, kind: origin, quantity: -amount, other: id, batch: null }, { lot: id, kind: origin, quantity: amount, other: parent, batch: null });
    }
    const quantity = origin === "produced" ? 1000 : taken;
    if (origin === "produced") movements.push({ lot: id, kind: "produced", quantity, other: null, batch: id });
    lots.push({ id, origin: origin === "split" && parents.size !== 1 ? "blended" : origin, quantity });
    left.push(quantity);
  }
  return { lots, movements };
}

/** Writes the plant with the triggers at rest, as a restored backup would be; what is measured reads only. */
export async function writePlant(superuserUrl: string, { lots, movements }: Plant): Promise<void> {
  const admin = postgres(superuserUrl, { max: 1, onnotice: () => {} });
  await admin`set session_replication_role = replica`;
  await admin`insert into sites values (${siteId}, 'site', 'Basel', 'BAS', 'Europe/Zurich')`;
  await admin`insert into materials (id, name, kind, unit, storage) values ('RM-1', 'Material of the benchmark', 'raw', 'L', '2 to 8 °C')`;
  const at = new Date("2026-01-01T00:00:00Z");
  for (let i = 0; i < lots.length; i += 2_000) await admin`insert into lots ${admin(lots.slice(i, i + 2_000).map((l) => ({ site_id: siteId, id: l.id, material_id: "RM-1", origin: l.origin, state: "released", quantity: l.quantity, unit: "L", received_at: at })))}`;
  for (let i = 0; i < movements.length; i += 2_000) await admin`insert into lot_movements ${admin(movements.slice(i, i + 2_000).map((m) => ({ site_id: siteId, id: randomUUID(), lot_id: m.lot, kind: m.kind, quantity: m.quantity, other_lot_id: m.other, batch_id: m.batch, at, reason: "benchmark" })))}`;
  await admin`analyze`;
  await admin.end();
}
