import { rangeText, type Range } from "#lib/quantity/limit.ts";
import type { MasterParameter, MasterRecord, MasterStep, StepKind } from "./master-record.ts";

export const stepKindName: Record<StepKind, string> = {
  instruction: "Instruction", entry: "Entry", calculation: "Calculation", material: "Material charge", equipment: "Equipment binding", clearance: "Line clearance", sample: "Sampling", timer: "Timer", capture: "Automatic capture", decision: "Decision", signoff: "Sign-off",
};
export const className: Record<MasterParameter["class"], string> = { CPP: "CPP, critical process parameter", KPP: "KPP, key process parameter", CQA: "CQA, critical quality attribute", IPC: "IPC, in-process control", info: "info, not judged" };
export const sourceName: Record<MasterParameter["source"], string> = { manual: "Typed by a person", automatic: "Captured from a tag", laboratory: "Laboratory result", calculated: "Calculated" };
export const materialKindName: Record<MasterRecord["materials"][number]["kind"], string> = { raw: "Raw material", buffer: "Buffer", medium: "Medium", intermediate: "Intermediate", consumable: "Consumable", packaging: "Packaging" };
export const attachmentName: Record<MasterStep["attachment"], string> = { none: "None", allowed: "Allowed", required: "Required" };

/** When a value counts as outside a range, in words. */
export function evaluationText(evaluation: MasterParameter["evaluation"]): string {
  switch (evaluation.kind) {
    case "instant": return "at once";
    case "longer_than": return `outside for longer than ${evaluation.minutes} min`;
    case "mean_over": return `mean over ${evaluation.minutes} min`;
    case "at_end": return "once, at the end of its step";
  }
}

/** A range with its unit; a dash when there is none. */
export const limitText = (range: Range | undefined, { precision, unit }: Pick<MasterParameter, "precision" | "unit">): string => {
  const text = rangeText(range, precision);
  return text === "–" || unit === "1" ? text : `${text} ${unit}`;
};

type Named = { readonly id: string; readonly name: string };
const nameIn = (list: readonly Named[], id: string | undefined): string => list.find((one) => one.id === id)?.name ?? `“${id ?? ""}”`;

/** The time a step keeps since another one, in words. */
export function timerText({ since, atLeastMin, atMostMin }: NonNullable<MasterStep["timer"]>, titles: ReadonlyMap<string, string>): string {
  const spans = [...(atLeastMin === undefined ? [] : [`at least ${atLeastMin} min`]), ...(atMostMin === undefined ? [] : [`at most ${atMostMin} min`])];
  return `${spans.join(", ") || "no time given"} after the end of ${titles.get(since) ?? `“${since}”`}`;
}

/** What a step asks for beside its instruction: label and words, in the order in which they are read. `titles`: steps by id as "1.1.2.1 Charge salt". */
export function stepDetails(step: MasterStep, master: MasterRecord, titles: ReadonlyMap<string, string>): readonly (readonly [label: string, text: string])[] {
  const material = master.materials.find((one) => one.id === step.material);
  const titleOf = (id: string) => titles.get(id) ?? `“${id}”`;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["Precaution", step.precaution],
    ["Values", step.parameters.length > 0 ? step.parameters.map((id) => nameIn(master.parameters, id)).join(", ") : undefined],
    ["Material", step.material && (material ? `${material.name} (${material.code}), ${material.quantity} ${material.unit}, ${material.tolerance.low} to ${material.tolerance.high} %` : `“${step.material}”`)],
    ["Equipment", step.equipment && nameIn(master.equipment, step.equipment)], ["Sample", step.sample && nameIn(master.samples, step.sample)],
    ["Time", step.timer && timerText(step.timer, titles)],
    ["Choices", step.choices?.map((choice) => `${choice.label}${choice.leavesOut.length > 0 ? ` (leaves out ${choice.leavesOut.map(titleOf).join(", ")})` : ""}`).join("; ")],
    ["Runs after", step.after && (step.after.length > 0 ? step.after.map(titleOf).join(", ") : "the start of the batch")],
    ["Due", step.dueH === undefined ? undefined : `${step.dueH} h after the start of the batch`],
    ["Attachment", step.attachment === "none" ? undefined : attachmentName[step.attachment].toLowerCase()], ["May not apply", step.mayNotApply ? "yes" : undefined],
  ];
  return lines.flatMap(([label, text]) => (text ? [[label, text] as const] : []));
}
