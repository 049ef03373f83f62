import { checkFormula } from "#lib/quantity/formula.ts";
import { limitFaults } from "#lib/quantity/limit.ts";
import { unitOf } from "#lib/quantity/unit.ts";
import { placedSteps, waitingForEachOther, type MasterParameter, type MasterRecord, type PlacedStep } from "./master-record.ts";

/** Something a master lacks before it may be approved (21 CFR 211.186(b), 211.103): where, and what to do. */
export type Gap = { readonly place: string; readonly sentence: string };

const gap = (place: string, sentence: string): Gap => ({ place, sentence });
const when = (missing: boolean, place: string, sentence: string): readonly Gap[] => (missing ? [gap(place, sentence)] : []);

function repeated(place: string, ids: readonly string[]): readonly Gap[] {
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map((id) => gap(`${place} ${id}`, "This id is used twice. Give each its own."));
}

const unitGap = (place: string, unit: string): readonly Gap[] => when(!unitOf(unit), place, `“${unit}” is not a unit of this portal.`);

function formulaGaps(p: MasterParameter, of: ReadonlyMap<string, MasterParameter>): readonly Gap[] {
  const place = `Parameter ${p.name}`;
  if (p.source !== "calculated") return when(p.formula !== undefined, place, "Only a calculated parameter has a formula. Remove it, or make the source “calculated”.");
  if (!p.formula) return [gap(place, "A calculated parameter needs its formula.")];
  const unknown = Object.values(p.formula.inputs).filter((id) => !of.has(id) || id === p.id);
  if (unknown.length > 0) return [gap(place, `The formula uses ${unknown.join(", ")}, which is no other parameter of this master.`)];
  const inputs = Object.fromEntries(Object.entries(p.formula.inputs).map(([name, id]) => [name, of.get(id)?.unit ?? ""]));
  const checked = checkFormula({ text: p.formula.text, inputs, unit: p.unit, precision: p.precision });
  return checked.ok ? [] : [gap(place, checked.refusal.sentence)];
}

/** Calculated parameters that need each other's result. */
function circularFormulas(parameters: readonly MasterParameter[]): readonly Gap[] {
  const calculated = parameters.filter((p) => p.formula);
  const waiting = waitingForEachOther(calculated.map((p) => ({ step: { id: p.id } as PlacedStep["step"], after: Object.values(p.formula?.inputs ?? {}) })));
  return waiting.map((id) => gap(`Parameter ${parameters.find((p) => p.id === id)?.name ?? id}`, "Its formula needs its own result, by way of other calculations."));
}

/** A choice or a text is not measured: no unit, no limits, no formula; a choice says which of its options are wanted. */
function wordGaps(p: MasterParameter, place: string): readonly Gap[] {
  const options = p.options ?? [];
  return [
    ...when(p.unit !== "1" || Object.keys(p.limits).length > 0 || p.formula !== undefined || p.source !== "manual", place, "A choice or a text is typed by a person and has no unit but “1”, no limits and no formula."),
    ...when(p.form === "choice" && (options.length < 2 || !options.some((o) => o.fits) || options.every((o) => o.fits)), place, "A choice has two options at least, one that is wanted and one that is not."),
    ...when(p.form === "text" && options.length > 0, place, "A text has no options."), ...when(p.form === "text" && p.class !== "info", place, "A text is not judged: its class is “info”."),
    ...repeated(place, options.map((o) => o.value)),
  ];
}

function parameterGaps(p: MasterParameter, of: ReadonlyMap<string, MasterParameter>): readonly Gap[] {
  const place = `Parameter ${p.name}`;
  if (p.form) return wordGaps(p, place);
  const judged = p.limits.normal ?? p.limits.action ?? p.limits.validated;
  return [
    ...unitGap(place, p.unit), ...limitFaults(p.limits).map((fault) => gap(place, fault.sentence)), ...formulaGaps(p, of),
    ...when(p.class !== "info" && !judged, place, "It has no limits, so nothing would be judged. Give it a normal, action or proven acceptable range, or make its class “info”."),
    ...when(p.class === "CPP" && !p.limits.validated && !p.limits.action, place, "A critical process parameter needs its action or proven acceptable range."),
    ...when(p.source === "automatic" && !p.tag && p.evaluation.kind !== "at_end", place, "A captured value that is judged over time needs the tag it comes from."),
    ...when(p.source === "laboratory" && !p.method, place, "A laboratory result needs its method."),
  ];
}

function stepGaps({ number, step }: PlacedStep, master: MasterRecord, ids: ReadonlySet<string>): readonly Gap[] {
  const place = `Step ${number} ${step.title}`;
  const unknownParameter = step.parameters.filter((id) => !master.parameters.some((p) => p.id === id));
  const unknownStep = [...(step.after ?? []), ...(step.timer ? [step.timer.since] : []), ...(step.choices ?? []).flatMap((c) => c.leavesOut)].filter((id) => !ids.has(id));
  const needs = (wanted: boolean, there: boolean, word: string) => when(wanted && !there, place, `A step of this kind names its ${word}.`);
  const sources = step.parameters.map((id) => master.parameters.find((p) => p.id === id)?.source);
  return [
    ...unknownParameter.map((id) => gap(place, `“${id}” is no parameter of this master.`)), ...unknownStep.map((id) => gap(place, `“${id}” is no step of this master.`)),
    ...needs(step.kind === "material", master.materials.some((m) => m.id === step.material), "material"), ...needs(step.kind === "equipment", master.equipment.some((e) => e.id === step.equipment), "equipment"),
    ...needs(step.kind === "sample", master.samples.some((s) => s.id === step.sample), "sample"), ...needs(step.kind === "timer", step.timer !== undefined, "timer"), ...needs(step.kind === "decision", (step.choices?.length ?? 0) >= 2, "choices, two at least"),
    ...needs(step.kind === "entry" || step.kind === "capture" || step.kind === "calculation", step.parameters.length > 0, "parameters"),
    ...when(step.kind === "calculation" && sources.some((s) => s !== "calculated"), place, "A calculation step gives calculated parameters only."), ...when(step.kind === "capture" && sources.some((s) => s !== "automatic"), place, "A capture step takes automatic parameters only."),
    ...when(step.kind === "entry" && sources.includes("automatic"), place, "An automatic parameter is captured, not typed. Use a capture step."),
    ...when(step.timer !== undefined && step.timer.atLeastMin === undefined && step.timer.atMostMin === undefined, place, "A timer has a shortest or a longest time."),
    ...when((step.timer?.atLeastMin ?? 0) > (step.timer?.atMostMin ?? Infinity), place, "The shortest time is longer than the longest."),
  ];
}

/** Things a master lists and no step uses, and the other way round. */
function useGaps(master: MasterRecord, steps: readonly PlacedStep[]): readonly Gap[] {
  const used = new Set(steps.flatMap(({ step }) => [...step.parameters, ...(step.material ? [`material/${step.material}`] : []), ...(step.equipment ? [`equipment/${step.equipment}`] : []), ...(step.sample ? [`sample/${step.sample}`] : [])]));
  const sampled = new Set(master.samples.flatMap((s) => s.parameters));
  return [
    ...master.materials.filter((m) => !used.has(`material/${m.id}`)).map((m) => gap(`Material ${m.name}`, "No step charges it.")), ...master.equipment.filter((e) => !used.has(`equipment/${e.id}`)).map((e) => gap(`Equipment ${e.name}`, "No step binds it.")),
    ...master.samples.filter((s) => !used.has(`sample/${s.id}`)).map((s) => gap(`Sample ${s.name}`, "No step draws it.")), ...master.samples.flatMap((s) => s.parameters.filter((id) => !master.parameters.some((p) => p.id === id && p.source === "laboratory")).map((id) => gap(`Sample ${s.name}`, `“${id}” is no laboratory parameter of this master.`))),
    ...master.parameters.filter((p) => !used.has(p.id) && !sampled.has(p.id)).map((p) => gap(`Parameter ${p.name}`, "No step or sample asks for it.")),
  ];
}

function wholeGaps(master: MasterRecord, steps: readonly PlacedStep[]): readonly Gap[] {
  const yieldOf = master.theoreticalYield;
  const yieldParameter = master.parameters.find((p) => p.id === yieldOf?.parameter);
  return [
    ...when(steps.length === 0, "Procedure", "There is no step."), ...when(master.materials.length === 0, "Materials", "No component is listed with its quantity."), ...when(master.equipment.length === 0, "Equipment", "No class of equipment is listed."),
    ...when(!master.precautions, "Precautions", "Say which precautions are taken, or that none are needed."), ...when(master.samples.length === 0, "Sampling", "No sample is planned."), ...when(!master.parameters.some((p) => p.class === "CQA"), "Specifications", "No critical quality attribute is tested."),
    ...when(!yieldOf, "Yield", "The theoretical yield is missing."), ...when(yieldOf !== undefined && !(yieldParameter?.limits.normal ?? yieldParameter?.limits.action), "Yield", "The yield needs a calculated parameter with limits."),
    ...when(!steps.some(({ step }) => step.verified), "Procedure", "No step is verified by a second person."),
  ];
}

/** Everything a master lacks before it may be approved; empty when it is complete. */
export function masterGaps(master: MasterRecord): readonly Gap[] {
  const steps = placedSteps(master);
  const of = new Map(master.parameters.map((p) => [p.id, p]));
  const ids = new Set(steps.map(({ step }) => step.id));
  return [
    ...wholeGaps(master, steps),
    ...repeated("Parameter", master.parameters.map((p) => p.id)), ...repeated("Material", master.materials.map((m) => m.id)), ...repeated("Equipment", master.equipment.map((e) => e.id)), ...repeated("Sample", master.samples.map((s) => s.id)), ...repeated("Step", steps.map(({ step }) => step.id)),
    ...unitGap("Batch size", master.batchSize.unit), ...master.materials.flatMap((m) => [...unitGap(`Material ${m.name}`, m.unit), ...when(m.tolerance.low > 100 || m.tolerance.high < 100, `Material ${m.name}`, "The tolerance does not hold the quantity itself (100 %).")]), ...(master.theoreticalYield ? unitGap("Yield", master.theoreticalYield.unit) : []),
    ...master.parameters.flatMap((p) => parameterGaps(p, of)), ...circularFormulas(master.parameters),
    ...steps.flatMap((step) => stepGaps(step, master, ids)), ...waitingForEachOther(steps).map((id) => gap(`Step ${steps.find((s) => s.step.id === id)?.number ?? id}`, "It waits for a step that waits for it, so it could never start.")),
    ...useGaps(master, steps),
  ];
}
