import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { batches } from "#db/schema/batch.ts";
import { exports } from "#db/schema/export.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import type { AuditEventName } from "#lib/audit/event.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { exportFile, exportOf, type ExportFile } from "./export-queries.ts";
import { exportParameters, fileNameOf, isOfBatch, madeKinds, ownerOf, subjectOf, type ExportParameters, type MadeKind } from "./export.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };

/** Channel on which a request wakes the programme that makes copies. */
export const exportChannel = "exports_asked";

/** A copy that is asked for, with the number it will bear. */
export type AskedExport = { readonly siteId: string; readonly id: string; readonly copy: number };
export type ExportJob = AskedExport & { readonly kind: MadeKind; readonly requestedBy: string; readonly requestedAt: Date; readonly asked: ExportParameters };

export const askReason = "a numbered copy was asked for";

/** The act that tells of a finished copy. */
const exportedEvent = { "batch-record": "report.exported", "issued-record": "issued-record.exported", "master-record": "master.exported", "compliance-report": "compliance.exported" } as const satisfies Record<MadeKind, AuditEventName>;

/** The number after the last one of this subject, also of copies from before they were kept here; two who ask at once wait for each other. */
async function nextCopy(tx: SiteTx, siteId: string, asked: ExportParameters): Promise<number> {
  const subject = subjectOf(asked);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`export/${siteId}/${asked.kind}/${subject}`}, 0))`);
  const [row] = await tx.execute<{ n: string }>(sql`select greatest(
    coalesce((select max(copy) from exports where site_id = ${siteId} and kind = ${asked.kind} and subject_id = ${subject}), 0),
    coalesce((select max((detail ->> 'copy')::int) from audit_entries where site_id = ${siteId} and event = ${exportedEvent[asked.kind]} and subject_id = ${subject}), 0)) as n`);
  return Number(row?.n ?? 0) + 1;
}

/** Writes down that a copy is wanted, with its number, and wakes the programme that makes it. Throws `NotFound` for a batch that is not of the site, or a master there is not. */
export async function requestExport(tx: SiteTx, by: Granted<Permission>, siteId: string, asked: ExportParameters, { now, newId }: Stamp): Promise<AskedExport> {
  if (isOfBatch(asked)) {
    const [batch] = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, asked.batchId)));
    if (!batch) throw new NotFound(`batch ${asked.batchId}`);
  }
  if (asked.kind === "master-record") await readMasterFile(tx, asked.masterId, asked.masterVersion);
  const owner = ownerOf(asked, siteId);
  const copy = await nextCopy(tx, owner, asked);
  const id = newId();
  await tx.insert(exports).values({ siteId: owner, id, kind: asked.kind, subjectId: subjectOf(asked), copy, parameters: asked, state: "waiting", requestedBy: by.actor.id, requestedAt: now, fileName: fileNameOf(asked, copy), mediaType: "application/pdf" });
  await tx.execute(sql`select pg_notify(${exportChannel}, ${id})`);
  return { siteId: owner, id, copy };
}

/** Hands a kept copy to the person it was made for once more, and writes that down. Undefined for anybody else and while it is not finished. */
export async function takeCopy(tx: SiteTx, by: Granted<Permission>, { siteId, id }: Pick<AskedExport, "siteId" | "id">, { now, newId }: Stamp): Promise<ExportFile | undefined> {
  const [file, view] = [await exportFile(tx, by.actor, siteId, id), await exportOf(tx, by.actor, siteId, id)];
  if (!file || !view) return undefined;
  const batch = isOfBatch(view.asked) ? { batchId: view.asked.batchId } : {};
  await writeAudit(tx, {
    event: "copy.taken", detail: { copy: view.copy, fileDigest: view.digest ?? "" }, siteId, subject: { type: "report", id: view.subject, ...batch },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: "a kept copy taken away again",
  }, now, newId);
  return file;
}

const allSites = (database: Database): Promise<readonly string[]> => withProgramme(database, "export", [], async (tx) => (await tx.select({ id: sites.id }).from(sites)).map((site) => site.id));

const asProgramme = async <T>(database: Database, work: (tx: SiteTx) => Promise<T>): Promise<T> => withProgramme(database, "export", await allSites(database), work, { reason: "making of copies" });

/** Takes the copy that has waited longest; undefined when none waits. */
export const claimExport = (database: Database, now: Date): Promise<ExportJob | undefined> => asProgramme(database, async (tx) => {
  const [row] = await tx.select().from(exports).where(and(eq(exports.state, "waiting"), inArray(exports.kind, [...madeKinds]))).orderBy(asc(exports.requestedAt), asc(exports.id)).limit(1).for("update", { skipLocked: true });
  if (!row) return undefined;
  await tx.update(exports).set({ state: "running", startedAt: now, progress: 0, total: 0 }).where(and(eq(exports.siteId, row.siteId), eq(exports.id, row.id)));
  const asked = exportParameters.parse(row.parameters);
  return { siteId: row.siteId, id: row.id, copy: row.copy, kind: asked.kind, requestedBy: row.requestedBy, requestedAt: row.requestedAt, asked };
});

const running = ({ siteId, id }: AskedExport) => and(eq(exports.siteId, siteId), eq(exports.id, id), eq(exports.state, "running"));

export const noteProgress = (database: Database, job: AskedExport, progress: number, total: number): Promise<void> =>
  withProgramme(database, "export", [job.siteId], async (tx) => void (await tx.update(exports).set({ progress, total }).where(running(job))), { reason: "making of copies" });

export const failExport = (database: Database, job: AskedExport, failure: string, now: Date): Promise<void> =>
  withProgramme(database, "export", [job.siteId], async (tx) => void (await tx.update(exports).set({ state: "failed", failure, finishedAt: now }).where(running(job))), { reason: "making of copies" });

const takenUpAgain = "The portal stopped while this copy was being made; it was taken up again.";
const stoppedTwice = "The portal stopped twice while this copy was being made. Ask for a new copy; if that fails as well, tell the administrator.";

/** At start: nobody makes what is still marked as being made. A first time it waits again; a second time it has failed, lest it stops the portal for ever. */
export const resumeExports = (database: Database, now: Date): Promise<{ readonly waiting: number; readonly failed: number }> => asProgramme(database, async (tx) => {
  const rows = await tx.select({ siteId: exports.siteId, id: exports.id, failure: exports.failure }).from(exports).where(eq(exports.state, "running"));
  for (const { siteId, id, failure } of rows) {
    const again = failure === null;
    await tx.update(exports).set(again ? { state: "waiting", failure: takenUpAgain, startedAt: null, progress: 0, total: 0 } : { state: "failed", failure: stoppedTwice, finishedAt: now }).where(and(eq(exports.siteId, siteId), eq(exports.id, id)));
  }
  const waiting = rows.filter((row) => row.failure === null).length;
  return { waiting, failed: rows.length - waiting };
});
