import { sql, type SQL } from "drizzle-orm";
import { scopeOf, type SiteTx } from "#db/scope.ts";
import { all, beyond, listed, planOf, reasonHas, type Plan } from "./condition-queries.ts";
import { differencesOf, offHoursAt, saidIn, type Difference, type StoredEntry } from "./entry.ts";
import type { AuditEvent } from "./event.ts";
import { auditViews, cursorOf, type AuditFilter, type AuditView } from "./filter.ts";
import { countLimit, pageLength, reasonBudget, viewLimit, type ViewCounts } from "./limits.ts";
import { fieldChanges, recordName, type FieldChange, type PeopleNames } from "./record-name.ts";

/** An entry as the explorer shows it. */
export type AuditRow = {
  readonly siteId: string; readonly siteName: string; readonly id: string; readonly at: Date; readonly zone: string;
  /** Position in the site's ledger, from 0; null while it is not in it. */
  readonly position: number | null;
  readonly leafHash: string | null;
  readonly actorId: string; readonly actorName: string; readonly role: string; readonly authorisedBy: string | null; readonly request: string; readonly client: string;
  readonly kind: "act" | "creation" | "change" | "deletion"; readonly event: string; readonly subjectType: string; readonly subjectId: string; readonly batchId: string | null; readonly reason: string; readonly critical: boolean;
  readonly night: boolean; readonly weekend: boolean; readonly late: boolean;
  /** When the batch was complete, if it was complete before the entry. */
  readonly completedBefore: Date | null;
  readonly record: string; readonly fields: readonly FieldChange[];
  readonly said: AuditEvent | undefined; readonly canonical: string; readonly digest: string; readonly tx: string;
  /** Empty: the entry says what was recorded. */
  readonly differences: readonly Difference[];
};

/** `newer` and `older`: where the pages beside this one begin. `searchedTo`: a search in reasons has looked back to here only. */
export type AuditPage = { readonly rows: readonly AuditRow[]; readonly newer: string | undefined; readonly older: string | undefined; readonly searchedTo: Date | undefined };

type Direction = "older" | "newer";
type Key = { site_id: string; at: string; id: string };
const order = (direction: Direction): SQL => (direction === "older" ? sql`at desc, id desc` : sql`at asc, id asc`);

/** What `work` asks of each site, side by side, so that each site's index gives its entries in order and is planned by what is asked of that site. */
const perSite = (plan: Plan, work: (site: SQL) => SQL): SQL => (plan.sites.length === 0 ? sql`(${work(sql`null`)})` : sql.join(plan.sites.map((site) => sql`(${work(sql`${site}`)})`), sql` union all `));

type Slice = { readonly conditions: readonly SQL[]; readonly direction: Direction; readonly length: number };
type Found = { readonly keys: readonly Key[]; /** Where a search in reasons had to stop, of the sites the one it came least far in. */ readonly stopped: Key | undefined };

const slice = ({ conditions, direction }: Slice, site: SQL, limit: number): SQL => sql`select a.site_id, a.at, a.id from audit_entries a where a.site_id = ${site} and ${all(conditions)} order by ${order(direction)} limit ${limit}`;

async function keysOf(tx: SiteTx, plan: Plan, asked: Slice): Promise<Found> {
  const keys = await tx.execute<Key>(sql`select k.site_id, k.at, k.id from (${perSite(plan, (site) => slice(asked, site, asked.length))}) k order by ${order(asked.direction)} limit ${asked.length}`);
  return { keys, stopped: undefined };
}

/**
 * Keys of the entries whose reason holds the text, among the next `budget` entries of all sites together. Beyond the place where
 * one site's share ends nothing is given, whatever the others found: no entry is passed over when the search goes on from there.
 */
async function keysByReason(tx: SiteTx, plan: Plan, asked: Slice, search: { readonly reason: string; readonly budget: number }): Promise<Found> {
  const share = Math.max(1, Math.floor(search.budget / Math.max(1, plan.sites.length)));
  const back = asked.direction === "older";
  const rows = await tx.execute<Key & { ended: boolean }>(sql`
    with narrowed as materialized (${perSite(plan, (site) => slice(asked, site, share))}),
    scanned as materialized (select k.site_id, k.at, k.id, ${reasonHas(search.reason)} as hit from narrowed k join audit_entries a on a.site_id = k.site_id and a.id = k.id),
    ended as (select distinct on (site_id) site_id, at, id from scanned where site_id in (select site_id from scanned group by site_id having count(*) = ${share}) order by site_id, ${order(back ? "newer" : "older")})
    (select site_id, at, id, false as ended from scanned where hit order by ${order(asked.direction)} limit ${asked.length}) union all
    (select site_id, at, id, true from ended order by ${order(asked.direction)} limit 1)`);
  const stopped = rows.find((row) => row.ended);
  const within = (key: Key): boolean => !stopped || (back ? ordered(stopped, key) : ordered(key, stopped)) <= 0;
  const keys = rows.filter((row) => !row.ended && within(row));
  return { keys, stopped: keys.length < asked.length ? stopped : undefined };
}

/** Where a text is frequent a tenth of the budget fills the page. */
async function found(tx: SiteTx, plan: Plan, asked: Slice, { reason, budget }: { readonly reason: string | undefined; readonly budget: number }): Promise<Found> {
  if (reason === undefined) return keysOf(tx, plan, asked);
  const near = await keysByReason(tx, plan, asked, { reason, budget: Math.ceil(budget / 10) });
  return near.stopped ? keysByReason(tx, plan, asked, { reason, budget }) : near;
}

/** Below zero when `a` is the older one. */
const ordered = (a: Key, b: Key): number => new Date(a.at).getTime() - new Date(b.at).getTime() || (a.id < b.id ? -1 : a.id === b.id ? 0 : 1);

type Raw = Omit<StoredEntry, "leaf_hash"> & { leaf_hash: Uint8Array | null; tx: string; position: string | null; site_name: string; completed_at: string | null };

export async function peopleNames(tx: SiteTx): Promise<PeopleNames> {
  const people = await tx.execute<{ id: string; name: string }>(sql`select id, printed_name as name from people`);
  return new Map(people.map((p) => [p.id, p.name]));
}

function rowOf(r: Raw, people: PeopleNames): AuditRow {
  const at = new Date(r.at);
  const subject = { subjectType: r.subject_type, subjectId: r.subject_id, batchId: r.batch_id, detail: r.detail };
  const off = r.off_hours ? offHoursAt(at, r.zone) : { night: false, weekend: false };
  return {
    siteId: r.site_id, siteName: r.site_name, id: r.id, at, zone: r.zone, position: r.position === null ? null : Number(r.position), leafHash: r.leaf_hash && Buffer.from(r.leaf_hash).toString("hex"),
    actorId: r.actor_id, actorName: r.actor_name || (people.get(r.actor_id) ?? r.actor_id.replace(/^programme:/, "")), role: r.role || "no role recorded", authorisedBy: r.authorised_by && (people.get(r.authorised_by) ?? r.authorised_by), request: r.request, client: r.client,
    kind: r.kind as AuditRow["kind"], event: r.event, subjectType: r.subject_type, subjectId: r.subject_id, batchId: r.batch_id, reason: r.reason, critical: r.critical, ...off, late: r.late === true,
    completedBefore: r.completed_at !== null && new Date(r.completed_at) < at ? new Date(r.completed_at) : null,
    record: recordName(subject, people), fields: r.kind === "act" ? [] : fieldChanges(subject, r.zone, people), said: saidIn(r), canonical: r.canonical, digest: r.digest, tx: r.tx, differences: differencesOf(r),
  };
}

/** Entries with everything that is known about them, in the order of the keys. */
export async function entriesOf(tx: SiteTx, keys: readonly { readonly site_id: string; readonly id: string }[], people: PeopleNames): Promise<readonly AuditRow[]> {
  if (keys.length === 0) return [];
  const rows = await tx.execute<Raw>(sql`
    select a.*, l.position, l.leaf_hash, n.name as site_name, b.completed_at
    from jsonb_to_recordset(${JSON.stringify(keys.map(({ site_id, id }, n) => ({ n, site_id, id })))}::jsonb) as k(n int, site_id text, id uuid)
    join audit_entries a on a.site_id = k.site_id and a.id = k.id join sites n on n.id = a.site_id
    left join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id left join batches b on b.site_id = a.site_id and b.id = a.batch_id order by k.n`);
  return rows.map((r) => rowOf(r, people));
}

/** How much of the list is asked for; `budget`: entries a search in reasons looks at. */
export type PageSize = { readonly length?: number; readonly budget?: number };

/** One page of the trail, newest first, beginning beside the place the filter names. */
export async function auditPage(tx: SiteTx, filter: AuditFilter, { length = pageLength, budget = reasonBudget }: PageSize = {}): Promise<AuditPage> {
  const plan = await planOf(tx, filter);
  const direction: Direction = filter.newer ? "newer" : "older";
  const place = filter.newer ?? filter.older;
  const asked: Slice = { conditions: [...plan.conditions, ...(place ? [beyond(place, direction)] : [])], direction, length: length + 1 };
  const { keys, stopped } = await found(tx, plan, asked, { reason: filter.reason, budget });
  const more = keys.length > length;
  const shown = keys.slice(0, length);
  const rows = await entriesOf(tx, direction === "older" ? shown : [...shown].reverse(), await peopleNames(tx));
  const end = stopped && cursorOf({ at: new Date(stopped.at), id: stopped.id });
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows, searchedTo: stopped && direction === "older" ? new Date(stopped.at) : undefined,
    older: direction === "newer" ? (last ? cursorOf(last) : filter.newer) : more && last ? cursorOf(last) : end,
    newer: direction === "newer" ? (more && first ? cursorOf(first) : end) : filter.older && (first ? cursorOf(first) : filter.older),
  };
}

/** How many entries match, counted up to `limit` and one more. The reason is not counted: searching it is bounded, counting is not. */
export async function countMatches(tx: SiteTx, filter: Omit<AuditFilter, "reason">, limit = countLimit): Promise<number> {
  const plan = await planOf(tx, { ...filter, reason: undefined });
  const work = (site: SQL) => sql`select 1 from audit_entries a where a.site_id = ${site} and ${all(plan.conditions)} limit ${limit + 1}`;
  const [count] = await tx.execute<{ n: string }>(sql`select count(*) as n from (select 1 from (${perSite(plan, work)}) k limit ${limit + 1}) counted`);
  return Number(count?.n ?? 0);
}

/** How many entries each tab would show, up to `viewLimit` and one more. */
export async function viewCounts(tx: SiteTx, filter: AuditFilter): Promise<ViewCounts> {
  const count = (view: AuditView) => countMatches(tx, { ...filter, ...auditViews[view] }, viewLimit);
  return { after: await count("after"), off: await count("off"), late: await count("late"), failed: await count("failed") };
}

/** How far a site's ledger is signed; `signedAt`, `witnesses`: of the newest head that others have co-signed, or of the newest while none has. */
export type LogReach = { readonly siteId: string; readonly size: number; readonly signedAt: Date; readonly witnesses: number };
/** The trail as a whole, at the sites of the transaction: entries in the ledgers, when it begins, and how far the signed heads reach. */
export type TrailExtent = { readonly entries: number; readonly since: Date | null; readonly heads: readonly LogReach[] };

export async function trailExtent(tx: SiteTx): Promise<TrailExtent> {
  const sites = listed(scopeOf(tx).scope.sites);
  const heads = await tx.execute<{ site_id: string; size: string; signed_at: string; witnesses: string }>(sql`
    select h.site_id, h.size, coalesce(w.signed_at, h.signed_at) as signed_at, coalesce(w.witnesses, 0) as witnesses
    from unnest(${sites}) as s(id) cross join lateral (select c.site_id, c.size, c.signed_at from checkpoints c where c.site_id = s.id order by c.size desc limit 1) h
    left join lateral (select c.signed_at, (select count(*) from cosignatures o where o.site_id = c.site_id and o.size = c.size) as witnesses from checkpoints c
      where c.site_id = s.id and exists (select from cosignatures o where o.site_id = c.site_id and o.size = c.size) order by c.size desc limit 1) w on true`);
  const [first] = await tx.execute<{ at: string | null }>(sql`select min(f.at) as at from unnest(${sites}) as s(id) cross join lateral (select a.at from audit_entries a where a.site_id = s.id order by a.at, a.id limit 1) f`);
  return {
    entries: heads.reduce((n, h) => n + Number(h.size), 0), since: first?.at ? new Date(first.at) : null,
    heads: heads.map((h) => ({ siteId: h.site_id, size: Number(h.size), signedAt: new Date(h.signed_at), witnesses: Number(h.witnesses) })),
  };
}

export type EntryNeighbour = { readonly id: string; readonly siteId: string; readonly at: Date; readonly zone: string; readonly position: number | null; readonly kind: string; readonly event: string };
export type SelectedEntry = { readonly row: AuditRow; readonly earlier: EntryNeighbour | undefined; readonly later: EntryNeighbour | undefined; readonly first: EntryNeighbour | undefined };

/** Key of the record all versions of a value share: the trail names each version of an entry by its own number. */
const sameRecord = (row: AuditRow): SQL => row.subjectType === "entries"
  ? sql`a.subject_type = 'entries' and a.batch_id = ${row.batchId} and a.subject_id ^@ ${row.subjectId.replace(/[^/]*$/, "")}`
  : sql`a.subject_type = ${row.subjectType} and a.subject_id = ${row.subjectId}${row.batchId === null ? sql`` : sql` and a.batch_id = ${row.batchId}`}`;

/** One entry by its id, with the entries before and after it about the same record; undefined when it is not at the sites of the transaction. */
export async function selectedEntry(tx: SiteTx, id: string): Promise<SelectedEntry | undefined> {
  const [key] = await tx.execute<Key & { seq: string }>(sql`select a.site_id, a.at, a.id, a.seq from unnest(${listed(scopeOf(tx).scope.sites)}) as s(id) join audit_entries a on a.site_id = s.id and a.id = ${id}::uuid`);
  const [row] = key ? await entriesOf(tx, [key], await peopleNames(tx)) : [];
  if (!key || !row) return undefined;
  // By time, and within one instant by the order of writing: a creation comes before the change it is corrected by.
  const place = sql`(${new Date(key.at).toISOString()}::timestamptz, ${key.seq}::bigint)`;
  const beside = async (condition: SQL, direction: Direction): Promise<EntryNeighbour | undefined> => {
    const [found] = await tx.execute<Key & { zone: string; position: string | null; kind: string; event: string }>(sql`
      select a.site_id, a.at, a.id, a.zone, a.kind, a.event, l.position from audit_entries a left join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id
      where a.site_id = ${row.siteId} and ${sameRecord(row)} and ${condition} order by a.at ${direction === "older" ? sql`desc` : sql`asc`}, a.seq ${direction === "older" ? sql`desc` : sql`asc`} limit 1`);
    return found && { id: found.id, siteId: found.site_id, at: new Date(found.at), zone: found.zone, position: found.position === null ? null : Number(found.position), kind: found.kind, event: found.event };
  };
  const earlier = await beside(sql`(a.at, a.seq) < ${place}`, "older");
  return { row, earlier, later: await beside(sql`(a.at, a.seq) > ${place}`, "newer"), first: earlier && await beside(sql`true`, "newer") };
}
