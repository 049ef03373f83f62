import { and, eq } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { masterWithOverlay } from "#lib/recipe/overlay-queries.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { Execution } from "./standing.ts";

/**
 * Reads a batch for its execution, with the master frozen into it. Throws `NotFound` for a batch that is not there or was made from the thin master,
 * and when the stored master is not the one that was frozen. With `lock` the batch is held until the transaction ends, so that two acts come one after the other.
 */
export async function readExecution(tx: SiteTx, siteId: string, batchId: string, lock = false): Promise<Execution> {
  if (lock) await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");
  const record = await readRecord(tx, siteId, batchId);
  const { masterId, masterVersion, masterDigest, overlayVersion, overlayDigest } = record.batch;
  if (masterId === null || masterVersion === null) throw new NotFound(`execution of ${batchId}`);
  const file = await readMasterFile(tx, masterId, masterVersion);
  if (!file.record) throw new NotFound(`execution of ${batchId}`);
  if (!file.holds || file.row.digest !== masterDigest) throw new BrokenPromise("master-altered", `the master of ${batchId} is not the one that was frozen`);
  return { record, master: await masterWithOverlay(tx, file.record, { siteId, masterId, masterVersion, overlayVersion, overlayDigest }) };
}

/** The same, undefined for a batch that is not executed from a full master. */
export const executionOrNone = (tx: SiteTx, siteId: string, batchId: string): Promise<Execution | undefined> =>
  readExecution(tx, siteId, batchId).catch((error: unknown) => { if (error instanceof NotFound) return undefined; throw error; });
