import postgres from "postgres";

/** What the benchmark's trail is made of. */
export type TrailShape = { readonly entries: number; readonly batches: number; readonly people: number };

const columns = "site_id, id, at, zone, actor_id, actor_name, role, kind, event, subject_type, subject_id, batch_id, reason, critical, authorised_by, detail, canonical, digest";

/**
 * Entries as a plant writes them: 55 % values and steps that are created, 12 % changes of rows, 33 % acts; three sites and the
 * enterprise; a handful of reasons and, in every fortieth entry, words of its own. Deterministic: the same trail each time.
 */
const entriesSql = ({ entries, batches, people }: TrailShape, from: number, to: number): string => `
  with raw as (
    select n, (n * 7919 % 1000) as pick, (n * 104729 % 997) as dice, (array['basel', 'raleigh', 'singapore', 'basel', 'raleigh', 'basel', 'singapore', 'enterprise'])[1 + n % 8] as site,
      timestamptz '2024-06-03 00:00+00' + n * (interval '900 days' / ${entries}) as at from generate_series(${from}::bigint, ${to}::bigint) n
  ), shaped as (
    select *, case when pick < 550 then 'creation' when pick < 670 then 'change' else 'act' end as kind,
      case when pick < 400 then 'entries' when pick < 520 then 'steps' when pick < 550 then 'exceptions' when pick < 630 then 'entries' when pick < 660 then 'batches' when pick < 670 then 'exceptions'
           when pick < 800 then 'session' when pick < 900 then 'batch' when pick < 985 then 'report' when pick < 995 then 'exception' else 'batch' end as subject,
      case when pick < 550 then 'row.created' when pick < 670 then 'row.changed' when pick < 800 then 'session.started' when pick < 900 then 'record.viewed' when pick < 985 then 'report.exported'
           when pick < 995 then 'exception.accepted' when pick < 999 then 'record.signed' else 'signing.refused' end as event,
      case when pick between 670 and 799 or site = 'enterprise' then null else 'B-' || greatest(1, (n::bigint * ${batches} / ${entries})::int + 1 - (dice % 12)) end as batch,
      (dice % ${people}) + 1 as person from raw
  ), said as (
    select *, subject || '/' || dice || '/' || (n % 5000) as record,
      case when n % 40 = 0 then 'observed ' || md5(n::text) || ' and noted by the shift' else (array['execution of step', 'transcription: digits of two samples swapped', 'sign-in', 'export of the batch record as PDF', 'record complete', 'planned as in the master'])[1 + dice % 6] end as why,
      case when kind = 'act' then '{"page":"/sites/' || site || '/batches"}' else null end as act,
      '{"site_id":"' || site || '","batch_id":"' || coalesce(batch, '') || '","step_id":"5.3.' || (dice % 90) || '","parameter":"glucose","version":2,"value":"' || (n % 97) / 10.0 || '","unit":"g/L","parameter_class":"CPP","evaluation":"within","rule_id":"R-12 v4","source":"laboratory","instrument":"QC laboratory","event_at":"' ||
        to_char(at - interval '1 hour' * (case when dice = 5 then 9 else 2 end), 'YYYY-MM-DD"T"HH24:MI:SS.MS') || '+00:00","entered_at":"' || to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.MS') || '+00:00","entered_by":"' || person || '","reason":null}' as after_row from shaped
  ), told as (
    select *, case when kind = 'act' then act::jsonb else jsonb_build_object('fields', 'value,version', 'old', case when kind = 'change' then replace(after_row, '"version":2', '"version":1') end, 'new', after_row) end as detail from said
  )
  insert into audit_entries (${columns})
  select site, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, date_trunc('milliseconds', at), z.time_zone, '10000000-0000-4000-8000-' || lpad(person::text, 12, '0'), 'Person ' || person, (array['operator', 'supervisor', 'qa-manager', 'auditor'])[1 + person % 4],
    kind, event, subject, record, batch, why, (kind <> 'act' and subject in ('entries', 'batches', 'exceptions') and dice % 3 <> 0) or event in ('exception.accepted', 'record.signed', 'signing.refused'), case when dice % 9 = 0 then 'Person 7' end, detail,
    c.canonical, encode(sha256(convert_to(E'EBRLEAF/1\\n' || c.canonical, 'UTF8')), 'hex')
  from told join (select id as place, time_zone from sites) z on z.place = told.site
  cross join lateral (select jsonb_build_object('actorId', person, 'at', at, 'batchId', batch, 'detail', detail, 'event', event, 'format', 'EBRLEAF/1', 'id', n, 'kind', kind, 'reason', why, 'siteId', site, 'subjectId', record, 'subjectType', subject)::text as canonical) c`;

const chunk = 50_000;

/** Fills an empty, migrated database as its owner: sites, people, batches, `entries` entries in the order of their times, and their leaves. */
export async function writeTrail(ownerUrl: string, shape: TrailShape, say: (line: string) => void): Promise<void> {
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  try {
    // One connection: the settings of the guards stay for all of it.
    await owner`select set_config('app.site_ids', 'basel,raleigh,singapore,enterprise', false), set_config('app.actor_id', 'programme:story', false), set_config('app.reason', 'benchmark', false), set_config('synchronous_commit', 'off', false)`;
    await owner`insert into sites (id, kind, name, code, time_zone) values ('enterprise', 'enterprise', 'Enterprise', 'ENT', 'UTC'), ('basel', 'site', 'Basel', 'BAS', 'Europe/Zurich'), ('raleigh', 'site', 'Raleigh', 'RAL', 'America/New_York'), ('singapore', 'site', 'Singapore', 'SIN', 'Asia/Singapore')`;
    await owner`alter table people disable trigger row_history`;
    await owner`alter table batches disable trigger row_history`;
    await owner`insert into people (id, issuer, subject, user_name, printed_name, created_at) select ('10000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bench', n::text, 'person' || n || '@bench', 'Person ' || n, now() from generate_series(1, ${shape.people}) n`;
    await owner`insert into products (id, name, strength) values ('P', 'Product', '1 g/L')`;
    await owner`insert into units (site_id, id, name, equipment_class, process_cell) select s, 'U', 'Vessel', 'Vessel', 'x' from unnest(array['basel', 'raleigh', 'singapore']) s`;
    await owner.unsafe(`insert into batches (site_id, id, product_id, unit_id, state, origin, completed_at) select s, 'B-' || n, 'P', 'U', 'released', 'executed', timestamptz '2024-06-03 00:00+00' + n * (interval '900 days' / ${shape.batches}) from unnest(array['basel', 'raleigh', 'singapore']) s, generate_series(1, ${shape.batches}) n`);
    for (let from = 1; from <= shape.entries; from += chunk) {
      await owner.unsafe(entriesSql(shape, from, Math.min(shape.entries, from + chunk - 1)));
      if (from % (chunk * 4) === 1) say(`  ${Math.min(shape.entries, from + chunk - 1).toLocaleString("en-GB")} entries written`);
    }
    await owner`insert into ledger_leaves (site_id, position, entry_id, leaf_hash) select site_id, row_number() over (partition by site_id order by seq) - 1, id, sha256(E'\\\\x00'::bytea || convert_to(E'EBRLEAF/1\n' || canonical, 'UTF8')) from audit_entries`;
    await owner`vacuum analyze audit_entries`;
    await owner`vacuum analyze ledger_leaves`;
    await owner`analyze`;
  } finally {
    await owner.end();
  }
}
