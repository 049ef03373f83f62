import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastCleaning, planCleaningCheck, type CleaningLine } from "./cleaning.ts";
import { advanceEquipment, equipmentEventName, equipmentEvents, equipmentStateName, equipmentStates, isBound, type EquipmentEvent, type EquipmentState } from "./state.ts";

/** What is true of a unit, said without its table of states. `by`: who did the last finished cleaning, and who checked it. */
type Facts = { clean: boolean; cleaning: boolean; bound: boolean; held: boolean; out: boolean; started: string; by: readonly string[] | undefined; checked: string | undefined; lines: number };
type Unit = { state: EquipmentState; readonly log: CleaningLine[] };
const idle = (f: Facts) => !f.bound && !f.held && !f.out;

/** For each event: may it happen, and what is true after it? Written from the procedure of the plant. */
const procedure: Record<EquipmentEvent, { readonly may: (f: Facts) => boolean; readonly after: (f: Facts) => Partial<Facts> }> = {
  start_cleaning: { may: (f) => idle(f) && !f.cleaning, after: () => ({ cleaning: true, clean: false }) },
  finish_cleaning: { may: (f) => f.cleaning, after: () => ({ cleaning: false, clean: true, checked: undefined }) },
  check_cleaning: { may: (f) => f.clean, after: () => ({}) },
  fail_cleaning: { may: (f) => f.cleaning, after: () => ({ cleaning: false, clean: false }) },
  bind: { may: (f) => idle(f) && !f.cleaning, after: () => ({ bound: true, clean: false }) },
  // A unit that failed in use stays with its batch until the batch lets it go, and is no better for that.
  release: { may: (f) => f.bound, after: () => ({ bound: false, clean: false }) },
  hold: { may: (f) => !f.held && !f.out, after: () => ({ held: true, clean: false, cleaning: false }) },
  lift_hold: { may: (f) => f.held, after: () => ({ held: false, clean: false }) },
  take_out_of_service: { may: (f) => !f.out && !f.cleaning, after: () => ({ out: true, held: false, clean: false }) },
  return_to_service: { may: (f) => f.out, after: () => ({ out: false, clean: false }) },
  expire_clean_hold: { may: (f) => f.clean, after: () => ({ clean: false }) },
};
function stateOf(f: Facts): EquipmentState {
  if (f.out) return f.bound ? "in_use_out" : "out_of_service";
  if (f.held) return f.bound ? "in_use_hold" : "hold";
  return f.bound ? "in_use" : f.cleaning ? "cleaning" : f.clean ? "clean" : "dirty";
}

class Happens implements fc.Command<Facts, Unit> {
  readonly event: EquipmentEvent;
  readonly who: string;
  constructor(event: EquipmentEvent, who: string) { this.event = event; this.who = who; }
  check() { return true; }
  /** May this person do it? Only a check asks who it is: nobody checks a cleaning he took part in, and once is enough. */
  isHis(model: Facts): boolean {
    return this.event !== "check_cleaning" || (model.by !== undefined && model.checked === undefined && !model.by.includes(this.who));
  }
  run(model: Facts, real: Unit) {
    const next = advanceEquipment(real.state, this.event);
    const check = this.event === "check_cleaning" ? planCleaningCheck(lastCleaning(real.log), this.who) : undefined;
    const allowed = next.ok && (check?.ok ?? true);
    expect(allowed, `${this.who}: ${this.event} when ${real.state}`).toBe(procedure[this.event].may(model) && this.isHis(model));
    if (!allowed || !next.ok) return;
    if (this.event === "start_cleaning") model.started = this.who;
    if (this.event === "finish_cleaning") model.by = [model.started, this.who];
    if (this.event === "check_cleaning") model.checked = this.who;
    Object.assign(model, procedure[this.event].after(model));
    model.lines += 1;
    real.state = next.value;
    real.log.push({ event: this.event, by: this.who });
    expect({ state: real.state, bound: isBound(real.state), lines: real.log.length, checked: lastCleaning(real.log)?.checkedBy ?? undefined }).toEqual({ state: stateOf(model), bound: model.bound, lines: model.lines, checked: model.by ? model.checked : undefined });
  }
  toString() { return `${this.who}: ${this.event}`; }
}

describe("a unit", () => {
  it("REQ-45 (21 CFR 211.67, 211.182) goes only the ways of the procedure, in any of 10,000 sequences of three people: never bound while it is cleaned, held or out of service, kept by its batch when it fails in use, never clean but by a cleaning, and no cleaning checked by who did it", () => {
    const seen = new Set<EquipmentState>();
    let checks = 0;
    const happens = fc.tuple(fc.constantFrom(...equipmentEvents, "start_cleaning" as const, "finish_cleaning" as const, "finish_cleaning" as const, "check_cleaning" as const), fc.constantFrom("ida", "jon", "kim")).map(([event, who]) => new Happens(event, who));
    fc.assert(fc.property(fc.commands([happens], { maxCommands: 60, size: "max" }), (sequence) => {
      const real: Unit = { state: "dirty", log: [] };
      fc.modelRun(() => ({ model: { clean: false, cleaning: false, bound: false, held: false, out: false, started: "", by: undefined, checked: undefined, lines: 0 }, real }), sequence);
      seen.add(real.state);
      checks += real.log.filter(({ event }) => event === "check_cleaning").length;
    }), { numRuns: 10_000 });
    expect([...seen].sort()).toEqual([...equipmentStates].sort());
    expect(checks, "checks by a second person").toBeGreaterThan(100);
  }, 240_000);

  it("names every state and event in words", () => {
    for (const word of [...Object.values(equipmentStateName), ...Object.values(equipmentEventName)]) expect(word).toMatch(/^[A-Z][a-z, ]+$/);
  });
});
