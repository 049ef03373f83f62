import { placedSteps, type MasterRecord } from "./master-record.ts";

/** One thing that differs between two versions: what and where in words, before and after as they are read. */
export type MasterChange = { readonly kind: "added" | "removed" | "changed" | "moved"; readonly part: MasterPart; readonly what: string; readonly field: string; readonly before: string; readonly after: string };
export const masterParts = ["master", "material", "equipment", "parameter", "sample", "step"] as const;
export type MasterPart = (typeof masterParts)[number];
export const masterPartName: Record<MasterPart, string> = { master: "Master", material: "Materials", equipment: "Equipment", parameter: "Parameters", sample: "Samples", step: "Steps" };

const fieldNames: Readonly<Record<string, string>> = {
  title: "title", purpose: "purpose", batchSize: "batch size", durationH: "duration, h", theoreticalYield: "theoretical yield", precautions: "precautions", productId: "product", name: "name", code: "code", kind: "kind", quantity: "quantity", unit: "unit", tolerance: "tolerance, %",
  equipmentClass: "class", clean: "must be clean", calibrated: "must be calibrated", cleanHoldH: "clean hold time, h", precision: "digits", class: "class", source: "source", limits: "limits", target: "target", normal: "normal range", alert: "alert range", action: "action range", validated: "proven acceptable range", absolute: "absolute range",
  evaluation: "evaluation", tag: "tag", formula: "formula", method: "method", point: "point", storage: "storage", parameters: "parameters", parameter: "parameter", instruction: "instruction", precaution: "precaution", material: "material", equipment: "equipment", sample: "sample", timer: "timer", choices: "choices", after: "runs after", verified: "verified by a second person",
  mayNotApply: "may not apply", attachment: "attachment", dueH: "due, h", low: "low", high: "high", text: "text", inputs: "inputs", minutes: "minutes", since: "since", atLeastMin: "at least, min", atMostMin: "at most, min", operation: "operation", phase: "phase", unitProcedure: "unit procedure",
};

const read = (value: unknown): string => (value === undefined ? "" : typeof value === "string" ? value : typeof value === "boolean" ? (value ? "yes" : "no") : typeof value === "number" ? String(value) : JSON.stringify(value));
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => value !== null && typeof value === "object" && !Array.isArray(value);

/** Fields that differ, each down to its leaf; a list counts as one leaf. */
function leaves(before: unknown, after: unknown, path: readonly string[]): readonly (readonly [field: string, before: string, after: string])[] {
  if (isPlain(before) || isPlain(after)) {
    const [a, b] = [isPlain(before) ? before : {}, isPlain(after) ? after : {}];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => leaves(a[key], b[key], [...path, fieldNames[key] ?? key]));
  }
  const [a, b] = [read(before), read(after)];
  return a === b ? [] : [[path.join(", "), a, b]];
}

type Named = Readonly<Record<string, unknown>> & { readonly id: string };

function compareLists(part: MasterPart, before: readonly Named[], after: readonly Named[], nameOf: (one: Named) => string): readonly MasterChange[] {
  const [was, is] = [new Map(before.map((one) => [one.id, one])), new Map(after.map((one) => [one.id, one]))];
  const kept = (from: readonly Named[], other: ReadonlyMap<string, Named>) => from.filter((one) => other.has(one.id)).map((one) => one.id);
  const [oldOrder, newOrder] = [kept(before, is), kept(after, was)];
  const removed = before.filter((one) => !is.has(one.id)).map((one): MasterChange => ({ kind: "removed", part, what: nameOf(one), field: "", before: nameOf(one), after: "" }));
  const rest = after.flatMap((one): readonly MasterChange[] => {
    const old = was.get(one.id);
    if (!old) return [{ kind: "added", part, what: nameOf(one), field: "", before: "", after: nameOf(one) }];
    return leaves(old, one, []).map(([field, a, b]) => ({ kind: "changed", part, what: nameOf(one), field, before: a, after: b }));
  });
  const moved = oldOrder.join("\n") === newOrder.join("\n") ? [] : [{ kind: "moved", part, what: masterPartName[part], field: "order", before: oldOrder.join(" → "), after: newOrder.join(" → ") } as const];
  return [...removed, ...rest, ...moved];
}

const named = (one: Named): string => String(one["name"] ?? one["title"] ?? one.id);

/**
 * What changed from one version to the next, part by part in the order of the record: what a reviewer reads before he signs. Things are the same
 * when their ids are; a new order of the same things is said once. Empty exactly when nothing but the version's number differs.
 */
export function masterChanges(before: MasterRecord, after: MasterRecord): readonly MasterChange[] {
  const head = ({ materials: _m, equipment: _e, parameters: _p, samples: _s, procedure: _r, version: _v, ...rest }: MasterRecord) => rest;
  const steps = (master: MasterRecord): readonly Named[] => placedSteps(master).map(({ step, unitProcedure, operation, phase }) => ({ ...step, unitProcedure, operation, phase }));
  return [
    ...leaves(head(before), head(after), []).map(([field, a, b]): MasterChange => ({ kind: "changed", part: "master", what: after.title, field, before: a, after: b })),
    ...compareLists("material", before.materials, after.materials, named), ...compareLists("equipment", before.equipment, after.equipment, named), ...compareLists("parameter", before.parameters, after.parameters, named),
    ...compareLists("sample", before.samples, after.samples, named), ...compareLists("step", steps(before), steps(after), named),
  ];
}
