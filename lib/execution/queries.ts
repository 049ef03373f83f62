import { and, desc, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { masterWithOverlay } from "#lib/recipe/overlay-queries.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { BrokenPromise } from "#lib/result.ts";
import type { SignedAbout } from "#lib/signature/statement.ts";
import type { Execution } from "./standing.ts";

const refusedDetail = z.object({ sentence: z.string(), faults: z.string().optional(), lot: z.string().optional(), unit: z.string().optional() });

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

/** A lot or a unit that was refused in a step and that quality may let in: what its signature would be about, why it was refused, when and by whose hand. */
export type RefusedUse = { readonly about: SignedAbout; readonly sentence: string; readonly at: Date; readonly by: string };

/** What was refused in a step and can be let in, the newest first, each once. */
export async function refusedUses(tx: SiteTx, siteId: string, batchId: string, stepId: string): Promise<readonly RefusedUse[]> {
  const rows = await tx.select({ event: auditEntries.event, detail: auditEntries.detail, at: auditEntries.at, by: auditEntries.actorName }).from(auditEntries)
    .where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.subjectType, "step"), eq(auditEntries.subjectId, `${batchId}/${stepId}`), inArray(auditEntries.event, ["material.refused", "equipment.refused"]))).orderBy(desc(auditEntries.at)).limit(20);
  const uses = rows.flatMap(({ event, detail, at, by }): readonly RefusedUse[] => {
    const said = refusedDetail.safeParse(detail);
    if (!said.success || !said.data.faults) return [];
    const type = event === "material.refused" ? "material" as const : "equipment" as const;
    return [{ about: { type, id: `${stepId}/${said.data.lot ?? said.data.unit ?? ""}`, act: "allow", from: said.data.faults, to: "use allowed" }, sentence: said.data.sentence, at, by }];
  });
  return uses.filter((use, i) => uses.findIndex((other) => other.about.id === use.about.id && other.about.from === use.about.from) === i);
}

/** The same, undefined for a batch that is not executed from a full master. */
export const executionOrNone = (tx: SiteTx, siteId: string, batchId: string): Promise<Execution | undefined> =>
  readExecution(tx, siteId, batchId).catch((error: unknown) => { if (error instanceof NotFound) return undefined; throw error; });
