import { checkFormula } from "#lib/quantity/formula.ts";
import { limitFaults, rangeName, rangeNames } from "#lib/quantity/limit.ts";
import { gap, parameterPlace, repeated, unitGap, when, type Gap, type GapPlace, type Whole } from "./gap.ts";
import { waitingForEachOther, type MasterParameter, type PlacedStep } from "./master-record.ts";

/** Why nothing can be calculated from this parameter; undefined where its value is one number. */
function notANumber({ name, form, source, evaluation }: MasterParameter): string | undefined {
  if (form) return `“${name}” is ${form === "choice" ? "one of some options" : "words"} and no number: nothing can be calculated from it.`;
  if (source === "automatic" && (evaluation.kind === "instant" || evaluation.kind === "longer_than")) return `“${name}” is captured as its lowest to its highest value, from which nothing can be calculated. Judge it by its mean or once, at the end of its step.`;
  return undefined;
}

function formulaGaps(p: MasterParameter, at: GapPlace, { parameters }: Whole): readonly Gap[] {
  if (p.source !== "calculated") return when(p.formula !== undefined, at, "Only a calculated parameter has a formula. Remove it, or make the source “calculated”.");
  if (!p.formula) return [gap(at, "A calculated parameter needs its formula.")];
  const ids = Object.values(p.formula.inputs);
  const unknown = ids.filter((id) => !parameters.has(id) || id === p.id);
  if (unknown.length > 0) return [gap(at, `The formula uses ${unknown.join(", ")}, which is no other parameter of this master.`)];
  const unusable = [...new Set(ids)].flatMap((id) => { const input = parameters.get(id); const why = input && notANumber(input); return why === undefined ? [] : [gap(at, why)]; });
  if (unusable.length > 0) return unusable;
  const inputs = Object.fromEntries(Object.entries(p.formula.inputs).map(([name, id]) => [name, parameters.get(id)?.unit ?? ""]));
  const checked = checkFormula({ text: p.formula.text, inputs, unit: p.unit, precision: p.precision });
  return checked.ok ? [] : [gap(at, checked.refusal.sentence)];
}

/** Calculated parameters that need each other's result. */
function circularFormulas({ master: { parameters } }: Whole): readonly Gap[] {
  const calculated = parameters.filter((p) => p.formula);
  const waiting = waitingForEachOther(calculated.map((p) => ({ step: { id: p.id } as PlacedStep["step"], after: Object.values(p.formula?.inputs ?? {}) })));
  return calculated.filter((p) => waiting.includes(p.id)).map((p) => gap(parameterPlace(p), "Its formula needs its own result, by way of other calculations."));
}

/** A choice or a text is not measured: no unit, no limits, no formula; a choice says which of its options are wanted. */
function wordGaps(p: MasterParameter, at: GapPlace): readonly Gap[] {
  const options = p.options ?? [];
  return [
    ...when(p.unit !== "1" || Object.keys(p.limits).length > 0 || p.formula !== undefined || (p.source !== "manual" && p.source !== "laboratory"), at, "A choice or a text is typed by a person or found in the laboratory, and has no unit but “1”, no limits and no formula."),
    ...when(p.form === "choice" && (options.length < 2 || !options.some((o) => o.fits) || options.every((o) => o.fits)), at, "A choice has two options at least, one that is wanted and one that is not."),
    ...when(p.form === "text" && options.length > 0, at, "A text has no options."), ...when(p.form === "text" && p.class !== "info", at, "A text is not judged: its class is “info”."),
    ...repeated(options.map((o) => o.value)).map((value) => gap(at, `The option “${value}” is used twice. Take one of them out.`)),
  ];
}

function limitGaps({ limits, class: of }: MasterParameter, at: GapPlace): readonly Gap[] {
  const ended = rangeNames.filter((name) => limits[name]?.low !== undefined || limits[name]?.high !== undefined);
  const endless = rangeNames.filter((name) => limits[name] && !ended.includes(name));
  return [
    ...limitFaults(limits).map((fault) => gap(at, fault.sentence)), ...endless.map((name) => gap(at, `${rangeName[name]}: neither end is written, so it judges nothing. Write one, or take the range out.`)),
    ...when(of !== "info" && !ended.some((name) => name === "normal" || name === "action" || name === "validated"), at, "It has no limits, so nothing would be judged. Give it a normal, action or proven acceptable range, or make its class “info”."),
    ...when(of === "CPP" && !ended.includes("validated") && !ended.includes("action"), at, "A critical process parameter needs its action or proven acceptable range."),
  ];
}

function sourceGaps({ source, class: of, tag, method, evaluation }: MasterParameter, at: GapPlace): readonly Gap[] {
  const overTime = evaluation.kind === "longer_than" || evaluation.kind === "mean_over";
  return [
    ...when(source === "automatic" && tag === undefined && (of !== "info" || overTime), at, "Nothing says where it is captured from. Name the tag of the unit it comes from, or let a person read it and make the source “typed by a person”."),
    ...when(source !== "automatic" && overTime, at, "Only a captured value is judged over time. Let it count at once, or once at the end of its step."),
    ...when(source === "laboratory" && !method, at, "A laboratory result needs its method."),
  ];
}

const nobodyAsks: Record<MasterParameter["source"], string> = {
  manual: "No step asks for it.", automatic: "No step captures it.", calculated: "No step calculates it.", laboratory: "No sample is tested for it.",
};

/** A laboratory result comes with a sample, everything else with a step. */
function useGap({ id, source }: MasterParameter, at: GapPlace, { master, steps }: Whole): readonly Gap[] {
  const used = source === "laboratory" ? master.samples.some((sample) => sample.parameters.includes(id)) : steps.some(({ step }) => step.parameters.includes(id));
  return when(!used, at, nobodyAsks[source]);
}

/** What the parameters of a master lack. */
export const parameterGaps = (whole: Whole): readonly Gap[] => [
  ...whole.master.parameters.flatMap((p) => {
    const at = parameterPlace(p);
    return [...(p.form ? wordGaps(p, at) : [...unitGap(at, p.unit), ...limitGaps(p, at), ...formulaGaps(p, at, whole), ...sourceGaps(p, at)]), ...useGap(p, at, whole)];
  }),
  ...circularFormulas(whole),
];
