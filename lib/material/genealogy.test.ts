import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balances, trace, type Direction, type LotEdge, type TracedLot } from "./genealogy.ts";

const lot = (id: string, quantity: number): TracedLot => ({ id, quantity });
const edge = (from: string, to: string, quantity: number): LotEdge => ({ from, to, quantity });
const amounts = (lots: readonly TracedLot[], edges: readonly LotEdge[], start: string, direction: Direction) => Object.fromEntries(trace(lots, edges, start, direction).lots.map((l) => [l.id, l.amount]));

/** 100 kg of glucose, of which 60 went into a feed of 200 L; 50 and 150 L of that into two batches; one batch was pooled with another into one drug substance. */
const plant = { lots: [lot("glucose", 100), lot("feed", 200), lot("b1", 2000), lot("b2", 1800), lot("pool", 300)], edges: [edge("glucose", "feed", 60), edge("feed", "b1", 50), edge("feed", "b2", 150), edge("b1", "pool", 2000), edge("b2", "pool", 900)] };

describe("the trace of a lot (REQ-47, 21 CFR 211.150)", () => {
  it("goes forward with how much of it is in each", () => expect(amounts(plant.lots, plant.edges, "glucose", "forward")).toEqual({ feed: 60, b1: 15, b2: 45, pool: 37.5 }));
  it("goes backward with how much of each is in it", () => expect(amounts(plant.lots, plant.edges, "pool", "backward")).toEqual({ b1: 2000, b2: 900, feed: 125, glucose: 37.5 }));
  it("says how many steps lie between", () => expect(trace(plant.lots, plant.edges, "glucose", "forward").lots.map((l) => [l.id, l.distance])).toEqual([["feed", 1], ["b1", 2], ["b2", 2], ["pool", 3]]));
  it("of a lot that went nowhere is empty", () => expect(trace(plant.lots, plant.edges, "pool", "forward")).toEqual({ lots: [], edges: [], circular: [] }));
  it("counts two charges of one lot into another together", () => expect(amounts([lot("a", 10), lot("b", 5)], [edge("a", "b", 2), edge("a", "b", 3)], "a", "forward")).toEqual({ b: 5 }));
  it("of a lot without quantity carries nothing on, but reaches", () => expect(amounts([lot("a", 0), lot("b", 5)], [edge("a", "b", 2)], "a", "forward")).toEqual({ b: 0 }));
  it("names lots that are part of themselves and goes on without their amounts", () => {
    const found = trace([lot("a", 1), lot("b", 1), lot("c", 1), lot("d", 1)], [edge("a", "b", 1), edge("b", "c", 1), edge("c", "b", 1), edge("a", "d", 1)], "a", "forward");
    expect([found.lots.map((l) => l.id), found.circular]).toEqual([["d"], ["b", "c"]]);
  });
  it("of a lot that is part of itself names it", () => expect(trace([lot("a", 1), lot("b", 1)], [edge("a", "b", 1), edge("b", "a", 1)], "a", "forward").circular).toEqual(["a", "b"]));
});

describe("the balance of a lot", () => {
  it("is what was charged, what is left, and what was charged too much", () => expect(balances([lot("a", 10), lot("b", 5), lot("c", 1)], [edge("a", "c", 4), edge("a", "c", 3), edge("b", "c", 6)])).toEqual([
    { id: "a", quantity: 10, charged: 7, left: 3, overdrawn: 0 }, { id: "b", quantity: 5, charged: 6, left: 0, overdrawn: 1 }, { id: "c", quantity: 1, charged: 0, left: 1, overdrawn: 0 },
  ]));
});

/** Lots of which each goes into later ones only. */
const graphs = fc.integer({ min: 2, max: 9 }).chain((n) => fc.record({
  quantities: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: n, maxLength: n }),
  links: fc.array(fc.record({ from: fc.integer({ min: 0, max: n - 2 }), ahead: fc.integer({ min: 1, max: n - 1 }), quantity: fc.integer({ min: 1, max: 20 }) }), { maxLength: 24 }),
})).map(({ quantities, links }) => ({ lots: quantities.map((q, i) => lot(`l${i}`, q)), edges: links.map(({ from, ahead, quantity }) => edge(`l${from}`, `l${Math.min(from + ahead, quantities.length - 1)}`, quantity)).filter((e) => e.from !== e.to) }));

/** Every path from the start, walked one by one: what it carries, added up by where it ends. */
function byEveryPath(lots: readonly TracedLot[], edges: readonly LotEdge[], start: string): Record<string, number> {
  const size = new Map(lots.map((l) => [l.id, l.quantity]));
  const found: Record<string, number> = {};
  const walk = (at: string, amount: number): void => {
    for (const e of edges.filter((one) => one.from === at)) {
      const carries = (amount * e.quantity) / (size.get(at) ?? 1);
      found[e.to] = (found[e.to] ?? 0) + carries;
      walk(e.to, carries);
    }
  };
  walk(start, size.get(start) ?? 0);
  return found;
}

describe("any genealogy", () => {
  it("is traced as by walking every path one by one", () => {
    fc.assert(fc.property(graphs, ({ lots, edges }) => {
      const [fast, slow] = [amounts(lots, edges, "l0", "forward"), byEveryPath(lots, edges, "l0")];
      expect(Object.keys(fast).sort()).toEqual(Object.keys(slow).sort());
      for (const [id, amount] of Object.entries(slow)) expect(fast[id]).toBeCloseTo(amount, 6);
    }), { numRuns: 500 });
  });
  it("says the same from both ends: what of a lot is in another", () => {
    fc.assert(fc.property(graphs, fc.nat(), fc.nat(), ({ lots, edges }, a, b) => {
      const [one, other] = [lots[a % lots.length]?.id ?? "", lots[b % lots.length]?.id ?? ""];
      if (one === other) return;
      const [there, back] = [amounts(lots, edges, one, "forward")[other], amounts(lots, edges, other, "backward")[one]];
      expect(there === undefined).toBe(back === undefined);
      expect(there ?? 0).toBeCloseTo(back ?? 0, 6);
    }), { numRuns: 500 });
  });
  it("is balanced: charged, left and overdrawn give what there was", () => {
    fc.assert(fc.property(graphs, ({ lots, edges }) => { for (const b of balances(lots, edges)) expect(b.charged + b.left - b.overdrawn).toBe(b.quantity); }));
  });
});
