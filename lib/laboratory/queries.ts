import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { batches, entries, steps } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { laboratorySamples } from "#db/schema/laboratory.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { standingUnit, unitForScan, unitsOfSite } from "#lib/equipment/queries.ts";
import { readExecution } from "#lib/execution/queries.ts";
import { askedValue, type Execution } from "#lib/execution/standing.ts";
import { instrumentFaults, laboratoryArea, type Instrument } from "./instrument.ts";
import type { AskedTest } from "./reading.ts";
import { trendMost } from "./trend.ts";

export type SampleRow = typeof laboratorySamples.$inferSelect;

/** A sample with the batch it was drawn of and the tests its master asks for. */
export type SampleFile = { readonly sample: SampleRow; readonly execution: Execution; readonly tests: readonly AskedTest[] };

/** The tests a sample of the master asks for, in the order of the master. */
export function askedTests({ master }: Execution, sample: Pick<SampleRow, "sample">): readonly AskedTest[] {
  const ids = master.samples.find((one) => one.id === sample.sample)?.parameters ?? [];
  return ids.flatMap((id) => { const found = master.parameters.find((p) => p.id === id); return found ? [{ ...askedValue(found), method: found.method ?? "" }] : []; });
}

/** Reads a sample with its batch. Throws `NotFound`. With `lock` batch and sample are held until the transaction ends, the batch first. */
export async function readSample(tx: SiteTx, siteId: string, sampleId: string, lock = false): Promise<SampleFile> {
  const asked = tx.select().from(laboratorySamples).where(and(eq(laboratorySamples.siteId, siteId), eq(laboratorySamples.id, sampleId)));
  const [first] = await asked;
  if (!first) throw new NotFound(`sample ${sampleId}`);
  const execution = await readExecution(tx, siteId, first.batchId, lock);
  const [sample] = lock ? await tx.select().from(laboratorySamples).where(and(eq(laboratorySamples.siteId, siteId), eq(laboratorySamples.id, sampleId))).for("update") : [first];
  return { sample: sample ?? first, execution, tests: askedTests(execution, first) };
}

/**
 * Values of a parameter in the last released batches of a product at a site, newest first, one of each batch: what stands in the same step of their record.
 * `step`: id within the master, and the number for batches whose master has no ids. Text that is no number is left out.
 */
export async function trendValues(tx: SiteTx, asked: { readonly siteId: string; readonly productId: string; readonly parameter: string; readonly step: { readonly master: string | null; readonly number: string }; readonly not: string }): Promise<readonly number[]> {
  const same = asked.step.master === null ? eq(steps.id, asked.step.number) : eq(steps.masterStep, asked.step.master);
  const latest = tx.selectDistinctOn([batches.id], { batchId: batches.id, completedAt: batches.completedAt, value: entries.value }).from(entries)
    .innerJoin(batches, and(eq(batches.siteId, entries.siteId), eq(batches.id, entries.batchId))).innerJoin(steps, and(eq(steps.siteId, entries.siteId), eq(steps.batchId, entries.batchId), eq(steps.id, entries.stepId)))
    .where(and(eq(entries.siteId, asked.siteId), eq(entries.parameter, asked.parameter), eq(batches.productId, asked.productId), eq(batches.state, "released"), sql`${batches.id} <> ${asked.not}`, same, sql`${entries.value} ~ '^-?[0-9]+([.][0-9]+)?$'`))
    .orderBy(asc(batches.id), sql`${entries.version} desc`).as("latest");
  const rows = await tx.select({ value: latest.value }).from(latest).orderBy(sql`${latest.completedAt} desc nulls last`, sql`${latest.batchId} desc`).limit(trendMost);
  return rows.map(({ value }) => Number(value));
}

/** The values a test of a sample is compared with. */
export function trendBasis(tx: SiteTx, { sample, execution }: SampleFile, parameter: string): Promise<readonly number[]> {
  const { siteId, productId, id } = execution.record.batch;
  const step = execution.record.steps.find((one) => one.id === sample.stepId);
  return trendValues(tx, { siteId, productId, parameter, step: { master: step?.masterStep ?? null, number: sample.stepId }, not: id });
}

/** Has the site units in its laboratory? Where it has, only they are instruments. */
async function hasLaboratory(tx: SiteTx, siteId: string): Promise<boolean> {
  const [one] = await tx.select({ id: units.id }).from(units).where(and(eq(units.siteId, siteId), eq(units.area, laboratoryArea), isNull(units.parentId))).limit(1);
  return one !== undefined;
}

/** The instrument of that label and what forbids using it at `at`; undefined when the site has none. */
export async function instrumentAt(tx: SiteTx, siteId: string, text: string, at: Date): Promise<{ readonly id: string; readonly faults: readonly string[] } | undefined> {
  const unit = await unitForScan(tx, siteId, text);
  if (!unit) return undefined;
  const found = await standingUnit(tx, siteId, unit.id, at);
  return { id: unit.id, faults: instrumentFaults(found, await hasLaboratory(tx, siteId), at) };
}

/** Instruments a result can be measured with at a site, by their number, each with what forbids it now: the units of its laboratory; where it names none so, every unit that was ever calibrated. */
export async function instrumentsOf(tx: SiteTx, siteId: string, now: Date): Promise<readonly Instrument[]> {
  const laboratory = await hasLaboratory(tx, siteId);
  const all = (await unitsOfSite(tx, siteId)).filter(({ unit, standing }) => unit.parentId === null && (laboratory ? unit.area === laboratoryArea : standing.instruments.some(({ dueAt }) => dueAt !== null)));
  return all.map((found) => ({ id: found.unit.id, name: found.unit.name, dueAt: found.standing.calibrationDueAt, faults: instrumentFaults(found, laboratory, now) })).sort((a, b) => a.id.localeCompare(b.id));
}
