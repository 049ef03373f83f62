import { sql } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import type { LoadingPast } from "./past.ts";

type Row = { site_id: string; site_name: string; loaded: number; total: number; cause: string | null };

/** The loading that is under way or stopped; undefined when there is none or all of it is in. Told by the trail: begun, loaded batch by batch, stopped. */
export async function loadingPast(tx: SiteTx): Promise<LoadingPast | undefined> {
  const rows = await tx.execute<Row>(sql`
    select s.id as site_id, s.name as site_name, a.loaded, a.total, case when last.event = 'history.stopped' then last.cause end as cause
    from (select site_id, count(*) filter (where event = 'history.loaded')::int as loaded, max((detail ->> 'of')::int) as total from audit_entries where event in ('history.begun', 'history.loaded', 'history.stopped') group by site_id) a
    join sites s on s.id = a.site_id
    cross join lateral (select event, detail ->> 'cause' as cause from audit_entries where site_id = a.site_id and event in ('history.begun', 'history.loaded', 'history.stopped') order by seq desc limit 1) last
    order by s.name`);
  const missing = rows.filter((row) => row.loaded < row.total);
  if (missing.length === 0) return undefined;
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    loaded: sum((row) => row.loaded), of: sum((row) => row.total), loading: missing.some((row) => row.cause === null),
    stopped: missing.flatMap((row) => (row.cause === null ? [] : [{ siteId: row.site_id, siteName: row.site_name, loaded: row.loaded, of: row.total, cause: row.cause }])),
  };
}
