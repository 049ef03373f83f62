import { describe, expect, it } from "vitest";
import { columnLots, drawing, sideColumns } from "./drawing.ts";
import { fullTrace, type GraphLot } from "./trace.ts";

const lot = (id: string): GraphLot => ({ id, code: "RM-1", name: "Glucose", product: false, unit: "kg", state: "released", supplierId: null, supplierLot: null, expiresAt: null, batch: null, into: 1000, out: 0, left: 0 });
const drawn = (lots: readonly string[], edges: readonly (readonly [string, string, number])[]) => {
  const graph = { lots: lots.map(lot), edges: edges.map(([from, to, quantity]) => ({ from, to, quantity, input: quantity })) };
  const found = fullTrace("a", { backward: graph, forward: graph });
  if (!found) throw new Error("not traced");
  return drawing(found);
};

describe("the drawing of a trace", () => {
  it("has what is before the lot at its left and what is after it at its right", () => {
    const { lots, edges } = drawn(["p", "a", "c"], [["p", "a", 2], ["a", "c", 3]]);
    expect(lots.map((l) => [l.lot.id, l.column])).toEqual([["p", -1], ["a", 0], ["c", 1]]);
    expect(lots.map((l) => l.x)).toEqual([...lots.map((l) => l.x)].sort((a, b) => a - b));
    expect(edges.map((e) => [e.from.lot.id, e.to.lot.id, e.edge.quantity])).toEqual([["p", "a", 2], ["a", "c", 3]]);
  });
  it("shows the greatest amounts of a step and says how many more there are", () => {
    const many = Array.from({ length: 50 }, (_, i) => `c${i}`);
    const { lots, columns, hidden } = drawn(["a", ...many], many.map((id, i) => ["a", id, i + 1] as const));
    expect(lots.filter((l) => l.column === 1).map((l) => l.lot.id)).toEqual(Array.from({ length: columnLots }, (_, i) => `c${49 - i}`));
    expect([columns.find((c) => c.column === 1)?.hidden, hidden]).toEqual([50 - columnLots, 50 - columnLots]);
  });
  it("says how many lots lie further away than it shows", () => {
    const chain = ["a", ...Array.from({ length: 9 }, (_, i) => `c${i}`)];
    const { lots, farther } = drawn(chain, chain.slice(1).map((id, i) => [chain[i] ?? "", id, 1] as const));
    expect([lots.length, farther]).toEqual([1 + sideColumns, 9 - sideColumns]);
  });
  it("never overlaps two lots", () => {
    const many = Array.from({ length: 30 }, (_, i) => `c${i}`);
    const { lots } = drawn(["a", ...many], many.flatMap((id, i) => [["a", id, 1] as const, ...(i > 0 ? [[many[i - 1] ?? "", id, 1] as const] : [])]));
    expect(new Set(lots.map((l) => `${l.x} ${l.y}`)).size).toBe(lots.length);
  });
});
