import type { attachments, batches, entries, steps } from "#db/schema/batch.ts";
import type { equipmentUses, materialUses } from "#db/schema/execution.ts";
import type { laboratorySamples, testResults } from "#db/schema/laboratory.ts";
import type { exceptions } from "#db/schema/quality.ts";
import type { products } from "#db/schema/recipe.ts";
import type { sites } from "#db/schema/site.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";

export type BatchRow = typeof batches.$inferSelect;
export type StepRow = typeof steps.$inferSelect;
export type EntryRow = typeof entries.$inferSelect;
export type ExceptionRow = typeof exceptions.$inferSelect;
export type MaterialUseRow = typeof materialUses.$inferSelect;
export type EquipmentUseRow = typeof equipmentUses.$inferSelect;
export type SampleRow = typeof laboratorySamples.$inferSelect;
export type ResultRow = typeof testResults.$inferSelect;
export type AttachmentRow = typeof attachments.$inferSelect;
export type SiteRow = typeof sites.$inferSelect;

/** A batch with everything its record holds, steps in ISA-88 order, every version of every entry, oldest first. */
export type BatchRecord = {
  readonly site: SiteRow;
  readonly batch: BatchRow;
  readonly product: typeof products.$inferSelect;
  readonly master: { readonly id: string; readonly version: number; readonly title: string; readonly digest: string } | undefined;
  readonly steps: readonly StepRow[];
  readonly entries: readonly EntryRow[];
  readonly exceptions: readonly ExceptionRow[];
  /** What was charged, bound, drawn, tested and attached; empty in batches of the thin master. */
  readonly materials: readonly MaterialUseRow[];
  readonly equipment: readonly EquipmentUseRow[];
  readonly samples: readonly SampleRow[];
  readonly results: readonly ResultRow[];
  readonly attachments: readonly AttachmentRow[];
  /** Printed names of everybody the record names, by id. */
  readonly names: ReadonlyMap<string, string>;
};

const instantText = (at: Date | null): string | null => at?.toISOString() ?? null;
const decimalText = (value: number | null): string | null => (value === null ? null : String(value));

/** Columns that came later: without a value they are left out, so that the digest of an older record stays what it was. */
const later: ReadonlySet<string> = new Set(["overlayVersion", "overlayDigest", "plannedStartAt", "issuedBy", "startedAt", "masterStep", "after", "verification", "startedBy", "reason", "dueAt", "basis", "submission", "late", "configurationVersion", "raisedBy", "blocks"]);

/** An entry has always had its reason, and null stands for none. */
const laterOfEntries: ReadonlySet<string> = new Set(["basis", "submission", "late"]);
const none: ReadonlySet<string> = new Set();
/** Later columns of parts that keep every null they had from the beginning. */
const laterOfPart: Readonly<Partial<Record<string, ReadonlySet<string>>>> = { results: new Set(["retestBy", "retestAt", "retestReason"]) };

/** Rows as they are covered by a digest: dates as UTC text, numbers that matter as decimal strings. `since`: columns that may be left out. */
function covered(row: Readonly<Record<string, unknown>>, since: ReadonlySet<string> = later): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([key, value]) => value !== null || !since.has(key)).map(([key, value]) => [key, value instanceof Date ? instantText(value) : value instanceof Array ? value : typeof value === "number" && !Number.isInteger(value) ? decimalText(value) : value]));
}

/**
 * The canonical text (RFC 8785) of what was done and decided in a batch: its facts, steps, every version of every entry and
 * its exceptions. The batch's own state and its signatures are left out: they come to a record, they are not part of it.
 */
export function recordText(record: BatchRecord): string {
  const { state: _state, revision: _revision, dueAt: _due, priority: _priority, ...facts } = record.batch;
  return canonical({
    format: "EBRREC/1",
    batch: covered(facts), product: record.product, master: record.master ?? null,
    steps: record.steps.map((row) => covered(row)), entries: record.entries.map((row) => covered(row, laterOfEntries)), exceptions: record.exceptions.map((row) => covered(row)),
    ...Object.fromEntries((["materials", "equipment", "samples", "results", "attachments"] as const).filter((part) => record[part].length > 0).map((part) => [part, record[part].map((row) => covered(row, laterOfPart[part] ?? none))])),
  });
}

/** SHA-256 of the record under "EBRREC/1", lower-case hex. */
export const recordDigest = (record: BatchRecord): string => digestOf("EBRREC/1", recordText(record));

/** Everybody who performed or verified a step, entered a value, charged, bound, drew, attached or analysed: those who may not review. */
export function executorsOf(record: Pick<BatchRecord, "steps" | "entries"> & Partial<Pick<BatchRecord, "materials" | "equipment" | "samples" | "attachments" | "results">>): ReadonlySet<string> {
  const ids = [
    ...record.steps.flatMap((s) => [s.startedBy, s.performedBy, s.verifiedBy]), ...record.entries.map((e) => e.enteredBy), ...(record.materials ?? []).map((m) => m.by), ...(record.equipment ?? []).flatMap((e) => [e.boundBy, e.releasedBy]),
    ...(record.samples ?? []).map((s) => s.drawnBy), ...(record.attachments ?? []).map((a) => a.addedBy), ...(record.results ?? []).map((r) => r.analyst),
  ];
  return new Set(ids.filter((id) => id !== null));
}

/** The version of each entry that counts: the last one. */
export function currentEntries(all: readonly EntryRow[]): readonly EntryRow[] {
  const last = new Map<string, EntryRow>();
  for (const entry of all) last.set(`${entry.stepId}/${entry.parameter}`, entry);
  return [...last.values()];
}
