import type { EntryRow, ExceptionRow, StepRow } from "#lib/batch/record.ts";
import { body, fine, medium, plain, quiet, small, strong, struck, type Paragraph, type Row } from "#lib/document/model.ts";
import { rangeName, rangeNames, rangeText, type Limits } from "#lib/quantity/limit.ts";
import type { MasterParameter } from "#lib/recipe/master.ts";
import { blankPlace, signPlace } from "./blank.ts";
import type { ExecutionPart } from "./execution-parts.ts";
import { digitsOf, numerals, quantityText } from "./numeral.ts";
import type { PlannedField, PlannedLine } from "./planned.ts";
import { printedTime } from "./printed-time.ts";

/** Where names, limits and times of a step come from. */
export type StepContext = {
  readonly timeZone: string;
  readonly nameOf: (personId: string | null) => string;
  readonly parameterOf: (id: string) => MasterParameter | undefined;
  /** Place of a parameter in the master. */
  readonly orderOf: (id: string) => number;
  /** Parameters the master asks of a step. */
  readonly plannedOf: (stepId: string) => readonly string[];
  /** To be filled in by hand: fields in place of values. */
  readonly blank: boolean;
  /** What the master says of a step beyond title and instruction, what is written down in it beside its parameters, and as what a parameter is asked for. */
  readonly linesOf: (stepId: string) => readonly PlannedLine[];
  readonly fieldsOf: (stepId: string) => readonly PlannedField[];
  readonly aboutOf: (parameter: string) => string | undefined;
  /** What was done in a step beyond its values. */
  readonly partsOf: (step: StepRow) => readonly ExecutionPart[];
  /** What a value was made from, in words. */
  readonly basisOf: (entry: EntryRow) => string | undefined;
};

/** All versions of one parameter of a step, oldest first. */
type Versions = readonly [EntryRow, ...EntryRow[]];
type Cells = Extract<Row, { kind: "cells" }>;

const stateWord: Partial<Record<StepRow["state"], string>> = { waiting: "not yet due", ready: "ready", active: "in work", skipped: "skipped", voided: "voided: not performed", forced: "forced" };
const sourceWord: Record<EntryRow["source"], string> = { manual: "by hand", automatic: "automatic", laboratory: "laboratory", calculated: "calculated" };

/** Versions of each parameter, in the order of the master. */
function byParameter(entries: readonly EntryRow[], order: (id: string) => number): readonly Versions[] {
  const groups = new Map<string, [EntryRow, ...EntryRow[]]>();
  for (const entry of entries) {
    const known = groups.get(entry.parameter);
    if (known) known.push(entry);
    else groups.set(entry.parameter, [entry]);
  }
  return [...groups].sort(([a], [b]) => order(a) - order(b)).map(([, versions]) => versions);
}

const lastOf = (versions: Versions): EntryRow => versions.at(-1) ?? versions[0];

function valueCell(versions: Versions, exceptions: readonly ExceptionRow[]): readonly Paragraph[] {
  const last = lastOf(versions);
  const old = versions.slice(0, -1).map((entry) => body(struck(quantityText(entry.value, entry.unit))));
  const loud = versions.length > 1 || (last.evaluation !== "within" && last.evaluation !== "no_limits");
  const words = last.evaluation === "not_evaluated" ? [small("not evaluated")] : [];
  const named = exceptions.length > 0 ? [small(exceptions.map((x) => x.id).join(", "))] : [];
  return [...old, body((loud ? strong : plain)(quantityText(last.value, last.unit))), ...words, ...named];
}

/** More ranges than these have no room in the column beside a step. */
const narrow: ReadonlySet<string> = new Set(["normal", "alert", "action"]);
const isWide = (limits: Limits | null | undefined): boolean => rangeNames.some((name) => !narrow.has(name) && limits?.[name] !== undefined);

/** Every range from the normal one outwards, then the target; each on a line of its own, or all in one where there is room. */
function limitCell(limits: Limits | null, digits: number, inline: boolean): readonly Paragraph[] {
  const own = limits ?? {};
  const known = rangeNames.toReversed().filter((name) => own[name] !== undefined);
  if (known.length === 0) return [body(quiet("no limits"))];
  const words = known.map((name) => `${name === "normal" ? "" : `${rangeName[name].toLowerCase()} `}${numerals(rangeText(own[name], digits))}`);
  if (own.target !== undefined) words.push(`target\u00a0${numerals(own.target.toFixed(digits))}`);
  const [first = "", ...wider] = words;
  return inline ? [body(first, ...wider.map((more) => quiet(`, ${more}`)))] : [body(first), ...wider.map((more) => fine(more))];
}

/** Where a value comes from and when it was taken; who entered it when, if that is not told beside the step. */
function provenance(versions: Versions, context: StepContext): Paragraph {
  const first = versions[0];
  const at = (instant: Date) => printedTime(instant, context.timeZone);
  const word = sourceWord[first.source];
  const from = first.instrument?.toLowerCase().includes(word) ? first.instrument : [word, ...(first.instrument ? [first.instrument] : [])].join(", ");
  const together = first.eventAt.getTime() === first.enteredAt.getTime();
  const taken = together ? `${at(first.enteredAt)}` : `taken ${at(first.eventAt)}, entered ${at(first.enteredAt)}`;
  return fine(`${from}; ${taken}${first.enteredBy ? ` by ${context.nameOf(first.enteredBy)}` : ""}; ${first.parameterClass}, rule ${first.ruleId}`);
}

/** One note per correction: what stood there, what stands now, who, when and why. */
function corrections(versions: Versions, context: StepContext): Cells["notes"] {
  return versions.slice(1).map((entry, i) => {
    const before = versions[i] ?? versions[0];
    const text = `Changed ${printedTime(entry.enteredAt, context.timeZone, true)} by ${context.nameOf(entry.enteredBy)}, version ${before.version} to ${entry.version}: ${quantityText(before.value, before.unit)} → ${quantityText(entry.value, entry.unit)}. ${entry.reason ? `Reason: ${entry.reason}.` : "No reason is recorded."}`;
    return { paragraph: fine(text), barred: true };
  });
}

/** Each version that was made from something or written down late, in words. */
const origins = (versions: Versions, context: StepContext): Cells["notes"] => versions.flatMap((entry) => {
  const basis = context.basisOf(entry);
  const version = versions.length > 1 ? `Version ${entry.version}: ` : "";
  return [...(basis ? [{ paragraph: fine(version, basis), barred: false }] : []), ...(entry.late ? [{ paragraph: fine(strong(`${version}written down late`)), barred: true }] : [])];
});

const planNote = ({ term, text, loud }: PlannedLine): Cells["notes"][number] => ({ paragraph: fine(strong(`${term}: `), (loud ? medium : quiet)(text)), barred: loud });

const partNote = ({ term, text, struck: gone, loud }: ExecutionPart): Cells["notes"][number] => ({ paragraph: fine(strong(`${term}: `), (gone ? struck : loud ? medium : quiet)(text), ...(gone ? [quiet(" (counts no more)")] : [])), barred: loud || gone });

const automaticText = "automatic step";
const neededText = (step: StepRow): string => (step.automatic ? automaticText : step.verification === "not-needed" ? "not required" : "not verified");

/** Who performed a step and who verified it, or where they sign. */
function signedCells(step: StepRow, undone: string | undefined, context: StepContext): readonly [readonly Paragraph[], readonly Paragraph[]] {
  if (context.blank) return [signPlace(), step.automatic || step.verification === "not-needed" ? [body(quiet(neededText(step)))] : signPlace()];
  return [person(step.performedBy, step.performedAt, undone ?? "not performed", context), person(step.verifiedBy, step.verifiedAt, neededText(step), context)];
}

function person(by: string | null, at: Date | null, otherwise: string, context: StepContext): readonly Paragraph[] {
  if (!at) return [body(quiet(otherwise))];
  return [body(by ? plain(context.nameOf(by)) : quiet("automatic")), fine(printedTime(at, context.timeZone))];
}

function stepCells(step: StepRow, versions: Versions | undefined, exceptions: readonly ExceptionRow[], context: StepContext): Cells["cells"] {
  const parameter = versions && context.parameterOf(versions[0].parameter);
  const detail = [...(step.detail ? [small(step.detail)] : []), ...(parameter && parameter.name !== step.title ? [small(parameter.name)] : [])];
  const undone = context.blank ? undefined : stateWord[step.state];
  return [
    [body(strong(step.id))], [body(medium(step.title)), ...detail, ...(undone ? [small(strong(undone))] : [])],
    versions ? valueCell(versions, exceptions) : exceptions.length > 0 ? [small(exceptions.map((x) => x.id).join(", "))] : [],
    versions ? limitCell(lastOf(versions).limits, parameter?.precision ?? digitsOf(lastOf(versions).value), false) : [],
    ...signedCells(step, undone, context),
  ];
}

function valueRow(versions: Versions, exceptions: readonly ExceptionRow[], marked: boolean, context: StepContext): Cells {
  const { parameter } = versions[0];
  const known = context.parameterOf(parameter);
  const last = lastOf(versions);
  const cells = [[], [body(known?.name ?? parameter)], valueCell(versions, exceptions.filter((x) => x.parameter === parameter)), limitCell(last.limits, known?.precision ?? digitsOf(last.value), true), [], []];
  return { kind: "cells", marked, withNext: true, notes: [{ paragraph: provenance(versions, context), barred: false }, ...origins(versions, context), ...corrections(versions, context)], cells };
}

/** A value the master asks for that a finished step does not have, or that is still to be written down. */
function missingRow(id: string, marked: boolean, context: StepContext): Cells {
  const known = context.parameterOf(id);
  const about = context.aboutOf(id);
  const value = context.blank ? blankPlace(known?.unit) : [body(strong(known?.source === "laboratory" ? "no result" : "no entry"))];
  return { kind: "cells", marked, withNext: true, notes: about === undefined ? [] : [{ paragraph: fine(about), barred: false }], cells: [[], [body(known?.name ?? id)], value, known ? limitCell(known.limits, known.precision, true) : [], [], []] };
}

/** A field beside the parameters, to be filled in. */
const fieldRow = ({ name, unit, limits }: PlannedField): Cells => ({ kind: "cells", marked: false, withNext: true, notes: [], cells: [[], [body(name)], blankPlace(unit), limits === "" ? [] : [body(limits)], [], []] });

/** The rows of a step: its own, with the value when it has one only and few limits, else one row per value below it; in a blank record the fields to be filled in. */
export function stepRows(step: StepRow, entries: readonly EntryRow[], exceptions: readonly ExceptionRow[], context: StepContext): readonly Row[] {
  const values = byParameter(entries, context.orderOf);
  const marked = exceptions.length > 0;
  const missing = context.blank || step.state === "done" ? context.plannedOf(step.id).filter((id) => !values.some((v) => v[0].parameter === id)) : [];
  const only = values.length === 1 && missing.length === 0 && !isWide(values[0] && lastOf(values[0]).limits) ? values[0] : undefined;
  const own = only ? exceptions : exceptions.filter((x) => !values.some((v) => v[0].parameter === x.parameter));
  const told = only ? [{ paragraph: provenance(only, context), barred: false }, ...origins(only, context), ...corrections(only, context)] : [];
  const head: Cells = { kind: "cells", cells: stepCells(step, only, own, context), notes: [...told, ...context.linesOf(step.id).map(planNote), ...context.partsOf(step).map(partNote)], marked, withNext: true };
  const fields = context.blank ? context.fieldsOf(step.id).map(fieldRow) : [];
  const rows = only ? [head] : [head, ...fields, ...values.map((versions) => valueRow(versions, exceptions, marked, context)), ...missing.map((id) => missingRow(id, marked, context))];
  return rows.map((row, i) => (i === rows.length - 1 ? { ...row, withNext: false } : row));
}
