import { sql } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";

/** How far the loading of the demo story's past batches is, at the sites of the transaction. */
export type LoadingPast = { readonly loaded: number; readonly of: number };

/** The loading that is under way; undefined when there is none or all of it is in. */
export async function loadingPast(tx: SiteTx): Promise<LoadingPast | undefined> {
  const [row] = await tx.execute<LoadingPast>(sql`
    select coalesce(sum(loaded), 0)::int as loaded, coalesce(sum(total), 0)::int as of from (
      select max((detail ->> 'number')::int) as loaded, max((detail ->> 'of')::int) as total from audit_entries where event = 'history.loaded' group by site_id) sites`);
  return row && row.loaded < row.of ? row : undefined;
}
