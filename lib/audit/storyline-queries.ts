import { sql, type SQL } from "drizzle-orm";
import { scopeOf, type SiteTx } from "#db/scope.ts";
import { listed } from "./condition-queries.ts";
import { entriesOf, peopleNames, type AuditRow } from "./queries.ts";

/** What one transaction did: the acts that say why, and the rows it touched. */
export type Act = { readonly tx: string; readonly siteId: string; readonly at: Date; /** The act's own entries first, then rows; at most `shownOfAct`. */ readonly entries: readonly AuditRow[]; readonly count: number };
export type Storyline = { readonly acts: readonly Act[]; readonly total: number; readonly entries: number };

/** Whose story: of a batch, or of one person or programme between two instants. */
export type StoryOf = { readonly kind: "batch"; readonly siteId: string; readonly batchId: string } | { readonly kind: "actor"; readonly actorId: string; readonly from: Date; readonly to: Date };

export const actsOnPage = 50;
export const shownOfAct = 12;

const about = (of: StoryOf, sites: readonly string[]): SQL => of.kind === "batch"
  ? sql`a.site_id = ${of.siteId} and a.batch_id = ${of.batchId}`
  : sql`a.site_id = any(${listed(sites)}) and a.actor_id = ${of.actorId} and a.at >= ${of.from.toISOString()}::timestamptz and a.at < ${of.to.toISOString()}::timestamptz`;

type Raw = { tx: string; site_id: string; at: string; n: string; total: string; entries: string };

/** Who did what when, oldest first: entries of one transaction are one act. `page` from 1. */
export async function storyline(tx: SiteTx, of: StoryOf, page: number): Promise<Storyline> {
  const condition = about(of, scopeOf(tx).scope.sites);
  const acts = await tx.execute<Raw>(sql`
    select t.*, count(*) over () as total, sum(t.n) over () as entries from (select a.tx::text as tx, a.site_id, min(a.at) as at, count(*) as n from audit_entries a where ${condition} group by a.tx, a.site_id) t
    order by t.at, t.tx::numeric, t.site_id limit ${actsOnPage} offset ${(page - 1) * actsOnPage}`);
  if (acts.length === 0) return { acts: [], total: 0, entries: 0 };
  const keys = await tx.execute<{ site_id: string; id: string; tx: string }>(sql`
    select k.site_id, k.id, k.tx from (select a.site_id, a.id, a.tx::text as tx, a.at, a.seq, a.kind, row_number() over (partition by a.site_id, a.tx order by (a.kind <> 'act'), a.critical desc, a.seq) as n
      from audit_entries a where ${condition} and a.tx::text = any(${listed(acts.map((act) => act.tx))})) k where k.n <= ${shownOfAct} order by (k.kind <> 'act'), k.seq`);
  const rows = await entriesOf(tx, keys, await peopleNames(tx));
  return {
    total: Number(acts[0]?.total ?? 0), entries: Number(acts[0]?.entries ?? 0),
    acts: acts.map((act) => ({ tx: act.tx, siteId: act.site_id, at: new Date(act.at), count: Number(act.n), entries: rows.filter((row) => row.tx === act.tx && row.siteId === act.site_id) })),
  };
}

/** The batch's state and when it was complete; undefined when there is no such batch at the sites of the transaction. */
export async function storyBatch(tx: SiteTx, siteId: string, batchId: string): Promise<{ readonly completedAt: Date | null } | undefined> {
  const [batch] = await tx.execute<{ completed_at: string | null }>(sql`select completed_at from batches where site_id = ${siteId} and id = ${batchId}`);
  return batch && { completedAt: batch.completed_at === null ? null : new Date(batch.completed_at) };
}

/** Name of a person by id, for those whose story is asked for; undefined when there is none. */
export async function personName(tx: SiteTx, id: string): Promise<string | undefined> {
  const [person] = await tx.execute<{ name: string }>(sql`select printed_name as name from people where id::text = ${id}`);
  return person?.name;
}

/** Everybody with an account, by name. */
export const everybody = (tx: SiteTx): Promise<readonly { readonly id: string; readonly name: string; readonly user_name: string }[]> =>
  tx.execute<{ id: string; name: string; user_name: string }>(sql`select id, printed_name as name, user_name from people order by printed_name`);
