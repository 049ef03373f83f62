import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallMaster } from "#tests/small-master.ts";
import { masterGaps } from "./gaps.ts";
import { masterRecord, placedSteps, waitingForEachOther, type MasterParameter, type MasterRecord, type MasterStep } from "./master-record.ts";

const gapsOf = (change: Partial<MasterRecord>): readonly string[] => masterGaps({ ...smallMaster, ...change }).map((gap) => `${gap.place}: ${gap.sentence}`);
const withParameter = (id: string, change: Partial<MasterParameter>): Partial<MasterRecord> => ({ parameters: smallMaster.parameters.map((p) => (p.id === id ? { ...p, ...change } : p)) });
/** The procedure with each of its steps changed, or put in place of by several. */
const eachStep = (change: (step: MasterStep) => MasterStep | readonly MasterStep[], { procedure } = smallMaster): Pick<MasterRecord, "procedure"> => ({
  procedure: procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: op.phases.map((ph) => ({ ...ph, steps: ph.steps.flatMap(change) })) })) })),
});
const withStep = (id: string, change: Partial<MasterStep>): Pick<MasterRecord, "procedure"> => eachStep((s) => (s.id === id ? { ...s, ...change } : s));

describe("a complete master (REQ-39, 21 CFR 211.186(b))", () => {
  it("has no gap", () => expect(masterGaps(smallMaster)).toEqual([]));
  it("comes back from its file as it was", () => expect(masterRecord.parse(JSON.parse(JSON.stringify(smallMaster)))).toEqual(smallMaster));
  it("numbers its steps as ISA-88 has them", () => expect(placedSteps(smallMaster).map((s) => [s.number, s.step.id])).toEqual([["1.1.1.1", "clear"], ["1.1.1.2", "bind"], ["1.1.2.1", "charge"], ["1.1.2.2", "stir"], ["1.1.2.3", "adjust"], ["1.1.3.1", "filtrate"], ["1.1.3.2", "draw"], ["1.1.3.3", "reconcile"]]));
  it("lets steps run beside each other where it says so, and one after the other elsewhere", () => expect(placedSteps(smallMaster).map((s) => s.after)).toEqual([[], ["clear"], ["bind"], ["charge"], ["stir"], ["adjust"], ["adjust"], ["filtrate", "draw"]]));
});

describe("a choice and a text", () => {
  const colour = (change: Partial<MasterParameter>): readonly string[] => gapsOf(withParameter("planned", { form: "choice", unit: "1", precision: 0, options: [{ value: "clear", fits: true }, { value: "cloudy", fits: false }], ...change }));
  it("need no limits", () => expect(colour({}).filter((sentence) => sentence.startsWith("Parameter Volume planned"))).toEqual([]));
  it("may be found in the laboratory", () => {
    const found = gapsOf(withParameter("bioburden", { form: "choice", unit: "1", precision: 0, limits: {}, options: [{ value: "complies", fits: true }, { value: "does not comply", fits: false }] }));
    expect(found.filter((sentence) => sentence.startsWith("Parameter Bioburden"))).toEqual([]);
  });
  it.each<[string, Partial<MasterParameter>, string]>([
    ["a tag it is captured from", { source: "automatic", tag: "volume" }, "typed by a person or found in the laboratory"], ["one option", { options: [{ value: "clear", fits: true }] }, "two options at least"], ["nothing wanted", { options: [{ value: "a", fits: false }, { value: "b", fits: false }] }, "two options at least"], ["everything wanted", { options: [{ value: "a", fits: true }, { value: "b", fits: true }] }, "two options at least"],
    ["a unit", { unit: "L" }, "has no unit"], ["limits", { limits: { normal: { low: 1 } } }, "no limits"], ["the same option twice", { options: [{ value: "a", fits: true }, { value: "a", fits: false }] }, "used twice"],
    ["a judged text", { form: "text", options: undefined, class: "CPP" }, "A text is not judged"], ["a text with options", { form: "text" }, "A text has no options"],
  ])("with %s are a gap", (_, change, sentence) => expect(colour(change).some((found) => found.startsWith("Parameter Volume planned") && found.includes(sentence))).toBe(true));
});

describe("an incomplete master lists its gaps", () => {
  it.each<[string, Partial<MasterRecord>, string]>([
    ["no precautions", { precautions: undefined }, "Precautions: Say which precautions"], ["no theoretical yield", { theoreticalYield: undefined }, "Yield: The theoretical yield is missing"], ["no component", { materials: [] }, "Materials: No component"],
    ["no step", { procedure: [] }, "Procedure: There is no step"], ["no sample", { samples: [] }, "Sampling: No sample is planned"], ["no quality attribute", withParameter("bioburden", { class: "IPC" }), "Specifications: No critical quality attribute"],
    ["a yield without limits", withParameter("buffer-yield", { limits: {} }), "Yield: Yield has no limits"], ["a unit nobody knows", withParameter("ph", { unit: "phs" }), "Parameter pH: “phs” is not a unit"], ["limits that are not nested", withParameter("ph", { limits: { normal: { low: 6, high: 8 }, action: { low: 7, high: 7.4 } } }), "Parameter pH: Normal reaches beyond action"],
    ["a judged parameter without limits", withParameter("volume", { limits: {} }), "Parameter Volume filtered: It has no limits"], ["a critical one with a normal range only", withParameter("ph", { limits: { normal: { low: 7, high: 7.4 } } }), "needs its action or proven acceptable range"], ["a result without method", withParameter("bioburden", { method: undefined }), "Parameter Bioburden: A laboratory result needs its method"],
    ["a formula that does not fit its unit", withParameter("buffer-yield", { formula: { text: "filtered * planned", inputs: { filtered: "volume", planned: "planned" } } }), "Parameter Yield: The result is not in %"], ["a formula over nothing", withParameter("buffer-yield", { formula: { text: "a", inputs: { a: "nowhere" } } }), "which is no other parameter"],
    ["a calculation of itself", withParameter("buffer-yield", { formula: { text: "a", inputs: { a: "buffer-yield" } } }), "which is no other parameter"], ["a calculated parameter without formula", withParameter("buffer-yield", { formula: undefined }), "needs its formula"], ["a formula where nothing is calculated", withParameter("volume", { formula: { text: "a", inputs: { a: "ph" } } }), "Only a calculated parameter"],
    ["a step that charges nothing", withStep("charge", { material: undefined }), "Step 1.1.2.1 Charge salt: A step of this kind names its material"], ["a material nobody charges", withStep("charge", { kind: "instruction", material: undefined }), "Material Sodium chloride: No step charges it"], ["a parameter nobody asks for", withStep("adjust", { parameters: ["ph"] }), "Parameter Volume planned: No step asks for it"],
    ["an unknown parameter", withStep("adjust", { parameters: ["ph", "planned", "colour"] }), "“colour” is no parameter"], ["an unknown step", withStep("draw", { after: ["elsewhere"] }), "“elsewhere” is no step"], ["steps that wait for each other", withStep("clear", { after: ["reconcile"] }), "Step 1.1.1.1 Clear the area: It waits for a step that waits for it"],
    ["a timer without time", withStep("stir", { timer: { since: "charge" } }), "A timer has a shortest or a longest time"], ["a timer turned round", withStep("stir", { timer: { since: "charge", atLeastMin: 9, atMostMin: 3 } }), "The shortest time is longer"], ["a decision without choices", withStep("clear", { kind: "decision" }), "names its choices, two at least"],
    ["a captured value that is typed", withParameter("volume", { source: "automatic", tag: "volume" }), "Volume filtered is captured. An entry step asks for what a person types."], ["a tolerance that excludes the quantity", { materials: smallMaster.materials.map((m) => ({ ...m, tolerance: { low: 101, high: 102 } })) }, "does not hold the quantity itself"], ["an id used twice", { samples: [...smallMaster.samples, ...smallMaster.samples] }, "Sample bulk: This id is used twice"],
    ["a yield that is typed", withParameter("buffer-yield", { source: "manual", formula: undefined }), "Yield: Yield is not calculated. The yield is judged by a calculated parameter."], ["a yield in litres", { theoreticalYield: { name: "Buffer", quantity: 100, unit: "L", parameter: "volume" } }, "Yield: Volume filtered is in L. The yield is judged in per cent"],
    ["a yield that nothing judges", { theoreticalYield: { name: "Buffer", quantity: 100, unit: "L", parameter: "nowhere" } }, "Yield: The yield needs a calculated parameter"], ["a range without ends", withParameter("volume", { limits: { normal: {} } }), "Parameter Volume filtered: Normal: neither end is written"], ["a critical parameter whose ranges have no ends", withParameter("ph", { limits: { normal: {}, action: {} } }), "Parameter pH: A critical process parameter needs its action"],
    ["limits that leave a wider range past one that is open there", withParameter("ph", { limits: { absolute: { low: 0, high: 14 }, validated: { low: 6 }, action: { low: 6.5, high: 15 } } }), "Parameter pH: Action reaches beyond absolute"],
    ["a calculation from a range", { parameters: smallMaster.parameters.map((p) => (p.id === "volume" ? { ...p, source: "automatic" as const, tag: "volume", evaluation: { kind: "longer_than" as const, minutes: 5 } } : p)) }, "Parameter Yield: “Volume filtered” is captured as its lowest to its highest value"],
    ["a calculation from what is captured at once", withParameter("volume", { source: "automatic", tag: "volume", evaluation: { kind: "instant" } }), "from which nothing can be calculated"],
    ["a calculation from a choice", withParameter("planned", { form: "choice", unit: "1", precision: 0, options: [{ value: "much", fits: true }, { value: "little", fits: false }] }), "Parameter Yield: “Volume planned” is one of some options and no number"], ["a calculation from words", withParameter("planned", { form: "text", unit: "1", precision: 0 }), "“Volume planned” is words and no number"],
    ["a captured value without its tag", withParameter("volume", { source: "automatic" }), "Parameter Volume filtered: Nothing says where it is captured from"], ["a captured value that only informs, judged over time without a tag", withParameter("planned", { source: "automatic", evaluation: { kind: "mean_over", minutes: 5 } }), "Parameter Volume planned: Nothing says where"],
    ["a typed value that is judged over time", withParameter("volume", { evaluation: { kind: "longer_than", minutes: 5 } }), "Parameter Volume filtered: Only a captured value is judged over time"],
    ["a laboratory result in no sample", { samples: smallMaster.samples.map((s) => ({ ...s, parameters: ["ph"] })) }, "Parameter Bioburden: No sample is tested for it."], ["a sample tested for what is typed", { samples: smallMaster.samples.map((s) => ({ ...s, parameters: ["ph", "bioburden"] })) }, "Sample Bulk sample: “pH” is no laboratory parameter"], ["a sample of no known unit", { samples: smallMaster.samples.map((s) => ({ ...s, unit: "cups" })) }, "Sample Bulk sample: “cups” is not a unit"],
    ["a calculated parameter in no step", withStep("reconcile", { parameters: ["planned"] }), "Parameter Yield: No step calculates it."], ["a captured parameter in no step", { ...withParameter("ph", { source: "automatic", tag: "ph" }), ...withStep("adjust", { parameters: ["planned"] }) }, "Parameter pH: No step captures it."],
    ["equipment nobody binds", withStep("bind", { kind: "instruction" }), "Equipment Mixing vessel: No step binds it."], ["a sample nobody draws", withStep("draw", { kind: "instruction" }), "Sample Bulk sample: No step draws it."], ["a material of a step that charges nothing", withStep("charge", { kind: "instruction" }), "Step 1.1.2.1 Charge salt: It names a material, which a step of this kind does not use"],
    ["a material named by a step of another kind", withStep("charge", { kind: "instruction" }), "Material Sodium chloride: No step charges it."], ["a step that binds nothing", withStep("bind", { equipment: undefined }), "names its equipment"], ["a step that draws nothing", withStep("draw", { sample: undefined }), "names its sample"], ["a timer step without its timer", withStep("stir", { timer: undefined }), "names its timer"], ["an entry that asks for nothing", withStep("filtrate", { parameters: [] }), "names its parameters"],
    ["a capture that captures nothing", withStep("filtrate", { kind: "capture" }), "Nothing is captured in this step"], ["a capture of a result", { ...withStep("filtrate", { kind: "capture", parameters: ["volume", "bioburden"] }) }, "Bioburden is of the laboratory. A capture step takes values of a tag"], ["a calculation step that types", withStep("reconcile", { parameters: ["buffer-yield", "planned"] }), "Volume planned is typed by a person. A calculation step gives calculated parameters only."],
    ["a value asked for twice", withStep("filtrate", { parameters: ["volume", "volume"] }), "It asks for “Volume filtered” twice."],
    ["a time that counts from a later step", withStep("stir", { timer: { since: "adjust", atLeastMin: 5 } }), "Step 1.1.2.2 Stir: Its time counts from 1.1.2.3 Adjust pH, which need not have ended"], ["a time that counts from a step beside it", withStep("draw", { kind: "timer", timer: { since: "filtrate", atMostMin: 5 } }), "Its time counts from 1.1.3.1 Filter, which need not have ended"],
    ["a time that counts from itself", withStep("stir", { timer: { since: "stir", atLeastMin: 5 } }), "counts from this step itself"], ["a time that counts from nothing", withStep("stir", { timer: { since: "nowhere", atLeastMin: 5 } }), "“nowhere” is no step"],
    ["a phase without steps", { procedure: smallMaster.procedure.map((up) => ({ ...up, operations: up.operations.map((op) => ({ ...op, phases: [...op.phases, { id: "rest", name: "Rest", steps: [] }] })) })) }, "Phase Rest: It has no step."], ["an operation without phases", { procedure: smallMaster.procedure.map((up) => ({ ...up, operations: [...up.operations, { id: "rest", name: "Rest", phases: [] }] })) }, "Operation Rest: It has no phase."],
    ["a calculation before what it is made from", eachStep((s) => (s.id === "reconcile" ? { ...s, after: ["adjust"] } : s.id === "filtrate" ? { ...s, after: ["reconcile"] } : s)), "Yield is calculated from Volume filtered, which is recorded only after this step"],
    ["nothing verified", eachStep((s) => ({ ...s, verified: false })), "No step is verified by a second person"],
  ])("%s", (_, change, expected) => expect(gapsOf(change).join("\n")).toContain(expected));

  const decision = (leavesOut: readonly string[], rest: Partial<MasterStep> = {}) => withStep("stir", { kind: "decision", timer: undefined, choices: [{ value: "yes", label: "Yes", leavesOut: [...leavesOut] }, { value: "no", label: "No", leavesOut: [] }], ...rest });
  it("but none where a decision leaves out what comes after it", () => expect(gapsOf(decision([]))).toEqual([]));
  it.each<[string, Partial<MasterRecord>, string]>([
    ["an earlier step left out", decision(["charge"]), "Step 1.1.2.2 Stir: “Yes” leaves out 1.1.2.1 Charge salt, which does not wait for this decision"], ["the decision left out by itself", decision(["stir"]), "leaves out 1.1.2.2 Stir, which does not wait"], ["a step left out that there is not", decision(["nowhere"]), "“nowhere” is no step"],
    ["a step beside the decision left out", eachStep((s) => (s.id === "filtrate" ? { ...s, kind: "decision" as const, parameters: [], choices: [{ value: "yes", label: "Yes", leavesOut: ["draw"] }, { value: "no", label: "No", leavesOut: [] }] } : s)), "leaves out 1.1.3.2 Draw the bulk sample, which does not wait"],
    ["a value left out from which something is calculated", decision(["filtrate"]), "With “Yes” Volume filtered is not recorded, from which 1.1.3.3 Yield calculates"],
    ["two choices of one name", decision([], { choices: [{ value: "yes", label: "Yes", leavesOut: [] }, { value: "yes", label: "Also", leavesOut: [] }] }), "The choice “yes” is used twice"], ["one choice", decision([], { choices: [{ value: "yes", label: "Yes", leavesOut: [] }] }), "choices, two at least"],
  ])("%s", (_, change, expected) => expect(gapsOf(change).join("\n")).toContain(expected));

  it("a step that would open too early where a choice leaves out the one it waits for", () => {
    // Filter waits for the pH only by way of the sample that is left out with "Yes".
    const early = decision(["draw"], { after: ["charge"] });
    const after: Readonly<Record<string, string[]>> = { adjust: ["charge"], draw: ["adjust", "stir"], filtrate: ["draw", "stir"] };
    const steps = eachStep((s) => (after[s.id] ? { ...s, after: after[s.id] } : s), { ...smallMaster, ...early });
    expect(gapsOf(steps)).toContain("Step 1.1.2.2 Stir: With “Yes” 1.1.3.1 Filter would open before 1.1.2.3 Adjust pH has ended. Let it wait for that step as well.");
  });
  it("a calculation that stands before another it is made from, in one step", () => {
    const half: MasterParameter = { ...(smallMaster.parameters.find((p) => p.id === "buffer-yield") as MasterParameter), id: "half", name: "Half", formula: { text: "whole / 2", inputs: { whole: "buffer-yield" } }, limits: { normal: { low: 40, high: 60 } } };
    const inOrder = (parameters: string[]) => gapsOf({ parameters: [...smallMaster.parameters, half], ...withStep("reconcile", { parameters }) });
    expect(inOrder(["buffer-yield", "half"])).toEqual([]);
    expect(inOrder(["half", "buffer-yield"])).toEqual(["Step 1.1.3.3 Yield: Half is calculated from Yield. Name Yield before it, because values are calculated in this order."]);
  });
  it("no tag where a value only informs", () => {
    const shown = eachStep((s) => (s.id === "adjust" ? { ...s, parameters: ["ph"] } : s.id === "stir" ? [s, { ...s, id: "read", kind: "capture", timer: undefined, parameters: ["planned", "volume"] }] : s.id === "filtrate" ? { ...s, kind: "instruction", parameters: [] } : s));
    const parameters = smallMaster.parameters.map((p) => (p.id === "planned" ? { ...p, source: "automatic" as const, evaluation: { kind: "at_end" as const } } : p.id === "volume" ? { ...p, source: "automatic" as const, tag: "volume" } : p));
    expect(gapsOf({ parameters, ...shown })).toEqual([]);
  });
  it("but none where a calculation rests on a mean or on what is captured once", () => {
    const of = (change: Partial<MasterParameter>) => gapsOf({ ...withParameter("volume", change), ...withStep("filtrate", { kind: change.source === "automatic" ? "capture" : "entry", parameters: ["volume"] }) });
    expect(of({ source: "automatic", tag: "volume", evaluation: { kind: "mean_over", minutes: 5 } })).toEqual([]);
    expect(of({ source: "automatic", tag: "volume", evaluation: { kind: "at_end" } })).toEqual([]);
  });

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
