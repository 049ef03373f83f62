import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { antigen500 } from "#db/seed/masters/antigen-500.ts";
import { smallMaster } from "#tests/small-master.ts";
import { masterChanges, movedOf } from "./difference.ts";
import type { MasterRecord, MasterStep } from "./master-record.ts";

const changed = (change: (copy: MasterRecord) => void, from = smallMaster): MasterRecord => {
  const copy = structuredClone(from);
  copy.version = 2;
  change(copy);
  return copy;
};
const phase = (master: MasterRecord, i: number) => {
  const found = master.procedure[0]?.operations[0]?.phases[i];
  if (!found) throw new Error(`phase ${i} is missing`);
  return found;
};
const first = <T>(list: readonly T[]): T => list[0] as T;
const stepOf = (master: MasterRecord, id: string): MasterStep => {
  const found = master.procedure.flatMap((up) => up.operations.flatMap((op) => op.phases.flatMap((ph) => ph.steps))).find((step) => step.id === id);
  if (!found) throw new Error(`step ${id} is missing`);
  return found;
};
const said = (change: (copy: MasterRecord) => void) => masterChanges(smallMaster, changed(change)).map((c) => `${c.kind} ${c.part} ${c.what} · ${c.field}: ${c.before} → ${c.after}`);
const choices = [{ value: "yes", label: "Clear", leavesOut: ["filtrate"] }, { value: "no", label: "Stir on", leavesOut: [] }];

describe("the difference of two versions (REQ-35, REQ-39)", () => {
  it("is empty where only the version's number differs", () => expect(said(() => {})).toEqual([]));
  it.each<[string, (copy: MasterRecord) => void, readonly string[]]>([
    ["a limit with its unit", (c) => { first(c.parameters).limits.action = { low: 6.9, high: 7.4 }; }, ["changed parameter pH · action range: 7 to 7.4 pH → 6.9 to 7.4 pH"]],
    ["a limit that is taken away", (c) => { delete first(c.parameters).limits.absolute; }, ["changed parameter pH · absolute range: 0 to 14 pH → "]],
    ["an end that is opened", (c) => { first(c.parameters).limits.normal = { low: 7.1 }; }, ["changed parameter pH · normal range: 7.1 to 7.3 pH → ≥ 7.1 pH"]],
    ["an evaluation", (c) => { first(c.parameters).evaluation = { kind: "longer_than", minutes: 10 }; }, ["changed parameter pH · counts as outside: at once → outside for longer than 10 min"]],
    ["where a value comes from", (c) => { Object.assign(first(c.parameters), { source: "automatic", tag: "ph" }); }, ["changed parameter pH · source: Typed by a person → Captured from a tag", "changed parameter pH · tag:  → ph"]],
    ["a unit, and no range for its sake", (c) => { first(c.parameters).unit = "1"; }, ["changed parameter pH · unit: pH → no unit"]],
    ["an input of a formula", (c) => { Object.assign(c.parameters[3]?.formula ?? {}, { inputs: { filtered: "volume", planned: "volume" } }); }, ["changed parameter Yield · input of the formula: planned is Volume planned → planned is Volume filtered"]],
    ["a quantity", (c) => { first(c.materials).quantity = 8.2; }, ["changed material Sodium chloride · quantity: 8 kg → 8.2 kg"]],
    ["a tolerance", (c) => { first(c.materials).tolerance.high = 102; }, ["changed material Sodium chloride · may be charged: 99 to 101 % → 99 to 102 %"]],
    ["a clean hold time that is taken away", (c) => { delete first(c.equipment).cleanHoldH; }, ["changed equipment Mixing vessel · clean hold time: at most 72 h → "]],
    ["an instruction", (c) => { first(phase(c, 0).steps).instruction = "Look behind the vessel too."; }, ["changed step 1.1.1.1 Clear the area · instruction: Nothing of another batch is in the room. → Look behind the vessel too."]],
    ["a second person no longer needed", (c) => { first(phase(c, 0).steps).verified = false; }, ["changed step 1.1.1.1 Clear the area · verified by a second person: yes → no"]],
    ["a value that is asked for no more", (c) => { stepOf(c, "adjust").parameters = ["ph"]; }, ["changed step 1.1.2.3 Adjust pH · value: Volume planned → "]],
    ["values in another order", (c) => { stepOf(c, "adjust").parameters = ["planned", "ph"]; }, ["changed step 1.1.2.3 Adjust pH · order: value: pH, then Volume planned → Volume planned, then pH"]],
    ["another sequence by the titles of steps", (c) => { stepOf(c, "reconcile").after = ["filtrate"]; }, ["changed step 1.1.3.3 Yield · runs after: 1.1.3.1 Filter; 1.1.3.2 Draw the bulk sample → 1.1.3.1 Filter"]],
    ["a sequence that was the usual one", (c) => { delete stepOf(c, "filtrate").after; }, ["changed step 1.1.3.1 Filter · runs after: 1.1.2.3 Adjust pH → the step before it"]],
    ["a timer", (c) => { stepOf(c, "stir").timer = { since: "charge", atLeastMin: 30, atMostMin: 120 }; }, ["changed step 1.1.2.2 Stir · time: at least 20 min, at most 120 min after the end of 1.1.2.1 Charge salt → at least 30 min, at most 120 min after the end of 1.1.2.1 Charge salt"]],
    ["a decision with what it leaves out", (c) => { Object.assign(stepOf(c, "stir"), { kind: "decision", timer: undefined, choices }); }, [
      "changed step 1.1.2.2 Stir · time: at least 20 min, at most 120 min after the end of 1.1.2.1 Charge salt → ", "changed step 1.1.2.2 Stir · kind: Timer → Decision", "changed step 1.1.2.2 Stir · choice:  → Clear", "changed step 1.1.2.2 Stir · choice:  → Stir on", "changed step 1.1.2.2 Stir · left out by “Clear”:  → 1.1.3.1 Filter",
    ]],
    ["a step more, with all that it says", (c) => { phase(c, 0).steps.push({ ...stepOf(c, "adjust"), id: "look", title: "Look again" }); }, ["added step 1.1.1.3 Look again · :  → stands in: Buffer preparation, Mixing, Preparation; kind: Entry; instruction: Adjust and read the pH.; value: pH, Volume planned; runs after: the step before it; verified by a second person: yes; may not apply: no; attachment: None"]],
    ["a step less", (c) => { phase(c, 0).steps.splice(1, 1); }, ["removed step 1.1.1.2 Bind the vessel · : stands in: Buffer preparation, Mixing, Preparation; kind: Equipment binding; instruction: Scan the vessel.; equipment: Mixing vessel; runs after: the step before it; verified by a second person: no; may not apply: no; attachment: None → "]],
    ["a step in another phase", (c) => { phase(c, 1).steps.unshift(...phase(c, 0).steps.splice(1, 1)); }, ["changed step 1.1.2.1 Bind the vessel · stands in: Buffer preparation, Mixing, Preparation → Buffer preparation, Mixing, Dissolving"]],
    ["another order by what had to move", (c) => { phase(c, 2).steps.push(...phase(c, 2).steps.splice(0, 1)); }, ["moved step 1.1.3.3 Filter · order: after 1.1.2.3 Adjust pH → after 1.1.3.2 Yield"]],
    ["a phase that is called otherwise, once", (c) => { phase(c, 0).name = "Before use"; }, ["changed procedure Phase Before use · name: Preparation → Before use"]],
    ["what a sample is tested for", (c) => { first(c.samples).parameters = ["ph"]; }, ["changed sample Bulk sample · tested for: Bioburden → ", "changed sample Bulk sample · tested for:  → pH"]],
    ["the head", (c) => { c.batchSize.quantity = 200; c.precautions = "None needed."; }, ["changed master Phosphate buffer, 100 L · batch size: 100 L → 200 L", "changed master Phosphate buffer, 100 L · precautions: Protective goggles; salts raise dust. → None needed."]],
    ["another yield", (c) => { c.theoreticalYield = { name: "Buffer", quantity: 98, unit: "L", parameter: "volume" }; }, ["changed master Phosphate buffer, 100 L · theoretical yield: Filtered buffer, 100 L → Buffer, 98 L", "changed master Phosphate buffer, 100 L · yield is judged by: Yield → Volume filtered"]],
  ])("says %s", (_, change, expected) => expect(said(change)).toEqual(expected));

  it("says the same things the other way round when the versions change places", () => {
    const other = changed((c) => { first(c.materials).quantity = 9; stepOf(c, "adjust").parameters = ["ph"]; });
    const [there, back] = [masterChanges(smallMaster, other), masterChanges(other, smallMaster)];
    expect(there).toHaveLength(2);
    expect(back.map((c) => [c.part, c.what, c.after, c.before])).toEqual(there.map((c) => [c.part, c.what, c.before, c.after]));
  });
  it("is written in words throughout: no list or group as it is stored", () => {
    const all = [...masterChanges(smallMaster, { ...antigen500, id: smallMaster.id }), ...masterChanges(antigen500, smallMaster)];
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter(({ before, after }) => /[{}[\]]|undefined|\bnull\b/.test(before + after))).toEqual([]);
  });
  it("sees every member of every part: whatever is written otherwise is a change", () => {
    const parts = ["materials", "equipment", "parameters", "samples"] as const;
    const members = parts.flatMap((list) => antigen500[list].flatMap((one, i) => Object.keys(one).filter((key) => key !== "id").map((key) => ({ list, i, key }))));
    const steps = antigen500.procedure.flatMap((up) => up.operations.flatMap((op) => op.phases.flatMap((ph) => ph.steps)));
    const other: Readonly<Record<string, unknown>> = { limits: { normal: { low: 0.5 } }, tolerance: { low: 1, high: 500 }, parameters: [], formula: { text: "0", inputs: {} }, evaluation: { kind: "mean_over", minutes: 999 }, kind: "clearance", class: "KPP", source: "manual", choices: [{ value: "a", label: "A", leavesOut: [] }], timer: { since: "clear-area", atMostMin: 1 }, after: ["sterilise"] };
    const otherwise = (key: string, value: unknown): unknown => (typeof value === "boolean" ? !value : typeof value === "number" ? value + 1 : key in other && JSON.stringify(other[key]) !== JSON.stringify(value) ? other[key] : key === "attachment" ? (value === "allowed" ? "required" : "allowed") : key === "kind" ? "packaging" : key === "class" ? "IPC" : key === "source" ? "laboratory" : `${String(value)} x`);
    const unseen = members.filter(({ list, i, key }) => masterChanges(antigen500, changed((c) => { const one = c[list][i] as Record<string, unknown>; if (key === "parameters" && Array.isArray(one[key]) && one[key].length === 0) return; one[key] = otherwise(key, one[key]); }, antigen500)).length === 0);
    expect(unseen).toEqual([]);
    const unseenSteps = steps.flatMap((step) => Object.keys(step).filter((key) => key !== "id" && !(key === "parameters" && step.parameters.length === 0)).filter((key) => masterChanges(antigen500, changed((c) => { const one = stepOf(c, step.id) as Record<string, unknown>; one[key] = otherwise(key, one[key]); }, antigen500)).length === 0).map((key) => `${step.id} ${key}`));
    expect(unseenSteps).toEqual([]);
  });
});

describe("what had to move", () => {
  const twoOrders = fc.integer({ min: 0, max: 9 }).chain((n) => fc.tuple(fc.shuffledSubarray(Array.from({ length: n }, (_, i) => `s${i}`), { minLength: n, maxLength: n }), fc.shuffledSubarray(Array.from({ length: n }, (_, i) => `s${i}`), { minLength: n, maxLength: n })));
  it("is nothing where the order is the same, and one thing where one was moved", () => {
    expect(movedOf(["a", "b", "c", "d"], ["a", "b", "c", "d"])).toEqual([]);
    expect(movedOf(["a", "b", "c", "d"], ["b", "c", "d", "a"])).toEqual(["a"]);
    expect(movedOf([], [])).toEqual([]);
  });
  it("leaves the others in their old order, and no fewer would", () => {
    fc.assert(fc.property(twoOrders, ([before, after]) => {
      const moved = new Set(movedOf(before, after));
      const rest = (order: readonly string[], without: ReadonlySet<string>) => order.filter((id) => !without.has(id)).join();
      expect(rest(after, moved)).toBe(rest(before, moved));
      // Every smaller set, tried one by one: n is small.
      const smaller = Array.from({ length: 2 ** before.length }, (_, bits) => before.filter((_id, i) => (bits >> i) & 1)).filter((some) => some.length < moved.size);
      expect(smaller.some((some) => rest(after, new Set(some)) === rest(before, new Set(some)))).toBe(false);
    }), { numRuns: 300 });
  });
});
