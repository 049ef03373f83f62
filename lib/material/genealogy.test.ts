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
  it("backward from a batch without yield has everything that was charged into it", () => {
    const lots = [lot("feed", 200), lot("glucose", 100), lot("running", 0)];
    const edges = [edge("glucose", "feed", 60), edge("feed", "running", 50)];
    expect(amounts(lots, edges, "running", "backward")).toEqual({ feed: 50, glucose: 15 });
    expect(trace(lots, edges, "running", "backward").edges.map((e) => [e.from, e.carried])).toEqual([["glucose", 15], ["feed", 50]]);
  });
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

/**
 * Random genealogies of a plant: charges, splits and blends, each lot going into later ones only, at most 60 lots. A split lot is as large as what was split off, a blend as
 * large as its parts; what is charged leads into a batch of any size. Some batches have no yield.
 */
const acts = fc.record({ kind: fc.constantFrom("receive", "charge", "charge", "charge", "split", "blend"), a: fc.nat(), b: fc.nat(), c: fc.nat(), share: fc.double({ min: 0.01, max: 0.9, noNaN: true }), size: fc.integer({ min: 0, max: 50 }) });
const plants = fc.array(acts, { minLength: 1, maxLength: 59, size: "max" }).map((made) => {
  const lots: TracedLot[] = [lot("l0", 40)];
  const edges: LotEdge[] = [];
  for (const { kind, a, b, c, share, size } of made) {
    const id = `l${lots.length}`;
    const parents = [...new Set([a, b, c].map((n) => lots[n % lots.length] as TracedLot))].slice(0, kind === "split" ? 1 : kind === "blend" ? 2 : 3);
    const taken = kind === "receive" ? [] : parents.map((parent) => edge(parent.id, id, Math.max(0.5, parent.quantity) * share));
    edges.push(...taken);
    lots.push(lot(id, kind === "charge" || kind === "receive" ? size : taken.reduce((sum, e) => sum + e.quantity, 0)));
  }
  return { lots, edges };
});

/** Every path from the start, walked one by one with what it carries along, added up by where it ends. Nothing is shared with the trace but the rule: of a lot goes the share that is taken. */
function byEveryPath(lots: readonly TracedLot[], edges: readonly LotEdge[], start: string, direction: Direction): { readonly found: Record<string, number>; readonly paths: number } {
  const size = Object.fromEntries(lots.map((l) => [l.id, l.quantity]));
  const [near, far] = direction === "forward" ? (["from", "to"] as const) : (["to", "from"] as const);
  const ahead = Object.groupBy(edges, (e) => e[near]);
  const found: Record<string, number> = {};
  let paths = 0;
  const walk = (at: string, share: number): void => {
    for (const e of ahead[at] ?? []) {
      paths += 1;
      if (paths > 50_000) return;
      const whole = size[e.from] ?? 0;
      const carries = share * (direction === "forward" ? (whole > 0 ? e.quantity / whole : 0) : e.quantity);
      found[e[far]] = (found[e[far]] ?? 0) + (direction === "forward" ? carries * (size[start] ?? 0) : carries);
      walk(e[far], direction === "forward" ? carries : whole > 0 ? carries / whole : 0);
    }
  };
  walk(start, 1);
  return { found, paths };
}

/** The largest there is: 60 lots, each going into the next; every third into the one after that as well. */
const ladder = { lots: Array.from({ length: 60 }, (_, i) => lot(`l${i}`, 10 + i)), edges: Array.from({ length: 59 }, (_, i) => [edge(`l${i}`, `l${i + 1}`, 5), ...(i % 6 === 0 && i + 2 < 60 ? [edge(`l${i}`, `l${i + 2}`, 2)] : [])]).flat() };

describe("any genealogy", () => {
  it.each(["forward", "backward"] as const)("REQ-47 is traced %s as by walking every path one by one, with splits, blends and batches without yield", (direction) => {
    const seen = { lots: 0, compared: 0 };
    fc.assert(fc.property(plants, fc.nat(), ({ lots, edges }, n) => {
      const start = lots[n % lots.length]?.id ?? "";
      const { found: slow, paths } = byEveryPath(lots, edges, start, direction);
      fc.pre(paths <= 50_000);
      const fast = amounts(lots, edges, start, direction);
      seen.lots = Math.max(seen.lots, lots.length);
      seen.compared += Object.keys(slow).length;
      expect(Object.keys(fast).sort()).toEqual(Object.keys(slow).sort());
      for (const [id, amount] of Object.entries(slow)) expect(Math.abs((fast[id] ?? Number.NaN) - amount)).toBeLessThanOrEqual(1e-9 * Math.max(1, amount));
    }), { numRuns: 1000, examples: direction === "forward" ? [[ladder, 0]] : [[ladder, 59]] });
    expect(seen.lots).toBe(60);
    expect(seen.compared).toBeGreaterThan(2_000);
  });
  it("says the same from both ends: what of a lot is in another", () => {
    fc.assert(fc.property(plants, fc.nat(), fc.nat(), ({ lots, edges }, a, b) => {
      const [one, other] = [lots[a % lots.length], lots[b % lots.length]];
      if (!one || !other || one === other || lots.some((l) => l.quantity === 0)) return;
      const [there, back] = [amounts(lots, edges, one.id, "forward")[other.id], amounts(lots, edges, other.id, "backward")[one.id]];
      expect(there === undefined).toBe(back === undefined);
      expect(Math.abs((there ?? 0) - (back ?? 0))).toBeLessThanOrEqual(1e-9 * Math.max(1, there ?? 0));
    }), { numRuns: 500 });
  });
  it("is balanced: charged, left and overdrawn give what there was", () => {
    fc.assert(fc.property(plants, ({ lots, edges }) => { for (const b of balances(lots, edges)) expect(Math.abs(b.charged + b.left - b.overdrawn - b.quantity)).toBeLessThan(1e-9 * Math.max(1, b.charged)); }));
  });
});
