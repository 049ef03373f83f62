import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plantOf, type Plant } from "#bin/bench/trace-graph.ts";
import { providePortalDatabase } from "#db/client.ts";
import { lotMovements, lots, materials } from "#db/schema/material.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { sumOf } from "#lib/material/amount.ts";
import { trace, type Direction, type LotEdge } from "#lib/material/genealogy.ts";
import { readGraph, traceLot } from "#lib/material/trace-queries.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const siteId = "basel";
let db: TestDatabase;
const as = <T>(database: "owner" | "portal", work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db[database], "installation", [siteId, "enterprise"], work, change);
type Movement = Plant["movements"][number] | { readonly lot: string; readonly kind: "returned" | "sampled" | "adjusted"; readonly quantity: number; readonly other: string | null; readonly batch: string | null };

/** A plant whose batches give some back, whose lots are sampled and counted anew: what leads nowhere is no edge. */
function disturbed(plant: Plant): readonly Movement[] {
  return plant.movements.flatMap((m, i): readonly Movement[] => [
    m, ...(m.kind === "charged" && i % 7 === 0 ? [{ ...m, kind: "returned" as const, quantity: sumOf([-m.quantity / 4]) }] : []),
    ...(i % 11 === 0 ? [{ lot: m.lot, kind: "sampled" as const, quantity: -0.000001, other: null, batch: null }, { lot: m.lot, kind: "adjusted" as const, quantity: 0.000002, other: null, batch: null }] : []),
  ]);
}

/** The same genealogy from the movements, without the database: per pair, what was taken less what came back. */
function edgesFrom(movements: readonly Movement[]): readonly LotEdge[] {
  const pairs = new Map<string, LotEdge>();
  for (const m of movements) {
    if (m.other === null || (m.quantity > 0 && m.kind !== "returned")) continue;
    const key = `${m.lot}>${m.other}`;
    pairs.set(key, { from: m.lot, to: m.other, quantity: sumOf([pairs.get(key)?.quantity ?? 0, -m.quantity]) });
  }
  return [...pairs.values()];
}

async function write(plant: Plant, movements: readonly Movement[], prefix: string): Promise<void> {
  const named = (id: string | null) => (id === null ? null : `${prefix}${id}`);
  const at = new Date();
  await as("owner", async (tx) => {
    await tx.insert(materials).values({ id: prefix, name: "Material of a random plant", kind: "raw", unit: "L", storage: "2 to 8 °C" });
    await tx.insert(lots).values(plant.lots.map((l) => ({ siteId, id: `${prefix}${l.id}`, materialId: prefix, origin: l.origin, state: "released" as const, quantity: l.quantity, unit: "L", receivedAt: at })));
    await tx.insert(lotMovements).values(movements.map((m) => ({ siteId, id: randomUUID(), lotId: `${prefix}${m.lot}`, kind: m.kind, quantity: m.quantity, otherLotId: named(m.other), batchId: named(m.batch), at, reason: "random plant" })));
  }, { reason: "a random plant" });
}

beforeAll(async () => { db = await freshDatabase("story"); providePortalDatabase(db.portal); });
afterAll(() => db.close());

describe("the trace the database is asked for REQ-47 (21 CFR 211.150)", () => {
  it.each([1, 2, 3].map((n) => [`R${n}-`, Math.floor(Math.random() * 1e9)] as const))("is that of the movements walked in memory, in every random plant: %s seed %i", async (prefix, seed) => {
    const plant = plantOf(80, seed);
    const movements = disturbed(plant);
    await write(plant, movements, prefix);
    const edges = edgesFrom(movements);
    let compared = 0;
    for (const direction of ["forward", "backward"] as const satisfies readonly Direction[]) for (const start of [0, 20, 40, 79].map((i) => plant.lots[i]?.id ?? "")) {
      const expected = trace(plant.lots, edges, start, direction);
      const found = await as("portal", (tx) => traceLot(tx, siteId, `${prefix}${start}`, direction));
      expect(found.rows.map((r) => r.id).sort()).toEqual(expected.lots.map((l) => `${prefix}${l.id}`).sort());
      for (const { id, amount, distance } of expected.lots) {
        const row = found.rows.find((r) => r.id === `${prefix}${id}`);
        expect(row?.distance, id).toBe(distance);
        expect(Math.abs((row?.amount ?? Number.NaN) - amount), id).toBeLessThanOrEqual(1e-9 * Math.max(1, amount));
        compared += 1;
      }
      expect(found.edges.map((e) => [e.from, e.to, e.quantity]).sort()).toEqual(expected.edges.map((e) => [`${prefix}${e.from}`, `${prefix}${e.to}`, e.quantity]).sort());
    }
    expect(compared).toBeGreaterThan(100);
    const whole = await as("portal", (tx) => readGraph(tx, siteId, `${prefix}L00000`, "forward"));
    for (const { to, input } of whole.edges) expect(input).toBeCloseTo(sumOf(edges.filter((e) => `${prefix}${e.to}` === to).map((e) => e.quantity)), 6);
    for (const one of whole.lots) {
      const own = movements.filter((m) => `${prefix}${m.lot}` === one.id);
      expect(one.left).toBe(sumOf(own.map((m) => m.quantity)));
      expect(one.into).toBe(sumOf(own.filter((m) => m.quantity > 0 && !["returned", "adjusted"].includes(m.kind)).map((m) => m.quantity)));
    }
  });
});
