import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountText, sumOf } from "./amount.ts";
import { chargeFaults } from "./charge.ts";
import { lotCommands, type LotCommand, type LotState } from "./lot.ts";
import { planAdjustment, planBlend, planDecision, planSplit, reconcile, stateAfter, type Movement, type StockLot, type StockPlan } from "./stock.ts";

const now = new Date("2026-03-02T12:00:00Z");
const later = (days: number) => new Date(now.getTime() + days * 86_400_000);
const lot = (change: Partial<StockLot> = {}): StockLot => ({ id: "A", materialId: "RM-1", productId: null, state: "released", unit: "kg", balance: 10, potencyPercent: null, expiresAt: later(100), ...change });
const qa = { by: "qa", receivedBy: "warehouse", now, ofBatch: null };

describe("a split", () => {
  it("gives each part the status, the potency and the expiry of the lot, and takes out what it gives", () => expect(planSplit(lot({ potencyPercent: 98 }), [{ id: "A-S1", quantity: 4 }, { id: "A-S2", quantity: 6 }])).toMatchObject({ ok: true, value: {
    made: [{ id: "A-S1", state: "released", origin: "split", quantity: 4, potencyPercent: 98, expiresAt: later(100) }, { id: "A-S2", quantity: 6 }],
    movements: [{ lotId: "A", quantity: -4, otherLotId: "A-S1" }, { lotId: "A-S1", quantity: 4, otherLotId: "A" }, { lotId: "A", quantity: -6 }, { lotId: "A-S2", quantity: 6 }], states: [{ lotId: "A", from: "released", to: "used_up" }],
  } }));
  it.each<[string, Partial<StockLot>, number, string]>([["more than there is", {}, 10.000001, "amount"], ["nothing", {}, 0, "amount"], ["a rejected lot", { state: "rejected" }, 1, "state"], ["a batch before its release", { materialId: null, productId: "P", state: "quarantined" }, 1, "follows-batch"]])("of %s is refused", (_, change, quantity, reason) => expect(planSplit(lot(change), [{ id: "B", quantity }])).toMatchObject({ ok: false, refusal: { reason } }));
});

describe("a blend (REQ-46, REQ-55, ICH Q7 8.4)", () => {
  const parts = (change: Partial<StockLot>) => [{ lot: lot({ potencyPercent: 96 }), quantity: 6 }, { lot: lot({ id: "B", potencyPercent: 99, expiresAt: later(5), ...change }), quantity: 3 }];
  it("waits in quarantine, expires with its first part and holds the active substance of its parts", () => expect(planBlend(parts({}), "C", now)).toMatchObject({ ok: true, value: { made: [{ id: "C", state: "quarantined", quantity: 9, potencyPercent: 97, expiresAt: later(5) }] } }));
  it.each<[string, Partial<StockLot>, string]>([
    ["another material", { materialId: "RM-2" }, "not-alike"], ["another unit", { unit: "g" }, "not-alike"], ["the same lot twice", { id: "A" }, "not-alike"], ["a rejected lot", { state: "rejected" }, "state"], ["a quarantined lot", { state: "quarantined" }, "state"],
    ["an expired lot", { expiresAt: now }, "expired"], ["a lot without the potency the other has", { potencyPercent: null }, "potency"], ["more than there is", { balance: 2 }, "amount"],
  ])("with %s is refused", (_, change, reason) => expect(planBlend(parts(change), "C", now)).toMatchObject({ ok: false, refusal: { reason } }));
});

describe("a decision about a lot (REQ-46, 21 CFR 211.22, 211.84)", () => {
  it("destroys what is left of a rejected lot", () => expect(planDecision(lot({ state: "rejected" }), { ...qa, command: "destroy" })).toMatchObject({ ok: true, value: { movements: [{ kind: "destroyed", quantity: -10 }], states: [{ to: "destroyed" }] } }));
  it.each<[string, Partial<StockLot>, LotCommand, string, string]>([
    ["release what expired", { state: "quarantined", expiresAt: now }, "release", "qa", "expired"], ["release what one received", { state: "quarantined" }, "release", "warehouse", "own-work"], ["destroy what is released", {}, "destroy", "qa", "state"],
    ["release what was rejected", { state: "rejected" }, "release", "qa", "state"],
  ])("cannot %s", (_, change, command, by, reason) => expect(planDecision(lot(change), { ...qa, by, command: command as "release" })).toMatchObject({ ok: false, refusal: { reason } }));
  it("leaves a batch to the signature over its record, and decides about a blend of batches as about any lot", () => {
    const product = lot({ state: "quarantined", materialId: null, productId: "P" });
    expect(planDecision(product, { ...qa, command: "release", ofBatch: { kinship: "itself", state: "qa_review" } })).toMatchObject({ ok: false, refusal: { reason: "follows-batch" } });
    expect(planDecision(product, { ...qa, command: "release" })).toMatchObject({ ok: true, value: { states: [{ to: "released" }] } });
  });
});

describe("a balance that is put right", () => {
  it("cannot fall below nothing", () => expect(planAdjustment(lot(), "adjusted", -10.5)).toMatchObject({ ok: false, refusal: { reason: "amount" } }));
  it("cannot change for a destroyed lot", () => expect(planAdjustment(lot({ state: "destroyed" }), "adjusted", 1)).toMatchObject({ ok: false, refusal: { reason: "state" } }));
  it("cannot grow by a sample", () => expect(planAdjustment(lot(), "sampled", 1)).toMatchObject({ ok: false, refusal: { reason: "amount" } }));
});

it("amounts are read with thin spaces, a true minus and no trailing zeros", () => expect([1234567.5, -0.25, 0, 1000, 0.000001].map(amountText)).toEqual(["1\u2009234\u2009567.5", "−0.25", "0", "1\u2009000", "0.000001"]));

/** The transitions as the plant knows them, written a second time. */
const legal: readonly `${LotState}>${LotState}`[] = [
  "quarantined>released", "quarantined>restricted", "quarantined>rejected", "quarantined>used_up", "released>quarantined", "released>restricted", "released>rejected", "released>used_up",
  "restricted>quarantined", "restricted>released", "restricted>rejected", "restricted>used_up", "rejected>destroyed", "used_up>quarantined",
];
type Warehouse = { readonly lots: Map<string, StockLot>; readonly movements: Movement[] };
type Act = { readonly kind: "charge" | "split" | "blend" | "adjust" | "sample" | "decide"; readonly a: number; readonly b: number; readonly share: number; readonly command: LotCommand; readonly late: boolean };

const acts: fc.Arbitrary<readonly Act[]> = fc.array(fc.record({ kind: fc.constantFrom("charge", "split", "blend", "adjust", "sample", "decide", "decide"), a: fc.nat(30), b: fc.nat(30), share: fc.constantFrom(0, 0.1, 0.333333, 0.5, 1, 1.000001, -0.2), command: fc.constantFrom(...lotCommands), late: fc.boolean() }), { minLength: 5, maxLength: 25 });
const receipts = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 50_000_000 }).map((n) => n / 1_000_000), potencyPercent: fc.constantFrom(null, 95.5, 99), expiresAt: fc.constantFrom(null, later(1), later(30)), product: fc.boolean() }), { minLength: 2, maxLength: 4 });

function carryOut({ lots, movements }: Warehouse, plan: StockPlan): void {
  for (const { origin: _, quantity: __, ...made } of plan.made) lots.set(made.id, { ...made, balance: 0 });
  for (const m of plan.movements) {
    const at = lots.get(m.lotId) as StockLot;
    lots.set(m.lotId, { ...at, balance: sumOf([at.balance, m.quantity]) });
    movements.push(m);
  }
  for (const { lotId, from, to } of plan.states) {
    expect(legal).toContain(`${from}>${to}`);
    expect((lots.get(lotId) as StockLot).state).toBe(from);
    lots.set(lotId, { ...(lots.get(lotId) as StockLot), state: to });
  }
}

function chargePlan(one: StockLot, quantity: number, at: Date): StockPlan | undefined {
  const faults = chargeFaults({ lot: one, wanted: { code: one.materialId ?? "-", name: "" }, balance: one.balance, quantity: quantity < 0 ? "-1" : quantity.toFixed(6), unit: one.unit, now: at });
  if (faults.length > 0) return undefined;
  const to = stateAfter(one.state, sumOf([one.balance, -quantity]));
  return { made: [], movements: [{ lotId: one.id, kind: "charged", quantity: -quantity, otherLotId: "BATCH" }], states: to === one.state ? [] : [{ lotId: one.id, from: one.state, to }] };
}

function planOf(act: Act, house: Warehouse): StockPlan | undefined {
  const all = [...house.lots.values()];
  const [one, other] = [all[act.a % all.length] as StockLot, all[act.b % all.length] as StockLot];
  const quantity = Math.round(one.balance * act.share * 1e6) / 1e6;
  const at = act.late ? later(10) : now;
  const id = `N${all.length}`;
  const planned = {
    charge: () => chargePlan(one, quantity, at), split: () => planSplit(one, [{ id, quantity }]), sample: () => planAdjustment(one, "sampled", -quantity), adjust: () => planAdjustment(one, "adjusted", quantity),
    blend: () => planBlend([{ lot: one, quantity }, { lot: other, quantity: Math.round(other.balance * act.share * 1e6) / 1e6 }], id, at),
    decide: () => planDecision(one, { ...qa, now: at, command: act.command as "release" }),
  }[act.kind]();
  return planned === undefined ? undefined : "ok" in planned ? (planned.ok ? planned.value : undefined) : planned;
}

const mass = ({ lots }: Warehouse) => sumOf([...lots.values()].map((l) => l.balance));
const active = ({ lots }: Warehouse) => [...lots.values()].reduce((sum, l) => sum + l.balance * (l.potencyPercent ?? 0), 0);

describe("any history of a warehouse (REQ-46)", () => {
  it("keeps every balance at what its movements say and never below nothing, every state on its table, and what is split or blended whole", () => {
    const done: Partial<Record<Act["kind"], number>> = {};
    fc.assert(fc.property(receipts, acts, (received, sequence) => {
      const house: Warehouse = { lots: new Map(), movements: [] };
      received.forEach(({ quantity, potencyPercent, expiresAt, product }, i) => {
        const id = `L${i}`;
        house.lots.set(id, lot({ id, state: i < 2 ? "released" : "quarantined", balance: 0, potencyPercent, expiresAt, ...(product && i === 3 ? { materialId: null, productId: "P" } : {}) }));
        carryOut(house, { made: [], movements: [{ lotId: id, kind: "received", quantity, otherLotId: null }], states: [] });
      });
      for (const act of sequence) {
        const [before, substance] = [mass(house), active(house)];
        const plan = planOf(act, house);
        if (!plan) continue;
        done[act.kind] = (done[act.kind] ?? 0) + 1;
        carryOut(house, plan);
        for (const one of house.lots.values()) {
          const own = reconcile(house.movements.filter((m) => m.lotId === one.id));
          if (own.balance !== one.balance || one.balance < 0) expect(own.balance, one.id).toBe(one.balance);
          expect(one.balance).toBeGreaterThanOrEqual(0);
          expect(sumOf([own.received, own.adjusted, -own.charged, -own.passedOn, -own.sampled, -own.destroyed])).toBe(own.balance);
          if (one.state === "used_up" || one.state === "destroyed") expect(one.balance, one.state).toBe(0);
        }
        if (act.kind === "split" || act.kind === "blend") expect(mass(house)).toBe(before);
        if (act.kind === "split" || act.kind === "blend") expect(active(house)).toBeCloseTo(substance, 3);
      }
    }), { numRuns: 10_000 });
    for (const kind of ["charge", "split", "blend", "adjust", "sample", "decide"] as const) expect(done[kind] ?? 0, `${kind} came about`).toBeGreaterThan(100);
  });
});
