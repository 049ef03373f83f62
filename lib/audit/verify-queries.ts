import type { SiteTx } from "#db/scope.ts";
import type { ProofOutcome, ProvenEntry } from "#lib/ledger/proof-queries.ts";
import type { AuditFilter } from "./filter.ts";
import { verifyLimit } from "./limits.ts";
import { auditPage, type AuditRow } from "./queries.ts";

/** Proves entries of one site in its ledger; given by the caller, because the ledger stands above the trail. */
export type Prove = (tx: SiteTx, siteId: string, entries: readonly ProvenEntry[]) => Promise<ProofOutcome>;
export type Verified = { readonly checked: number; readonly proved: number; readonly waiting: number; /** Entries that do not hold, as site/number or site/id. */ readonly failed: readonly string[]; /** Older entries match and were not checked. */ readonly more: boolean };

const named = (row: AuditRow): string => `${row.siteName} ${row.position ?? row.id}`;

/** Recomputes bytes, columns, leaf and proof of the newest entries that match, at most `limit`. */
export async function verifyMatched(tx: SiteTx, filter: AuditFilter, prove: Prove, limit = verifyLimit): Promise<Verified> {
  const { rows, older } = await auditPage(tx, { ...filter, older: undefined, newer: undefined }, { length: limit });
  const holding = rows.filter((row) => row.differences.length === 0);
  const failed = new Set(rows.filter((row) => row.differences.length > 0).map((row) => row.id));
  let proved = 0;
  for (const siteId of new Set(holding.map((row) => row.siteId))) {
    const placed = holding.flatMap((row) => (row.siteId === siteId && row.position !== null ? [{ id: row.id, canonical: row.canonical, position: row.position }] : []));
    const outcome = await prove(tx, siteId, placed);
    proved += outcome.proved.length;
    for (const id of outcome.failed) failed.add(id);
  }
  return { checked: rows.length, proved, waiting: rows.length - proved - failed.size, failed: rows.filter((row) => failed.has(row.id)).map(named), more: older !== undefined };
}
