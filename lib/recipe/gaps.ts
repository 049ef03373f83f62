import { gap, parameterPlace, repeated, stepPlace, unitGap, when, type Gap, type GapPlace, type Whole } from "./gap.ts";
import { placedSteps, stepsBefore, type MasterRecord } from "./master-record.ts";
import { parameterGaps } from "./parameter-gaps.ts";
import { stepGaps } from "./step-gaps.ts";

const head = (place: string): GapPlace => ({ place, part: "head" });
/** A list of the master, closed by writing one more of its kind. */
const list = (place: string, kind: string): GapPlace => ({ place, part: kind });

function yieldGaps({ master: { theoreticalYield }, parameters }: Whole): readonly Gap[] {
  const at = head("Yield");
  if (!theoreticalYield) return [gap(at, "The theoretical yield is missing.")];
  const judged = parameters.get(theoreticalYield.parameter);
  const { normal, action, validated } = judged?.limits ?? {};
  return [
    ...unitGap(at, theoreticalYield.unit), ...when(judged === undefined, at, "The yield needs a calculated parameter with limits that judges it."), ...when(judged !== undefined && judged.source !== "calculated", at, `${judged?.name ?? ""} is not calculated. The yield is judged by a calculated parameter.`),
    ...when(judged !== undefined && judged.unit !== "%", at, `${judged?.name ?? ""} is in ${judged?.unit ?? ""}. The yield is judged in per cent of the theoretical one.`), ...when(judged !== undefined && !(normal ?? action ?? validated), at, `${judged?.name ?? ""} has no limits. Give it the range the yield must lie in.`),
  ];
}

function wholeGaps(whole: Whole): readonly Gap[] {
  const { master, steps } = whole;
  const [first] = steps;
  return [
    ...when(steps.length === 0, list("Procedure", "unit-procedure"), "There is no step."), ...when(master.materials.length === 0, list("Materials", "material"), "No component is listed with its quantity."), ...when(master.equipment.length === 0, list("Equipment", "equipment"), "No class of equipment is listed."),
    ...when(!master.precautions, head("Precautions"), "Say which precautions are taken, or that none are needed."), ...when(master.samples.length === 0, list("Sampling", "sample"), "No sample is planned."), ...when(!master.parameters.some((p) => p.class === "CQA"), list("Specifications", "parameter"), "No critical quality attribute is tested."),
    ...unitGap(head("Batch size"), master.batchSize.unit), ...yieldGaps(whole),
    ...when(!steps.some(({ step }) => step.verified), first ? { ...stepPlace(first), place: "Procedure" } : list("Procedure", "unit-procedure"), "No step is verified by a second person."),
  ];
}

/** Ids that are used twice: a part is found by its id alone. */
function idGaps({ master, steps }: Whole): readonly Gap[] {
  const twice = (word: string, kind: string, ids: readonly string[]) => repeated(ids).map((id) => gap({ place: `${word} ${id}`, part: `${kind}:${id}` }, "This id is used twice. Give each its own."));
  return [
    ...twice("Parameter", "parameter", master.parameters.map((p) => p.id)), ...twice("Material", "material", master.materials.map((m) => m.id)), ...twice("Equipment", "equipment", master.equipment.map((e) => e.id)), ...twice("Sample", "sample", master.samples.map((s) => s.id)),
    ...twice("Step", "step", steps.map(({ step }) => step.id)),
  ];
}

/** Materials, equipment and samples: their amounts, and a step that uses each. */
function listGaps({ master, steps, parameters }: Whole): readonly Gap[] {
  const uses = (kind: "material" | "equipment" | "sample", id: string): boolean => steps.some(({ step }) => step.kind === kind && step[kind] === id);
  return [
    ...master.materials.flatMap(({ id, name, unit, tolerance }) => {
      const at = { place: `Material ${name}`, part: `material:${id}` };
      return [...unitGap(at, unit), ...when(tolerance.low > 100 || tolerance.high < 100, at, "The tolerance does not hold the quantity itself (100 %)."), ...when(!uses("material", id), at, "No step charges it.")];
    }),
    ...master.equipment.flatMap(({ id, name }) => when(!uses("equipment", id), { place: `Equipment ${name}`, part: `equipment:${id}` }, "No step binds it.")),
    ...master.samples.flatMap(({ id, name, unit, parameters: tested }) => {
      const at = { place: `Sample ${name}`, part: `sample:${id}` };
      const wrong = tested.flatMap((one) => { const known = parameters.get(one); return known?.source === "laboratory" ? [] : [known ? parameterPlace(known).place.replace("Parameter ", "") : one]; });
      return [...unitGap(at, unit), ...wrong.map((one) => gap(at, `“${one}” is no laboratory parameter of this master.`)), ...when(!uses("sample", id), at, "No step draws it.")];
    }),
  ];
}

/** Everything a master lacks before it may be approved; empty when it is complete. */
export function masterGaps(master: MasterRecord): readonly Gap[] {
  const steps = placedSteps(master);
  const whole: Whole = { master, steps, parameters: new Map(master.parameters.map((p) => [p.id, p])), before: stepsBefore(steps) };
  return [...wholeGaps(whole), ...idGaps(whole), ...listGaps(whole), ...parameterGaps(whole), ...stepGaps(whole)];
}
