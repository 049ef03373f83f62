import { describe, expect, it } from "vitest";
import { entryRefusalSentence, planEntry, type AskedValue, type EntryAct, type EntryRefusal, type EntryStanding } from "./entry.ts";

const ph: AskedValue = { id: "ph", name: "pH", unit: "pH", precision: 2, class: "CPP", source: "manual", limits: { target: 7, normal: { low: 6.85, high: 7.15 }, action: { low: 6.8, high: 7.2 }, absolute: { low: 0, high: 14 } } };
const at = new Date("2026-03-01T09:00:00Z");
const after = (minutes: number): Date => new Date(at.getTime() + minutes * 60_000);
const standing = (change: Partial<EntryStanding> = {}): EntryStanding => ({ batch: "in_progress", step: "active", asked: ph, latest: undefined, lateAfterMin: 30, ...change });
const act = (change: Partial<EntryAct> = {}): EntryAct => ({ value: "7.02", unit: "pH", eventAt: at, now: after(1), basedOn: 0, confirmed: false, ...change });
const answer = (s: EntryStanding, a: EntryAct): string => {
  const plan = planEntry(s, a);
  return plan.ok ? [`version ${plan.value.version}`, ...plan.value.exceptions].join(", ") : plan.refusal.reason;
};
const volume: AskedValue = { id: "volume", name: "Volume", unit: "L", precision: 2, class: "info", source: "manual", limits: {} };
const first = { version: 1, value: "7.02", by: "ana" };

describe("a value of a step (ALCOA+; REQ-05, REQ-56)", () => {
  it.each<[string, EntryStanding, EntryAct, string]>([
    ["is kept", standing(), act(), "version 1"], ["outside its limits it is kept with its exception", standing(), act({ value: "7.30" }), "version 1, cpp_outside_limits"], ["a parameter that is not critical as well", standing({ asked: { ...ph, class: "KPP" } }), act({ value: "7.30" }), "version 1, parameter_outside_limits"],
    ["beyond what can be, it is asked about", standing(), act({ value: "15" }), "confirm"], ["and kept when confirmed", standing(), act({ value: "15", confirmed: true }), "version 1, beyond_absolute"], ["ten times the expected is asked about", standing(), act({ value: "0.7" }), "confirm"], ["and kept when confirmed", standing(), act({ value: "0.70", confirmed: true }), "version 1, cpp_outside_limits"],
    ["late it asks why", standing(), act({ now: after(31) }), "late-reason"], ["and says so", standing(), act({ now: after(31), reason: "called away" }), "version 1, late_entry"], ["kept in a browser it needs no reason", standing(), act({ now: after(31), kept: true }), "version 1, late_entry"], ["from before the batch it is none", standing({ startedAt: after(5) }), act({ now: after(9) }), "before-the-batch"], ["a decision that was carried out stands", standing({ carriedOut: true, step: "done", latest: first }), act({ basedOn: 1, value: "7.10", reason: "misread" }), "carried-out"], ["at the limit it is not late", standing(), act({ now: after(30) }), "version 1"], ["typed instead of captured it says so", standing({ asked: { ...ph, source: "automatic" } }), act(), "version 1, manual_for_automatic"],
    ["a correction is a further version", standing({ latest: first }), act({ value: "7.20", basedOn: 1, reason: "misread" }), "version 2, cpp_outside_limits, entry_corrected"], ["with its reason", standing({ latest: first }), act({ value: "7.10", basedOn: 1, reason: " " }), "reason-missing"], ["and another value", standing({ latest: first }), act({ value: "7.020", basedOn: 1, reason: "misread" }), "too-many-digits"],
    ["the same value is none", standing({ latest: first }), act({ basedOn: 1, reason: "misread" }), "unchanged"], ["the same number written otherwise neither", standing({ latest: { ...first, value: "7.00" } }), act({ value: "7", basedOn: 1, reason: "misread" }), "unchanged"], ["two who enter at once: the second is told", standing({ latest: first }), act({ value: "7.10", reason: "misread" }), "conflict"], ["after the step only a correction is taken", standing({ step: "done", latest: first }), act({ value: "7.10", basedOn: 1, reason: "misread" }), "version 2, entry_corrected"],
    ["no first value after the step", standing({ step: "done" }), act(), "step-not-open"], ["none before it", standing({ step: "ready" }), act(), "step-not-open"], ["none in a batch under review", standing({ batch: "complete" }), act(), "batch-not-running"], ["no comma", standing(), act({ value: "7,02" }), "no-number"], ["no exponent", standing(), act({ value: "7e0" }), "no-number"], ["nothing", standing(), act({ value: "" }), "no-number"],
    ["no more digits than can be read", standing(), act({ value: "7.021" }), "too-many-digits"], ["no unit that does not lead to it", standing(), act({ unit: "g/L" }), "wrong-unit"], ["a unit that does is asked about", standing({ asked: volume }), act({ value: "2500", unit: "mL" }), "confirm"], ["and turned into it", standing({ asked: volume }), act({ value: "2500", unit: "mL", confirmed: true }), "version 1, unexpected_value"], ["no time to come", standing(), act({ eventAt: after(5) }), "in-the-future"],
  ])("%s", (_, s, a, expected) => expect(answer(s, a)).toBe(expected));

  it("is judged where something judges it, and says so where nothing does", () => {
    const judged = (asked: AskedValue, value: string, unit = asked.unit) => { const plan = planEntry(standing({ asked }), act({ value, unit })); return plan.ok ? plan.value.evaluation : plan.refusal.reason; };
    const choice: AskedValue = { ...volume, form: "choice", options: [{ value: "clear", fits: true }, { value: "turbid", fits: false }] };
    expect([judged(ph, "7.02"), judged(ph, "7.30"), judged(volume, "3"), judged({ ...volume, limits: { target: 3 } }, "3"), judged(choice, "clear"), judged(choice, "turbid"), judged({ ...choice, options: [{ value: "A", fits: true }, { value: "B", fits: true }] }, "A"), judged({ ...volume, form: "text" }, "all well")])
      .toEqual(["within", "exception", "no_limits", "no_limits", "within", "exception", "no_limits", "no_limits"]);
  });
  it("given in another unit is kept in the asked one, with what was typed", () => {
    const plan = planEntry(standing({ asked: volume }), act({ value: "2500", unit: "mL", confirmed: true }));
    expect(plan).toMatchObject({ ok: true, value: { value: "2.50", givenAs: "2500 mL" } });
  });
  it("in another unit and beyond what can be is asked about both at once", () => {
    const plan = planEntry(standing({ asked: { ...volume, limits: { absolute: { low: 0, high: 100 } } } }), act({ value: "2500000", unit: "mL" }));
    expect(plan.ok ? "" : entryRefusalSentence(plan.refusal)).toMatch(/^2500000 mL is 2500\.00 L\..*cannot lie outside 0\.00 to 100\.00 L/);
  });
  it("is refused in sentences that say what to do", () => {
    const refusals: readonly EntryRefusal[] = [{ reason: "batch-not-running" }, { reason: "step-not-open", state: "ready" }, { reason: "step-not-open", state: "done" }, { reason: "no-number" }, { reason: "too-many-digits", precision: 0 }, { reason: "too-many-digits", precision: 1 }, { reason: "too-many-digits", precision: 2 }, { reason: "wrong-unit", unit: "pH" }, { reason: "in-the-future" }, { reason: "before-the-batch" }, { reason: "late-reason", lateAfterMin: 30 }, { reason: "carried-out" }, { reason: "conflict", latest: first }, { reason: "conflict", latest: undefined }, { reason: "unchanged" }, { reason: "reason-missing" }];
    for (const refusal of refusals) expect(entryRefusalSentence(refusal)).toMatch(/^[A-Z].*\.$/);
    const asked = planEntry(standing(), act({ value: "70.2" }));
    expect(asked.ok ? "" : entryRefusalSentence(asked.refusal)).toBe("pH is expected at 6.85 to 7.15 pH. Is the point where it belongs?");
  });
});
