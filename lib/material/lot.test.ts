import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BatchState } from "#lib/batch/state.ts";
import { sumOf } from "./amount.ts";
import { chargeFaults } from "./charge.ts";
import { lotAfter } from "./disposition.ts";
import { isExpired, type LotState } from "./lot.ts";
import { lotDecisions, planAdjustment, planDecision, planRetest, stateAfter, type LotDecision, type StockLot, type StockPlan } from "./stock.ts";

const start = Date.parse("2026-03-02T12:00:00Z");
const shelfLife = 10;
const receiver = "warehouse";

/** A lot as a person would keep it on a card: whole units, days, and what quality may do, written down without looking at the tables of the portal. */
type Card = { state: LotState; units: number; day: number; lastDay: number; readonly product: boolean; batch: BatchState; releasedBy: string | undefined };
/** The lot as the portal's rules move it. */
type Kept = { lot: StockLot; day: number; batch: BatchState };
type Act = fc.Command<Card, Kept>;

const at = (day: number): Date => new Date(start + day * 86_400_000);
const seen = new Map<string, number>();
const note = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

function carry(kept: Kept, plan: StockPlan): void {
  const balance = sumOf([kept.lot.balance, ...plan.movements.map((m) => m.quantity)]);
  const [moved] = plan.states;
  kept.lot = { ...kept.lot, balance, state: moved?.to ?? kept.lot.state };
}
function agree(card: Card, { lot }: Kept): void {
  expect([lot.state, lot.balance]).toEqual([card.state, card.units]);
  if (card.state === "released") expect(card.releasedBy, "released by somebody else than who received it").not.toBe(receiver);
  if (card.state === "released") expect(card.releasedBy).toBeDefined();
  if (card.state === "used_up" || card.state === "destroyed") expect(card.units).toBe(0);
}
/** What a card does when its units change: at 0 it is used up, if it was still of use; when some comes back it waits for quality again. */
function count(card: Card, change: number): void {
  card.units += change;
  if (card.units === 0 && ["quarantined", "released", "restricted"].includes(card.state)) card.state = "used_up";
  else if (card.units !== 0 && card.state === "used_up") { card.state = "quarantined"; card.releasedBy = undefined; note("used up, then quarantined"); }
}

class Decide implements Act {
  readonly command: LotDecision["command"]; readonly by: string;
  constructor(command: LotDecision["command"], by: string) { this.command = command; this.by = by; }
  check = (): boolean => true;
  run(card: Card, kept: Kept): void {
    const expired = card.day >= card.lastDay;
    const open: Record<LotDecision["command"], boolean> = {
      release: ["quarantined", "restricted"].includes(card.state) && !expired && this.by !== receiver && (!card.product || card.batch === "released"), restrict: ["quarantined", "released"].includes(card.state) && !card.product,
      reject: ["quarantined", "released", "restricted"].includes(card.state) && !card.product, quarantine: ["released", "restricted"].includes(card.state) && !card.product, destroy: card.state === "rejected",
    };
    const plan = planDecision(kept.lot, { command: this.command, by: this.by, receivedBy: receiver, now: at(kept.day), ofBatch: card.product ? { kinship: "itself", state: kept.batch } : null });
    expect(plan.ok, `${this.command} of a lot that is ${card.state}`).toBe(open[this.command]);
    note(`${this.command} ${plan.ok ? "done" : "refused"}`);
    if (!plan.ok) return;
    carry(kept, plan.value);
    card.state = ({ release: "released", restrict: "restricted", reject: "rejected", quarantine: "quarantined", destroy: "destroyed" } as const)[this.command];
    card.releasedBy = this.command === "release" ? this.by : undefined;
    if (this.command === "destroy") card.units = 0;
    agree(card, kept);
  }
  toString = (): string => `${this.command} by ${this.by}`;
}

/** `override`: quality let it in, so nothing but the amount is asked. */
class Charge implements Act {
  readonly units: number; readonly override: boolean;
  constructor(units: number, override: boolean) { this.units = units; this.override = override; }
  check = (): boolean => true;
  run(card: Card, kept: Kept): void {
    const enough = this.units > 0 && this.units <= card.units;
    const may = enough && (this.override ? card.state !== "destroyed" : card.state === "released" && card.day < card.lastDay);
    const { lot } = kept;
    const faults = chargeFaults({ lot, wanted: { code: lot.materialId ?? lot.productId ?? "", name: "" }, balance: lot.balance, quantity: String(this.units), unit: lot.unit, now: at(kept.day) }).filter((f) => !this.override || f.kind === "not_enough" || f.kind === "wrong_unit");
    expect(faults.length === 0).toBe(may);
    note(`charge ${may ? "done" : "refused"}`);
    if (!may) return;
    const balance = sumOf([lot.balance, -this.units]);
    kept.lot = { ...lot, balance, state: stateAfter(lot.state, balance) };
    count(card, -this.units);
    agree(card, kept);
  }
  toString = (): string => `charge ${this.units}${this.override ? " by override" : ""}`;
}

class TakeBack implements Act {
  readonly units: number;
  constructor(units: number) { this.units = units; }
  check = (card: Readonly<Card>): boolean => card.state !== "destroyed";
  run(card: Card, kept: Kept): void {
    const balance = sumOf([kept.lot.balance, this.units]);
    kept.lot = { ...kept.lot, balance, state: stateAfter(kept.lot.state, balance) };
    count(card, this.units);
    agree(card, kept);
  }
  toString = (): string => `take ${this.units} back`;
}

class Adjust implements Act {
  readonly change: number;
  constructor(change: number) { this.change = change; }
  check = (): boolean => true;
  run(card: Card, kept: Kept): void {
    const plan = planAdjustment(kept.lot, "adjusted", this.change);
    expect(plan.ok).toBe(card.state !== "destroyed" && this.change !== 0 && card.units + this.change >= 0);
    if (!plan.ok) return;
    carry(kept, plan.value);
    count(card, this.change);
    agree(card, kept);
  }
  toString = (): string => `adjust by ${this.change}`;
}

class Wait implements Act {
  readonly days: number;
  constructor(days: number) { this.days = days; }
  check = (): boolean => true;
  run(card: Card, kept: Kept): void {
    card.day += this.days;
    kept.day += this.days;
    expect(isExpired(kept.lot, at(kept.day))).toBe(card.day >= card.lastDay);
    agree(card, kept);
  }
  toString = (): string => `${this.days} days pass`;
}

class Retest implements Act {
  readonly days: number;
  constructor(days: number) { this.days = days; }
  check = (): boolean => true;
  run(card: Card, kept: Kept): void {
    const plan = planRetest(kept.lot, { expiresAt: at(kept.day + this.days), potencyPercent: undefined }, at(kept.day));
    expect(plan.ok).toBe(this.days > 0 && ["quarantined", "released", "restricted"].includes(card.state));
    if (!plan.ok) return;
    kept.lot = { ...kept.lot, expiresAt: plan.value.expiresAt };
    card.lastDay = card.day + this.days;
    agree(card, kept);
  }
  toString = (): string => `re-test, ${this.days} days more`;
}

/** A signature over the batch: release, rejection, or the withdrawal of what was signed. */
class Sign implements Act {
  readonly to: "released" | "rejected";
  constructor(to: "released" | "rejected") { this.to = to; }
  check = (card: Readonly<Card>): boolean => card.product;
  run(card: Card, kept: Kept): void {
    const to: BatchState = kept.batch === "qa_review" ? this.to : "qa_review";
    kept.lot = { ...kept.lot, state: lotAfter(kept.lot.state, "itself", { from: kept.batch, to }) };
    kept.batch = to;
    card.batch = to;
    if (card.state !== "used_up" && card.state !== "destroyed") {
      card.state = to === "qa_review" ? "quarantined" : this.to;
      card.releasedBy = to === "released" ? "signature" : undefined;
    }
    note(`batch ${to}`);
    agree(card, kept);
  }
  toString = (): string => `sign or withdraw ${this.to}`;
}

const units = fc.integer({ min: 0, max: 6 });
const acts = [
  fc.record({ command: fc.constantFrom(...lotDecisions), by: fc.constantFrom("quality", "quality", receiver) }).map(({ command, by }) => new Decide(command, by)), fc.constantFrom("quality", receiver).map((by) => new Decide("release", by)),
  fc.record({ n: units, override: fc.boolean() }).map(({ n, override }) => new Charge(n, override)), fc.integer({ min: 1, max: 5 }).map((n) => new TakeBack(n)), fc.integer({ min: -6, max: 3 }).map((n) => new Adjust(n)),
  fc.integer({ min: 0, max: 4 }).map((n) => new Wait(n)), fc.integer({ min: 0, max: 8 }).map((n) => new Retest(n)), fc.constantFrom("released" as const, "rejected" as const).map((to) => new Sign(to)),
];

describe("a lot over its life (REQ-46, 21 CFR 211.22, 211.84, 211.87)", () => {
  it("does in every one of 10,000 histories what the card of a person who knows the rules says", () => {
    fc.assert(fc.property(fc.commands(acts, { maxCommands: 30, size: "+1" }), fc.boolean(), (history, product) => {
      const model: Card = { state: "quarantined", units: 6, day: 0, lastDay: shelfLife, product, batch: "qa_review", releasedBy: undefined };
      const real: Kept = { lot: { id: "L", materialId: product ? null : "RM-1", productId: product ? "P" : null, state: "quarantined", unit: "kg", balance: 6, potencyPercent: null, expiresAt: at(shelfLife) }, day: 0, batch: "qa_review" };
      fc.modelRun(() => ({ model, real }), history);
    }), { numRuns: 10_000 });
    for (const what of ["release done", "release refused", "restrict done", "reject done", "quarantine done", "destroy done", "destroy refused", "charge done", "charge refused", "used up, then quarantined", "batch released", "batch rejected", "batch qa_review"]) expect(seen.get(what) ?? 0, what).toBeGreaterThan(100);
  });
});
