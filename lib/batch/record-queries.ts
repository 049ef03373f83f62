import { and, asc, eq } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { attachments, batches, entries, steps } from "#db/schema/batch.ts";
import { equipmentUses, materialUses } from "#db/schema/execution.ts";
import { laboratorySamples, testResults } from "#db/schema/laboratory.ts";
import { exceptions } from "#db/schema/quality.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import type { BatchRecord } from "./record.ts";

/** Reads a whole record in one transaction. Throws `NotFound` for a batch this transaction cannot see. */
export async function readRecord(tx: SiteTx, siteId: string, batchId: string): Promise<BatchRecord> {
  const own = and(eq(batches.siteId, siteId), eq(batches.id, batchId));
  const [head] = await tx.select({ sites, batches, products, master: { id: masterBatchRecords.id, version: masterBatchRecords.version, title: masterBatchRecords.title, digest: masterBatchRecords.digest } }).from(batches).innerJoin(sites, eq(sites.id, batches.siteId)).innerJoin(products, eq(products.id, batches.productId))
    .leftJoin(masterBatchRecords, and(eq(masterBatchRecords.id, batches.masterId), eq(masterBatchRecords.version, batches.masterVersion))).where(own);
  if (!head) throw new NotFound(`batch ${batchId}`);
  const [stepRows, entryRows, exceptionRows, materials, equipment, samples, results, files, everyone] = await Promise.all([
    tx.select().from(steps).where(and(eq(steps.siteId, siteId), eq(steps.batchId, batchId))).orderBy(asc(steps.position)),
    tx.select().from(entries).where(and(eq(entries.siteId, siteId), eq(entries.batchId, batchId))).orderBy(asc(entries.stepId), asc(entries.parameter), asc(entries.version)),
    tx.select().from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, batchId))).orderBy(asc(exceptions.id)),
    tx.select().from(materialUses).where(and(eq(materialUses.siteId, siteId), eq(materialUses.batchId, batchId))).orderBy(asc(materialUses.number)),
    tx.select().from(equipmentUses).where(and(eq(equipmentUses.siteId, siteId), eq(equipmentUses.batchId, batchId))).orderBy(asc(equipmentUses.boundAt), asc(equipmentUses.stepId)),
    tx.select().from(laboratorySamples).where(and(eq(laboratorySamples.siteId, siteId), eq(laboratorySamples.batchId, batchId))).orderBy(asc(laboratorySamples.id)),
    tx.select().from(testResults).where(and(eq(testResults.siteId, siteId), eq(testResults.batchId, batchId))).orderBy(asc(testResults.sampleId), asc(testResults.parameter), asc(testResults.number)),
    tx.select().from(attachments).where(and(eq(attachments.siteId, siteId), eq(attachments.batchId, batchId))).orderBy(asc(attachments.addedAt), asc(attachments.id)),
    tx.select({ id: people.id, name: people.printedName }).from(people),
  ]);
  return {
    site: head.sites, batch: head.batches, product: head.products, steps: stepRows, entries: entryRows, exceptions: exceptionRows, materials, equipment, samples, results, attachments: files,
    master: head.master ?? undefined,
    names: new Map(everyone.map((p) => [p.id, p.name])),
  };
}
