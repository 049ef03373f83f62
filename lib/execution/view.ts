import type { AskedValue } from "#lib/batch/entry.ts";
import type { AttachmentRow, EntryRow, EquipmentUseRow, ExceptionRow, MaterialUseRow, SampleRow, StepRow } from "#lib/batch/record.ts";
import { planStep, stepRefusalSentence, waitsFor, type StepCommand } from "#lib/batch/step.ts";
import type { MasterRecord, MasterStep } from "#lib/recipe/master-record.ts";
import { inputNames } from "./input.ts";
import { askedBy, askedDecision, askedValue, entriesOf, latestValue, masterStepOf, numberOf, ordered, standingOf, takenBackCharges, timerStanding, type Execution } from "./standing.ts";

/** A version of an entry as it is shown, the newest first. */
export type VersionView = Pick<EntryRow, "version" | "value" | "unit" | "evaluation" | "source" | "instrument" | "eventAt" | "enteredAt" | "reason" | "basis"> & { readonly by: string; readonly late: boolean };
/** Something a step asks for. `taken`: how it comes: typed, captured with the end of the step, calculated with it, or from the laboratory. */
export type ValueView = { readonly asked: AskedValue; readonly taken: "typed" | "captured" | "calculated" | "laboratory"; readonly versions: readonly VersionView[]; readonly mayType: boolean; readonly formula?: string | undefined; readonly inputs?: readonly { readonly name: string; readonly value: string | undefined; readonly unit: string }[] | undefined };
export type CommandView = { readonly command: StepCommand; /** Why it cannot be done now; undefined when it can. */ readonly refusal: string | undefined };
export type StepView = {
  readonly row: StepRow; readonly step: MasterStep; readonly values: readonly ValueView[]; readonly commands: ReadonlyMap<StepCommand, string | undefined>; readonly waitingFor: readonly string[]; readonly critical: boolean;
  readonly material: MasterRecord["materials"][number] | undefined; readonly charges: readonly MaterialUseRow[]; readonly equipment: MasterRecord["equipment"][number] | undefined; /** Units bound in the step, the one bound last at the end. */ readonly uses: readonly EquipmentUseRow[];
  readonly sample: MasterRecord["samples"][number] | undefined; readonly drawn: SampleRow | undefined; readonly files: readonly AttachmentRow[]; readonly exceptions: readonly ExceptionRow[]; /** What is done instead of what the master says, as a person wrote it. */ readonly redlines: readonly ExceptionRow[];
  /** Charges taken back by a later line; number of the step a timer counts from. */ readonly takenBack: ReadonlySet<number>; readonly timerFrom: string | undefined;
  readonly timer: ReturnType<typeof timerStanding>; readonly startedBy: string | undefined; readonly performedBy: string | undefined; readonly verifiedBy: string | undefined;
};

const taken = { manual: "typed", automatic: "captured", calculated: "calculated", laboratory: "laboratory" } as const;

function versionsOf({ record }: Execution, stepId: string, parameter: string): readonly VersionView[] {
  return record.entries.filter((e) => e.stepId === stepId && e.parameter === parameter).sort((a, b) => b.version - a.version).map((e) => ({ ...e, by: e.enteredBy ? (record.names.get(e.enteredBy) ?? "Unknown") : "Captured", late: e.late ?? false }));
}

function valuesOf(execution: Execution, row: StepRow, step: MasterStep): readonly ValueView[] {
  const running = execution.record.batch.state === "in_progress";
  const mayType = (parameter: string): boolean => running && (row.state === "active" || (row.state === "done" && entriesOf(execution, row.id).has(parameter)));
  const decision: readonly ValueView[] = step.kind === "decision" ? [{ asked: askedDecision(step), taken: "typed", versions: versionsOf(execution, row.id, "decision"), mayType: running && row.state === "active" }] : [];
  return [...decision, ...askedBy(execution, step).map((p): ValueView => {
    const asked = askedValue(p);
    const how = taken[asked.source];
    return {
      asked, taken: how, versions: versionsOf(execution, row.id, p.id), mayType: (how === "typed" || how === "captured") && mayType(p.id), formula: p.formula?.text,
      inputs: p.formula && inputNames(p).map(({ name, parameter }) => ({ name: execution.master.parameters.find((one) => one.id === parameter)?.name ?? name, value: latestValue(execution, parameter)?.value, unit: execution.master.parameters.find((one) => one.id === parameter)?.unit ?? "" })),
    };
  })];
}

const commands: readonly StepCommand[] = ["start", "finish", "verify", "skip"];

/** A step as the person who stands before it sees it: what is asked, what is there, what he may do now and why not. */
export function stepView(execution: Execution, stepId: string, personId: string, now: Date): StepView | undefined {
  const { record, master } = execution;
  const row = record.steps.find((one) => one.id === stepId);
  const step = row && masterStepOf(execution, row);
  if (!row || !step) return undefined;
  const standing = standingOf(execution, row, now);
  const refusalOf = (command: StepCommand): string | undefined => {
    const plan = planStep(standing, { command, by: personId, quality: false, reason: "to be said" });
    return plan.ok ? undefined : stepRefusalSentence(plan.refusal);
  };
  const name = (id: string | null): string | undefined => (id === null ? undefined : (record.names.get(id) ?? "Unknown"));
  return {
    row, step, values: valuesOf(execution, row, step), commands: new Map(commands.map((command) => [command, refusalOf(command)])), waitingFor: waitsFor(ordered(row), new Map(record.steps.map((one) => [one.id, ordered(one)]))),
    critical: askedBy(execution, step).some((p) => p.class === "CPP" || p.class === "CQA"), material: master.materials.find((m) => m.id === step.material), charges: record.materials.filter((use) => use.stepId === stepId),
    equipment: master.equipment.find((e) => e.id === step.equipment), uses: record.equipment.filter((use) => use.stepId === stepId), sample: master.samples.find((s) => s.id === step.sample), drawn: record.samples.findLast((s) => s.stepId === stepId),
    files: record.attachments.filter((file) => file.stepId === stepId), exceptions: record.exceptions.filter((x) => x.stepId === stepId), redlines: record.exceptions.filter((x) => x.stepId === stepId && x.type === "redline"),
    takenBack: takenBackCharges(record.materials), timerFrom: step.timer && (numberOf(execution, step.timer.since)?.id ?? step.timer.since), timer: timerStanding(execution, step, now),
    startedBy: name(row.startedBy), performedBy: name(row.performedBy), verifiedBy: name(row.verifiedBy),
  };
}
