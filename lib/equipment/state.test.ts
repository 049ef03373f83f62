import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceEquipment, equipmentEventName, equipmentEvents, equipmentStateName, equipmentStates, type EquipmentEvent, type EquipmentState } from "./state.ts";

/** What is true of a unit, said without its table of states. */
type Facts = { clean: boolean; cleaning: boolean; bound: boolean; held: boolean; out: boolean };
type Unit = { state: EquipmentState };
const idle = (f: Facts) => !f.bound && !f.held && !f.out;

/** For each event: may it happen, and what is true after it? Written from the procedure of the plant. */
const procedure: Record<EquipmentEvent, { readonly may: (f: Facts) => boolean; readonly after: Partial<Facts> }> = {
  start_cleaning: { may: (f) => idle(f) && !f.cleaning, after: { cleaning: true, clean: false } },
  finish_cleaning: { may: (f) => f.cleaning, after: { cleaning: false, clean: true } },
  fail_cleaning: { may: (f) => f.cleaning, after: { cleaning: false, clean: false } },
  bind: { may: (f) => idle(f) && !f.cleaning, after: { bound: true, clean: false } },
  release: { may: (f) => f.bound, after: { bound: false, clean: false } },
  hold: { may: idle, after: { held: true, clean: false, cleaning: false } },
  lift_hold: { may: (f) => f.held, after: { held: false, clean: false } },
  take_out_of_service: { may: (f) => !f.bound && !f.out && !f.cleaning, after: { out: true, held: false, clean: false } },
  return_to_service: { may: (f) => f.out, after: { out: false, clean: false } },
  expire_clean_hold: { may: (f) => f.clean, after: { clean: false } },
};
const stateOf = (f: Facts): EquipmentState => (f.out ? "out_of_service" : f.held ? "hold" : f.bound ? "in_use" : f.cleaning ? "cleaning" : f.clean ? "clean" : "dirty");

class Happens implements fc.Command<Facts, Unit> {
  readonly event: EquipmentEvent;
  constructor(event: EquipmentEvent) { this.event = event; }
  check() { return true; }
  run(model: Facts, real: Unit) {
    const outcome = advanceEquipment(real.state, this.event);
    expect(outcome.ok, `${this.event} when ${real.state}`).toBe(procedure[this.event].may(model));
    if (!outcome.ok) return;
    Object.assign(model, procedure[this.event].after);
    real.state = outcome.value;
    expect(real.state).toBe(stateOf(model));
  }
  toString() { return this.event; }
}

describe("a unit", () => {
  it("REQ-45 (21 CFR 211.67, 211.182) goes only the ways of the procedure, in any of 10,000 sequences: never used while it is cleaned, held or out of service, and never clean but by a cleaning", () => {
    const seen = new Set<EquipmentState>();
    fc.assert(fc.property(fc.commands(equipmentEvents.map((event) => fc.constant(new Happens(event))), { maxCommands: 40, size: "max" }), (sequence) => {
      const real: Unit = { state: "dirty" };
      fc.modelRun(() => ({ model: { clean: false, cleaning: false, bound: false, held: false, out: false }, real }), sequence);
      seen.add(real.state);
    }), { numRuns: 10_000 });
    expect([...seen].sort()).toEqual([...equipmentStates].sort());
  });

  it("names every state and event in words", () => {
    for (const word of [...Object.values(equipmentStateName), ...Object.values(equipmentEventName)]) expect(word).toMatch(/^[A-Z][a-z ]+$/);
  });
});
