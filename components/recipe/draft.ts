import type { PartKind } from "#lib/recipe/edit.ts";
import { rangeNames } from "#lib/quantity/limit.ts";

/** A part while it is typed: the members of the document, numbers as the text that stands in their field. */
export type Draft = Readonly<Record<string, unknown>>;
export type DraftKind = PartKind | "head";

const isGroup = (value: unknown): value is Draft => value !== null && typeof value === "object";

/** What stands at a path such as `limits.normal.low`; undefined where nothing does. */
export const at = (draft: unknown, path: string): unknown => path.split(".").reduce<unknown>((value, key) => (isGroup(value) ? value[key] : undefined), draft);

/** Text of a field: what was typed, or the number that is stored. */
export const textAt = (draft: Draft, path: string): string => { const value = at(draft, path); return typeof value === "string" ? value : typeof value === "number" ? String(value) : ""; };

/** A list of groups at a path; empty where there is none. */
export const rowsAt = (draft: Draft, path: string): readonly Draft[] => { const value = at(draft, path); return Array.isArray(value) ? value.filter(isGroup) : []; };
/** A list of ids at a path; empty where there is none. */
export const idsAt = (draft: Draft, path: string): readonly string[] => { const value = at(draft, path); return Array.isArray(value) ? value.filter((one) => typeof one === "string") : []; };

/** The draft with `value` at the path; undefined takes the member out. */
export function put(draft: Draft, path: string, value: unknown): Draft {
  const [key = "", ...rest] = path.split(".");
  const inner = rest.length === 0 ? value : put(isGroup(draft[key]) ? draft[key] : {}, rest.join("."), value);
  if (Array.isArray(draft)) return draft.map((one: unknown, i) => (String(i) === key ? inner : one)) as unknown as Draft;
  const { [key]: _old, ...others } = draft;
  return inner === undefined ? others : { ...draft, [key]: inner };
}

const numbers: Record<DraftKind, readonly string[]> = {
  head: ["batchSize.quantity", "durationH", "theoreticalYield.quantity"], material: ["quantity", "tolerance.low", "tolerance.high"], equipment: ["cleanHoldH"], sample: ["quantity"],
  parameter: ["precision", "evaluation.minutes", "limits.target", ...rangeNames.flatMap((name) => [`limits.${name}.low`, `limits.${name}.high`])], step: ["dueH", "timer.atLeastMin", "timer.atMostMin"], "unit-procedure": [], operation: [], phase: [],
};

/** A decimal as a number; anything else stays what it is, so that it can be refused at its field. */
const numbered = (value: unknown): unknown => (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value.trim()) : value);

/** Without empty texts and without groups in which nothing stands. */
function emptied(value: unknown): unknown {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  if (Array.isArray(value)) return value.map((one) => emptied(one) ?? {});
  if (!isGroup(value)) return value;
  const kept = Object.entries(value).map(([key, inner]) => [key, emptied(inner)] as const).filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const formulaOf = (formula: Draft): Draft => ({ ...formula, inputs: Object.fromEntries(rowsAt(formula, "inputs").map((row) => [textAt(row, "name").trim(), textAt(row, "id")])) });

/** The part as it is saved: texts of numbers as numbers, what was left empty left out. */
export function typedPart(kind: DraftKind, draft: Draft): Draft {
  const decimal = numbers[kind].reduce((part, path) => (at(part, path) === undefined ? part : put(part, path, numbered(at(part, path)))), draft);
  const kept = emptied(decimal);
  const part: Draft = isGroup(kept) ? kept : {};
  if (kind !== "parameter") return part;
  const { formula, ...rest } = part;
  const begun = isGroup(formula) && (formula["text"] !== undefined || rowsAt(formula, "inputs").length > 0);
  return { ...rest, limits: part["limits"] ?? {}, ...(begun ? { formula: formulaOf(formula) } : {}) };
}

/** A stored part as it is typed in: inputs of a formula as rows, so that a name can be changed letter by letter. */
export function draftOf(kind: DraftKind, part: Draft): Draft {
  const { formula } = part;
  if (kind !== "parameter" || !isGroup(formula)) return part;
  return { ...part, formula: { ...formula, inputs: Object.entries(isGroup(formula["inputs"]) ? formula["inputs"] : {}).map(([name, id]) => ({ name, id })) } };
}

/** What a new part begins with. */
export const freshDraft: Record<PartKind, Draft> = {
  material: { kind: "raw", unit: "kg", tolerance: { low: "99", high: "101" } }, equipment: { clean: true, calibrated: true }, sample: { unit: "mL", parameters: [] },
  parameter: { unit: "1", precision: "2", class: "info", source: "manual", limits: {}, evaluation: { kind: "instant" } }, step: { kind: "instruction", parameters: [], verified: false, mayNotApply: false, attachment: "none" }, "unit-procedure": {}, operation: {}, phase: {},
};

/** An id made from a name: small letters, digits and hyphens. */
export const idFrom = (name: string): string => name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 60);
