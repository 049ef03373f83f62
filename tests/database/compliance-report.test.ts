import { randomUUID } from "node:crypto";
import { PDF } from "@libpdf/core";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withProgramme, withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { clauses } from "#lib/compliance/clauses.ts";
import { accessReview } from "#lib/report/access-queries.ts";
import { alcoaChecks, type AlcoaCheck, type Scope } from "#lib/report/alcoa-queries.ts";
import { readCompliance, type ComplianceFacts } from "#lib/report/compliance-queries.ts";
import { boundsOf } from "#lib/report/export.ts";
import { askReason, claimExport, requestExport } from "#lib/report/export-commands.ts";
import { exportOf } from "#lib/report/export-queries.ts";
import { makeExport } from "#lib/report/make-commands.ts";
import { numerals } from "#lib/report/numeral.ts";
import { storyActor } from "#tests/actors.ts";
import { reportScene, type Exported, type ReportScene } from "#tests/report-scene.ts";

const all = ["basel", "enterprise", "raleigh", "singapore"];
const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const period = { from: day(-120), to: day(1) };
let scene: ReportScene;
let auditor: Actor;
let superuser: postgres.Sql;

beforeAll(async () => {
  scene = await reportScene();
  auditor = await storyActor(scene.db.portal, "auditor@demo");
  superuser = postgres(scene.db.superuserUrl, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await superuser.end();
  await scene.close();
});

const by = () => requirePermission(auditor, "compliance-report.read");
const ask = (sites: readonly string[], actor = auditor) => withSites(requirePermission(actor, "compliance-report.read"), (tx) => requestExport(tx, by(), sites[0] ?? "", { kind: "compliance-report", ...period, sites: [...sites], origin: { request: "r-1", client: "10.0.0.1, test" } }, { now: new Date(), newId: randomUUID }), { reason: askReason });
const scope = (): Scope => ({ ...boundsOf(period), sites: all, now: new Date() });
const n = async (query: string): Promise<number> => Number((await superuser.unsafe(query))[0]?.["n"]);
const during = (column: string) => `${column} >= '${period.from}T00:00:00Z' and ${column} < '${period.to}T00:00:00Z'::timestamptz + interval '1 day'`;
const solid = (text: string): string => text.replaceAll(/[\s\u00a0\u2009]+/g, "");

describe("a compliance report", () => {
  let file: Exported;
  let pages: readonly string[];
  let text: string;
  let data: { readonly facts: ComplianceFacts; readonly access: Awaited<ReturnType<typeof accessReview>>; readonly clauses: readonly unknown[] };
  beforeAll(async () => {
    file = await scene.make(auditor, "basel", () => ask(all));
    const pdf = await PDF.load(file.bytes);
    pages = pdf.getPages().map((page) => solid(page.extractText().text));
    text = pages.join("");
    data = JSON.parse(new TextDecoder().decode(pdf.attachments.get("report.json") ?? new Uint8Array()));
  });

  it("REQ-15 (ALCOA++): counts the audit trail by action and site as an independent query does", async () => {
    const rows = await superuser.unsafe(`select site_id, kind, case kind when 'act' then event else subject_type end as what, count(*)::int as n from audit_entries where ${during("at")} and event <> 'compliance.exported' group by 1, 2, 3`);
    expect(rows.length).toBeGreaterThan(20);
    expect(data.facts.entries).toBe(rows.reduce((sum, row) => sum + Number(row["n"]), 0));
    const printed = data.facts.actions.flatMap((a) => Object.entries(a.bySite).map(([site, count]) => `${site} ${a.kind} ${count}`)).sort();
    expect(printed).toEqual(rows.map((row) => `${row["site_id"]} ${row["kind"]} ${row["n"]}`).sort());
    for (const action of data.facts.actions) expect(text).toContain(solid(`${action.action}${all.map((site) => numerals(String(action.bySite[site] ?? 0))).join("")}${numerals(String(action.total))}`));
  });
  it("REQ-08 (EU Annex 11 9): prints every critical change with who, what, old and new, and why", async () => {
    expect(data.facts.critical.total).toBe(await n(`select count(*) as n from audit_entries where ${during("at")} and critical and kind <> 'creation'`));
    expect(data.facts.critical.listed).toHaveLength(data.facts.critical.total);
    expect(data.facts.critical.total).toBeGreaterThan(0);
    for (const change of data.facts.critical.listed) // A record's name goes over several lines of its cell where it is long, so its words are looked for.
    for (const wanted of [...change.record.split(/,? /), change.who, ...change.changes]) expect(text).toContain(solid(wanted));
  });
  it("REQ-27 (21 CFR 11.50): counts signatures by site, meaning and method", async () => {
    const rows = await superuser.unsafe(`select site_id, meaning, method, count(*)::int as n from signatures where ${during("signed_at")} group by 1, 2, 3 order by 1, 2, 3`);
    expect(data.facts.signatures.map((s) => `${s.siteId} ${s.meaning} ${s.method} ${s.n}`).sort()).toEqual(rows.map((row) => `${row["site_id"]} ${row["meaning"]} ${row["method"]} ${row["n"]}`).sort());
    expect(rows.length).toBeGreaterThan(5);
  });
  it("REQ-15: lists every open exception, and names the work that brings deviations", async () => {
    const open = await superuser.unsafe("select batch_id, id from exceptions where state in ('open', 'explained', 'escalated')");
    expect(open.length).toBeGreaterThan(0);
    for (const row of open) expect(text).toContain(solid(`${row["batch_id"]}, ${row["id"]}`));
    expect(text).toContain(solid("“QA's desk” brings them"));
  });
  it("REQ-63 (EU Annex 11, draft 2025, access review): lists every account, every source key and every programme", async () => {
    const people = await superuser.unsafe("select printed_name, user_name from people");
    const sources = await superuser.unsafe("select id from sources");
    expect(data.access.accounts).toHaveLength(people.length);
    expect(data.access.sources).toHaveLength(sources.length);
    expect(people.length).toBeGreaterThan(10);
    for (const person of people) for (const wanted of [person["printed_name"], person["user_name"]]) expect(text).toContain(solid(String(wanted)));
    for (const source of sources) expect(text).toContain(solid(String(source["id"])));
    expect(data.access.programmes.map((p) => p.id)).toContain("story");
  });
  it("REQ-62 (GAMP 5): prints each row of the clause matrix with its control and what the last test run says", () => {
    expect(data.clauses).toHaveLength(clauses.length);
    const beginning = (words: string): string => solid(words.split(" ").slice(0, 3).join(" "));
    for (const clause of clauses) for (const wanted of [clause.title, clause.control]) expect(text).toContain(beginning(wanted));
    expect(text).toContain("notrun");
  });
  it("REQ-07 (PI 041 9.8): holds no time without its zone", () => {
    const bare = [...text.matchAll(/\d{2}:\d{2}(?::\d{2}(?:\.\d{3})?)?/g)].filter((m) => !/^(?:Z|[A-Z]{2,5}|GMT[+-]\d)/.test(text.slice(m.index + m[0].length))).map((m) => text.slice(Math.max(0, m.index - 20), m.index + 20));
    expect(bare).toEqual([]);
    expect([...text.matchAll(/\d{2}:\d{2}:\d{2}/g)].length).toBeGreaterThan(10);
  });
  it("carries copy, person and the heads of all its sites' ledgers on each page", () => {
    for (const [i, page] of pages.entries()) {
      for (const wanted of [`Copy${file.copy}`, "EvaLindqvist", `Page${i + 1}of${pages.length}`]) expect(page).toContain(wanted);
      for (const site of data.facts.sites) expect(page).toContain(solid(`Checkpoint ${site.head?.size} of ${site.head?.origin}`));
    }
  });
  it("is written down at every site it tells of, with the request it was asked with", async () => {
    const rows = await superuser.unsafe("select site_id, actor_name, client, detail from audit_entries where event = 'compliance.exported' order by site_id");
    expect(rows.map((row) => row["site_id"])).toEqual(all);
    for (const row of rows) expect(row).toMatchObject({ actor_name: "Eva Lindqvist", client: "10.0.0.1, test", detail: { ...period, pages: file.pages, fileDigest: file.digest, copy: file.copy } });
  });
  it("of sites the person has no right to is not made, and not known to who may read only some of them", async () => {
    const only: Actor = { ...auditor, rolesBySite: new Map([["basel", ["auditor"]]]) };
    const known = await withSites(requirePermission(only, "report.read", "basel"), (tx) => exportOf(tx, only, "basel", file.id));
    expect(known).toBeUndefined();
    const foreign = await withSites(by(), (tx) => requestExport(tx, by(), "basel", { kind: "compliance-report", ...period, sites: ["basel", "elsewhere"], origin: null }, { now: new Date(), newId: randomUUID }), { reason: askReason });
    const job = await claimExport(scene.db.portal, new Date());
    expect(job?.id).toBe(foreign.id);
    expect(job && (await makeExport(job, scene.tools))).toMatchObject({ made: false });
  });
  it("of a period or sites without records says so instead of showing zeros as a result", async () => {
    const empty = await withSites(by(), (tx) => readCompliance(tx, { ...scope(), from: new Date("2001-01-01"), before: new Date("2001-02-01") }, () => undefined));
    expect(empty.alcoa.filter((check) => check.verdict === "holds")).toEqual([]);
    expect(empty.entries).toBe(0);
  });
});

describe("ALCOA+, each principle", () => {
  const run = (): Promise<readonly AlcoaCheck[]> => withProgramme(scene.db.portal, "export", all, (tx) => alcoaChecks(tx, { ...scope(), now: new Date(Date.now() + 120_000) }, scene.tools.witnessed));
  const wrongOf = (checks: readonly AlcoaCheck[], principle: string): number => checks.find((c) => c.principle === principle)?.wrong ?? Number.NaN;
  const where = "where (site_id, id) in (select site_id, id from audit_entries where site_id = 'basel' order by seq limit 1)";
  const value = "where (site_id, batch_id, step_id, parameter) in (select site_id, batch_id, step_id, parameter from entries where version = 2 limit 1) and version = 1";

  it.each([
    ["Attributable", `update audit_entries set actor_id = '' ${where}`], ["Legible", `update audit_entries set canonical = left(canonical, 40) ${where}`],
    ["Contemporaneous", "update audit_entries set detail = jsonb_set(detail, '{new}', to_jsonb(regexp_replace(detail ->> 'new', '(\"event_at\": ?\")20', '\\119'))) where (site_id, id) in (select site_id, id from audit_entries where subject_type = 'entries' and kind = 'creation' and not late limit 1)"],
    ["Original", `delete from entries ${value}`],
    ["Accurate", "insert into integrity_findings (site_id, id, found_at, last_seen_at, table_name, record_id, field, recorded, found) values ('basel', gen_random_uuid(), now(), now(), 'entries', 'x', 'value', '1', '2')"],
    ["Complete", "insert into samples (site_id, source_id, tag, seq, sampled_at, value, unit, quality, received_at) select site_id, id, 'temperature', 999, now(), 1, '°C', 'good', now() from sources limit 1"],
    ["Consistent", "update steps set verified_at = performed_at - interval '1 hour' where (site_id, batch_id, id) in (select site_id, batch_id, id from steps where verified_at is not null and performed_at > now() - interval '100 days' limit 1)"],
    ["Enduring", `delete from ledger_leaves where (site_id, entry_id) in (select site_id, id from audit_entries ${where})`],
    ["Available", "update exports set content = content || '\\x00'::bytea where state = 'done'"],
  ])("REQ-15 (ALCOA++): %s finds one more when one is planted past the application", async (principle, sql) => {
    const before = await run();
    await superuser.unsafe(`set session_replication_role = replica; ${sql}`);
    const after = await run();
    expect(wrongOf(after, principle)).toBe(wrongOf(before, principle) + (principle === "Accurate" ? 2 : principle === "Legible" ? 2 : 1));
    expect(after.find((c) => c.principle === principle)).toMatchObject({ verdict: "findings" });
    expect(after.filter((c) => c.principle === principle).every((c) => c.examined > 0 || principle === "Accurate")).toBe(true);
  });
  it("REQ-63: an account that holds no role anywhere, and one that was idle for months, stand out", async () => {
    await superuser.unsafe("update role_assignments set revoked_at = now() where person_id = (select id from people where user_name = 'operator.basel@demo')");
    await superuser.unsafe("insert into sessions (id, person_id, started_at, last_seen_at) select gen_random_uuid(), id, now() - interval '200 days', now() - interval '200 days' from people where user_name = 'qp.basel@demo'");
    const { accounts } = await accessReview(scene.db.portal, ["basel"], new Date());
    const flags = (userName: string) => accounts.find((a) => a.userName === userName)?.flags;
    expect(flags("operator.basel@demo")).toEqual(["no role anywhere", "never active"]);
    expect(flags("qp.basel@demo")).toEqual(["not active for 90 days"]);
    expect(flags("admin@demo")).toContain("privileged");
    expect(accounts.find((a) => a.userName === "operator.raleigh@demo")).toMatchObject({ roles: [], elsewhere: 1 });
  });
});
