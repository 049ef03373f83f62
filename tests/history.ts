import { sql } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";

/** The row history as a relation: what the trail holds about rows, in the order of writing. */
export const rowHistory = sql`(select seq as id, site_id, at, subject_type as table_name, case kind when 'creation' then 'INSERT' when 'change' then 'UPDATE' else 'DELETE' end as operation,
  (detail ->> 'old')::jsonb as old, (detail ->> 'new')::jsonb as new, actor_id, role as actor_role, reason, authorised_by from audit_entries where kind <> 'act') as row_history`;

export type RowChange = { readonly id: number; readonly siteId: string; readonly at: Date; readonly tableName: string; readonly operation: string; readonly old: Record<string, unknown> | null; readonly new: Record<string, unknown> | null; readonly actorId: string; readonly actorRole: string; readonly reason: string; readonly authorisedBy: string | null };
type Raw = { id: string; site_id: string; at: string; table_name: string; operation: string; old: RowChange["old"]; new: RowChange["new"]; actor_id: string; actor_role: string; reason: string; authorised_by: string | null };

/** Changes of one table's rows after the entry numbered `since`, oldest first. */
export async function rowChangesOf(tx: SiteTx, table: string, since = 0): Promise<readonly RowChange[]> {
  const rows = await tx.execute<Raw>(sql`select * from ${rowHistory} where table_name = ${table} and id > ${since} order by id`);
  return rows.map((r) => ({ id: Number(r.id), siteId: r.site_id, at: new Date(r.at), tableName: r.table_name, operation: r.operation, old: r.old, new: r.new, actorId: r.actor_id, actorRole: r.actor_role, reason: r.reason, authorisedBy: r.authorised_by }));
}
