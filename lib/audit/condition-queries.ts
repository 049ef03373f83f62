import { sql, type SQL } from "drizzle-orm";
import { scopeOf, type SiteTx } from "#db/scope.ts";
import { auditEventNames } from "./event.ts";
import { failedSignings, placeOf, type AuditFilter, type AuditKind } from "./filter.ts";

/** A list for `= any(…)`: one parameter, whatever its length. */
export const listed = (values: readonly string[]): SQL => sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;
const like = (text: string): string => `%${text.replaceAll(/[%_\\]/g, "\\$&")}%`;

/** A filter made ready for the database: names resolved to ids, days to instants. */
export type Plan = {
  readonly sites: readonly string[];
  readonly actors: readonly string[] | undefined;
  readonly conditions: readonly SQL[];
  /** Zone the days of the filter are meant in. */
  readonly zone: string;
};

async function actorIds(tx: SiteTx, actor: string): Promise<readonly string[]> {
  const people = await tx.execute<{ id: string }>(sql`select id from people where printed_name ilike ${like(actor)} or user_name ilike ${like(actor)} order by id limit 200`);
  return [actor, `programme:${actor}`, ...people.map((p) => p.id)];
}

async function zoneOf(tx: SiteTx, sites: readonly string[]): Promise<string> {
  const zones = await tx.execute<{ zone: string }>(sql`select distinct time_zone as zone from sites where kind = 'site' and id = any(${listed(sites)})`);
  return zones.length === 1 ? (zones[0]?.zone ?? "UTC") : "UTC";
}

const ofKind: Record<AuditKind, SQL | undefined> = {
  "no-creations": sql`a.kind <> 'creation'`, acts: sql`a.kind = 'act'`, changes: sql`a.kind in ('change', 'deletion')`, creations: sql`a.kind = 'creation'`, all: undefined,
};
const midnight = (day: string, zone: string): SQL => sql`(${day}::timestamp at time zone ${zone})`;
const nextDay = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);

/**
 * What the filter asks of an entry `a`. Of the sites of the transaction only the chosen one is looked at; row-level security
 * stands behind it. Without the reason: that is searched last (`budget`).
 */
export async function planOf(tx: SiteTx, filter: AuditFilter): Promise<Plan> {
  const visible = scopeOf(tx).scope.sites;
  const sites = filter.site === undefined ? visible : visible.filter((site) => site === filter.site);
  const zone = filter.from || filter.to ? await zoneOf(tx, sites) : "UTC";
  const actors = filter.actor === undefined ? undefined : await actorIds(tx, filter.actor);
  const conditions: readonly (SQL | undefined)[] = [
    filter.from ? sql`a.at >= ${midnight(filter.from, zone)}` : undefined,
    filter.to ? sql`a.at < ${midnight(nextDay(filter.to), zone)}` : undefined,
    actors ? sql`a.actor_id in (${sql.join(actors.map((id) => sql`${id}`), sql`, `)})` : undefined,
    filter.batch ? sql`a.batch_id = ${filter.batch}` : undefined,
    filter.record ? sql`a.subject_type = ${filter.record}` : undefined,
    filter.subject ? sql`a.subject_id = ${filter.subject}` : undefined,
    filter.event && auditEventNames.includes(filter.event) ? sql`a.event = ${filter.event}` : undefined,
    ofKind[filter.kind],
    filter.class === "critical" ? sql`a.critical` : undefined,
    filter.off ? sql`a.off_hours` : undefined,
    filter.late ? sql`a.late` : undefined,
    filter.failed ? sql`a.event in (${sql.join(failedSignings.map((event) => sql`${event}`), sql`, `)})` : undefined,
    filter.after ? sql`exists (select from batches b where b.site_id = a.site_id and b.id = a.batch_id and b.completed_at < a.at)` : undefined,
  ];
  return { sites, actors, zone, conditions: conditions.filter((c) => c !== undefined) };
}

/** Does the reason hold the text? Capital letters do not matter. */
export const reasonHas = (text: string): SQL => sql`a.reason ilike ${like(text)}`;

/** Entries beyond a place, in the direction of paging. */
export const beyond = (place: string, direction: "older" | "newer"): SQL => {
  const { at, id } = placeOf(place);
  return direction === "older" ? sql`(a.at, a.id) < (${at.toISOString()}::timestamptz, ${id}::uuid)` : sql`(a.at, a.id) > (${at.toISOString()}::timestamptz, ${id}::uuid)`;
};

export const all = (conditions: readonly SQL[]): SQL => (conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `));
