import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { masterGaps } from "./gaps.ts";
import { masterRecord, placedSteps, waitingForEachOther, type MasterParameter, type MasterRecord, type MasterStep } from "./master-record.ts";

const gapsOf = (change: Partial<MasterRecord>): readonly string[] => masterGaps({ ...smallMaster, ...change }).map((gap) => `${gap.place}: ${gap.sentence}`);
const withParameter = (id: string, change: Partial<MasterParameter>): Partial<MasterRecord> => ({ parameters: smallMaster.parameters.map((p) => (p.id === id ? { ...p, ...change } : p)) });
const withStep = (id: string, change: Partial<MasterStep>): Partial<MasterRecord> => ({
  procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.map((s) => (s.id === id ? { ...s, ...change } : s)) })) })) })),
});

describe("a complete master (REQ-39, 21 CFR 211.186(b))", () => {
  it("has no gap", () => expect(masterGaps(smallMaster)).toEqual([]));
  it("comes back from its file as it was", () => expect(masterRecord.parse(JSON.parse(JSON.stringify(smallMaster)))).toEqual(smallMaster));
  it("numbers its steps as ISA-88 has them", () => expect(placedSteps(smallMaster).map((s) => [s.number, s.step.id])).toEqual([["1.1.1.1", "clear"], ["1.1.1.2", "bind"], ["1.1.2.1", "charge"], ["1.1.2.2", "stir"], ["1.1.2.3", "adjust"], ["1.1.3.1", "filtrate"], ["1.1.3.2", "draw"], ["1.1.3.3", "reconcile"]]));
  it("lets steps run beside each other where it says so, and one after the other elsewhere", () => expect(placedSteps(smallMaster).map((s) => s.after)).toEqual([[], ["clear"], ["bind"], ["charge"], ["stir"], ["adjust"], ["adjust"], ["filtrate", "draw"]]));
});

describe("a choice and a text", () => {
  const colour = (change: Partial<MasterParameter>): readonly string[] => gapsOf(withParameter("planned", { form: "choice", unit: "1", precision: 0, options: [{ value: "clear", fits: true }, { value: "cloudy", fits: false }], ...change }));
  it("need no limits", () => expect(colour({}).filter((sentence) => sentence.startsWith("Parameter Volume planned"))).toEqual([]));
  it.each<[string, Partial<MasterParameter>, string]>([
    ["one option", { options: [{ value: "clear", fits: true }] }, "two options at least"], ["nothing wanted", { options: [{ value: "a", fits: false }, { value: "b", fits: false }] }, "two options at least"], ["everything wanted", { options: [{ value: "a", fits: true }, { value: "b", fits: true }] }, "two options at least"],
    ["a unit", { unit: "L" }, "has no unit"], ["limits", { limits: { normal: { low: 1 } } }, "no limits"], ["the same option twice", { options: [{ value: "a", fits: true }, { value: "a", fits: false }] }, "used twice"],
    ["a judged text", { form: "text", options: undefined, class: "CPP" }, "A text is not judged"], ["a text with options", { form: "text" }, "A text has no options"],
  ])("with %s are a gap", (_, change, sentence) => expect(colour(change).some((found) => found.startsWith("Parameter Volume planned") && found.includes(sentence))).toBe(true));
});

describe("an incomplete master lists its gaps", () => {
  it.each<[string, Partial<MasterRecord>, string]>([
    ["no precautions", { precautions: undefined }, "Precautions: Say which precautions"], ["no theoretical yield", { theoreticalYield: undefined }, "Yield: The theoretical yield is missing"], ["no component", { materials: [] }, "Materials: No component"],
    ["no step", { procedure: [] }, "Procedure: There is no step"], ["no sample", { samples: [] }, "Sampling: No sample is planned"], ["no quality attribute", withParameter("bioburden", { class: "IPC" }), "Specifications: No critical quality attribute"],
    ["a yield without limits", withParameter("buffer-yield", { limits: {} }), "Yield: The yield needs"], ["a unit nobody knows", withParameter("ph", { unit: "phs" }), "Parameter pH: “phs” is not a unit"], ["limits that are not nested", withParameter("ph", { limits: { normal: { low: 6, high: 8 }, action: { low: 7, high: 7.4 } } }), "Parameter pH: Normal reaches beyond action"],
    ["a judged parameter without limits", withParameter("volume", { limits: {} }), "Parameter Volume filtered: It has no limits"], ["a critical one with a normal range only", withParameter("ph", { limits: { normal: { low: 7, high: 7.4 } } }), "needs its action or proven acceptable range"], ["a result without method", withParameter("bioburden", { method: undefined }), "Parameter Bioburden: A laboratory result needs its method"],
    ["a formula that does not fit its unit", withParameter("buffer-yield", { formula: { text: "filtered * planned", inputs: { filtered: "volume", planned: "planned" } } }), "Parameter Yield: The result is not in %"], ["a formula over nothing", withParameter("buffer-yield", { formula: { text: "a", inputs: { a: "nowhere" } } }), "which is no other parameter"],
    ["a calculation of itself", withParameter("buffer-yield", { formula: { text: "a", inputs: { a: "buffer-yield" } } }), "which is no other parameter"], ["a calculated parameter without formula", withParameter("buffer-yield", { formula: undefined }), "needs its formula"], ["a formula where nothing is calculated", withParameter("volume", { formula: { text: "a", inputs: { a: "ph" } } }), "Only a calculated parameter"],
    ["a step that charges nothing", withStep("charge", { material: undefined }), "Step 1.1.2.1 Charge salt: A step of this kind names its material"], ["a material nobody charges", withStep("charge", { kind: "instruction", material: undefined }), "Material Sodium chloride: No step charges it"], ["a parameter nobody asks for", withStep("adjust", { parameters: ["ph"] }), "Parameter Volume planned: No step or sample"],
    ["an unknown parameter", withStep("adjust", { parameters: ["ph", "planned", "colour"] }), "“colour” is no parameter"], ["an unknown step", withStep("draw", { after: ["elsewhere"] }), "“elsewhere” is no step"], ["steps that wait for each other", withStep("clear", { after: ["reconcile"] }), "Step 1.1.1.1: It waits for a step that waits for it"],
    ["a timer without time", withStep("stir", { timer: { since: "charge" } }), "A timer has a shortest or a longest time"], ["a timer turned round", withStep("stir", { timer: { since: "charge", atLeastMin: 9, atMostMin: 3 } }), "The shortest time is longer"], ["a decision without choices", withStep("clear", { kind: "decision" }), "names its choices, two at least"],
    ["a captured value that is typed", withParameter("volume", { source: "automatic", tag: "volume" }), "An automatic parameter is captured"], ["a tolerance that excludes the quantity", { materials: smallMaster.materials.map((m) => ({ ...m, tolerance: { low: 101, high: 102 } })) }, "does not hold the quantity itself"], ["an id used twice", { samples: [...smallMaster.samples, ...smallMaster.samples] }, "Sample bulk: This id is used twice"],
    ["nothing verified", { procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.map((s) => ({ ...s, verified: false })) })) })) })) }, "No step is verified by a second person"],
  ])("%s", (_, change, expected) => expect(gapsOf(change).join("\n")).toContain(expected));

  it("calculations that need each other", () => {
    const b = { ...smallMaster.parameters.find((p) => p.id === "buffer-yield"), id: "b", name: "B", formula: { text: "x", inputs: { x: "buffer-yield" } } } as MasterParameter;
    expect(gapsOf({ parameters: [...smallMaster.parameters.map((p) => (p.id === "buffer-yield" ? { ...p, formula: { text: "x", inputs: { x: "b" } } } : p)), b] }).filter((g) => g.includes("by way of other"))).toHaveLength(2);
  });
});

describe("the order of steps", () => {
  const steps = fc.integer({ min: 1, max: 7 }).chain((n) => fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 3 }), { minLength: n, maxLength: n })).map((edges) => edges.map((after, i) => ({ step: { id: `s${i}` } as MasterStep, after: after.map((j) => `s${j}`) })));
  it("calls those that can never start exactly those from which the way back never ends", () => {
    fc.assert(fc.property(steps, (all) => {
      const of = new Map(all.map((s) => [s.step.id, s.after]));
      /** Longest way back from a step; no end after as many steps as there are means a circle. */
      const endless = (id: string, depth: number): boolean => depth > all.length || (of.get(id) ?? []).some((before) => endless(before, depth + 1));
      expect(waitingForEachOther(all)).toEqual(all.map((s) => s.step.id).filter((id) => endless(id, 0)));
    }), { numRuns: 500 });
  });
});
