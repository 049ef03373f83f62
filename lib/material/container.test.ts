import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumOf } from "./amount.ts";
import { containerFor, drawnFromAll, nextContainer, planParting, type Held } from "./container.ts";

const lot = { id: "L", unit: "kg", state: "released" };
const held: readonly Held[] = [{ id: "L/1", balance: 5 }, { id: "L/2", balance: 2 }];

describe("a container of a lot (REQ-46, 21 CFR 211.80(d))", () => {
  it.each<[string, string | null, number, readonly Held[], object]>([
    ["is the one that is named", "L/2", 2, held, { ok: true, value: "L/2" }], ["holds no more than is left in it", "L/2", 2.000001, held, { ok: false, refusal: { reason: "amount" } }], ["is one of the lot", "M/1", 1, held, { ok: false, refusal: { reason: "container" } }],
    ["is the only one, where none is named", null, 1, [held[0] as Held], { ok: true, value: "L/1" }], ["is left open where there are several", null, 1, held, { ok: true, value: null }], ["takes back what comes back", "L/2", -3, held, { ok: true, value: "L/2" }],
  ])("%s", (_, named, amount, all, expected) => expect(containerFor(lot, all, named, amount)).toMatchObject(expected));
  it("gets the next number, whatever was destroyed before", () => expect([nextContainer("L", ["L/1", "L/10", "L/x", "M/99"]), nextContainer("L", [])]).toEqual(["L/11", "L/1"]));
  it("is parted into a further one of the same lot, and nothing is lost or won", () => expect(planParting(lot, held, "L/1", 1.5)).toEqual({ ok: true, value: { made: "L/3", movements: [
    { lotId: "L", kind: "adjusted", quantity: -1.5, otherLotId: null, containerId: "L/1" }, { lotId: "L", kind: "adjusted", quantity: 1.5, otherLotId: null, containerId: "L/3" },
  ] } }));
  it.each([["more than it holds", "L/1", 5.1, "released", "amount"], ["nothing", "L/1", 0, "released", "amount"], ["one of another lot", "M/1", 1, "released", "container"], ["what was destroyed", "L/1", 1, "destroyed", "state"]])("is not parted: %s", (_, from, quantity, state, reason) => expect(planParting({ ...lot, state }, held, from, quantity)).toMatchObject({ ok: false, refusal: { reason } }));
});

describe("a lot that is written off", () => {
  it("leaves every container, and what no container accounts for, empty", () => fc.assert(fc.property(fc.array(fc.nat(1e9), { maxLength: 8 }), fc.integer({ min: 1, max: 2e9 }), (balances, total) => {
    const all = balances.map((n, i) => ({ id: `L/${i}`, balance: n / 1e6 }));
    const drawn = drawnFromAll(all, total / 1e6);
    expect(sumOf(drawn.map((d) => d.quantity))).toBe(total / 1e6);
    for (const { containerId, quantity } of drawn) if (containerId !== null) expect(quantity).toBeLessThanOrEqual(all.find((one) => one.id === containerId)?.balance ?? -1);
    expect(drawn.every((d) => d.quantity > 0)).toBe(true);
  })));
});
