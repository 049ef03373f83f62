import { BrokenPromise } from "#lib/result.ts";
import type { Mapping } from "./mapping.ts";
import { readLine, type Fault, type Reading } from "./reading.ts";
import type { Table } from "./table.ts";

/** A batch that the database holds under an id the file names. Times in epoch milliseconds. */
export type StoredBatch = { readonly id: string; readonly origin: "executed" | "imported"; readonly productId: string; readonly unitId: string; readonly start: number | undefined; readonly end: number | undefined };
export type StoredUnit = { readonly id: string; readonly imported: boolean };

/** What the database knows of the file's runs. `values` by `valueKey`. */
export type Stored = {
  readonly batches: ReadonlyMap<string, StoredBatch>;
  readonly units: ReadonlyMap<string, StoredUnit>;
  readonly values: ReadonlyMap<string, number>;
};

export const valueKey = (unitId: string, tag: string, at: number): string => `${unitId}/${tag}/${at}`;

export type PlannedValue = { readonly unitId: string; readonly tag: string; readonly at: number; readonly value: number };
/** A run with at least one accepted line; `end` is its last one. */
export type PlannedRun = { readonly batchId: string; readonly unitId: string; readonly start: number; readonly end: number; readonly known: boolean; readonly grows: boolean };
export type QuarantinedLine = { readonly line: number; readonly raw: string; readonly fault: Fault };

/** What an import will do. Every line read is stored, unchanged or quarantined, and none is two of these. */
export type ImportPlan = {
  readonly read: number; readonly stored: number; readonly unchanged: number;
  readonly quarantined: readonly QuarantinedLine[];
  readonly runs: readonly PlannedRun[];
  readonly values: readonly PlannedValue[];
};

type Verdict = { readonly kind: "stored" | "unchanged"; readonly reading: Reading; readonly at: number; readonly fresh: readonly PlannedValue[] } | ({ readonly kind: "quarantined" } & QuarantinedLine);

const aside = ({ line, raw }: { readonly line: number; readonly raw: string }, fault: Fault): Verdict => ({ kind: "quarantined", line, raw, fault });
const instant = (at: number): string => new Date(at).toISOString();

/** Splits a table into readings and lines that cannot be read. */
export function readLines({ header, lines }: Table, mapping: Mapping): { readonly readings: readonly Reading[]; readonly unreadable: readonly QuarantinedLine[] } {
  const readings: Reading[] = [];
  const unreadable: QuarantinedLine[] = [];
  for (const line of lines) {
    const read = readLine(line, header, mapping);
    if (read.ok) readings.push(read.value);
    else unreadable.push({ line: line.line, raw: line.raw, fault: read.refusal });
  }
  return { readings, unreadable };
}

/** The start that most readings of a run allow, the earliest of equals: a wrong date sets its own line apart, not the run. */
function agreedStart(readings: readonly Reading[]): number {
  const votes = new Map<number, number>();
  for (const start of readings.flatMap((r) => r.starts)) votes.set(start, (votes.get(start) ?? 0) + 1);
  const [winner] = [...votes].sort(([a, n], [b, m]) => m - n || a - b);
  if (!winner) throw new BrokenPromise("run-without-readings", "a run was grouped from no line");
  return winner[0];
}

/** The start of every run: the stored one when the run is known, else what its own lines agree on. */
function startsOf(readings: readonly Reading[], stored: Stored): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(readings, (r) => r.batchId)].map(([id, own]) => [id, stored.batches.get(id)?.start ?? agreedStart(own)]));
}

/** Is the run's id, or its vessel's, already used for something else? */
function taken(reading: Reading, productId: string, stored: Stored): Fault | undefined {
  const batch = stored.batches.get(reading.batchId);
  const unit = stored.units.get(reading.unitId);
  if (batch?.origin === "executed") return { cause: "id taken", detail: `the batch ${reading.batchId} was executed here` };
  if (unit && !unit.imported) return { cause: "id taken", detail: `the unit ${reading.unitId} is equipment of this site` };
  if (batch && batch.unitId !== reading.unitId) return { cause: "id taken", detail: `the run ${reading.batchId} is stored with the vessel ${batch.unitId}` };
  if (batch && batch.productId !== productId) return { cause: "id taken", detail: `the run ${reading.batchId} is stored with the product ${batch.productId}` };
  return undefined;
}

type Judging = { readonly productId: string; readonly stored: Stored; readonly starts: ReadonlyMap<string, number>; readonly seen: Map<string, number>; readonly now: Date };

function judge(reading: Reading, { productId, stored, starts, seen, now }: Judging): Verdict {
  const occupied = taken(reading, productId, stored);
  if (occupied) return aside(reading, occupied);
  const start = starts.get(reading.batchId);
  if (start === undefined) throw new BrokenPromise("run-without-start", `no start was agreed for ${reading.batchId}`);
  if (!reading.starts.includes(start)) return aside(reading, { cause: "start of the run differs", detail: `date and time tell of a start at ${reading.starts.map(instant).join(" or ")}, the run's is ${instant(start)}` });
  const at = start + reading.elapsedMs;
  if (at > now.getTime()) return aside(reading, { cause: "time in the future", detail: `${instant(at)} has not come yet` });
  const place = `${reading.batchId}/${at}`;
  const earlier = seen.get(place);
  if (earlier !== undefined) return aside(reading, { cause: "repeats an earlier line", detail: `the same run and time as line ${earlier}` });
  seen.set(place, reading.line);
  const values = reading.values.map((v): PlannedValue => ({ unitId: reading.unitId, tag: v.tag, at, value: v.value }));
  const before = (v: PlannedValue) => stored.values.get(valueKey(v.unitId, v.tag, v.at));
  const different = values.find((v) => before(v) !== undefined && before(v) !== v.value);
  if (different) return aside(reading, { cause: "differs from the stored value", detail: `${different.tag} ${different.value} differs from the stored value ${before(different)} at ${instant(at)}` });
  const fresh = values.filter((v) => before(v) === undefined);
  return { kind: fresh.length > 0 ? "stored" : "unchanged", reading, at, fresh };
}

function runsOf(accepted: readonly Extract<Verdict, { kind: "stored" | "unchanged" }>[], stored: Stored, starts: ReadonlyMap<string, number>): readonly PlannedRun[] {
  return [...Map.groupBy(accepted, (v) => v.reading.batchId)].flatMap(([batchId, own]) => {
    const first = own[0];
    const start = starts.get(batchId);
    if (!first || start === undefined) return [];
    const known = stored.batches.get(batchId);
    const last = own.reduce((latest, v) => Math.max(latest, v.at), Number.NEGATIVE_INFINITY);
    const end = Math.max(last, known?.end ?? Number.NEGATIVE_INFINITY);
    return [{ batchId, unitId: first.reading.unitId, start, end, known: known !== undefined, grows: known !== undefined && end !== known.end }];
  });
}

/** Throws when a line got lost or was counted twice. */
export function assertAccounted({ read, stored, unchanged, quarantined }: Pick<ImportPlan, "read" | "stored" | "unchanged" | "quarantined">): void {
  if (read === stored + unchanged + quarantined.length) return;
  throw new BrokenPromise("import-not-accounted", `${read} lines were read, but ${stored} stored + ${unchanged} unchanged + ${quarantined.length} quarantined make another number`);
}

/** What importing the readings means for what is stored. Of two lines with the same run and time the first one counts. */
export function planImport(table: Table, mapping: Mapping, stored: Stored, now: Date): ImportPlan {
  const { readings, unreadable } = readLines(table, mapping);
  const judging: Judging = { productId: mapping.product.id, stored, starts: startsOf(readings, stored), seen: new Map(), now };
  const verdicts = readings.map((reading) => judge(reading, judging));
  const accepted = verdicts.filter((v) => v.kind !== "quarantined");
  const plan: ImportPlan = {
    read: table.lines.length,
    stored: accepted.filter((v) => v.kind === "stored").length,
    unchanged: accepted.filter((v) => v.kind === "unchanged").length,
    quarantined: [...unreadable, ...verdicts.filter((v) => v.kind === "quarantined")].sort((a, b) => a.line - b.line),
    runs: runsOf(accepted, stored, judging.starts),
    values: accepted.flatMap((v) => v.fresh),
  };
  assertAccounted(plan);
  return plan;
}
