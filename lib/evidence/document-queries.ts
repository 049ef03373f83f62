import { and, asc, eq, inArray } from "drizzle-orm";
import { exceptionConfigurations } from "#db/schema/quality.ts";
import { masterBatchRecords } from "#db/schema/recipe.ts";
import { lots } from "#db/schema/material.ts";
import { signatures } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import type { BatchRecord } from "#lib/batch/record.ts";
import { configurationId } from "#lib/quality/configuration-queries.ts";
import { masterName } from "#lib/recipe/queries.ts";
import { overlayName, overlaysOf } from "#lib/recipe/overlay-queries.ts";
import type { SignedRecordType } from "#lib/signature/statement.ts";
import { exportedSignature } from "./signature.ts";
import type { Subject } from "./related-queries.ts";
import type { ExportedDocument } from "./shape.ts";

/** Documents a batch was made by, and what the trail of their owner tells of. */
export type Documents = { readonly documents: readonly ExportedDocument[]; readonly subjects: readonly Subject[] };

type Row = { readonly kind: ExportedDocument["kind"]; readonly id: string; readonly digest: string; readonly text: string; readonly owner: string; readonly table: string; readonly row: string };

async function signedDocument(tx: SiteTx, { kind, id, digest, text, owner }: Row): Promise<ExportedDocument> {
  const type: SignedRecordType = kind;
  const rows = await tx.select().from(signatures).where(and(eq(signatures.siteId, owner), eq(signatures.recordType, type), eq(signatures.recordId, id))).orderBy(asc(signatures.ordinal));
  return { kind, id, digest, text, signatures: rows.map(exportedSignature) };
}

async function documentsOf(tx: SiteTx, rows: readonly Row[]): Promise<Documents> {
  const documents: ExportedDocument[] = [];
  for (const row of rows) documents.push(await signedDocument(tx, row));
  const subjects = rows.flatMap(({ kind, id, table, row }, i): readonly Subject[] => [{ type: table, id: row, last: true }, { type: kind, id }, ...(documents[i]?.signatures ?? []).map((signature) => ({ type: "signatures", id: `${id}/${signature.ordinal}` }))]);
  return { documents, subjects };
}

/** Versions of the configuration that weighed the record's exceptions, lowest first. */
const versionsOf = ({ exceptions }: BatchRecord): readonly number[] => [...new Set(exceptions.flatMap((x) => (x.configurationVersion === null ? [] : [x.configurationVersion])))].sort((a, b) => a - b);

/** The frozen master and the configurations that weighed the exceptions, with the products and materials they name. The transaction sees the enterprise. */
export async function enterpriseDocuments(tx: SiteTx, record: BatchRecord): Promise<Documents> {
  const { masterId, masterVersion, productId, siteId } = record.batch;
  const masters = masterId === null || masterVersion === null ? [] : await tx.select().from(masterBatchRecords).where(and(eq(masterBatchRecords.id, masterId), eq(masterBatchRecords.version, masterVersion)));
  const versions = versionsOf(record);
  const weighed = versions.length === 0 ? [] : await tx.select().from(exceptionConfigurations).where(inArray(exceptionConfigurations.version, [...versions]));
  const found = await documentsOf(tx, [
    ...weighed.map((one): Row => ({ kind: "exception-configuration", id: configurationId(one.version), digest: one.digest, text: one.canonical, owner: enterprise, table: "exception_configurations", row: String(one.version) })),
    ...masters.map((one): Row => ({ kind: "master", id: masterName(one), digest: one.digest, text: one.canonical, owner: enterprise, table: "master_batch_records", row: `${one.id}/${one.version}` })),
  ]);
  const charged = record.materials.length === 0 ? [] : await tx.select({ material: lots.materialId, supplier: lots.supplierId }).from(lots).where(and(eq(lots.siteId, siteId), inArray(lots.id, record.materials.map((use) => use.lotId))));
  const named = (type: string, ids: readonly (string | null)[]): readonly Subject[] => [...new Set(ids)].flatMap((id) => (id === null ? [] : [{ type, id }]));
  return { documents: found.documents, subjects: [...found.subjects, { type: "products", id: productId }, ...named("materials", charged.map((one) => one.material)), ...named("suppliers", charged.map((one) => one.supplier))] };
}

/** The overlay that was frozen into the batch, as it stands; none where it was issued without. */
export async function overlayDocuments(tx: SiteTx, { batch: { siteId, masterId, masterVersion, overlayVersion } }: BatchRecord): Promise<Documents> {
  if (masterId === null || masterVersion === null || overlayVersion === null) return { documents: [], subjects: [] };
  const rows = (await overlaysOf(tx, { siteId, masterId, masterVersion })).filter((one) => one.version === overlayVersion);
  return documentsOf(tx, rows.map((one): Row => ({ kind: "overlay", id: overlayName(one), digest: one.digest, text: one.canonical, owner: siteId, table: "site_overlays", row: `${one.masterId}/${one.masterVersion}/${one.version}` })));
}
