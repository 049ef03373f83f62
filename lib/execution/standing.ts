import type { AskedValue } from "#lib/batch/entry.ts";
import { currentEntries, type BatchRecord, type EntryRow, type MaterialUseRow, type StepRow } from "#lib/batch/record.ts";
import { hasEnded, waitsFor, type OrderedStep, type StepStanding } from "#lib/batch/step.ts";
import { isOpen } from "#lib/quality/exception.ts";
import type { MasterParameter, MasterRecord, MasterStep } from "#lib/recipe/master-record.ts";
import { placedSteps } from "#lib/recipe/master-record.ts";

/** A batch under execution: its record and the master frozen into it. */
export type Execution = { readonly record: BatchRecord; readonly master: MasterRecord };

/** Id under which a decision's choice is recorded. */
export const decisionParameter = "decision";

export const ordered = (step: StepRow): OrderedStep => ({ id: step.id, state: step.state, after: step.after ?? [], verified: step.verification ?? "not-needed" });
export const masterStepOf = ({ master }: Execution, step: StepRow): MasterStep | undefined => placedSteps(master).find((placed) => placed.step.id === step.masterStep)?.step;
/** Number of a master's step within the batch. */
export const numberOf = ({ record }: Execution, masterStep: string): StepRow | undefined => record.steps.find((step) => step.masterStep === masterStep);

/** Parameters a step asks for, in the master's order of the step. A decision asks for its choice. */
export function askedBy({ master }: Execution, step: MasterStep): readonly MasterParameter[] {
  return step.parameters.flatMap((id) => master.parameters.find((p) => p.id === id) ?? []);
}

/** What is asked for, as the rule of entries reads it. An automatic value without a tag is read by a person, there is nothing to capture it from. */
export function askedValue(p: MasterParameter): AskedValue {
  return { id: p.id, name: p.name, unit: p.unit, precision: p.precision, class: p.class, source: p.source === "automatic" && !p.tag ? "manual" : p.source, limits: p.limits, form: p.form, options: p.options };
}

/** The choice of a decision, as something that is asked for. */
export const askedDecision = (step: MasterStep): AskedValue => ({ id: decisionParameter, name: "Decision", unit: "1", precision: 0, class: "info", source: "manual", limits: {}, form: "choice", options: (step.choices ?? []).map((choice) => ({ value: choice.value, fits: true })) });

/** The latest version of each entry of a step, by parameter. */
export const entriesOf = ({ record }: Execution, stepId: string): ReadonlyMap<string, EntryRow> => new Map(currentEntries(record.entries).filter((entry) => entry.stepId === stepId).map((entry) => [entry.parameter, entry]));

/** The latest value of a parameter, wherever in the batch it was recorded; the last step in order of the record counts. */
export function latestValue({ record }: Execution, parameter: string): EntryRow | undefined {
  const position = new Map(record.steps.map((step) => [step.id, step.position]));
  return currentEntries(record.entries).filter((entry) => entry.parameter === parameter).sort((a, b) => (position.get(a.stepId) ?? 0) - (position.get(b.stepId) ?? 0)).at(-1);
}

function performers({ record }: Execution, { id, startedBy, performedBy }: StepRow): ReadonlySet<string> {
  const own = [
    startedBy, performedBy, ...record.entries.filter((e) => e.stepId === id).map((e) => e.enteredBy), ...record.materials.filter((m) => m.stepId === id).map((m) => m.by),
    ...record.equipment.filter((e) => e.stepId === id).map((e) => e.boundBy), ...record.samples.filter((s) => s.stepId === id).map((s) => s.drawnBy), ...record.attachments.filter((a) => a.stepId === id).map((a) => a.addedBy),
  ];
  return new Set(own.filter((one) => one !== null));
}

/** Per cent of the plan a step has charged, what was taken back subtracted; 0 where nothing was. */
export const chargedPercent = ({ record }: Execution, stepId: string): number => record.materials.filter((use) => use.stepId === stepId).at(-1)?.percentOfPlan ?? 0;

/** Numbers of the charges that were taken back by a later line. */
export const takenBackCharges = (uses: readonly Pick<MaterialUseRow, "takesBack">[]): ReadonlySet<number> => new Set(uses.map((use) => use.takesBack).filter((n) => n !== null));

/** What the step asks for and does not have yet, in words. Captured and calculated values come with its end and are not asked for before. */
export function missingOf(execution: Execution, row: StepRow, step: MasterStep): readonly string[] {
  const { record, master } = execution;
  const entered = entriesOf(execution, row.id);
  const typed = askedBy(execution, step).filter((p) => p.source === "manual" || (p.source === "automatic" && !p.tag));
  return [
    ...typed.filter((p) => !entered.has(p.id)).map((p) => p.name),
    ...(step.kind === "decision" && !entered.has(decisionParameter) ? ["The decision"] : []),
    ...(step.kind === "material" && chargedPercent(execution, row.id) <= 0 ? [`The charge of ${master.materials.find((m) => m.id === step.material)?.name ?? step.material}`] : []),
    ...(step.kind === "equipment" && !record.equipment.some((e) => e.stepId === row.id) ? [`The unit for ${master.equipment.find((e) => e.id === step.equipment)?.name ?? step.equipment}`] : []),
    ...(step.kind === "sample" && !record.samples.some((s) => s.stepId === row.id) ? ["The sample"] : []),
    ...(step.attachment === "required" && !record.attachments.some((a) => a.stepId === row.id) ? ["The attached file"] : []),
  ];
}

const minutesText = (minutes: number): string => (minutes >= 120 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);

/** Minutes since the step a timer counts from was performed; undefined while it has not. When a second person looked at it does not move the clock. */
export function minutesSince(execution: Execution, since: string, now: Date): number | undefined {
  const ended = numberOf(execution, since)?.performedAt;
  return ended ? (now.getTime() - ended.getTime()) / 60_000 : undefined;
}

/** What the timer of a step says now: too early, too late, or nothing. Limits in minutes after the end of the step it counts from. */
export function timerStanding(execution: Execution, step: MasterStep, now: Date): { readonly tooEarly: string | undefined; readonly overMin: number | undefined; readonly passedMin: number | undefined } {
  const { timer } = step;
  const passedMin = timer ? minutesSince(execution, timer.since, now) : undefined;
  if (!timer) return { tooEarly: undefined, overMin: undefined, passedMin };
  if (passedMin === undefined) return { tooEarly: `The time counts from step ${numberOf(execution, timer.since)?.id ?? timer.since}, which has not ended.`, overMin: undefined, passedMin };
  const { atLeastMin, atMostMin } = timer;
  const left = atLeastMin === undefined ? 0 : atLeastMin - passedMin;
  return {
    passedMin, tooEarly: left > 0 ? `${minutesText(atLeastMin ?? 0)} must pass since step ${numberOf(execution, timer.since)?.id ?? timer.since}; ${Math.ceil(left)} min are left.` : undefined,
    overMin: atMostMin !== undefined && passedMin > atMostMin ? passedMin - atMostMin : undefined,
  };
}

/** Everything that stands in a step's way now, as the rule of steps reads it. */
export function standingOf(execution: Execution, row: StepRow, now: Date): StepStanding {
  const { record } = execution;
  const step = masterStepOf(execution, row);
  const all = new Map(record.steps.map((one) => [one.id, ordered(one)]));
  const self = ordered(row);
  const holding = record.exceptions.filter((x) => x.blocks && isOpen(x.state));
  const early = step ? timerStanding(execution, step, now).tooEarly : undefined;
  return {
    ...self, batch: record.batch.state, performers: performers(execution, row), mayNotApply: step?.mayNotApply ?? false, signed: step?.kind === "signoff", missing: step ? missingOf(execution, row, step) : [],
    waitingFor: waitsFor(self, all).map((id) => `${id} ${record.steps.find((one) => one.id === id)?.title ?? ""}`.trim()),
    obstacles: [...holding.map((x) => `${x.id} (${x.title}) holds the batch until quality has decided about it.`), ...(early ? [early] : [])],
  };
}

/** What keeps a record from being complete: steps that have not ended, units that are still bound. */
export function openMatters({ record }: Execution): readonly string[] {
  const open = record.steps.filter((row) => !hasEnded(ordered(row)));
  const bound = record.equipment.filter((use) => use.releasedAt === null);
  return [...(open.length > 0 ? [`${open.length === 1 ? "Step" : "Steps"} ${open.slice(0, 5).map((row) => row.id).join(", ")}${open.length > 5 ? ` and ${open.length - 5} more` : ""} ${open.length === 1 ? "has" : "have"} not ended.`] : []), ...bound.map((use) => `${use.unitId} is still bound to the batch: release it.`)];
}
