import { sql } from "drizzle-orm";
import { scopeOf, type SiteTx } from "#db/scope.ts";
import { listed } from "./condition-queries.ts";

/** What an inspector asked for: words, and days between which something happened. */
export type Search = { readonly text: string };
export type Hit = { readonly kind: "batch" | "person" | "unit" | "entry" | "export" | "document"; readonly name: string; readonly more: string; /** Of a batch. */ readonly state?: string; readonly address: string };

/** Hits of each kind at most. */
const most = 20;
const like = (text: string): string => `%${text.replaceAll(/[%_\\]/g, "\\$&")}%`;

type Found = { site_id: string; id: string; name: string; more: string };

/** A record of the sites of the transaction by its number or name: batches, units, people, documents, exports, and entries of the trail by number or id. */
export async function searchRecords(tx: SiteTx, { text }: Search): Promise<readonly Hit[]> {
  const sites = scopeOf(tx).scope.sites;
  const part = like(text);
  const batches = await tx.execute<Found>(sql`select site_id, id, product_id as name, state as more from batches where id ilike ${part} or product_id ilike ${part} order by id limit ${most}`);
  const units = await tx.execute<Found>(sql`select site_id, id, name, equipment_class as more from units where id ilike ${part} or name ilike ${part} order by id limit ${most}`);
  const people = await tx.execute<Found>(sql`select '' as site_id, id::text as id, printed_name as name, user_name as more from people where printed_name ilike ${part} or user_name ilike ${part} order by printed_name limit ${most}`);
  const documents = await tx.execute<Found & { key: string }>(sql`select '' as site_id, id, id || '/' || version as key, title as name, 'version ' || version || ', ' || replace(state, '_', ' ') as more from master_batch_records where id ilike ${part} or title ilike ${part} order by id, version desc limit ${most}`);
  const copies = await tx.execute<Found>(sql`select site_id, id::text as id, subject_id as name, replace(kind, '-', ' ') || ', copy ' || copy as more from exports where subject_id ilike ${part} or id::text = ${text} order by requested_at desc limit ${most}`);
  const number = /^\d{1,15}$/.test(text.replaceAll(/[\s\u202f]/g, "")) ? Number(text.replaceAll(/[\s\u202f]/g, "")) : undefined;
  const byNumber = number === undefined ? [] : await tx.execute<Found>(sql`select l.site_id, l.entry_id::text as id, l.position::text as name, n.name as more from ledger_leaves l join sites n on n.id = l.site_id where l.site_id = any(${listed(sites)}) and l.position = ${number}::bigint`);
  const byId = /^[0-9a-f-]{36}$/.test(text) ? await tx.execute<Found>(sql`select a.site_id, a.id::text as id, a.event as name, n.name as more from audit_entries a join sites n on n.id = a.site_id where a.site_id = any(${listed(sites)}) and a.id::text = ${text}`) : [];
  const trail = (query: string): string => `/audit?kind=all&class=all&${query}`;
  return [
    ...batches.map((r): Hit => ({ kind: "batch", name: r.id, more: r.name, state: r.more, address: `/sites/${r.site_id}/batches/${encodeURIComponent(r.id)}` })),
    ...units.map((r): Hit => ({ kind: "unit", name: r.id, more: r.name, address: `/sites/${r.site_id}/units/${encodeURIComponent(r.id)}` })),
    ...people.map((r): Hit => ({ kind: "person", name: r.name, more: r.more, address: `/audit/people/${r.id}` })),
    ...documents.map((r): Hit => ({ kind: "document", name: r.id, more: `${r.name}, ${r.more}`, address: trail(`record=master_batch_records&subject=${encodeURIComponent(r.key)}`) })),
    ...copies.map((r): Hit => ({ kind: "export", name: r.name, more: r.more, address: trail(`site=${r.site_id}&batch=${encodeURIComponent(r.name)}`) })),
    ...[...byNumber, ...byId].map((r): Hit => ({ kind: "entry", name: r.name, more: r.more, address: trail(`site=${r.site_id}&entry=${r.id}`) })),
  ];
}

export type View = { readonly id: string; readonly at: Date; readonly page: string; readonly siteName: string; readonly zone: string; readonly client: string };
export type Views = { readonly views: readonly View[]; readonly total: number };
export const viewsOnPage = 100;

/** The pages a person has looked at as an inspector, newest first. `page` from 1. */
export async function viewsOf(tx: SiteTx, personId: string, page: number): Promise<Views> {
  const sites = listed(scopeOf(tx).scope.sites);
  const rows = await tx.execute<{ id: string; at: string; page: string; name: string; zone: string; client: string; total: string }>(sql`
    select a.id, a.at, a.detail ->> 'page' as page, n.name, a.zone, a.client, count(*) over () as total from audit_entries a join sites n on n.id = a.site_id
    where a.site_id = any(${sites}) and a.actor_id = ${personId} and a.event = 'record.viewed' order by a.at desc, a.id desc limit ${viewsOnPage} offset ${(page - 1) * viewsOnPage}`);
  return { total: Number(rows[0]?.total ?? 0), views: rows.map((r) => ({ id: r.id, at: new Date(r.at), page: r.page, siteName: r.name, zone: r.zone, client: r.client })) };
}
