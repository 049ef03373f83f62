import type { EntryRow, ExceptionRow, StepRow } from "#lib/batch/record.ts";
import { body, fine, medium, plain, quiet, small, strong, struck, type Paragraph, type Row } from "#lib/document/model.ts";
import { rangeText, type Limits } from "#lib/quantity/limit.ts";
import type { MasterParameter } from "#lib/recipe/master.ts";
import { siteTime } from "#lib/site/time.ts";
import { digitsOf, numerals, valueText } from "./numeral.ts";

/** Where names, limits and times of a step come from. */
export type StepContext = {
  readonly timeZone: string;
  readonly nameOf: (personId: string | null) => string;
  readonly parameterOf: (id: string) => MasterParameter | undefined;
};

/** All versions of one parameter of a step, oldest first. */
type Versions = readonly [EntryRow, ...EntryRow[]];
type Cells = Extract<Row, { kind: "cells" }>;

const stateWord: Partial<Record<StepRow["state"], string>> = { waiting: "not yet due", ready: "ready", active: "in work", skipped: "skipped", voided: "voided: not performed", forced: "forced" };
const sourceWord: Record<EntryRow["source"], string> = { manual: "by hand", automatic: "automatic", laboratory: "laboratory", calculated: "calculated" };

const withUnit = (value: string, unit: string | null): string => `${valueText(value)}${unit ? ` ${unit}` : ""}`;

/** Versions of each parameter in the order of their first entry. */
export function byParameter(entries: readonly EntryRow[], order: (id: string) => number): readonly Versions[] {
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
  const old = versions.slice(0, -1).map((entry) => body(struck(withUnit(entry.value, entry.unit))));
  const loud = versions.length > 1 || last.evaluation !== "within";
  const words = last.evaluation === "not_evaluated" ? [small("not evaluated")] : [];
  const named = exceptions.length > 0 ? [small(exceptions.map((x) => x.id).join(", "))] : [];
  return [...old, body((loud ? strong : plain)(withUnit(last.value, last.unit))), ...words, ...named];
}

function limitCell(limits: Limits | null, parameter: MasterParameter | undefined, value: string): readonly Paragraph[] {
  const digits = parameter?.precision ?? digitsOf(value);
  if (!limits || (!limits.normal && !limits.alert && !limits.action && !limits.validated)) return [body(quiet("no limits"))];
  const range = (name: "alert" | "action" | "validated") => (limits[name] ? [small(`${name} ${numerals(rangeText(limits[name], digits))}`)] : []);
  return [body(numerals(rangeText(limits.normal, digits))), ...range("alert"), ...range("action")];
}

/** Where a value comes from and when it was taken; who entered it when, if that is not told beside the step. */
function provenance(versions: Versions, context: StepContext): Paragraph {
  const first = versions[0];
  const at = (instant: Date) => siteTime(instant, context.timeZone);
  const from = [sourceWord[first.source], ...(first.instrument && first.instrument.toLowerCase() !== sourceWord[first.source] ? [first.instrument] : [])].join(", ");
  const together = first.eventAt.getTime() === first.enteredAt.getTime();
  const taken = together ? `${at(first.enteredAt)}` : `taken ${at(first.eventAt)}, entered ${at(first.enteredAt)}`;
  return fine(`${from}; ${taken}${first.enteredBy ? ` by ${context.nameOf(first.enteredBy)}` : ""}; ${first.parameterClass}, rule ${first.ruleId}`);
}

/** One note per correction: what stood there, what stands now, who, when and why. */
function corrections(versions: Versions, context: StepContext): Cells["notes"] {
  return versions.slice(1).map((entry, i) => {
    const before = versions[i] ?? versions[0];
    const text = `Changed ${siteTime(entry.enteredAt, context.timeZone, true)} by ${context.nameOf(entry.enteredBy)}, version ${before.version} to ${entry.version}: ${withUnit(before.value, before.unit)} → ${withUnit(entry.value, entry.unit)}. ${entry.reason ? `Reason: ${entry.reason}.` : "No reason is recorded."}`;
    return { paragraph: fine(text), barred: true };
  });
}

function person(by: string | null, at: Date | null, otherwise: string, context: StepContext): readonly Paragraph[] {
  if (!at) return [body(quiet(otherwise))];
  return [body(by ? plain(context.nameOf(by)) : quiet("automatic")), fine(siteTime(at, context.timeZone))];
}

function stepCells(step: StepRow, versions: Versions | undefined, exceptions: readonly ExceptionRow[], context: StepContext): Cells["cells"] {
  const parameter = versions && context.parameterOf(versions[0].parameter);
  const detail = [...(step.detail ? [small(step.detail)] : []), ...(parameter && parameter.name !== step.title ? [small(parameter.name)] : [])];
  const undone = stateWord[step.state];
  return [
    [body(strong(step.id))], [body(medium(step.title)), ...detail, ...(undone ? [small(strong(undone))] : [])],
    versions ? valueCell(versions, exceptions) : exceptions.length > 0 ? [small(exceptions.map((x) => x.id).join(", "))] : [],
    versions ? limitCell(lastOf(versions).limits, parameter, lastOf(versions).value) : [],
    person(step.performedBy, step.performedAt, undone ?? "not performed", context), person(step.verifiedBy, step.verifiedAt, step.automatic ? "automatic step" : "not verified", context),
  ];
}

/** The rows of a step: its own, with the value when it has one only, else one row per value below it. */
export function stepRows(step: StepRow, entries: readonly EntryRow[], exceptions: readonly ExceptionRow[], context: StepContext): readonly Row[] {
  const order = (id: string) => entries.findIndex((e) => e.parameter === id);
  const values = byParameter(entries, order);
  const marked = exceptions.length > 0;
  const of = (id: string) => exceptions.filter((x) => x.parameter === id);
  const only = values.length === 1 ? values[0] : undefined;
  const own = only ? exceptions : exceptions.filter((x) => !values.some((v) => v[0].parameter === x.parameter));
  const head: Row = { kind: "cells", cells: stepCells(step, only, own, context), notes: only ? [{ paragraph: provenance(only, context), barred: false }, ...corrections(only, context)] : [], marked, withNext: !only && values.length > 0 };
  const rows = only ? [] : values.map((versions, i): Row => {
    const parameter = context.parameterOf(versions[0].parameter);
    const last = lastOf(versions);
    return {
      kind: "cells", marked, withNext: i < values.length - 1, notes: [{ paragraph: provenance(versions, context), barred: false }, ...corrections(versions, context)],
      cells: [[], [body(parameter?.name ?? versions[0].parameter)], valueCell(versions, of(versions[0].parameter)), limitCell(last.limits, parameter, last.value), [], []],
    };
  });
  return [head, ...rows];
}
