import { and, asc, eq, inArray, isNotNull, isNull, lte, gte, ne, or, sql, desc, lt } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { calibrations, equipmentLog } from "#db/schema/equipment.ts";
import { segments } from "#db/schema/integrity.ts";
import { containers, lotMovements, lots } from "#db/schema/material.ts";
import { ledgerLeaves } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import type { BatchRecord, EquipmentUseRow } from "#lib/batch/record.ts";
import { auditPaths, type LedgerHead } from "#lib/ledger/queries.ts";
import { toBase64 } from "#lib/ledger/note.ts";
import type { ProvedEntry } from "./shape.ts";

/** Something the trail tells of: kind and id of a subject. `last`: only its latest row, where each would repeat a long text. */
export type Subject = { readonly type: string; readonly id: string; readonly last?: true };

const subject = (type: string) => (id: string): Subject => ({ type, id });
const unique = (ids: readonly (string | null)[]): readonly string[] => [...new Set(ids.filter((id) => id !== null))];

/** The batch's own lot, the lots charged, their containers, and the movements of them by this batch or by none: what other batches took is told in theirs. */
async function materialSubjects(tx: SiteTx, { batch, materials }: BatchRecord): Promise<readonly Subject[]> {
  const { siteId } = batch;
  const lotIds = [batch.id, ...unique(materials.map((use) => use.lotId))];
  const known = await tx.select({ id: lots.id }).from(lots).where(and(eq(lots.siteId, siteId), inArray(lots.id, lotIds)));
  const ids = known.map((lot) => lot.id);
  const held = ids.length === 0 ? [] : await tx.select({ id: containers.id }).from(containers).where(and(eq(containers.siteId, siteId), inArray(containers.lotId, ids)));
  const moved = ids.length === 0 ? [] : await tx.select({ id: lotMovements.id }).from(lotMovements).where(and(eq(lotMovements.siteId, siteId), inArray(lotMovements.lotId, ids), or(isNull(lotMovements.batchId), eq(lotMovements.batchId, batch.id))));
  return [...ids.flatMap((id) => [{ type: "lots", id }, { type: "lot", id }]), ...held.map((one) => subject("containers")(one.id)), ...moved.map((one) => subject("lot_movements")(one.id))];
}

/** Lines of a unit's log from the last one of the batch before to its release, and the calibrations valid at the use. */
async function useSubjects(tx: SiteTx, { siteId, batchId, unitId, boundAt, releasedAt }: EquipmentUseRow): Promise<readonly Subject[]> {
  const own = and(eq(equipmentLog.siteId, siteId), eq(equipmentLog.unitId, unitId));
  const [before] = await tx.select({ at: equipmentLog.at }).from(equipmentLog).where(and(own, isNotNull(equipmentLog.batchId), ne(equipmentLog.batchId, batchId), lt(equipmentLog.at, boundAt))).orderBy(desc(equipmentLog.at)).limit(1);
  const lines = await tx.select({ id: equipmentLog.id }).from(equipmentLog).where(and(own, ...(before ? [gte(equipmentLog.at, before.at)] : []), ...(releasedAt ? [lte(equipmentLog.at, releasedAt)] : [])));
  const valid = await tx.select({ id: calibrations.id }).from(calibrations).where(and(eq(calibrations.siteId, siteId), eq(calibrations.unitId, unitId), lte(calibrations.performedAt, releasedAt ?? sql`now()`), gte(calibrations.dueAt, boundAt)));
  return [...lines.map((one) => subject("equipment_log")(one.id)), ...valid.map((one) => subject("calibrations")(one.id))];
}

async function equipmentSubjects(tx: SiteTx, { batch, equipment }: BatchRecord): Promise<readonly Subject[]> {
  const sealed = await tx.selectDistinct({ unitId: segments.unitId, tag: segments.tag }).from(segments).where(and(eq(segments.siteId, batch.siteId), eq(segments.batchId, batch.id)));
  const found: Subject[] = [...unique([batch.unitId, ...equipment.map((use) => use.unitId)]).map(subject("units")), ...sealed.map(({ unitId, tag }) => subject("tags")(`${unitId}/${tag}`))];
  for (const use of equipment) found.push(...await useSubjects(tx, use));
  return found;
}

/** What of the site the batch was made with, beyond its own record. Reads what the site's transaction sees. */
export const usedSubjects = async (tx: SiteTx, record: BatchRecord): Promise<readonly Subject[]> => [...await materialSubjects(tx, record), ...await equipmentSubjects(tx, record)];

/**
 * Entries about subjects in an owner's ledger that are not of the batch itself, with their paths to the head; undefined where the head does not yet cover all of them.
 * Each entry once, by position.
 */
export async function entriesAbout(tx: SiteTx, owner: string, batchId: string, subjects: readonly Subject[], head: LedgerHead): Promise<readonly ProvedEntry[] | undefined> {
  if (subjects.length === 0) return [];
  const wanted = JSON.stringify([...new Map(subjects.map((one) => [`${one.type}/${one.id}`, { type: one.type, id: one.id, last: one.last ?? false }])).values()]);
  const rows = await tx.select({ position: ledgerLeaves.position, canonical: auditEntries.canonical }).from(auditEntries)
    .leftJoin(ledgerLeaves, and(eq(ledgerLeaves.siteId, auditEntries.siteId), eq(ledgerLeaves.entryId, auditEntries.id)))
    .where(and(eq(auditEntries.siteId, owner), sql`${auditEntries.batchId} is distinct from ${batchId}`, sql`exists (select from jsonb_to_recordset(${wanted}::jsonb) as w(type text, id text, last boolean) where w.type = ${auditEntries.subjectType} and w.id = ${auditEntries.subjectId}
      and (not w.last or not exists (select from audit_entries later where later.site_id = ${auditEntries.siteId} and later.subject_type = w.type and later.subject_id = w.id and later.seq > ${auditEntries.seq})))`))
    .orderBy(asc(ledgerLeaves.position));
  const placed = rows.flatMap(({ position, canonical }) => (position !== null && position < head.size ? [{ position, canonical }] : []));
  if (placed.length < rows.length) return undefined;
  const paths = await auditPaths(tx, owner, placed.map((row) => row.position), head.size);
  return placed.map((row, i) => ({ ...row, proof: (paths[i] ?? []).map(toBase64) }));
}
