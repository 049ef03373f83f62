import { sql, type SQL } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import { differencesOf, type StoredEntry } from "#lib/audit/entry.ts";
import { excerpts, type BatchFinding } from "./finding.ts";
import { compareHistory, compareRow, type BrokenLink, type FieldTexts, type LaterColumns } from "./record.ts";
import { batchTables, type KeptTable } from "./table.ts";

/** Rows are compared as the trigger wrote them: times in UTC, the digest of a source's key left out. */
export const asWritten = (tx: SiteTx) => tx.execute(sql`select set_config('TimeZone', 'UTC', true), set_config('extra_float_digits', '1', true)`);

const column = (name: string): SQL => sql`t.${sql.identifier(name)}`;
const subjectOf = ({ keys }: KeptTable): SQL => sql.join(keys.map((key) => sql`coalesce(${sql.join(key.split("|").map((one) => sql`${column(one)}::text`), sql`, `)}, '')`), sql` || '/' || `);
const batchOf = ({ name, batch }: KeptTable): SQL => (name === "batches" ? column("id") : batch ? column("batch_id") : sql`null::text`);
const fieldTexts = (row: SQL): SQL => sql`(select jsonb_object_agg(key, value::text) from jsonb_each(${row}))`;

type Place = { readonly siteId: string; readonly batchId?: string };

function presentRows(table: KeptTable, { siteId, batchId }: Place): SQL {
  const where = [table.of === "site" ? [sql`t.site_id = ${siteId}`] : [], batchId === undefined ? [] : [sql`${batchOf(table)} = ${batchId}`]].flat();
  return sql`select ${subjectOf(table)} as subject, ${batchOf(table)} as batch_id, to_jsonb(t) - 'key_digest' as row from ${sql.identifier(table.name)} t ${where.length > 0 ? sql`where ${sql.join(where, sql` and `)}` : sql``}`;
}

const recordedRows = (table: KeptTable, { siteId, batchId }: Place): SQL => sql`
  select distinct on (subject_id) subject_id as subject, batch_id, detail ->> 'new' as row from audit_entries
  where site_id = ${siteId} and subject_type = ${table.name} and kind <> 'act' ${batchId === undefined ? sql`` : sql`and batch_id = ${batchId}`} order by subject_id, seq desc`;

/** Rows of one table that are not what the trail says; how many rows there are stands in each. */
const differing = (table: KeptTable, place: Place): SQL => sql`
  select ${table.name} as table_name, subject, coalesce(p.batch_id, r.batch_id) as batch_id, r.subject is not null as known, (count(p.row) over ())::int as examined,
    r.row is distinct from p.row::text as differs, r.row as recorded, p.row as present
  from (${presentRows(table, place)}) p full join (${recordedRows(table, place)}) r using (subject)`;

type Raw = { table_name: string; subject: string | null; batch_id: string | null; known: boolean | null; recorded: FieldTexts | null; present: FieldTexts | null; examined: number };

/** A row that could not be read as JSON any more is shown as one field. */
const recordedTexts = sql`case when recorded is null then null when pg_input_is_valid(recorded, 'jsonb') then ${fieldTexts(sql`recorded::jsonb`)} else jsonb_build_object('row', to_jsonb(recorded)::text) end`;

async function compared(tx: SiteTx, tables: readonly KeptTable[], place: Place): Promise<readonly Raw[]> {
  const parts = tables.map((table) => sql`(with d as (${differing(table, place)})
    select table_name, subject, batch_id, known, ${recordedTexts} as recorded, case when present is null then null else ${fieldTexts(sql`present`)} end as present, examined from d where differs
    union all select ${table.name}, null, null, null, null, null, coalesce((select examined from d limit 1), 0))`);
  return tx.execute<Raw>(sql.join(parts, sql` union all `));
}

/** Values that columns of a later version hold in rows from before it, as the catalogue keeps them. */
export async function laterColumns(tx: SiteTx): Promise<ReadonlyMap<string, LaterColumns>> {
  const rows = await tx.execute<{ table_name: string; columns: LaterColumns }>(sql`
    select c.relname as table_name, jsonb_object_agg(a.attname, case when t.typcategory in ('N', 'B') then m.value else to_jsonb(m.value)::text end) as columns
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid, lateral (select (a.attmissingval::text::text[])[1] as value) m
    where c.relnamespace = 'public'::regnamespace and a.atthasmissing group by 1`);
  return new Map(rows.map((row) => [row.table_name, row.columns]));
}

export type Examined = { readonly examined: number; readonly findings: readonly BatchFinding[] };

/** Rows of the tables, one table after the other, beside the last entries about them. */
export async function compareRows(tx: SiteTx, tables: readonly KeptTable[], place: Place): Promise<Examined> {
  await asWritten(tx);
  const rows = await compared(tx, tables, place);
  const differingRows = rows.filter((row) => row.subject !== null);
  const later = differingRows.length > 0 ? await laterColumns(tx) : new Map<string, LaterColumns>();
  const findings = differingRows.flatMap((row) => compareRow({
    table: row.table_name, recordId: row.subject ?? "", batchId: row.batch_id, present: row.present, recorded: row.known ? row.recorded : undefined,
  }, later.get(row.table_name)));
  return { examined: rows.filter((row) => row.subject === null).reduce((n, row) => n + row.examined, 0), findings };
}

/**
 * Entries whose rows' histories are looked at: all of a site, or those of every row a batch touched, each looked up by its row. The look-ups are fenced off, because a planner
 * without statistics would otherwise read the whole trail for them.
 */
const historyOf = ({ siteId, batchId }: Place): SQL => (batchId === undefined
  ? sql`audit_entries a where a.site_id = ${siteId} and a.kind <> 'act'`
  : sql`(select distinct subject_type, subject_id from audit_entries where site_id = ${siteId} and kind <> 'act' and batch_id = ${batchId} offset 0) s
      cross join lateral (select * from audit_entries where site_id = ${siteId} and kind <> 'act' and subject_type = s.subject_type and subject_id = s.subject_id offset 0) a`);

/** Links of rows' histories that do not follow on each other. */
export async function brokenHistory(tx: SiteTx, place: Place): Promise<readonly BatchFinding[]> {
  const { batchId } = place;
  const rows = await tx.execute<{ id: string; batch_id: string | null; subject: string }>(sql`
    select id, batch_id, subject_type || ' ' || subject_id as subject from (
      select a.id, a.batch_id, a.subject_type, a.subject_id, a.detail ->> 'old' as old, lag(a.detail ->> 'new') over w as before, row_number() over w as n from ${historyOf(place)}
      window w as (partition by a.subject_type, a.subject_id order by a.seq)) h
    where ${batchId === undefined ? sql`` : sql`batch_id = ${batchId} and`} case when n > 1 then old is distinct from before else old is not null and subject_type <> 'entries' end limit 500`);
  return compareHistory(rows.map((row): BrokenLink => ({ entryId: row.id, batchId: row.batch_id, subject: row.subject })));
}

type EntryRow = StoredEntry & { readonly seq: string };
export type EntriesExamined = Examined & { readonly last: string | undefined };

/** A run of entries in the order of writing: their bytes against columns, digest and the leaf of the ledger. */
export async function compareEntries(tx: SiteTx, { siteId, batchId }: Place, { after = "-1", limit }: { readonly after?: string; readonly limit: number }): Promise<EntriesExamined> {
  const rows = await tx.execute<EntryRow>(sql`
    select a.*, l.leaf_hash from audit_entries a left join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id
    where a.site_id = ${siteId} and a.seq > ${after}::bigint ${batchId === undefined ? sql`` : sql`and a.batch_id = ${batchId}`} order by a.seq limit ${limit}`);
  const findings = rows.flatMap((row) => differencesOf(row).map(({ column: field, recorded, found }) => ({ table: "audit_entries", recordId: row.id, batchId: row.batch_id, field, ...excerpts(recorded, found) })));
  return { examined: rows.length, findings, last: rows.at(-1)?.seq };
}

/** Rows that are the enterprise's and that a batch rests on: its product and its master record. */
async function sharedRows(tx: SiteTx, siteId: string, batchId: string): Promise<readonly BatchFinding[]> {
  const rows = await tx.execute<{ table_name: string; subject: string; known: boolean; recorded: FieldTexts | null; present: FieldTexts | null }>(sql`
    with wanted as (
      select 'products' as table_name, p.id as subject, to_jsonb(p) as row from batches b join products p on p.id = b.product_id where b.site_id = ${siteId} and b.id = ${batchId}
      union all select 'master_batch_records', m.id || '/' || m.version, to_jsonb(m) from batches b join master_batch_records m on m.id = b.master_id and m.version = b.master_version where b.site_id = ${siteId} and b.id = ${batchId}),
    d as (select w.*, r.kind is not null as known, r.recorded, w.row as present from wanted w left join lateral recorded_shared_row(w.table_name, w.subject) r on true)
    select table_name, subject, known, ${recordedTexts} as recorded, ${fieldTexts(sql`present`)} as present from d where recorded is distinct from present::text`);
  return rows.flatMap((row) => compareRow({ table: row.table_name, recordId: row.subject, batchId, present: row.present, recorded: row.known ? row.recorded : undefined }));
}

/** Entries of one batch are looked at in one go; a batch has some hundreds. */
const batchEntries = 20_000;

/**
 * Everything a batch consists of beside what was recorded: its rows, its product and master, the order of its history, and the
 * bytes of every entry about it. Telemetry is not compared here: it is bulk, and its sealed segments are walked in the background.
 */
export async function batchFindings(tx: SiteTx, siteId: string, batchId: string): Promise<readonly BatchFinding[]> {
  const place = { siteId, batchId };
  const rows = await compareRows(tx, batchTables, place);
  const shared = await sharedRows(tx, siteId, batchId);
  const history = await brokenHistory(tx, place);
  const entries = await compareEntries(tx, place, { limit: batchEntries });
  return [...rows.findings, ...shared, ...history, ...entries.findings].map((finding) => ({ ...finding, batchId }));
}
