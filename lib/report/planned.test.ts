import { describe, expect, it } from "vitest";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { smallMaster } from "#tests/small-master.ts";
import { askedParameters, chargeRange, equipmentText, evaluationText, parameterText, plannedFields, plannedLines, yieldLimits } from "./planned.ts";

const [parameter] = smallMaster.parameters;
const placed = smallMaster.procedure.flatMap((up) => up.operations.flatMap((op) => op.phases.flatMap((phase) => phase.steps)));
const [first, second] = placed;
if (!parameter || !first || !second) throw new Error("the small master has a parameter and steps");
const terms = (step: Partial<typeof first>, master: MasterRecord = smallMaster) => plannedLines({ ...first, ...step }, master).map((line) => [line.term, line.text]);

describe("what a master says of a step (21 CFR 211.186(b))", () => {
  it("begins with its precaution, which is loud", () => {
    expect(plannedLines({ ...first, precaution: "Face shield." }, smallMaster)[0]).toEqual({ term: "Precaution", text: "Face shield.", loud: true });
  });
  it("names the steps it begins after by their numbers, and its time after another", () => {
    expect(terms({ after: [second.id], timer: { since: second.id, atLeastMin: 360, atMostMin: 485 } })).toEqual(expect.arrayContaining([["Begins after", "step 1.1.1.2"], ["Time", "begins at least 6 h and at most 485 min after the end of step 1.1.1.2"]]));
    expect(terms({ after: [] })).toContainEqual(["Begins after", "nothing: at any time"]);
  });
  it("gives a charge in its unit and in per cent", () => {
    const material = { id: "salt", code: "RM-1", name: "Salt", kind: "raw", quantity: 340, unit: "L", tolerance: { low: 98, high: 102 } } as const;
    expect(chargeRange(material)).toBe("333.2 to 346.8 L");
    expect(chargeRange({ ...material, quantity: 1, unit: "pcs", tolerance: { low: 100, high: 100 } })).toBe("1 pcs");
    expect(terms({ material: "salt" }, { ...smallMaster, materials: [material] })).toContainEqual(["Charge", "RM-1 Salt (raw): 340 L, 98 to 102 %, that is 333.2 to 346.8 L"]);
    expect(plannedFields({ ...first, material: "salt" }, { ...smallMaster, materials: [material] })).toContainEqual({ name: "Quantity charged", unit: "L", limits: "333.2 to 346.8 L" });
  });
  it("gives the class of a unit with what it must be", () => {
    expect(equipmentText({ id: "v", name: "Vessel", equipmentClass: "vessel 500 L", clean: true, calibrated: true, cleanHoldH: 72 })).toBe("class vessel 500 L, clean for at most 72 h, calibrated");
    expect(equipmentText({ id: "v", name: "Vessel", equipmentClass: "vessel 500 L", clean: false, calibrated: false })).toBe("class vessel 500 L");
  });
  it("names every choice with the steps it leaves out, and asks for the choice", () => {
    const choices = [{ value: "a", label: "Go on", leavesOut: [second.id] }, { value: "b", label: "Freeze", leavesOut: [] }];
    expect(terms({ choices })).toEqual(expect.arrayContaining([["Choice", "Go on, leaves out step 1.1.1.2"], ["Choice", "Freeze"]]));
    expect(plannedFields({ ...first, choices }, smallMaster)).toContainEqual({ name: "Choice", unit: "", limits: "Go on or Freeze" });
  });
  it("tells a formula with the name and the unit of every input", () => {
    const of = (id: string, change: object) => ({ ...parameter, id, name: `The ${id}`, unit: "L", ...change });
    const master: MasterRecord = { ...smallMaster, parameters: [of("a", {}), of("b", { unit: "1" }), of("c", { source: "calculated", precision: 2, formula: { text: "x * y", inputs: { x: "a", y: "b" } } })] };
    expect(terms({ parameters: ["c"] }, master)).toContainEqual(["Formula", "The c = x * y, in L with 2 digits after the point; x: The a in L; y: The b"]);
  });
  it("asks for the parameters of a step and those its sample is tested for, each once", () => {
    const master: MasterRecord = { ...smallMaster, samples: [{ id: "s", name: "S", point: "P", quantity: 1, unit: "mL", storage: "cold", parameters: ["x", "y"] }] };
    expect(askedParameters({ ...first, parameters: ["w", "x"], sample: "s" }, master)).toEqual(["w", "x", "y"]);
  });
});

describe("what a parameter is asked for as", () => {
  it("says class, source, how it is judged, tag and method", () => {
    expect([evaluationText({ kind: "instant" }), evaluationText({ kind: "longer_than", minutes: 10 }), evaluationText({ kind: "mean_over", minutes: 10 }), evaluationText({ kind: "at_end" })])
      .toEqual(["judged at once", "outside when longer than 10 min", "judged by its mean over 10 min", "judged at the end of the step"]);
    expect(parameterText({ ...parameter, class: "CPP", source: "automatic", tag: "ph", evaluation: { kind: "at_end" } })).toContain("CPP, captured from tag ph of the bound unit, judged at the end of the step");
  });
  it("limits a yield in per cent", () => {
    const master: MasterRecord = { ...smallMaster, theoreticalYield: { name: "Y", quantity: 10, unit: "g", parameter: parameter.id }, parameters: [{ ...parameter, precision: 1, limits: { normal: { low: 55, high: 80 }, action: { low: 45, high: 90 } } }] };
    expect(yieldLimits(master)).toBe("55.0 to 80.0 %, action 45.0 to 90.0 %");
  });
});
