import { within } from "#lib/quantity/limit.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { conversion, timeUnits, unitsReadAs } from "./conversion.ts";
import { fillTemplate, type Mapping, type ValueColumn } from "./mapping.ts";
import { impliedStarts, parseDate } from "./run-start.ts";
import type { TableLine } from "./table.ts";

/** Why a line was not taken over; people count by these words. */
export const causes = [
  "malformed line", "run key missing", "unexpected constant", "unreadable time", "time out of range", "unreadable date", "unreadable number",
  "unknown unit", "value out of range", "no value", "start of the run differs", "time in the future", "repeats an earlier line",
  "id taken", "differs from the stored value",
] as const;
export type Cause = (typeof causes)[number];
/** `detail` is the sentence that names the column, what stands there and what was expected. */
export type Fault = { readonly cause: Cause; readonly detail: string };

export type ReadValue = { readonly tag: string; readonly value: number };

/** A line that can be read: which run, when by the run's own clock, and what was measured. Start in epoch milliseconds. */
export type Reading = {
  readonly line: number; readonly raw: string; readonly batchId: string; readonly unitId: string;
  readonly elapsedMs: number; readonly starts: readonly number[]; readonly values: readonly ReadValue[];
};

type Cells = ReadonlyMap<string, string>;
type Read<T> = Result<T, Fault>;

const fault = (cause: Cause, detail: string): { ok: false; refusal: Fault } => refuse({ cause, detail });
 
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f\ufffd]/;

function cellsOf({ cells, raw }: TableLine, header: readonly string[]): Read<Cells> {
  if (unprintable.test(raw)) return fault("malformed line", "the line holds bytes that are not printable UTF-8 text");
  if (!cells) return fault("malformed line", "a quote is not closed, or stands inside a text");
  if (cells.length !== header.length) return fault("malformed line", `${cells.length} columns instead of ${header.length}`);
  return accept(new Map(header.map((name, i) => [name, (cells[i] ?? "").trim()])));
}

/** Letters, digits, points and underscores: no hyphen, so that ids made of several columns stay distinct. */
const keyText = /^[\p{L}\p{N}._]{1,40}$/u;

function runOf(cells: Cells, { run }: Mapping): Read<{ batchId: string; unitId: string }> {
  for (const column of run.key) {
    const text = cells.get(column) ?? "";
    if (!keyText.test(text)) return fault("run key missing", text === "" ? `${column} is empty` : `${column} "${text}" is no key: up to 40 letters, digits, points and underscores`);
  }
  return accept({ batchId: fillTemplate(run.batchId, cells), unitId: fillTemplate(run.unitId, cells) });
}

function constantsOf(cells: Cells, { constants }: Mapping): Read<true> {
  const wrong = Object.entries(constants).find(([column, text]) => cells.get(column) !== text);
  return wrong ? fault("unexpected constant", `${wrong[0]} is "${cells.get(wrong[0]) ?? ""}" instead of "${wrong[1]}"`) : accept(true);
}

const decimal = { ".": /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/, ",": /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d{1,3})?$/ };

/** A number as the file writes it; undefined for anything else, thousands separators, NaN and infinities included. */
export function parseNumber(text: string, mark: "." | ","): number | undefined {
  if (!decimal[mark].test(text)) return undefined;
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) ? value : undefined;
}

function timeOf(cells: Cells, { time, decimalMark }: Mapping): Read<{ elapsedMs: number; starts: readonly number[] }> {
  const text = cells.get(time.column) ?? "";
  const elapsed = parseNumber(text, decimalMark);
  if (elapsed === undefined) return fault("unreadable time", `${time.column} "${text}" is no number`);
  if (!within(elapsed, time.range)) return fault("time out of range", `${time.column} ${text} ${time.unit} lies outside ${time.range.low} to ${time.range.high} ${time.unit}`);
  const elapsedMs = Math.round(elapsed * timeUnits[time.unit]);
  const dateText = cells.get(time.date.column) ?? "";
  const date = parseDate(dateText, time.date.format);
  if (!date) return fault("unreadable date", `${time.date.column} "${dateText}" is no date written ${time.date.format}`);
  const starts = impliedStarts(date, elapsedMs, time.date);
  if (starts.length === 0) return fault("unreadable date", `no start at ${time.date.startClock} ${time.date.zone} leads to ${date} after ${text} ${time.unit}`);
  return accept({ elapsedMs, starts });
}

function valueOf(cells: Cells, column: ValueColumn, mapping: Mapping): Read<ReadValue | undefined> {
  const text = cells.get(column.column) ?? "";
  if (text === "" || mapping.missing.includes(text)) return accept(undefined);
  const unit = "fixed" in column.fileUnit ? column.fileUnit.fixed : (cells.get(column.fileUnit.column) ?? "");
  const convert = conversion(unit, column.storedUnit);
  if (!convert) return fault("unknown unit", `${column.column} is in "${unit}"; ${column.storedUnit} is read from ${unitsReadAs(column.storedUnit).join(", ")}`);
  const number = parseNumber(text, mapping.decimalMark);
  if (number === undefined) return fault("unreadable number", `${column.column} "${text}" is no number`);
  const value = convert(number);
  if (!within(value, column.range)) return fault("value out of range", `${column.column} ${value} ${column.storedUnit} lies outside ${column.range.low} to ${column.range.high} ${column.storedUnit}`);
  return accept({ tag: column.tag, value });
}

/** Every value that is present; a line may lack some, but not all. One bad value spoils its line. */
function valuesOf(cells: Cells, mapping: Mapping): Read<readonly ReadValue[]> {
  const present: ReadValue[] = [];
  for (const column of mapping.values) {
    const read = valueOf(cells, column, mapping);
    if (!read.ok) return read;
    if (read.value) present.push(read.value);
  }
  return present.length > 0 ? accept(present) : fault("no value", `${mapping.values.map((v) => v.column).join(", ")} are all empty`);
}

/** Judges one line by itself. The first fault found is the reason. */
export function readLine(line: TableLine, header: readonly string[], mapping: Mapping): Read<Reading> {
  const cells = cellsOf(line, header);
  if (!cells.ok) return cells;
  const run = runOf(cells.value, mapping);
  if (!run.ok) return run;
  const constants = constantsOf(cells.value, mapping);
  if (!constants.ok) return constants;
  const time = timeOf(cells.value, mapping);
  if (!time.ok) return time;
  const values = valuesOf(cells.value, mapping);
  if (!values.ok) return values;
  return accept({ line: line.line, raw: line.raw, ...run.value, ...time.value, values: values.value });
}
