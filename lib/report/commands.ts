import { and, count, eq } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { sha256 } from "#lib/digest/digest.ts";
import { render } from "#lib/document/render.ts";
import { printedRecord } from "./batch-record.ts";
import { readReport, type ReportOf } from "./queries.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type ExportedReport = { readonly bytes: Uint8Array; readonly fileName: string; readonly copy: number; readonly pages: number; readonly fileDigest: string };

export const exportReason = "export of the batch record as PDF";

/**
 * Makes the next numbered copy of a batch record and its audit entry together. The batch is locked meanwhile: no two copies
 * take one number, and no signature falls between the parts of the record that are read. Throws `NotFound`.
 */
export async function exportReport(tx: SiteTx, by: Granted<"report.read">, of: ReportOf, stamp: Stamp): Promise<ExportedReport> {
  const { siteId, batchId } = of;
  const [locked] = await tx.select({ id: batches.id }).from(batches).where(and(eq(batches.siteId, siteId), eq(batches.id, batchId))).for("update");
  if (!locked) throw new NotFound(`batch ${batchId}`);
  const [earlier] = await tx.select({ n: count() }).from(auditEntries).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId), eq(auditEntries.event, "report.exported")));
  const copy = (earlier?.n ?? 0) + 1;
  const source = await readReport(tx, of, stamp.now);
  const { bytes, pages } = await render(printedRecord(source, { at: stamp.now, by: by.actor.printedName, copy }));
  const fileDigest = sha256(bytes);
  await writeAudit(tx, {
    event: "report.exported", detail: { recordDigest: source.file.digest, pages, fileDigest, copy }, siteId, subject: { type: "report", id: batchId, batchId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason: exportReason,
  }, stamp.now, stamp.newId);
  return { bytes, fileName: `${batchId}-EBR-copy-${copy}.pdf`, copy, pages, fileDigest };
}
