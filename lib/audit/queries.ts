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

/** Entries of every site beside each other, so that each site's index gives them in order. `work` is asked for the site in `s.id`. */
const perSite = (plan: Plan, work: SQL): SQL => sql`unnest(${listed(plan.sites)}) as s(id) cross join lateral (${work}) k`;

type Slice = { readonly conditions: readonly SQL[]; readonly direction: Direction; readonly length: number; readonly reason: string | undefined };

async function keysOf(tx: SiteTx, plan: Plan, { conditions, direction, length, reason }: Slice): Promise<readonly Key[]> {
  const narrowed = (limit: number, extra: SQL) => sql`select a.site_id, a.at, a.id${extra} from audit_entries a where a.site_id = s.id and ${all(conditions)} order by ${order(direction)} limit ${limit}`;
  const work = reason === undefined ? narrowed(length, sql``) : sql`select a.site_id, a.at, a.id from (${narrowed(reasonBudget, sql`, a.reason`)}) a where ${reasonHas(reason)} order by ${order(direction)} limit ${length}`;
  return tx.execute<Key>(sql`select k.site_id, k.at, k.id from ${perSite(plan, work)} order by ${order(direction)} limit ${length}`);
}

/** The last entry a search in reasons has looked at, where it could not look at all; the latest of the sites. */
async function searchedTo(tx: SiteTx, plan: Plan, slice: Slice): Promise<Key | undefined> {
  if (slice.reason === undefined) return undefined;
  const work = sql`select a.site_id, a.at, a.id from audit_entries a where a.site_id = s.id and ${all(slice.conditions)} order by ${order(slice.direction)} offset ${reasonBudget - 1} limit 1`;
  const [key] = await tx.execute<Key>(sql`select k.site_id, k.at, k.id from ${perSite(plan, work)} order by ${order(slice.direction)} limit 1`);
  return key;
}

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

/** One page of the trail, newest first, beginning beside the place the filter names. */
export async function auditPage(tx: SiteTx, filter: AuditFilter, length = pageLength): Promise<AuditPage> {
  const plan = await planOf(tx, filter);
  const direction: Direction = filter.newer ? "newer" : "older";
  const place = filter.newer ?? filter.older;
  const slice = { conditions: [...plan.conditions, ...(place ? [beyond(place, direction)] : [])], direction, length: length + 1, reason: filter.reason };
  const keys = await keysOf(tx, plan, slice);
  const more = keys.length > length;
  const shown = keys.slice(0, length);
  const stopped = more ? undefined : await searchedTo(tx, plan, slice);
  const rows = await entriesOf(tx, direction === "older" ? shown : [...shown].reverse(), await peopleNames(tx));
  const end = stopped && `${new Date(stopped.at).getTime()}~${stopped.id}`;
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows, searchedTo: stopped && direction === "older" ? new Date(stopped.at) : undefined,
    older: direction === "newer" ? (last ? cursorOf(last) : filter.newer) : more && last ? cursorOf(last) : end,
    newer: direction === "newer" ? (more && first ? cursorOf(first) : end) : filter.older && (first ? cursorOf(first) : filter.older),
  };
}

/** How many entries match, counted up to `limit` and one more. A search in reasons counts in what one page may look at. */
export async function countMatches(tx: SiteTx, filter: AuditFilter, limit = countLimit): Promise<number> {
  const plan = await planOf(tx, filter);
  const matching = sql`from audit_entries a where a.site_id = s.id and ${all(plan.conditions)}`;
  const work = filter.reason === undefined ? sql`select 1 ${matching} limit ${limit + 1}` : sql`select 1 from (select a.reason ${matching} order by a.at desc, a.id desc limit ${reasonBudget}) a where ${reasonHas(filter.reason)} limit ${limit + 1}`;
  const [count] = await tx.execute<{ n: string }>(sql`select count(*) as n from (select 1 from ${perSite(plan, work)} limit ${limit + 1}) counted`);
  return Number(count?.n ?? 0);
}

/** How many entries each tab would show, up to `viewLimit` and one more. */
export async function viewCounts(tx: SiteTx, filter: AuditFilter): Promise<ViewCounts> {
  const count = (view: AuditView) => countMatches(tx, { ...filter, ...auditViews[view] }, viewLimit);
  return { after: await count("after"), off: await count("off"), late: await count("late"), failed: await count("failed") };
}

/** The trail as a whole, at the sites of the transaction: entries in the ledgers, when it begins, and how far the signed heads reach. */
export type TrailExtent = { readonly entries: number; readonly since: Date | null; readonly heads: readonly { readonly siteId: string; readonly size: number; readonly signedAt: Date; readonly witnesses: number }[] };

export async function trailExtent(tx: SiteTx): Promise<TrailExtent> {
  const sites = listed(scopeOf(tx).scope.sites);
  const heads = await tx.execute<{ site_id: string; size: string; signed_at: string; witnesses: string }>(sql`
    select h.site_id, h.size, h.signed_at, (select count(*) from cosignatures c where c.site_id = h.site_id and c.size = h.size) as witnesses
    from unnest(${sites}) as s(id) cross join lateral (select c.site_id, c.size, c.signed_at from checkpoints c where c.site_id = s.id order by c.size desc limit 1) h`);
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
  const [key] = await tx.execute<Key>(sql`select a.site_id, a.at, a.id from unnest(${listed(scopeOf(tx).scope.sites)}) as s(id) join audit_entries a on a.site_id = s.id and a.id = ${id}::uuid`);
  const [row] = key ? await entriesOf(tx, [key], await peopleNames(tx)) : [];
  if (!row) return undefined;
  const beside = async (condition: SQL, direction: Direction): Promise<EntryNeighbour | undefined> => {
    const [found] = await tx.execute<Key & { zone: string; position: string | null; kind: string; event: string }>(sql`
      select a.site_id, a.at, a.id, a.zone, a.kind, a.event, l.position from audit_entries a left join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id
      where a.site_id = ${row.siteId} and ${sameRecord(row)} and ${condition} order by a.at ${direction === "older" ? sql`desc` : sql`asc`}, a.id ${direction === "older" ? sql`desc` : sql`asc`} limit 1`);
    return found && { id: found.id, siteId: found.site_id, at: new Date(found.at), zone: found.zone, position: found.position === null ? null : Number(found.position), kind: found.kind, event: found.event };
  };
  const earlier = await beside(beyond(cursorOf(row), "older"), "older");
  return { row, earlier, later: await beside(beyond(cursorOf(row), "newer"), "newer"), first: earlier && await beside(sql`true`, "newer") };
}
