import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import { people, roleAssignments } from "#db/schema/access.ts";
import { integrityChecks, integrityFindings } from "#db/schema/integrity.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { administrators, tell } from "#lib/notice/commands.ts";
import { compareRounds, findingSentence, type BatchFinding, type StoredFinding } from "./finding.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
/** One round of the check over one site: what it examined, and what it found. */
export type Round = {
  readonly siteId: string; readonly startedAt: Date;
  readonly rows: number; readonly entries: number; readonly segments: number; readonly checkpoints: number; readonly ledgerSize: number;
  readonly findings: readonly BatchFinding[];
  /** Is a finding of an earlier round, which this one did not find, gone? False where this round did not look. */
  readonly looked: (finding: StoredFinding) => boolean;
};

const actor = { id: "programme:integrity", name: "integrity", role: "programme" };
/** New findings of one round that are kept one by one; one altered table can bring thousands, and the first say where to look. */
const keptAtOnce = 500;

async function audited(tx: SiteTx, siteId: string, event: "integrity.failed" | "integrity.restored", { table, recordId, field, batchId }: BatchFinding, { now, newId }: Stamp): Promise<void> {
  await writeAudit(tx, {
    event, detail: { table, record: recordId, field }, siteId, subject: { type: "record", id: `${table}/${recordId}`, ...(batchId ? { batchId } : {}) }, actor,
    reason: event === "integrity.failed" ? "the stored record differs from what was recorded" : "the stored record is again what was recorded",
  }, now, newId);
}

/** QA managers of the site and administrators, as they hold their roles now. */
async function responsible(tx: SiteTx, siteId: string): Promise<readonly string[]> {
  const held = await tx.select({ id: people.id }).from(roleAssignments).innerJoin(people, eq(people.id, roleAssignments.personId)).where(and(
    eq(roleAssignments.siteId, siteId), eq(roleAssignments.role, "qa-manager"), isNull(roleAssignments.endedAt), isNull(roleAssignments.revokedAt), eq(people.state, "active"),
  ));
  return [...held.map((row) => row.id), ...await administrators(tx)];
}

/** Where a finding is shown. */
function addressOf(siteId: string, findings: readonly BatchFinding[]): string {
  const batches = new Set(findings.map((finding) => finding.batchId));
  const [batchId] = batches;
  return batches.size === 1 && batchId ? `/sites/${siteId}/batches/${encodeURIComponent(batchId)}` : "/integrity";
}

async function announce(tx: SiteTx, siteId: string, fresh: readonly BatchFinding[], stamp: Stamp): Promise<void> {
  const [finding] = fresh;
  if (!finding) return;
  const [site] = await tx.select({ name: sites.name }).from(sites).where(eq(sites.id, siteId));
  const more = fresh.length > 1 ? ` ${fresh.length - 1} more.` : "";
  await tell(tx, await responsible(tx, siteId), {
    kind: "integrity-failed", title: `Integrity failed at ${site?.name ?? siteId}`,
    body: `${findingSentence(finding)}${more} Nothing of it can be signed or released. Find out who changed it outside the application, and restore the record.`, address: addressOf(siteId, fresh),
  }, stamp);
}

const openOf = (tx: SiteTx, siteId: string) => tx.select().from(integrityFindings).where(and(eq(integrityFindings.siteId, siteId), isNull(integrityFindings.clearedAt)));

/**
 * Writes down a round: its counts, what is new (with an act in the trail and a notice to those responsible), what is still there
 * and what is gone. The transaction sees the site and the enterprise.
 */
export async function recordRound(tx: SiteTx, round: Round, stamp: Stamp): Promise<{ readonly fresh: number; readonly gone: number }> {
  const { siteId } = round;
  const { now, newId } = stamp;
  // Two ledger processes of one database may both check; each sees what the other has already written down.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('integrity'), hashtext(${siteId}))`);
  const rows = await openOf(tx, siteId);
  const open = rows.map((row) => ({ id: row.id, table: row.tableName, recordId: row.recordId, field: row.field, recorded: row.recorded, found: row.found }));
  const { fresh, seen, gone } = compareRounds(round.findings, open);
  const [kept, cleared] = [fresh.slice(0, keptAtOnce), gone.filter(round.looked)];
  for (const { table: tableName, ...finding } of kept) await tx.insert(integrityFindings).values({ siteId, id: newId(), foundAt: now, lastSeenAt: now, tableName, ...finding });
  for (const finding of kept) await audited(tx, siteId, "integrity.failed", finding, stamp);
  if (seen.length > 0) await tx.update(integrityFindings).set({ lastSeenAt: now }).where(and(eq(integrityFindings.siteId, siteId), inArray(integrityFindings.id, seen.map((f) => f.id))));
  if (cleared.length > 0) await tx.update(integrityFindings).set({ clearedAt: now }).where(and(eq(integrityFindings.siteId, siteId), or(...cleared.map((f) => eq(integrityFindings.id, f.id)))));
  for (const finding of cleared) await audited(tx, siteId, "integrity.restored", { ...finding, batchId: rows.find((row) => row.id === finding.id)?.batchId ?? null }, stamp);
  await announce(tx, siteId, kept, stamp);
  const { rows: examined, entries, segments, checkpoints, ledgerSize, startedAt } = round;
  await tx.insert(integrityChecks).values({ siteId, id: newId(), startedAt, finishedAt: now, rows: examined, entries, segments, checkpoints, ledgerSize, findings: seen.length + kept.length + (gone.length - cleared.length) });
  return { fresh: kept.length, gone: cleared.length };
}

/** A transaction that records a round of a site sees these. */
export const sitesOfRound = (siteId: string): readonly string[] => [...new Set([siteId, enterprise])];
