import { sql } from "drizzle-orm";
import { z } from "zod";
import type { SiteTx } from "#db/scope.ts";
import { digestOf } from "#lib/digest/digest.ts";
import { auditEvent, auditEventNames, type AuditEvent, type AuditEventName } from "./event.ts";

/** The filter of the audit trail as it stands in the address. */
/** Text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
const storable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

export const auditFilter = z.object({
  q: z.string().trim().max(80).refine(storable).catch("").default(""),
  site: z.string().refine(storable).optional().catch(undefined),
  event: z.enum(auditEventNames as [AuditEventName, ...AuditEventName[]]).optional().catch(undefined),
  batch: z.string().trim().max(60).refine(storable).optional().catch(undefined),
  before: z.coerce.number().int().positive().optional().catch(undefined),
});
export type AuditFilter = z.infer<typeof auditFilter>;

export type AuditRow = {
  readonly seq: number; readonly id: string; readonly siteId: string; readonly siteName: string; readonly timeZone: string; readonly at: Date; readonly actorName: string; readonly actorId: string; readonly role: string;
  readonly subjectType: string; readonly subjectId: string; readonly batchId: string | null; readonly reason: string; readonly digest: string; readonly holds: boolean; readonly said: AuditEvent;
};
export type AuditPage = { readonly rows: readonly AuditRow[]; readonly total: number; readonly next: number | undefined };

type Raw = { seq: string; id: string; site_id: string; site_name: string; time_zone: string; at: string; actor_name: string; actor_id: string; role: string; event: string; subject_type: string; subject_id: string; batch_id: string | null; reason: string; detail: unknown; zone: string; kind: string; authorised_by: string | null; request: string; client: string; critical: boolean; canonical: string; digest: string };

/** The stored digest fits the stored bytes, and the bytes say what the columns say. */
function entryHolds(r: Raw): boolean {
  if (digestOf("EBRLEAF/1", r.canonical) !== r.digest) return false;
  // Entries from before 2026-11-23 have no zone, kind, authoriser, request or client; their columns hold the defaults.
  const said = { zone: "UTC", kind: "act", authorisedBy: null, request: "", client: "", critical: false, ...(JSON.parse(r.canonical) as Record<string, unknown>) } as Record<string, unknown>;
  return said["zone"] === r.zone && said["kind"] === r.kind && said["authorisedBy"] === r.authorised_by && said["request"] === r.request && said["client"] === r.client && said["critical"] === r.critical && said["id"] === r.id && said["siteId"] === r.site_id && said["event"] === r.event && said["actorId"] === r.actor_id && said["reason"] === r.reason && said["subjectId"] === r.subject_id
    && said["actorName"] === r.actor_name && said["role"] === r.role && said["subjectType"] === r.subject_type && said["batchId"] === r.batch_id
    && said["at"] === new Date(r.at).toISOString() && JSON.stringify(sorted(said["detail"])) === JSON.stringify(sorted(r.detail));
}
const sorted = (value: unknown): unknown => (value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)])) : Array.isArray(value) ? value.map(sorted) : value);

const pageLength = 50;

/** One page of the audit trail, newest first, paged by the entry's number. */
export async function auditTrail(tx: SiteTx, filter: AuditFilter): Promise<AuditPage> {
  const like = `%${filter.q.replaceAll(/[%_\\]/g, "\\$&")}%`;
  const where = sql.join([
    sql`a.kind = 'act'`,
    ...(filter.site ? [sql`a.site_id = ${filter.site}`] : []),
    ...(filter.event ? [sql`a.event = ${filter.event}`] : []),
    ...(filter.batch ? [sql`a.batch_id = ${filter.batch}`] : []),
    ...(filter.q ? [sql`(a.actor_name ilike ${like} or a.subject_id ilike ${like} or a.reason ilike ${like} or a.batch_id ilike ${like})`] : []),
  ], sql` and `);
  const [count] = await tx.execute<{ n: string }>(sql`select count(*) as n from audit_entries a where ${where}`);
  const rows = await tx.execute<Raw>(sql`
    select a.*, s.name as site_name, s.time_zone from audit_entries a join sites s on s.id = a.site_id
    where ${where} ${filter.before ? sql`and a.seq < ${filter.before}` : sql``} order by a.seq desc limit ${pageLength + 1}`);
  const shown = rows.slice(0, pageLength).map((r): AuditRow => ({
    seq: Number(r.seq), id: r.id, siteId: r.site_id, siteName: r.site_name, timeZone: r.time_zone, at: new Date(r.at), actorName: r.actor_name, actorId: r.actor_id, role: r.role,
    subjectType: r.subject_type, subjectId: r.subject_id, batchId: r.batch_id, reason: r.reason, digest: r.digest, holds: entryHolds(r), said: auditEvent.parse({ event: r.event, detail: r.detail }),
  }));
  return { rows: shown, total: Number(count?.n ?? 0), next: rows.length > pageLength ? shown.at(-1)?.seq : undefined };
}
