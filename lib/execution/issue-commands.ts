import { and, asc, eq, gt, isNotNull, like, sql } from "drizzle-orm";
import { batches, steps } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { openBatchLot } from "#lib/material/charge-commands.ts";
import { effectiveOverlay, overlayDigest } from "#lib/recipe/overlay-queries.ts";
import { siteOverlay } from "#lib/recipe/overlay.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { nextBatchNumber, planIssue, type IssueOverlay, type IssueRefusal } from "./issue.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type IssueInput = { readonly siteId: string; readonly masterId: string; readonly masterVersion: number; readonly unitId: string; readonly plannedStartAt: Date; readonly dueAt: Date; readonly priority: number };

/** Gives the next number of the site, product and year; two issues at once wait for each other. */
async function numberFor(tx: SiteTx, siteId: string, productId: string, now: Date): Promise<string> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`batch number ${siteId} ${productId}`}))`);
  const [site] = await tx.select({ code: sites.code }).from(sites).where(eq(sites.id, siteId));
  if (!site) throw new NotFound(`site ${siteId}`);
  const taken = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), like(batches.id, `${site.code}-%`)));
  return nextBatchNumber(site.code, productId, now.getUTCFullYear(), taken.map((row) => row.id));
}

async function overlayFor(tx: SiteTx, { siteId, masterId, masterVersion }: IssueInput): Promise<IssueOverlay | undefined> {
  const row = await effectiveOverlay(tx, { siteId, masterId, masterVersion });
  return row && { version: row.version, digest: row.digest, overlay: siteOverlay.parse(JSON.parse(row.canonical)), holds: overlayDigest(row.canonical) === row.digest };
}

/** When the next version of a master became effective; undefined while none has. */
async function supersededAt(tx: SiteTx, { masterId, masterVersion }: IssueInput): Promise<Date | undefined> {
  const [next] = await tx.select({ at: masterBatchRecords.effectiveAt }).from(masterBatchRecords).where(and(eq(masterBatchRecords.id, masterId), gt(masterBatchRecords.version, masterVersion), isNotNull(masterBatchRecords.effectiveAt))).orderBy(asc(masterBatchRecords.effectiveAt)).limit(1);
  return next?.at ?? undefined;
}

/** Issues a batch from an effective master (21 CFR 211.188): number, frozen digest, its steps, its lot. Returns the batch's number. */
export async function issueBatch(tx: SiteTx, by: Granted<"batch.issue">, input: IssueInput, stamp: Stamp): Promise<Result<string, IssueRefusal>> {
  const { siteId } = input;
  const master = await readMasterFile(tx, input.masterId, input.masterVersion).catch((error: unknown) => { if (error instanceof NotFound) return undefined; throw error; });
  if (!master) return refuse("no-master");
  const [unit] = await tx.select().from(units).where(and(eq(units.siteId, siteId), eq(units.id, input.unitId)));
  if (!unit) return refuse("wrong-unit");
  const batchId = await numberFor(tx, siteId, master.row.productId, stamp.now);
  const plan = planIssue(master, { ...input, unit, overlay: await overlayFor(tx, input) }, { id: by.actor.id, batchId, now: stamp.now, supersededAt: await supersededAt(tx, input) });
  if (!plan.ok) return plan;
  await tx.insert(batches).values(plan.value.batch);
  await tx.insert(steps).values([...plan.value.steps]);
  await openBatchLot(tx, { siteId, batchId, productId: master.row.productId, unit: master.record?.theoreticalYield?.unit ?? master.record?.batchSize.unit ?? "L" }, by.actor.id, stamp);
  await writeAudit(tx, {
    event: "batch.issued", detail: { masterId: master.row.id, masterVersion: master.row.version, masterDigest: master.row.digest, steps: plan.value.steps.length }, siteId, subject: { type: "batch", id: batchId, batchId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: `issued from ${master.row.id} v${master.row.version}${plan.value.batch.overlayVersion ? ` with overlay ${plan.value.batch.overlayVersion} of the site` : ""}`,
  }, stamp.now, stamp.newId);
  return accept(batchId);
}
