import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { ledgerLeaves } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import { proveEntries } from "./proof-queries.ts";
import { headOf, type LedgerHead } from "./queries.ts";

/** What the ledger holds about a record, with a proof recomputed when it is asked. */
export type RecordProof = {
  /** Entries about the record, and how many of them have a position. */
  readonly entries: number; readonly placed: number;
  readonly head: LedgerHead | undefined;
  /** The entry the proof is of. */
  readonly entry: { readonly id: string; readonly position: number; readonly event: string } | undefined;
  readonly state: "proved" | "failed" | "not-yet";
};

type Placed = { readonly id: string; readonly event: string; readonly canonical: string; readonly position: number };

async function proofOf(tx: SiteTx, siteId: string, entry: Placed | undefined): Promise<Pick<RecordProof, "head" | "entry" | "state">> {
  if (!entry) return { head: await headOf(tx, siteId), entry: undefined, state: "not-yet" };
  const { proved, failed } = await proveEntries(tx, siteId, [entry]);
  const state = proved.length > 0 ? "proved" : failed.length > 0 ? "failed" : "not-yet";
  return { head: await headOf(tx, siteId), entry: { id: entry.id, position: entry.position, event: entry.event }, state };
}

const placed = (tx: SiteTx) => tx.select({ id: auditEntries.id, event: auditEntries.event, canonical: auditEntries.canonical, position: ledgerLeaves.position }).from(auditEntries)
  .innerJoin(ledgerLeaves, and(eq(ledgerLeaves.siteId, auditEntries.siteId), eq(ledgerLeaves.entryId, auditEntries.id)));

/** The entries about a batch, and the proof of the newest one that has its position. */
export async function batchProof(tx: SiteTx, siteId: string, batchId: string): Promise<RecordProof> {
  const [counted] = await tx.execute<{ entries: string; placed: string }>(sql`
    select count(*) as entries, count(l.entry_id) as placed from audit_entries a left join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id where a.site_id = ${siteId} and a.batch_id = ${batchId}`);
  const [newest] = await placed(tx).where(and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId))).orderBy(desc(ledgerLeaves.position)).limit(1);
  return { entries: Number(counted?.entries ?? 0), placed: Number(counted?.placed ?? 0), ...(await proofOf(tx, siteId, newest)) };
}

/** The act that made a signature, and its proof; of a planted signature the entry of its row. */
export async function signatureProof(tx: SiteTx, siteId: string, batchId: string, digest: string): Promise<RecordProof> {
  const about = and(eq(auditEntries.siteId, siteId), eq(auditEntries.batchId, batchId));
  const acts = await placed(tx).where(and(about, inArray(auditEntries.event, ["record.signed", "signature.withdrawn"]), sql`${auditEntries.detail} ->> 'signatureDigest' = ${digest}`)).limit(1);
  const rows = acts.length > 0 ? acts : await placed(tx).where(and(about, eq(auditEntries.event, "row.created"), eq(auditEntries.subjectType, "signatures"), sql`((${auditEntries.detail} ->> 'new')::jsonb) ->> 'digest' = ${digest}`)).limit(1);
  return { entries: rows.length, placed: rows.length, ...(await proofOf(tx, siteId, rows[0])) };
}
