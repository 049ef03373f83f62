import { asc, eq, and } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { batches, entries, steps } from "#db/schema/batch.ts";
import { exceptions } from "#db/schema/quality.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { NotFound } from "#lib/access/actor.ts";

export type BatchRow = typeof batches.$inferSelect;
export type StepRow = typeof steps.$inferSelect;
export type EntryRow = typeof entries.$inferSelect;
export type ExceptionRow = typeof exceptions.$inferSelect;
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
  /** Printed names of everybody the record names, by id. */
  readonly names: ReadonlyMap<string, string>;
};

/** Reads a whole record in one transaction. Throws `NotFound` for a batch this transaction cannot see. */
export async function readRecord(tx: SiteTx, siteId: string, batchId: string): Promise<BatchRecord> {
  const own = and(eq(batches.siteId, siteId), eq(batches.id, batchId));
  const [head] = await tx.select().from(batches).innerJoin(sites, eq(sites.id, batches.siteId)).innerJoin(products, eq(products.id, batches.productId))
    .leftJoin(masterBatchRecords, and(eq(masterBatchRecords.id, batches.masterId), eq(masterBatchRecords.version, batches.masterVersion))).where(own);
  if (!head) throw new NotFound(`batch ${batchId}`);
  const [stepRows, entryRows, exceptionRows] = [
    await tx.select().from(steps).where(and(eq(steps.siteId, siteId), eq(steps.batchId, batchId))).orderBy(asc(steps.position)),
    await tx.select().from(entries).where(and(eq(entries.siteId, siteId), eq(entries.batchId, batchId))).orderBy(asc(entries.stepId), asc(entries.parameter), asc(entries.version)),
    await tx.select().from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId))).orderBy(asc(exceptions.id)),
  ];
  const everyone = await tx.select({ id: people.id, name: people.printedName }).from(people);
  const master = head.master_batch_records;
  return {
    site: head.sites, batch: head.batches, product: head.products, steps: stepRows, entries: entryRows, exceptions: exceptionRows,
    master: master ? { id: master.id, version: master.version, title: master.title, digest: master.digest } : undefined,
    names: new Map(everyone.map((p) => [p.id, p.name])),
  };
}

const instantText = (at: Date | null): string | null => at?.toISOString() ?? null;
const decimalText = (value: number | null): string | null => (value === null ? null : String(value));

/** Rows as they are covered by a digest: dates as UTC text, numbers that matter as decimal strings. */
function covered(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value instanceof Date ? instantText(value) : typeof value === "number" && !Number.isInteger(value) ? decimalText(value) : value]));
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
    steps: record.steps.map(covered), entries: record.entries.map(covered), exceptions: record.exceptions.map(covered),
  });
}

/** SHA-256 of the record under "EBRREC/1", lower-case hex. */
export const recordDigest = (record: BatchRecord): string => digestOf("EBRREC/1", recordText(record));

/** Everybody who performed or verified a step or entered a value: those who may not review. */
export function executorsOf(record: Pick<BatchRecord, "steps" | "entries">): ReadonlySet<string> {
  const ids = [...record.steps.flatMap((s) => [s.performedBy, s.verifiedBy]), ...record.entries.map((e) => e.enteredBy)];
  return new Set(ids.filter((id) => id !== null));
}

/** The version of each entry that counts: the last one. */
export function currentEntries(all: readonly EntryRow[]): readonly EntryRow[] {
  const last = new Map<string, EntryRow>();
  for (const entry of all) last.set(`${entry.stepId}/${entry.parameter}`, entry);
  return [...last.values()];
}
