import { sql, type SQL } from "drizzle-orm";
import type { SiteTx } from "#db/scope.ts";
import { numerals } from "./numeral.ts";

/** What a report covers: records of these sites from `from` until before `before`; `now` is when it is made. */
export type Scope = { readonly from: Date; readonly before: Date; readonly sites: readonly string[]; readonly now: Date };

export type Verdict = "holds" | "findings" | "nothing to check";
/** A principle of ALCOA+ with the check that stands for it: how much was examined, how much of it is wrong, and the figures it rests on. */
export type AlcoaCheck = {
  readonly principle: string; readonly question: string; readonly examined: number; readonly wrong: number; readonly verdict: Verdict;
  readonly evidence: readonly string[];
};

type Checked = Pick<AlcoaCheck, "examined" | "wrong" | "evidence">;
type Row = Record<string, string | null>;

const n = (value: string | null | undefined): number => Number(value ?? 0);
const shown = (value: number): string => numerals(String(value));
const these = ({ sites }: Scope): SQL => sql`string_to_array(${sites.join(",")}, ',')`;
const during = (column: SQL, { from, before }: Scope): SQL => sql`${column} >= ${from.toISOString()}::timestamptz and ${column} < ${before.toISOString()}::timestamptz`;

async function one(tx: SiteTx, query: SQL): Promise<Row> {
  const [row] = await tx.execute<Row>(query);
  return row ?? {};
}

async function attributable(tx: SiteTx, scope: Scope): Promise<Checked> {
  const row = await one(tx, sql`select count(*) as all, count(*) filter (where actor_id = '') as nobody, count(*) filter (where kind = 'act' and (actor_name = '' or role = '')) as unnamed,
    count(*) filter (where reason = '') as unreasoned, count(distinct actor_id) as actors from audit_entries where site_id = any (${these(scope)}) and ${during(sql`at`, scope)}`);
  return { examined: n(row["all"]), wrong: n(row["nobody"]) + n(row["unnamed"]) + n(row["unreasoned"]), evidence: [`${shown(n(row["nobody"]))} entries without an actor, ${shown(n(row["unnamed"]))} acts without name or role, ${shown(n(row["unreasoned"]))} entries without a reason`, `${shown(n(row["actors"]))} actors`] };
}

async function legible(tx: SiteTx, scope: Scope): Promise<Checked> {
  const row = await one(tx, sql`select count(*) as all, count(*) filter (where not (canonical is json object)) as unread,
    count(*) filter (where digest <> encode(sha256(convert_to('EBRLEAF/1' || chr(10) || canonical, 'UTF8')), 'hex')) as unlike from audit_entries where site_id = any (${these(scope)}) and ${during(sql`at`, scope)}`);
  return { examined: n(row["all"]), wrong: n(row["unread"]) + n(row["unlike"]), evidence: [`${shown(n(row["unread"]))} canonical texts that cannot be read, ${shown(n(row["unlike"]))} whose digest was not that of their text`] };
}

async function contemporaneous(tx: SiteTx, scope: Scope): Promise<Checked> {
  const row = await one(tx, sql`select count(*) as all, count(*) filter (where late) as late from audit_entries where site_id = any (${these(scope)}) and ${during(sql`at`, scope)} and subject_type = 'entries' and kind = 'creation'`);
  return { examined: n(row["all"]), wrong: n(row["late"]), evidence: [`${shown(n(row["late"]))} values of steps entered later after their event than rule R-50 allows`] };
}

async function original(tx: SiteTx, scope: Scope): Promise<Checked> {
  const row = await one(tx, sql`select count(*) as corrections, count(*) filter (where not exists (select from entries o where o.site_id = e.site_id and o.batch_id = e.batch_id and o.step_id = e.step_id and o.parameter = e.parameter and o.version = e.version - 1)) as lost,
    count(*) filter (where coalesce(e.reason, '') = '') as unreasoned from entries e where e.site_id = any (${these(scope)}) and ${during(sql`e.entered_at`, scope)} and e.version > 1`);
  const first = await one(tx, sql`select count(*) as n from entries where site_id = any (${these(scope)}) and ${during(sql`entered_at`, scope)} and version = 1`);
  const aside = await one(tx, sql`select count(*) as n, count(distinct reason) as reasons from quarantined_samples where site_id = any (${these(scope)}) and ${during(sql`received_at`, scope)}`);
  return { examined: n(first["n"]) + n(row["corrections"]), wrong: n(row["lost"]) + n(row["unreasoned"]), evidence: [
    `${shown(n(row["corrections"]))} corrections: ${shown(n(row["lost"]))} without the value before them, ${shown(n(row["unreasoned"]))} without a reason`,
    `${shown(n(aside["n"]))} samples set aside as they came, for ${shown(n(aside["reasons"]))} reasons`,
  ] };
}

async function accurate(tx: SiteTx, scope: Scope): Promise<Checked> {
  const found = await one(tx, sql`select count(*) filter (where ${during(sql`found_at`, scope)}) as found, count(*) filter (where cleared_at is null) as open from integrity_findings where site_id = any (${these(scope)})`);
  const checks = await one(tx, sql`select count(*) as n, coalesce(sum(rows), 0) as rows, coalesce(sum(entries), 0) as entries, to_char(max(finished_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as last, count(*) filter (where rows = 0) as empty
    from integrity_checks where site_id = any (${these(scope)}) and ${during(sql`finished_at`, scope)}`);
  const examined = n(checks["rows"]) + n(checks["entries"]);
  return { examined, wrong: n(found["found"]) + n(found["open"]), evidence: [
    `${shown(n(checks["n"]))} rounds of the integrity check examined ${shown(n(checks["rows"]))} rows and ${shown(n(checks["entries"]))} entries${checks["last"] ? `; the last ended ${checks["last"]} UTC` : ""}`,
    `${shown(n(found["found"]))} differences found in the period, ${shown(n(found["open"]))} open now`,
  ] };
}

async function complete(tx: SiteTx, scope: Scope): Promise<Checked> {
  const samples = await one(tx, sql`select count(*) as n, count(*) filter (where v.at is null) as lost from samples s join sources o on o.site_id = s.site_id and o.id = s.source_id
    left join process_values v on v.site_id = s.site_id and v.unit_id = o.unit_id and v.tag = s.tag and v.at = s.sampled_at where s.site_id = any (${these(scope)}) and ${during(sql`s.sampled_at`, scope)}`);
  const rows = await one(tx, sql`select coalesce(sum(read_rows), 0) as read, coalesce(sum(stored_rows + unchanged_rows), 0) as taken, coalesce(sum(quarantined_rows), 0) as aside,
    coalesce(sum((select count(*) from quarantined_rows q where q.site_id = i.site_id and q.import_id = i.id)), 0) as kept from import_runs i where site_id = any (${these(scope)}) and ${during(sql`imported_at`, scope)}`);
  const aside = await one(tx, sql`select count(*) as n from quarantined_samples where site_id = any (${these(scope)}) and ${during(sql`received_at`, scope)}`);
  const unbalanced = Math.abs(n(rows["read"]) - n(rows["taken"]) - n(rows["aside"])) + Math.abs(n(rows["aside"]) - n(rows["kept"]));
  return { examined: n(samples["n"]) + n(rows["read"]), wrong: n(samples["lost"]) + unbalanced, evidence: [
    `${shown(n(samples["n"]))} samples taken in: ${shown(n(samples["lost"]))} without a process value of their time; ${shown(n(aside["n"]))} more set aside with their reason`,
    `${shown(n(rows["read"]))} rows of files read = ${shown(n(rows["taken"]))} stored or unchanged + ${shown(n(rows["aside"]))} set aside; ${shown(n(rows["kept"]))} of those kept`,
  ] };
}

async function consistent(tx: SiteTx, scope: Scope): Promise<Checked> {
  const signed = await one(tx, sql`select count(*) as n, count(*) filter (where before > signed_at) as wrong from (select signed_at, lag(signed_at) over (partition by site_id, batch_id order by ordinal) as before from signatures
    where site_id = any (${these(scope)})) s where ${during(sql`signed_at`, scope)}`);
  const steps = await one(tx, sql`select count(*) as n, count(*) filter (where verified_at < performed_at) as wrong from steps where site_id = any (${these(scope)}) and ${during(sql`performed_at`, scope)}`);
  const values = await one(tx, sql`select count(*) as n, count(*) filter (where entered_at < event_at) as wrong from entries where site_id = any (${these(scope)}) and ${during(sql`entered_at`, scope)}`);
  const made = await one(tx, sql`select count(*) as n, count(*) filter (where issued_at > inoculated_at or inoculated_at > harvested_at or harvested_at > completed_at) as wrong from batches where site_id = any (${these(scope)}) and ${during(sql`coalesce(completed_at, inoculated_at)`, scope)}`);
  const all = [signed, steps, values, made];
  const told = (row: Row, what: string): string => `${shown(n(row["n"]))} ${what}: ${shown(n(row["wrong"]))} out of order`;
  return { examined: all.reduce((sum, r) => sum + n(r["n"]), 0), wrong: all.reduce((sum, r) => sum + n(r["wrong"]), 0), evidence: [
    [told(signed, "signatures after the one before them"), told(steps, "steps verified after performed")].join("; "), [told(values, "values entered after their event"), told(made, "batches issued, inoculated, harvested, completed")].join("; "),
  ] };
}

/** Entries younger than this may still be on their way into the ledger, seconds. */
const onTheWay = 60;

async function enduring(tx: SiteTx, scope: Scope, witnessed: (siteId: string) => number | undefined): Promise<Checked> {
  const settled = new Date(Math.min(scope.before.getTime(), scope.now.getTime() - onTheWay * 1_000));
  const entries = await one(tx, sql`select count(*) as n, count(*) filter (where l.position is null) as outside from audit_entries a left join ledger_leaves l on l.site_id = a.site_id and l.entry_id = a.id
    where a.site_id = any (${these(scope)}) and ${during(sql`a.at`, { ...scope, before: settled })}`);
  const heads = await tx.execute<Row>(sql`select s.id, (select count(*) from checkpoints c where c.site_id = s.id and ${during(sql`c.signed_at`, scope)}) as n, (select max(size) from checkpoints c where c.site_id = s.id) as size,
    (select max(k.size) from cosignatures k where k.site_id = s.id) as cosigned from unnest(${these(scope)}) as s(id) order by s.id`);
  const unwitnessed = heads.filter((head) => head["size"] !== null && witnessed(head["id"] ?? "") === undefined).length;
  const told = heads.map((head) => `${head["id"]}: ${shown(n(head["n"]))} heads signed in the period, the newest of ${shown(n(head["size"]))} entries, co-signed up to ${shown(n(head["cosigned"]))}, kept outside the database up to ${shown(witnessed(head["id"] ?? "") ?? 0)}`);
  return { examined: n(entries["n"]), wrong: n(entries["outside"]) + unwitnessed, evidence: [`${shown(n(entries["outside"]))} entries older than ${onTheWay} s without a place in the ledger`, ...told] };
}

async function available(tx: SiteTx, scope: Scope): Promise<Checked> {
  const row = await one(tx, sql`select count(*) filter (where state in ('done', 'failed')) as n, count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'done' and digest <> encode(sha256(content), 'hex')) as altered,
    to_char(max(finished_at) filter (where state = 'done') at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as last from exports where site_id = any (${these(scope)}) and ${during(sql`requested_at`, scope)}`);
  const taken = await one(tx, sql`select count(*) as n from audit_entries where site_id = any (${these(scope)}) and ${during(sql`at`, scope)} and event in ('report.exported', 'evidence.exported', 'audit.exported', 'compliance.exported')`);
  return { examined: n(row["n"]), wrong: n(row["failed"]) + n(row["altered"]), evidence: [
    `${shown(n(row["n"]))} numbered copies asked for and ended, ${shown(n(row["failed"]))} failed, ${shown(n(row["altered"]))} kept otherwise than they were handed out${row["last"] ? `; the last was made ${row["last"]} UTC` : ""}`,
    `exports of any kind written down in the audit trail: ${shown(n(taken["n"]))}`,
  ] };
}

const verdictOf = ({ examined, wrong }: Checked): Verdict => (wrong > 0 ? "findings" : examined === 0 ? "nothing to check" : "holds");

type Check = { readonly principle: string; readonly question: string; readonly check: (tx: SiteTx, scope: Scope) => Promise<Checked> };

/** The nine principles, each computed now. `witnessed`: size of the newest head of a site's ledger outside the database. */
export async function alcoaChecks(tx: SiteTx, scope: Scope, witnessed: (siteId: string) => number | undefined): Promise<readonly AlcoaCheck[]> {
  const checks: readonly Check[] = [
    { principle: "Attributable", question: "Does every entry of the audit trail name who acted and why?", check: attributable },
    { principle: "Legible", question: "Can every stored entry be read, and is it what its digest says?", check: legible },
    { principle: "Contemporaneous", question: "Was every value of a step entered in time?", check: contemporaneous },
    { principle: "Original", question: "Is the first value of every correction still there, with a reason for the change?", check: original },
    { principle: "Accurate", question: "Do the stored records say what was recorded about them?", check: accurate },
    { principle: "Complete", question: "Is everything that came in either taken over or set aside and kept?", check: complete },
    { principle: "Consistent", question: "Do times follow one another as the acts did?", check: consistent },
    { principle: "Enduring", question: "Has every entry its place in the ledger, under heads kept outside the database?", check: (own, of) => enduring(own, of, witnessed) },
    { principle: "Available", question: "Were copies handed out when they were asked for, and are they kept as handed out?", check: available },
  ];
  const done: AlcoaCheck[] = [];
  for (const { principle, question, check } of checks) {
    const checked = await check(tx, scope);
    done.push({ principle, question, ...checked, verdict: verdictOf(checked) });
  }
  return done;
}
