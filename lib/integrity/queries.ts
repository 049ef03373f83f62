import { and, desc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { integrityChecks, integrityFindings } from "#db/schema/integrity.ts";
import type { SiteTx } from "#db/scope.ts";
import { distinct, ledgerTables, type Finding } from "./finding.ts";
import { batchFindings } from "./record-queries.ts";

/**
 * What stands against signing a batch: open findings of the background check about it or about its site's whole ledger, and what
 * a check of the batch at this moment finds. Empty: the record is what was recorded.
 */
export async function openFindings(tx: SiteTx, siteId: string, batchId: string): Promise<readonly Finding[]> {
  const stored = await tx.select().from(integrityFindings).where(and(
    eq(integrityFindings.siteId, siteId), isNull(integrityFindings.clearedAt), or(eq(integrityFindings.batchId, batchId), inArray(integrityFindings.tableName, [...ledgerTables])),
  )).orderBy(integrityFindings.foundAt, integrityFindings.id);
  const fresh = await batchFindings(tx, siteId, batchId);
  const kept = stored.map(({ tableName: table, recordId, field, recorded, found }) => ({ table, recordId, field, recorded, found }));
  return distinct([...fresh.map(({ batchId: _, ...finding }) => finding), ...kept]);
}

/** Batches with open findings of the background check, by site and batch, for lists; a site whose ledger fails counts for all its batches. */
export async function failedBatches(tx: SiteTx): Promise<{ readonly has: (siteId: string, batchId: string) => boolean }> {
  const rows = await tx.selectDistinct({ siteId: integrityFindings.siteId, batchId: integrityFindings.batchId, table: integrityFindings.tableName }).from(integrityFindings).where(isNull(integrityFindings.clearedAt));
  const batches = new Set(rows.flatMap((row) => (row.batchId === null ? [] : [`${row.siteId}/${row.batchId}`])));
  const sites = new Set(rows.filter((row) => (ledgerTables as readonly string[]).includes(row.table)).map((row) => row.siteId));
  return { has: (siteId, batchId) => sites.has(siteId) || batches.has(`${siteId}/${batchId}`) };
}

export type CheckRow = typeof integrityChecks.$inferSelect;
export type FindingRow = typeof integrityFindings.$inferSelect;
export type SiteIntegrity = { readonly siteId: string; readonly last: CheckRow | undefined; readonly open: number };

/** The last check of each site in sight with how many findings are open; sites that were never checked stand there without one. */
export async function integrityOfSites(tx: SiteTx, siteIds: readonly string[]): Promise<readonly SiteIntegrity[]> {
  const checks: CheckRow[] = [];
  for (const siteId of siteIds) checks.push(...await tx.select().from(integrityChecks).where(eq(integrityChecks.siteId, siteId)).orderBy(desc(integrityChecks.finishedAt)).limit(1));
  const open = await tx.select({ siteId: integrityFindings.siteId, n: sql<number>`count(*)::int` }).from(integrityFindings).where(isNull(integrityFindings.clearedAt)).groupBy(integrityFindings.siteId);
  return siteIds.map((siteId) => ({ siteId, last: checks.find((check) => check.siteId === siteId), open: open.find((row) => row.siteId === siteId)?.n ?? 0 }));
}

const shownFindings = 200;

/** Findings of the sites in sight: open ones first, then those that are gone, newest first; at most 200. */
export const findingsOfSites = (tx: SiteTx): Promise<readonly FindingRow[]> =>
  tx.select().from(integrityFindings).orderBy(sql`${integrityFindings.clearedAt} is not null`, desc(integrityFindings.foundAt), integrityFindings.id).limit(shownFindings);
