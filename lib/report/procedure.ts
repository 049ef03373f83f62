import type { StepRow } from "#lib/batch/record.ts";
import { placedSteps } from "#lib/recipe/master-record.ts";
import { body, quiet, strong, type Block, type Column, type Row } from "#lib/document/model.ts";
import { basisText, executionParts } from "./execution-parts.ts";
import { exceptionBlocks } from "./exception-box.ts";
import { printedDate } from "./printed-time.ts";
import { askedParameters, parameterText, plannedFields, plannedLines } from "./planned.ts";
import type { FrozenMaster, ReportSource } from "./report-source.ts";
import { stepRows, type StepContext } from "./step-row.ts";

const columns: readonly Column[] = [
  { title: "Step", width: 35, align: "left" }, { title: "Action", width: 138, align: "left" }, { title: "Value", width: 98, align: "right" }, { title: "Limits", width: 80, align: "left" },
  { title: "Performed", width: 86.4, align: "left" }, { title: "Verified", width: 81.4, align: "left" },
];

/** What the procedure is printed from. */
export type ProcedureSource = { readonly master: Pick<FrozenMaster, "content" | "full"> | undefined; readonly trends: ReportSource["trends"]; readonly file: Pick<ReportSource["file"], "record"> };
/** What a procedure to be filled in is printed from: nothing was done yet. */
export type BlankSource = { readonly master: Pick<FrozenMaster, "content" | "full">; readonly steps: readonly StepRow[]; readonly timeZone: string };

/** Neighbours with the same key, in order. */
function runsOf<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const runs: [T, ...T[]][] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last && key(last[0]) === key(item)) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

function phaseNote(steps: readonly StepRow[], timeZone: string): string {
  const days = [...new Set(steps.flatMap((s) => (s.performedAt ? [printedDate(s.performedAt, timeZone)] : [])))].sort();
  return days.length === 0 ? "not yet performed" : days.length === 1 ? (days[0] ?? "") : `${days[0]} to ${days.at(-1)}`;
}

const nothing = { entries: [], exceptions: [] };

/** One operation: a table over its phases that opens after each phase with an exception, to show its figures and decisions. */
function operation(source: ProcedureSource | undefined, steps: readonly [StepRow, ...StepRow[]], context: StepContext): readonly Block[] {
  const { entries, exceptions } = source?.file.record ?? nothing;
  const name = steps[0].operation;
  const blocks: Block[] = [{ kind: "heading", level: "section", text: name, note: context.blank ? "" : phaseNote(steps, context.timeZone) }];
  let rows: Row[] = [];
  const flush = () => {
    if (rows.length > 0) blocks.push({ kind: "table", columns, rows, continued: name, resumed: blocks.length > 1 });
    rows = [];
  };
  for (const phase of runsOf(steps, (s) => s.phase)) {
    const ids = new Set(phase.map((s) => s.id));
    rows.push({ kind: "group", paragraph: body(strong(phase[0].phase), quiet(context.blank ? "" : `  ${phaseNote(phase, context.timeZone)}`)) });
    for (const step of phase) rows.push(...stepRows(step, entries.filter((e) => e.stepId === step.id), exceptions.filter((x) => x.stepId === step.id), context));
    const found = exceptions.filter((x) => x.stepId !== null && ids.has(x.stepId));
    if (found.length === 0 || !source) continue;
    flush();
    blocks.push(...found.flatMap((x) => [...exceptionBlocks(x, source, context)]));
  }
  flush();
  return blocks;
}

/** What the master says of each step, by the number of the step. */
function planOf(master: ProcedureSource["master"]): Pick<StepContext, "plannedOf" | "linesOf" | "fieldsOf" | "aboutOf"> {
  const full = master?.full;
  const asked = new Map(master?.content.steps.map((s) => [s.id, s.parameters]));
  if (!full) return { plannedOf: (id) => asked.get(id) ?? [], linesOf: () => [], fieldsOf: () => [], aboutOf: () => undefined };
  const all = placedSteps(full);
  const placed = new Map(all.map((one) => [one.number, one.step]));
  const known = new Map(full.parameters.map((p) => [p.id, p]));
  const of = <T>(id: string, what: (step: (typeof all)[number]["step"]) => readonly T[]): readonly T[] => { const step = placed.get(id); return step ? what(step) : []; };
  return {
    plannedOf: (id) => of(id, (step) => askedParameters(step, full)), linesOf: (id) => of(id, (step) => plannedLines(step, full, all)), fieldsOf: (id) => of(id, (step) => plannedFields(step, full)),
    aboutOf: (id) => { const parameter = known.get(id); return parameter && parameterText(parameter); },
  };
}

type Named = Pick<StepContext, "parameterOf" | "orderOf"> & ReturnType<typeof planOf>;

function namedBy(master: ProcedureSource["master"]): Named {
  const known = master?.content.parameters ?? [];
  const [parameters, places] = [new Map(known.map((p) => [p.id, p])), new Map(known.map((p, i) => [p.id, i]))];
  return { parameterOf: (id) => parameters.get(id), orderOf: (id) => places.get(id) ?? known.length, ...planOf(master) };
}

const chapters = (steps: readonly StepRow[], source: ProcedureSource | undefined, context: StepContext): readonly Block[] => runsOf(steps, (s) => s.unitProcedure).flatMap((unit): readonly Block[] => [
  { kind: "heading", level: "chapter", text: unit[0].unitProcedure, note: "" },
  ...runsOf(unit, (s) => s.operation).flatMap((own) => [...operation(source, own, context)]),
]);

/** Every unit procedure, operation, phase and step in ISA-88 order, each exception beside the phase it happened in. */
export function procedure(source: ProcedureSource): readonly Block[] {
  const { record } = source.file;
  const context: StepContext = {
    ...namedBy(source.master), timeZone: record.site.timeZone, blank: false, nameOf: (id) => (id === null ? "automatic" : (record.names.get(id) ?? id)),
    partsOf: (step) => executionParts(step, { record, master: source.master?.full }), basisOf: ({ basis, unit }) => (basis ? basisText(basis, record.site.timeZone, unit) : undefined),
  };
  const ids = new Set(record.steps.map((s) => s.id));
  const loose = record.exceptions.filter((x) => x.stepId === null || !ids.has(x.stepId));
  return [...chapters(record.steps, source, context), ...(loose.length > 0 ? [{ kind: "heading", level: "section", text: "Exceptions of the batch as a whole", note: "" } as const] : []), ...loose.flatMap((x) => [...exceptionBlocks(x, source, context)])];
}

/** The same procedure as it is to be executed: a field for everything that is written down. */
export const blankProcedure = ({ master, steps, timeZone }: BlankSource): readonly Block[] =>
  chapters(steps, undefined, { ...namedBy(master), timeZone, blank: true, nameOf: (id) => id ?? "", partsOf: () => [], basisOf: () => undefined });
