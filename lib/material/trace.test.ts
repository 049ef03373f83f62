import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fullTrace, traceFigures, unaccounted, type GraphEdge, type GraphLot, type LotGraph } from "./trace.ts";

const lot = (id: string, into: number, change: Partial<GraphLot> = {}): GraphLot => ({ id, code: "RM-1", name: "Glucose", product: false, unit: "kg", state: "released", supplierId: null, supplierLot: null, expiresAt: null, batch: null, into, out: 0, left: into, ...change });
const edge = (from: string, to: string, quantity: number, input = quantity): GraphEdge => ({ from, to, quantity, input });
/** 100 kg of glucose, of which 60 went into a feed of 200 L, of which 50 went into a batch of 2000 L. */
const graph: LotGraph = { lots: [lot("glucose", 100, { out: 60, left: 39.5 }), lot("feed", 200, { unit: "L", out: 50, left: 150 }), lot("batch", 2000, { unit: "L", product: true, batch: "released" })], edges: [edge("glucose", "feed", 60), edge("feed", "batch", 50, 1000)] };

describe("a full trace (REQ-47, 21 CFR 211.150)", () => {
  it("forward says how much of the start is in each lot, in the start's unit, and what each charge carries of it", () => {
    const found = fullTrace("glucose", { forward: graph });
    expect(found?.rows.map((r) => [r.id, r.distance, r.amount, r.of])).toEqual([["feed", 1, 60, "kg"], ["batch", 2, 15, "kg"]]);
    expect(found?.edges.map((e) => [e.from, e.quantity, e.unit, e.share, e.shareOfInput, e.carried, e.of])).toEqual([["glucose", 60, "kg", 0.6, 1, 60, "kg"], ["feed", 50, "L", 0.25, 0.05, 15, "kg"]]);
  });
  it("backward says how much of each lot is in the start, in its own unit", () => expect(fullTrace("batch", { backward: graph })?.rows.map((r) => [r.id, r.amount, r.of])).toEqual([["feed", 50, "L"], ["glucose", 15, "kg"]]));
  it("of a batch without yield holds everything that was charged into it, and what of that is in it", () => {
    const running: LotGraph = { ...graph, lots: graph.lots.map((l) => (l.id === "batch" ? { ...l, into: 0, left: 0, batch: "held" } : l)) };
    const found = fullTrace("batch", { backward: running });
    expect(found?.rows.map((r) => [r.id, r.amount, r.of])).toEqual([["feed", 50, "L"], ["glucose", 15, "kg"]]);
    expect(found?.edges.map((e) => [e.from, e.carried, e.of])).toEqual([["glucose", 15, "kg"], ["feed", 50, "L"]]);
  });
  it("through a lot whose quantity is not known takes it as as large as what was taken out of it", () => {
    const unknown: LotGraph = { lots: [lot("seed", 20), lot("inoculum", 0, { out: 100, left: 0 }), lot("batch", 2000)], edges: [edge("seed", "inoculum", 20), edge("inoculum", "batch", 50)] };
    expect(fullTrace("batch", { backward: unknown })?.rows.map((r) => [r.id, r.amount])).toEqual([["inoculum", 50], ["seed", 10]]);
    expect(fullTrace("seed", { forward: unknown })?.rows.map((r) => [r.id, r.amount])).toEqual([["inoculum", 20], ["batch", 10]]);
  });
  it("counts batches by their disposition, the start as well when it is one", () => {
    const lots = [lot("a", 1, { batch: "released" }), lot("b", 1, { batch: "rejected" }), lot("c", 1, { batch: "conditional" }), lot("d", 1, { batch: "qa_review" }), lot("e", 1)];
    const found = fullTrace("a", { forward: { lots, edges: ["b", "c", "d", "e"].map((to) => edge("a", to, 0.1)) } });
    expect(found && traceFigures(found)).toMatchObject({ batches: 4, released: 2, rejected: 1, undecided: 1 });
  });
  it("of a lot that is not there is nothing", () => expect(fullTrace("x", { forward: graph })).toBeUndefined());
  it("is summed up: lots, batches by their disposition, steps, lots that do not balance", () => {
    const found = fullTrace("glucose", { backward: { lots: [graph.lots[0] as GraphLot], edges: [] }, forward: graph });
    expect(found && traceFigures(found)).toEqual({ lots: 2, before: 0, after: 2, batches: 1, released: 1, rejected: 0, undecided: 0, steps: 2, unaccountedLots: 1, overdrawn: 0 });
  });
  it("says of a lot that was overdrawn that it was", () => {
    const found = fullTrace("a", { forward: { lots: [lot("a", 1), lot("b", 1)], edges: [edge("a", "b", 2)] } });
    expect(found && traceFigures(found).overdrawn).toBe(1);
  });
});

describe("the mass balance of a lot", () => {
  it("names what is missing", () => expect(unaccounted({ into: 100, out: 60, left: 39.5 })).toBe(0.5));
  it("is exact to the last digit for any amounts", () => fc.assert(fc.property(fc.nat(1e12), fc.nat(1e12), (out, left) => { expect(unaccounted({ into: (out + left) / 1e6, out: out / 1e6, left: left / 1e6 })).toBe(0); })));
});
