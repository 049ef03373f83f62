import { attachmentName, className, materialKindName, sourceName, stepKindName } from "#lib/recipe/words.ts";
import { textAt, type Draft, type DraftKind } from "./draft.ts";
import { units } from "#lib/quantity/unit.ts";

export type Option = { readonly value: string; readonly name: string };
/** What the forms choose from: the other parts of the master, and the products of the installation. */
export type Choices = { readonly products: readonly Option[]; readonly parameters: readonly (Option & { readonly unit: string; readonly source: string })[]; readonly materials: readonly Option[]; readonly equipment: readonly Option[]; readonly samples: readonly Option[]; readonly steps: readonly Option[] };

type Shown = {
  readonly path: string; readonly label: string; readonly hint?: string;
  /** When the field has a use; without a use it is shown as long as something stands in it. */
  readonly when?: (draft: Draft) => boolean;
  /** When it is not shown at all, because its value follows from another field. */
  readonly hidden?: (draft: Draft) => boolean;
};
export type Field = Shown & (
  | { readonly as: "words" | "lines"; readonly longest: number } | { readonly as: "number" } | { readonly as: "tick" } | { readonly as: "choice"; readonly options: readonly Option[]; readonly none?: string }
  | { readonly as: "ticks"; readonly options: readonly Option[]; readonly empty: string } | { readonly as: "limits" | "formula" | "evaluation" | "options" | "choices" | "timer" | "after" }
);
export type FieldGroup = { readonly title: string; readonly fields: readonly Field[] };

const optionsOf = (names: Readonly<Record<string, string>>): readonly Option[] => Object.entries(names).map(([value, name]) => ({ value, name }));
const unitOptions: readonly Option[] = units.map((unit) => ({ value: unit.text, name: `${unit.text} (${unit.name})` }));
const kindIs = (...kinds: readonly string[]) => (draft: Draft): boolean => kinds.includes(textAt(draft, "kind"));
const sourceIs = (source: string) => (draft: Draft): boolean => textAt(draft, "source") === source;
const isNumber = (draft: Draft): boolean => textAt(draft, "form") === "";
const isWord = (draft: Draft): boolean => !isNumber(draft);
const named: FieldGroup = { title: "Name", fields: [{ as: "words", path: "name", label: "Name", longest: 80 }] };

const head = ({ products, parameters }: Choices): readonly FieldGroup[] => [
  { title: "What is made", fields: [
    { as: "words", path: "title", label: "Title", longest: 120 }, { as: "lines", path: "purpose", label: "Purpose", longest: 1_000 }, { as: "choice", path: "productId", label: "Product", options: products },
    { as: "number", path: "batchSize.quantity", label: "Batch size" }, { as: "choice", path: "batchSize.unit", label: "Unit of the batch size", options: unitOptions }, { as: "number", path: "durationH", label: "Planned time, h" },
    { as: "lines", path: "precautions", label: "Precautions", hint: "Which precautions are taken, or that none are needed.", longest: 2_000 },
  ] },
  { title: "Theoretical yield", fields: [
    { as: "words", path: "theoreticalYield.name", label: "What comes out", longest: 120 }, { as: "number", path: "theoreticalYield.quantity", label: "At best" }, { as: "choice", path: "theoreticalYield.unit", label: "Unit of the yield", options: unitOptions, none: "not chosen" },
    { as: "choice", path: "theoreticalYield.parameter", label: "Judged by", hint: "A calculated parameter in per cent, with limits.", options: parameters.filter((p) => p.source === "calculated"), none: "not chosen" },
  ] },
];

const material: readonly FieldGroup[] = [
  { title: "Component", fields: [{ as: "words", path: "name", label: "Name", longest: 120 }, { as: "words", path: "code", label: "Code", hint: "As the warehouse calls it.", longest: 40 }, { as: "choice", path: "kind", label: "Kind", options: optionsOf(materialKindName) }] },
  { title: "Amount", fields: [
    { as: "number", path: "quantity", label: "Quantity" }, { as: "choice", path: "unit", label: "Unit", options: unitOptions }, { as: "number", path: "tolerance.low", label: "Least charge, %", hint: "Per cent of the quantity." }, { as: "number", path: "tolerance.high", label: "Greatest charge, %" },
  ] },
];

const equipment: readonly FieldGroup[] = [{ title: "Class of equipment", fields: [
  { as: "words", path: "name", label: "Name", longest: 120 }, { as: "words", path: "equipmentClass", label: "Class", hint: "A site binds one of its units of this class.", longest: 60 }, { as: "tick", path: "clean", label: "Must be clean when it is bound" },
  { as: "number", path: "cleanHoldH", label: "Longest time from cleaning to use, h", hint: "Empty: no limit.", when: (draft) => draft["clean"] === true }, { as: "tick", path: "calibrated", label: "Must be calibrated when it is bound" },
] }];

const parameter: readonly FieldGroup[] = [
  { title: "What it is", fields: [
    { as: "words", path: "name", label: "Name", longest: 80 }, { as: "choice", path: "form", label: "Form", options: [{ value: "choice", name: "One of some options" }, { value: "text", name: "Words" }], none: "A number with a unit" }, { as: "choice", path: "class", label: "Class", options: optionsOf(className) },
    { as: "choice", path: "unit", label: "Unit", options: unitOptions, hidden: isWord }, { as: "number", path: "precision", label: "Digits after the point", hidden: isWord },
    { as: "options", path: "options", label: "Options", when: (draft) => textAt(draft, "form") === "choice" },
  ] },
  { title: "Where it comes from", fields: [
    { as: "choice", path: "source", label: "Source", options: optionsOf(sourceName), hidden: isWord }, { as: "words", path: "tag", label: "Tag", hint: "Tag of the bound unit, for example ph.", longest: 60, when: sourceIs("automatic") },
    { as: "words", path: "method", label: "Method", hint: "Test method of the laboratory.", longest: 120, when: sourceIs("laboratory") }, { as: "formula", path: "formula", label: "Formula", when: sourceIs("calculated") }, { as: "evaluation", path: "evaluation", label: "Counts as outside", hidden: isWord },
  ] },
  { title: "Limits", fields: [{ as: "limits", path: "limits", label: "Limits", when: isNumber }] },
];

const sample = ({ parameters }: Choices): readonly FieldGroup[] => [{ title: "Sample", fields: [
  { as: "words", path: "name", label: "Name", longest: 120 }, { as: "words", path: "point", label: "Drawn at", longest: 120 }, { as: "number", path: "quantity", label: "Quantity" }, { as: "choice", path: "unit", label: "Unit", options: unitOptions }, { as: "words", path: "storage", label: "Storage", hint: "Temperature and how long.", longest: 120 },
  { as: "ticks", path: "parameters", label: "Tested for", options: parameters.filter((p) => p.source === "laboratory"), empty: "No laboratory parameter is written yet. Write one first." },
] }];

const step = ({ parameters, materials, equipment: classes, samples }: Choices): readonly FieldGroup[] => [
  { title: "What is done", fields: [
    { as: "words", path: "title", label: "Title", longest: 120 }, { as: "choice", path: "kind", label: "Kind", options: optionsOf(stepKindName) }, { as: "lines", path: "instruction", label: "Instruction", longest: 2_000 }, { as: "lines", path: "precaution", label: "Precaution", hint: "Shown before the step. Empty: none.", longest: 500 },
  ] },
  { title: "With what", fields: [
    { as: "choice", path: "material", label: "Material", options: materials, none: "none", when: kindIs("material") }, { as: "choice", path: "equipment", label: "Equipment", options: classes, none: "none", when: kindIs("equipment") }, { as: "choice", path: "sample", label: "Sample", options: samples, none: "none", when: kindIs("sample") },
    { as: "ticks", path: "parameters", label: "Values", options: parameters, empty: "No parameter is written yet." }, { as: "choices", path: "choices", label: "Choices", when: kindIs("decision") },
  ] },
  { title: "When and by whom", fields: [
    { as: "after", path: "after", label: "Runs after" }, { as: "timer", path: "timer", label: "Time since another step", when: kindIs("timer") }, { as: "number", path: "dueH", label: "Due, h", hint: "Hours from the start of the batch. Empty: not planned." }, { as: "tick", path: "verified", label: "A second person verifies it" },
    { as: "tick", path: "mayNotApply", label: "May not apply", hint: "It may be skipped with a reason." }, { as: "choice", path: "attachment", label: "Attachment", options: optionsOf(attachmentName) },
  ] },
];

/** The fields of a part's form, in groups. */
export function fieldsOf(kind: DraftKind, choices: Choices): readonly FieldGroup[] {
  switch (kind) {
    case "head": return head(choices);
    case "material": return material;
    case "equipment": return equipment;
    case "parameter": return parameter;
    case "sample": return sample(choices);
    case "step": return step(choices);
    case "unit-procedure": case "operation": case "phase": return [named];
  }
}

/** The id of a field's control, by the path of what it holds. */
export const fieldId = (path: string): string => `field-${path.replaceAll(".", "-")}`;
