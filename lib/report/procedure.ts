import type { StepRow } from "#lib/batch/record.ts";
import { body, quiet, strong, type Block, type Column, type Row } from "#lib/document/model.ts";
import { basisText, executionParts } from "./execution-parts.ts";
import { exceptionBlocks } from "./exception-box.ts";
import { printedDate } from "./printed-time.ts";
import type { ReportSource } from "./report-source.ts";
import { stepRows, type StepContext } from "./step-row.ts";

const columns: readonly Column[] = [
  { title: "Step", width: 35, align: "left" }, { title: "Action", width: 138, align: "left" }, { title: "Value", width: 98, align: "right" }, { title: "Limits", width: 80, align: "left" },
  { title: "Performed", width: 86.4, align: "left" }, { title: "Verified", width: 81.4, align: "left" },
];

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

/** One operation: a table over its phases that opens after each phase with an exception, to show its figures and decisions. */
function operation(source: ReportSource, steps: readonly [StepRow, ...StepRow[]], context: StepContext): readonly Block[] {
  const { entries, exceptions } = source.file.record;
  const name = steps[0].operation;
  const blocks: Block[] = [{ kind: "heading", level: "section", text: name, note: phaseNote(steps, context.timeZone) }];
  let rows: Row[] = [];
  const flush = () => {
    if (rows.length > 0) blocks.push({ kind: "table", columns, rows, continued: name, resumed: blocks.length > 1 });
    rows = [];
  };
  for (const phase of runsOf(steps, (s) => s.phase)) {
    const ids = new Set(phase.map((s) => s.id));
    rows.push({ kind: "group", paragraph: body(strong(phase[0].phase), quiet(`  ${phaseNote(phase, context.timeZone)}`)) });
    for (const step of phase) rows.push(...stepRows(step, entries.filter((e) => e.stepId === step.id), exceptions.filter((x) => x.stepId === step.id), context));
    const found = exceptions.filter((x) => x.stepId !== null && ids.has(x.stepId));
    if (found.length === 0) continue;
    flush();
    blocks.push(...found.flatMap((x) => [...exceptionBlocks(x, source, context)]));
  }
  flush();
  return blocks;
}

/** Every unit procedure, operation, phase and step in ISA-88 order, each exception beside the phase it happened in. */
export function procedure(source: ReportSource): readonly Block[] {
  const { record } = source.file;
  const known = source.master?.content.parameters ?? [];
  const parameters = new Map(known.map((p) => [p.id, p]));
  const planned = new Map(source.master?.content.steps.map((s) => [s.id, s.parameters]));
  const places = new Map(known.map((p, i) => [p.id, i]));
  const context: StepContext = { timeZone: record.site.timeZone, nameOf: (id) => (id === null ? "automatic" : (record.names.get(id) ?? id)), parameterOf: (id) => parameters.get(id), orderOf: (id) => places.get(id) ?? known.length, plannedOf: (stepId) => planned.get(stepId) ?? [],
    partsOf: (step) => executionParts(step, { record, master: source.master?.full }), basisOf: ({ basis, unit }) => (basis ? basisText(basis, record.site.timeZone, unit) : undefined) };
  const blocks = runsOf(record.steps, (s) => s.unitProcedure).flatMap((unit): readonly Block[] => [
    { kind: "heading", level: "chapter", text: unit[0].unitProcedure, note: "" },
    ...runsOf(unit, (s) => s.operation).flatMap((steps) => [...operation(source, steps, context)]),
  ]);
  const ids = new Set(record.steps.map((s) => s.id));
  const loose = record.exceptions.filter((x) => x.stepId === null || !ids.has(x.stepId));
  return [...blocks, ...(loose.length > 0 ? [{ kind: "heading", level: "section", text: "Exceptions of the batch as a whole", note: "" } as const] : []), ...loose.flatMap((x) => [...exceptionBlocks(x, source, context)])];
}
