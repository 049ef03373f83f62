import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { attachmentContents, attachments, steps } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { equipmentUses, materialUses } from "#db/schema/execution.ts";
import { laboratorySamples, testResults } from "#db/schema/laboratory.ts";
import { lots, recalls } from "#db/schema/material.ts";
import { masterBatchRecords, siteOverlays } from "#db/schema/recipe.ts";
import type { SiteTx } from "#db/scope.ts";

/** A unit without a state. */
export const freeUnit = "FREE-1";

/** One row in each table of execution, laboratory and recall at a site, for walks over every table. `batchId`: a batch of the site that has steps. */
export async function fillExecution(tx: SiteTx, siteId: string, batchId: string, personId: string): Promise<void> {
  const now = new Date();
  const [step] = await tx.select().from(steps).where(eq(steps.batchId, batchId)).limit(1);
  const [lot] = await tx.select().from(lots).where(eq(lots.siteId, siteId)).limit(1);
  const [unit] = await tx.select().from(units).where(eq(units.siteId, siteId)).limit(1);
  const [master] = await tx.select().from(masterBatchRecords).limit(1);
  if (!step || !lot || !unit || !master) throw new Error(`the story has no step, lot, unit or master at ${siteId}`);
  const [stepId, sampleId] = [step.id, `${batchId}-S99`];
  await tx.insert(units).values({ siteId, id: freeUnit, name: "Unit nothing is recorded of", equipmentClass: "none", processCell: "Test" });
  await tx.insert(siteOverlays).values({ siteId, masterId: master.id, masterVersion: master.version, version: 1, state: "draft", canonical: "{}", digest: "0", authors: [personId], createdAt: now, reason: "test row" });
  await tx.insert(attachmentContents).values({ siteId, digest: "0", content: new Uint8Array([1]) });
  await tx.insert(attachments).values({ siteId, batchId, stepId, id: randomUUID(), name: "a.txt", mediaType: "text/plain", size: 1, digest: "0", addedBy: personId, addedAt: now });
  await tx.insert(materialUses).values({ siteId, batchId, stepId, number: 99, material: "salt", lotId: lot.id, quantity: "1", unit: "kg", lotState: "released", percentOfPlan: 100, evaluation: "within", by: personId, at: now });
  await tx.insert(equipmentUses).values({ siteId, batchId, stepId, equipment: "vessel", unitId: unit.id, boundAt: now, boundBy: personId, stateBefore: "clean" });
  await tx.insert(laboratorySamples).values({ siteId, id: sampleId, batchId, stepId, sample: "bulk", name: "Bulk", state: "drawn", drawnAt: now, drawnBy: personId, storage: "2 to 8 °C" });
  await tx.insert(testResults).values({ siteId, sampleId, batchId, parameter: "ph", number: 1, state: "entered", method: "SOP", rawValue: "7.01", value: "7.0", unit: "pH", instrument: "QP-1", outOfSpecification: false, analyst: personId, analysedAt: now, enteredAt: now });
  await tx.insert(recalls).values({ siteId, id: "RC-TEST", lotId: lot.id, direction: "both", reason: "test row", startedAt: now, startedBy: personId, tookMs: 1, canonical: "{}", digest: "0", figures: {} });
}

/** Tables that are the enterprise's or a site's and hold what was written once. */
export const writtenOnce = ["attachments", "attachment_contents", "material_uses", "lot_movements", "containers", "recalls", "equipment_log", "calibrations", "equipment_parts"] as const;
export const keptForEver = ["site_overlays", "equipment_uses", "lots", "materials", "suppliers", "equipment_states", "laboratory_samples", "test_results", "exception_configurations"] as const;
