import { rangeName, rangeNames, type Range } from "#lib/quantity/limit.ts";
import { placedSteps, type MasterParameter, type MasterRecord, type MasterStep } from "./master-record.ts";
import { attachmentName, className, evaluationText, materialKindName, sourceName, stepKindName, timerText } from "./words.ts";

/** One of several things a part names; `same` tells whether it is as it was. */
export type LineItem = { readonly id: string; readonly text: string; readonly same: string };
/**
 * A field of a part as it is read: its name, its words, and what tells whether it is the same (a name that changed elsewhere changes no line here). `items`: a field that
 * holds several things, `ordered` where their order counts.
 */
export type Line = { readonly key: string; readonly field: string; readonly text: string; readonly same: string; readonly items?: readonly LineItem[]; readonly ordered?: boolean };
/** A part as it is read, line by line. */
export type NamedLines = { readonly id: string; readonly name: string; readonly lines: readonly Line[] };

const line = (field: string, value: string | number | undefined, text = String(value ?? "")): readonly Line[] => (value === undefined ? [] : [{ key: field, field, text, same: String(value) }]);
const yesNo = (field: string, value: boolean): readonly Line[] => line(field, value ? "yes" : "no");
const items = (field: string, list: readonly LineItem[], ordered = false): Line => ({ key: field, field, text: "", same: "", items: list, ordered });
const plainUnit = (unit: string): string => (unit === "1" ? "" : ` ${unit}`);

/** A range with all its digits: what changed by a hundredth is seen. */
function wholeRange({ low, high }: Range, unit: string): string {
  if (low === undefined && high === undefined) return "no end";
  return `${low === undefined ? `≤ ${high ?? ""}` : high === undefined ? `≥ ${low}` : `${low} to ${high}`}${plainUnit(unit)}`;
}

export const linesOfHead = ({ title, purpose, productId, batchSize, durationH, theoreticalYield: best, precautions, parameters }: MasterRecord): readonly Line[] => [
  ...line("title", title), ...line("purpose", purpose), ...line("product", productId), ...line("batch size", `${batchSize.quantity} ${batchSize.unit}`), ...line("planned time", `${durationH} h`),
  ...line("theoretical yield", best && `${best.name}, ${best.quantity} ${best.unit}`), ...line("yield is judged by", best?.parameter, parameters.find((p) => p.id === best?.parameter)?.name ?? best?.parameter), ...line("precautions", precautions),
];

export const linesOfMaterial = ({ materials }: MasterRecord): readonly NamedLines[] => materials.map(({ id, name, code, kind, quantity, unit, tolerance }) => ({
  id, name, lines: [...line("name", name), ...line("code", code), ...line("kind", materialKindName[kind]), ...line("quantity", `${quantity} ${unit}`), ...line("may be charged", `${tolerance.low} to ${tolerance.high} %`)],
}));

export const linesOfEquipment = ({ equipment }: MasterRecord): readonly NamedLines[] => equipment.map(({ id, name, equipmentClass, clean, calibrated, cleanHoldH }) => ({
  id, name, lines: [...line("name", name), ...line("class", equipmentClass), ...yesNo("must be clean", clean), ...yesNo("must be calibrated", calibrated), ...line("clean hold time", cleanHoldH, `at most ${cleanHoldH ?? ""} h`)],
}));

const formName: Record<NonNullable<MasterParameter["form"]>, string> = { choice: "one of some options", text: "words" };

function linesOfLimits({ limits, unit }: MasterParameter): readonly Line[] {
  const { target } = limits;
  return [
    ...line("target", target, `${target ?? ""}${plainUnit(unit)}`),
    ...[...rangeNames].reverse().flatMap((name) => { const range = limits[name]; return range ? line(`${rangeName[name].toLowerCase()} range`, `${range.low ?? ""}…${range.high ?? ""}`, wholeRange(range, unit)) : []; }),
  ];
}

export const linesOfParameter = ({ parameters }: MasterRecord): readonly NamedLines[] => parameters.map((p) => {
  const { id, name, unit, precision, class: of, source, evaluation, tag, formula, method, form, options } = p;
  const inputs = Object.entries(formula?.inputs ?? {}).map(([input, of2]): LineItem => ({ id: input, text: `${input} is ${parameters.find((one) => one.id === of2)?.name ?? `“${of2}”`}`, same: of2 }));
  return {
    id, name, lines: [
      ...line("name", name), ...line("form", form && formName[form]), ...(form ? [] : [...line("unit", unit === "1" ? "no unit" : unit), ...line("digits after the point", precision)]), ...line("class", className[of]), ...line("source", sourceName[source]),
      ...line("tag", tag), ...line("method", method), ...line("formula", formula?.text), ...(inputs.length > 0 ? [items("input of the formula", inputs)] : []), ...(options ? [items("option", options.map((o) => ({ id: o.value, text: `${o.value}, ${o.fits ? "wanted" : "an exception"}`, same: String(o.fits) })), true)] : []),
      ...linesOfLimits(p), ...(form ? [] : line("counts as outside", evaluationText(evaluation))),
    ],
  };
});

export const linesOfSample = ({ samples, parameters }: MasterRecord): readonly NamedLines[] => samples.map(({ id, name, point, quantity, unit, storage, parameters: tested }) => ({
  id, name, lines: [
    ...line("name", name), ...line("drawn at", point), ...line("quantity", `${quantity} ${unit}`), ...line("storage", storage),
    items("tested for", tested.map((one) => ({ id: one, text: parameters.find((p) => p.id === one)?.name ?? `“${one}”`, same: one }))),
  ],
}));

/** Unit procedures, operations and phases with what they belong to. */
export const linesOfContainers = ({ procedure }: MasterRecord): readonly NamedLines[] => procedure.flatMap((up) => [
  { id: `unit-procedure ${up.id}`, name: `Unit procedure ${up.name}`, lines: line("name", up.name) },
  ...up.operations.flatMap((op) => [
    { id: `operation ${op.id}`, name: `Operation ${op.name}`, lines: [...line("name", op.name), ...line("belongs to", up.id, up.name)] },
    ...op.phases.map((ph) => ({ id: `phase ${ph.id}`, name: `Phase ${ph.name}`, lines: [...line("name", ph.name), ...line("belongs to", op.id, `${up.name}, ${op.name}`)] })),
  ]),
]);

type Named = readonly { readonly id: string; readonly name: string }[];
const named = (list: Named, id: string | undefined): string => list.find((one) => one.id === id)?.name ?? `“${id ?? ""}”`;

function linesOfChoices({ choices }: MasterStep, titles: ReadonlyMap<string, string>): readonly Line[] {
  if (!choices) return [];
  const left = choices.map(({ value, label, leavesOut }): Line => ({ ...items(`left out by “${label}”`, leavesOut.map((id) => ({ id, text: titles.get(id) ?? `“${id}”`, same: id }))), key: `left out by ${value}` }));
  return [items("choice", choices.map(({ value, label }) => ({ id: value, text: label, same: label })), true), ...left.filter(({ items: out }) => out && out.length > 0)];
}

export function linesOfStep(master: MasterRecord): readonly NamedLines[] {
  const placed = placedSteps(master);
  const titles = new Map(placed.map(({ number, step }) => [step.id, `${number} ${step.title}`]));
  const phases = new Map(master.procedure.flatMap((up) => up.operations.flatMap((op) => op.phases.flatMap((ph) => ph.steps.map((step) => [step.id, ph.id] as const)))));
  return placed.map(({ number, unitProcedure, operation, phase, step }) => ({
    id: step.id, name: `${number} ${step.title}`, lines: [
      ...line("title", step.title), ...line("stands in", phases.get(step.id), `${unitProcedure}, ${operation}, ${phase}`), ...line("kind", stepKindName[step.kind]), ...line("instruction", step.instruction), ...line("precaution", step.precaution),
      ...line("material", step.material, named(master.materials, step.material)), ...line("equipment", step.equipment, named(master.equipment, step.equipment)), ...line("sample", step.sample, named(master.samples, step.sample)),
      items("value", step.parameters.map((id) => ({ id, text: named(master.parameters, id), same: id })), true), ...line("time", step.timer && `${step.timer.since} ${step.timer.atLeastMin ?? ""} ${step.timer.atMostMin ?? ""}`, step.timer && timerText(step.timer, titles)),
      ...linesOfChoices(step, titles), ...line("runs after", step.after ? `these ${[...step.after].sort().join(" ")}` : "the step before it", step.after && (step.after.length > 0 ? step.after.map((id) => titles.get(id) ?? `“${id}”`).join("; ") : "the start of the batch")),
      ...line("due", step.dueH, `${step.dueH ?? ""} h after the start of the batch`), ...yesNo("verified by a second person", step.verified), ...yesNo("may not apply", step.mayNotApply), ...line("attachment", attachmentName[step.attachment]),
    ],
  }));
}
