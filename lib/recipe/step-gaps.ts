import { gap, repeated, stepPlace, stepWords, when, type Gap, type GapPlace, type Whole } from "./gap.ts";
import { waitingForEachOther, type MasterParameter, type MasterStep, type PlacedStep, type StepKind } from "./master-record.ts";

/** What a step of each kind names, and no step of another kind does. */
const ofKind = [
  { kind: "material", field: "material", word: "material" }, { kind: "equipment", field: "equipment", word: "equipment" }, { kind: "sample", field: "sample", word: "sample" }, { kind: "decision", field: "choices", word: "choices" },
] as const satisfies readonly { readonly kind: StepKind; readonly field: keyof MasterStep; readonly word: string }[];

function kindGaps({ step }: PlacedStep, at: GapPlace, { master }: Whole): readonly Gap[] {
  const needs = (kind: StepKind, there: boolean, word: string) => when(step.kind === kind && !there, at, `A step of this kind names its ${word}.`);
  const strays = ofKind.filter(({ kind, field }) => step.kind !== kind && step[field] !== undefined && step[field].length > 0);
  return [
    ...needs("material", master.materials.some((m) => m.id === step.material), "material"), ...needs("equipment", master.equipment.some((e) => e.id === step.equipment), "equipment"), ...needs("sample", master.samples.some((s) => s.id === step.sample), "sample"),
    ...needs("timer", step.timer !== undefined, "timer"), ...needs("decision", (step.choices?.length ?? 0) >= 2, "choices, two at least"),
    ...(["entry", "capture", "calculation"] as const).flatMap((kind) => needs(kind, step.parameters.length > 0, "parameters")),
    ...strays.map(({ word }) => gap(at, `It names ${word === "choices" ? "choices" : `a ${word}`}, which a step of this kind does not use. Take ${word === "choices" ? "them" : "it"} out, or change the kind.`)),
  ];
}

const words = { manual: "typed by a person", automatic: "captured", laboratory: "of the laboratory", calculated: "calculated" } as const;
/** Sources of values a step may ask for. A capture may ask a person for what its unit only displays. */
const sourcesOf: Partial<Record<StepKind, readonly MasterParameter["source"][]>> = { calculation: ["calculated"], capture: ["automatic", "manual"], entry: ["manual", "calculated"] };
const sourceSentence: Partial<Record<StepKind, string>> = {
  calculation: "A calculation step gives calculated parameters only.", capture: "A capture step takes values of a tag, and such as a person reads beside them.", entry: "An entry step asks for what a person types.",
};

function valueGaps({ step }: PlacedStep, at: GapPlace, { parameters }: Whole): readonly Gap[] {
  const asked = step.parameters.flatMap((id) => parameters.get(id) ?? []);
  const wrong = asked.filter((p) => !(sourcesOf[step.kind] ?? Object.keys(words)).includes(p.source));
  return [
    ...step.parameters.filter((id) => !parameters.has(id)).map((id) => gap(at, `“${id}” is no parameter of this master.`)), ...repeated(step.parameters).map((id) => gap(at, `It asks for “${parameters.get(id)?.name ?? id}” twice.`)),
    ...wrong.map((p) => gap(at, `${p.name} is ${words[p.source]}. ${sourceSentence[step.kind] ?? ""}`)),
    ...when(step.kind === "capture" && asked.length > 0 && wrong.length === 0 && !asked.some((p) => p.source === "automatic"), at, "Nothing is captured in this step: every value is typed by a person. Make it an entry step."),
  ];
}

function timerGaps({ step }: PlacedStep, at: GapPlace, { steps, before }: Whole): readonly Gap[] {
  const { timer } = step;
  if (!timer) return [];
  const since = steps.find((other) => other.step.id === timer.since);
  return [
    ...when(since === undefined, at, `“${timer.since}” is no step of this master.`),
    ...when(since !== undefined && !before(step.id).has(timer.since), at, since?.step.id === step.id ? "Its time counts from this step itself, so it could never start." : `Its time counts from ${since ? stepWords(since) : ""}, which need not have ended when this step begins. Choose a step this one waits for.`),
    ...when(timer.atLeastMin === undefined && timer.atMostMin === undefined, at, "A timer has a shortest or a longest time."), ...when((timer.atLeastMin ?? 0) > (timer.atMostMin ?? Infinity), at, "The shortest time is longer than the longest."),
  ];
}

/** Steps that record a value: those that ask for it, and those that draw a sample tested for it. */
const recordersOf = (id: string, { master, steps }: Whole): readonly PlacedStep[] => {
  const samples = new Set(master.samples.filter((sample) => sample.parameters.includes(id)).map((sample) => sample.id));
  return steps.filter(({ step }) => step.parameters.includes(id) || (step.sample !== undefined && samples.has(step.sample)));
};

/** Calculations of this step that wait for what comes with a later one, or further down in this one. */
function lateInputs({ step }: PlacedStep, at: GapPlace, whole: Whole): readonly Gap[] {
  return step.parameters.flatMap((id, i) => Object.values(whole.parameters.get(id)?.formula?.inputs ?? {}).flatMap((input): readonly Gap[] => {
    const recorders = recordersOf(input, whole).map((one) => one.step.id);
    const [name, needed] = [whole.parameters.get(id)?.name ?? id, whole.parameters.get(input)?.name ?? input];
    const here = recorders.length === 1 && recorders[0] === step.id && whole.parameters.get(input)?.source === "calculated" && step.parameters.indexOf(input) > i;
    const later = recorders.length > 0 && recorders.every((one) => one !== step.id && whole.before(one).has(step.id));
    return [...when(later, at, `${name} is calculated from ${needed}, which is recorded only after this step: it could never end.`), ...when(here, at, `${name} is calculated from ${needed}. Name ${needed} before it, because values are calculated in this order.`)];
  }));
}

type Choice = NonNullable<MasterStep["choices"]>[number];
/** Where a choice leaves out what others rest on: steps that would open too early, and calculations that could never be done. */
function leftOutGaps({ step }: PlacedStep, { label, leavesOut }: Choice, at: GapPlace, whole: Whole): readonly Gap[] {
  const { steps, before } = whole;
  const out = new Set(leavesOut);
  const decided = new Set([...before(step.id), step.id]);
  const stay = steps.filter((one) => !out.has(one.step.id));
  const early = stay.filter((one) => one.after.some((id) => out.has(id))).flatMap((one) => {
    const own = before(one.step.id, out);
    const lost = steps.find(({ step: { id } }) => !out.has(id) && !decided.has(id) && !own.has(id) && one.after.some((gone) => out.has(gone) && before(gone).has(id)));
    return lost ? [gap(at, `With “${label}” ${stepWords(one)} would open before ${stepWords(lost)} has ended. Let it wait for that step as well.`)] : [];
  });
  const undone = stay.flatMap((one) => one.step.parameters.flatMap((id) => Object.values(whole.parameters.get(id)?.formula?.inputs ?? {}).flatMap((input) => {
    const recorders = recordersOf(input, whole);
    return recorders.length > 0 && recorders.every((other) => out.has(other.step.id)) ? [gap(at, `With “${label}” ${whole.parameters.get(input)?.name ?? input} is not recorded, from which ${stepWords(one)} calculates: it could never end.`)] : [];
  })));
  return [...early, ...undone];
}

function choiceGaps(placed: PlacedStep, at: GapPlace, whole: Whole): readonly Gap[] {
  const { step } = placed;
  const of = new Map(whole.steps.map((one) => [one.step.id, one]));
  const choices = step.kind === "decision" ? step.choices ?? [] : [];
  return [
    ...repeated(choices.map((choice) => choice.value)).map((value) => gap(at, `The choice “${value}” is used twice. Give each its own.`)),
    ...choices.flatMap((choice) => {
      const wrong = choice.leavesOut.flatMap((id): readonly Gap[] => {
        const other = of.get(id);
        if (!other) return [gap(at, `“${id}” is no step of this master.`)];
        return when(!whole.before(id).has(step.id), at, `“${choice.label}” leaves out ${stepWords(other)}, which does not wait for this decision and may have been done before it. Leave out only what comes after.`);
      });
      return wrong.length > 0 ? wrong : leftOutGaps(placed, choice, at, whole);
    }),
  ];
}

/** What the procedure of a master lacks. */
export function stepGaps(whole: Whole): readonly Gap[] {
  const { steps, master } = whole;
  const ids = new Set(steps.map(({ step }) => step.id));
  const circle = new Set(waitingForEachOther(steps));
  const empty = master.procedure.flatMap((up) => [
    ...when(up.operations.length === 0, { place: `Unit procedure ${up.name}`, part: `unit-procedure:${up.id}` }, "It has no operation. Write one, or take it out."),
    ...up.operations.flatMap((op) => [...when(op.phases.length === 0, { place: `Operation ${op.name}`, part: `operation:${op.id}` }, "It has no phase. Write one, or take it out."), ...op.phases.flatMap((ph) => when(ph.steps.length === 0, { place: `Phase ${ph.name}`, part: `phase:${ph.id}` }, "It has no step. Write one, or take it out."))]),
  ]);
  return [...empty, ...steps.flatMap((placed) => {
    const at = stepPlace(placed);
    return [
      ...valueGaps(placed, at, whole), ...(placed.step.after ?? []).filter((id) => !ids.has(id)).map((id) => gap(at, `“${id}” is no step of this master.`)), ...kindGaps(placed, at, whole),
      ...when(circle.has(placed.step.id), at, "It waits for a step that waits for it, so it could never start."), ...(circle.size > 0 ? [] : [...timerGaps(placed, at, whole), ...choiceGaps(placed, at, whole), ...lateInputs(placed, at, whole)]),
    ];
  })];
}
