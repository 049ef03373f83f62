import type { EntryBasis } from "#lib/batch/basis.ts";
import type { BatchRecord, EntryRow, EquipmentUseRow, MaterialUseRow, ResultRow, SampleRow, StepRow } from "#lib/batch/record.ts";
import { resultStateName, sampleStateName } from "#lib/laboratory/state.ts";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";
import { numerals, quantityText } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";

/** A line about a step beyond its values. `struck`: counts no more, and stays readable; `loud`: somebody must look at it; `file`: id of an attached file. */
export type ExecutionPart = { readonly term: string; readonly text: string; readonly struck: boolean; readonly loud: boolean; readonly file?: string };
export type PartContext = { readonly record: BatchRecord; /** Undefined for a batch of the thin master. */ readonly master: MasterRecord | undefined };

type Said = { readonly at: (instant: Date) => string; readonly name: (id: string | null) => string };

const saidOf = ({ record }: PartContext): Said => ({ at: (instant) => printedTime(instant, record.site.timeZone), name: (id) => (id === null ? "automatic" : (record.names.get(id) ?? id)) });
const line = (term: string, words: readonly (string | false | null | undefined)[], change: Partial<ExecutionPart> = {}): ExecutionPart => ({ term, text: words.filter(Boolean).join("; "), struck: false, loud: false, ...change });

const endedWord: Partial<Record<StepRow["state"], string>> = { skipped: "Not applicable", voided: "Voided", forced: "Forced by quality" };

function stepLines(step: StepRow, { at, name }: Said): readonly ExecutionPart[] {
  const ended = endedWord[step.state];
  return [
    ...(step.startedAt ? [line("Started", [`by ${name(step.startedBy)}, ${at(step.startedAt)}`])] : []),
    ...(ended ? [line(ended, [step.reason ?? (step.state === "skipped" ? "left out by a decision of the master" : "no reason is recorded")], { loud: true })] : []),
    ...(step.verification === "open" && step.state === "done" ? [line("Verification", ["still open"], { loud: true })] : []),
  ];
}

const overridden = (ordinal: number | null): string | undefined => (ordinal === null ? undefined : `let in by quality, signature ${ordinal}`);

function chargeLine(use: MaterialUseRow, master: MasterRecord | undefined, { at, name }: Said): ExecutionPart {
  const planned = master?.materials.find((material) => material.id === use.material);
  const plan = planned && ` (planned ${quantityText(String(planned.quantity), planned.unit)}, ${planned.tolerance.low} to ${planned.tolerance.high} %)`;
  return line(`Charge ${use.number}`, [
    `${planned ? `${planned.code} ${planned.name}` : use.material}, lot ${use.lotId}${use.containerId ? `, container ${use.containerId}` : ""}, ${quantityText(use.quantity, use.unit)}`,
    `together ${numerals(use.percentOfPlan.toFixed(1))} % of plan${plan ?? ""}`, `lot was ${use.lotState}${use.lotExpiresAt ? `, expires ${at(use.lotExpiresAt)}` : ""}`,
    overridden(use.overrideOrdinal), `by ${name(use.by)}, ${at(use.at)}`, use.reason && `reason: ${use.reason}`,
  ], { loud: use.evaluation === "exception" || use.overrideOrdinal !== null });
}

function equipmentLine(use: EquipmentUseRow, master: MasterRecord | undefined, { at, name }: Said): ExecutionPart {
  const planned = master?.equipment.find((equipment) => equipment.id === use.equipment);
  return line("Equipment", [
    `${use.unitId} bound as ${planned ? `${planned.name} (${planned.equipmentClass})` : use.equipment} by ${name(use.boundBy)}, ${at(use.boundAt)}`, `was ${use.stateBefore.replaceAll("_", " ")}`,
    use.cleanedAt ? `clean since ${at(use.cleanedAt)}` : "no cleaning recorded", use.calibrationDueAt ? `calibration due ${at(use.calibrationDueAt)}` : "no calibration recorded",
    use.previousBatchId ? `batch before: ${use.previousBatchId}` : "no batch before", overridden(use.overrideOrdinal), use.releasedAt && `released by ${name(use.releasedBy)}, ${at(use.releasedAt)}`,
  ], { loud: use.overrideOrdinal !== null });
}

const sampleLine = (sample: SampleRow, { at, name }: Said): ExecutionPart => line("Sample", [
  `${sample.id}, ${sample.name}, drawn by ${name(sample.drawnBy)}, ${at(sample.drawnAt)}`, sample.receivedAt ? `received by ${name(sample.receivedBy)}, ${at(sample.receivedAt)}` : "not received",
  `kept at ${sample.storage}`, sampleStateName[sample.state].toLowerCase(), sample.reason && `reason: ${sample.reason}`,
], { loud: sample.state === "lost" });

function resultLine(result: ResultRow, master: MasterRecord | undefined, { at, name }: Said): ExecutionPart {
  const known = master?.parameters.find((parameter) => parameter.id === result.parameter);
  return line(`Result ${result.number}`, [
    `${known?.name ?? result.parameter} ${quantityText(result.value, result.unit)}, read as ${result.rawValue}, of ${result.sampleId}`, `${result.method}, ${result.instrument}`,
    result.outOfSpecification && "out of specification", result.outOfTrend && "out of trend", `analysed by ${name(result.analyst)}, ${at(result.analysedAt)}, entered ${at(result.enteredAt)}`,
    result.reviewedAt ? `reviewed by ${name(result.reviewedBy)}, ${at(result.reviewedAt)}` : result.state === "entered" && "not reviewed",
    result.retestAt && `retest authorised by ${name(result.retestBy)}, ${at(result.retestAt)}: ${result.retestReason ?? ""}`,
    result.invalidatedAt && `${resultStateName.invalidated.toLowerCase()} by ${name(result.invalidatedBy)}, ${at(result.invalidatedAt)}`, result.reason && `reason: ${result.reason}`,
  ], { struck: result.state === "invalidated", loud: result.outOfSpecification });
}

/** The words of the choice that was taken in a decision of the master. */
function choiceLines(step: StepRow, { record, master }: PartContext): readonly ExecutionPart[] {
  const taken = record.entries.findLast((entry) => entry.stepId === step.id && entry.parameter === "decision");
  const planned = master && placedSteps(master).find((placed) => placed.number === step.id);
  const choice = taken && planned?.step.choices?.find((one) => one.value === taken.value);
  return choice ? [line("Choice", [choice.label, choice.leavesOut.length > 0 && `leaves out ${choice.leavesOut.join(", ")}`])] : [];
}

/** What was done in a step beyond its values, in the order of work: acts, equipment, charges, choice, samples with each result, files. Nothing for a step of the thin master. */
export function executionParts(step: StepRow, context: PartContext): readonly ExecutionPart[] {
  const { record, master } = context;
  const said = saidOf(context);
  const samples = record.samples.filter((sample) => sample.stepId === step.id);
  return [
    ...stepLines(step, said), ...record.equipment.filter((use) => use.stepId === step.id).map((use) => equipmentLine(use, master, said)),
    ...record.materials.filter((use) => use.stepId === step.id).map((use) => chargeLine(use, master, said)), ...choiceLines(step, context),
    ...samples.flatMap((sample) => [sampleLine(sample, said), ...record.results.filter((result) => result.sampleId === sample.id).map((result) => resultLine(result, master, said))]),
    ...record.attachments.filter((file) => file.stepId === step.id).map((file) => line("File", [`${file.name}, ${numerals(String(file.size))} bytes`, `SHA-256 ${file.digest}`, `by ${said.name(file.addedBy)}, ${said.at(file.addedAt)}`], { file: file.id })),
  ];
}

/** What a captured, calculated or laboratory value was made from, in words. Instants of a window in the site's zone. */
export function basisText(basis: EntryBasis, timeZone: string, unit: string | null): string {
  const at = (instant: string): string => printedTime(new Date(instant), timeZone);
  const value = (stored: string | null): string => (stored === null ? "none" : quantityText(stored, unit));
  switch (basis.kind) {
    case "captured": return `Captured from ${basis.unitId} ${basis.tag}, ${at(basis.from)} to ${at(basis.to)}: ${numerals(String(basis.values))} values, least ${value(basis.low)}, greatest ${value(basis.high)}, mean ${value(basis.mean)}, nothing measured for ${numerals(String(basis.gapMinutes))} min.`;
    case "calculated": return `Calculated: ${basis.formula} with ${basis.inputs.map((input) => `${input.name} = ${quantityText(input.value, input.unit)} (${input.parameter} of step ${input.stepId}, version ${input.version})`).join(", ")}.`;
    case "laboratory": return `From result ${basis.number} of sample ${basis.sampleId}, ${basis.method}, read as ${basis.rawValue}.`;
  }
}

/** An earlier version in words: what it was, who wrote it, and what took its place. Times in the site's zone. */
export function replacedText(old: EntryRow, by: EntryRow, { record }: Pick<PartContext, "record">): string {
  const { at, name } = saidOf({ record, master: undefined });
  return `was ${quantityText(old.value, old.unit)}, version ${old.version}, entered ${at(old.enteredAt)} by ${name(old.enteredBy)}; replaced ${at(by.enteredAt)} by ${name(by.enteredBy)}. ${by.reason ? `Reason: ${by.reason}` : "No reason is recorded."}`;
}
