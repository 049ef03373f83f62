import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEntries } from "#db/schema/audit.ts";
import { exports } from "#db/schema/export.ts";
import { integrityChecks, integrityFindings, segments } from "#db/schema/integrity.ts";
import { checkpoints, cosignatures, ledgerLeaves, ledgerNodes } from "#db/schema/ledger.ts";
import { modelVersions, predictions } from "#db/schema/prediction.ts";
import { signingIntents, signingPolicies } from "#db/schema/signature.ts";
import { importRuns, quarantinedRows, quarantinedSamples, samples } from "#db/schema/telemetry.ts";
import { withPerson, withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { fillExecution, writtenOnce } from "#tests/execution-rows.ts";

/** Tables that belong to no site, each with why a row of it may be seen from everywhere. A new table stands here or is site-owned. */
const shared: Readonly<Record<string, string>> = {
  sites: "the sites themselves: their names and zones are no secret between them",
  people: "a person may work at several sites and signs with one identity",
  group_roles: "the mapping of groups is configuration of the enterprise; it is read before a person's sites are known",
  sessions: "a session belongs to a person, not to a site",
  products: "the same product is made at several sites",
  master_batch_records: "one master record is executed at several sites",
  model_versions: "one model is used at several sites",
  register_keys: "public keys are there to be known by everybody who verifies",
  passkeys: "a passkey belongs to a person, not to a site",
  personal_intents: "a person proves himself for something of his own",
  undertakings: "a person accepts the accountability statement once, for all his sites",
  signing_failures: "failed proofs are counted per person, wherever they happen",
  signing_locks: "a person's signing is locked everywhere",
  notices: "what a person is told belongs to him",
  saved_views: "a person's own filters",
  materials: "the same material is used at several sites",
  suppliers: "the same supplier delivers to several sites",
  exception_configurations: "exceptions weigh the same at every site",
};
const logins = ["veribatch_portal", "veribatch_plant", "veribatch_sequencer"];
const appendOnly = ["audit_entries", "ledger_leaves", "ledger_nodes", "checkpoints", "cosignatures", "integrity_checks", "segments", "undertakings", "signing_failures", "signatures", "entries", "samples", "process_values", "quarantined_samples", "import_runs", "quarantined_rows", "predictions", ...writtenOnce];
const unitOf = { basel: "BR-2001", raleigh: "BR-3001" } as const;
const batchOf = { basel: "BAS-101-2607", raleigh: "RAL-101-2607" } as const;

let db: TestDatabase;
let admin: postgres.Sql;
/** Found in the catalogue, so that a table of tomorrow is walked as well. */
let owned: readonly string[];

async function fillLedger(tx: SiteTx, siteId: string, now: Date): Promise<void> {
  const hash = new Uint8Array(32);
  await tx.insert(ledgerLeaves).values({ siteId, position: 0, entryId: randomUUID(), leafHash: hash });
  await tx.insert(ledgerNodes).values({ siteId, level: 8, number: 0, hash });
  await tx.insert(checkpoints).values({ siteId, size: 1, root: hash, note: "", keyId: "0", signedAt: now });
  await tx.insert(cosignatures).values({ siteId, size: 1, witness: "w", line: "", receivedAt: now });
  await tx.insert(integrityChecks).values({ siteId, id: randomUUID(), startedAt: now, finishedAt: now, rows: 1, entries: 1, segments: 1, checkpoints: 1, ledgerSize: 1, findings: 1 });
  await tx.insert(integrityFindings).values({ siteId, id: randomUUID(), foundAt: now, lastSeenAt: now, tableName: "entries", recordId: "x", field: "value", recorded: "1", found: "2" });
}

/** Rows the story does not plant, at two sites. */
async function fill(tx: SiteTx, siteId: "basel" | "raleigh", personId: string): Promise<void> {
  const now = new Date();
  const [importId, sourceId] = [randomUUID(), `gateway-${unitOf[siteId]}`];
  await tx.insert(samples).values({ siteId, sourceId, tag: "ph", seq: 1, sampledAt: now, value: 7, unit: "pH", quality: "good", receivedAt: now });
  await tx.insert(quarantinedSamples).values({ siteId, id: randomUUID(), sourceId, payload: "{}", reason: "malformed", receivedAt: now });
  await tx.insert(importRuns).values({ siteId, id: importId, fileName: "a.csv", fileDigest: "0", mappingDigest: "0", readRows: 1, storedRows: 0, unchangedRows: 0, quarantinedRows: 1, importedAt: now });
  await tx.insert(quarantinedRows).values({ siteId, importId, line: 2, raw: "x", reason: "malformed" });
  await tx.insert(predictions).values({ siteId, unitId: unitOf[siteId], at: now, batchId: batchOf[siteId], model: "m", modelVersion: "1", outcome: "not_evaluated", features: {} });
  await tx.insert(signingIntents).values({ siteId, id: randomUUID(), batchId: batchOf[siteId], personId, meaning: "rejected", sentence: "", statement: "{}", statementDigest: "0", oauthState: "", codeVerifier: "", openedAt: now, expiresAt: now });
  await fillLedger(tx, siteId, now);
  await fillExecution(tx, siteId, batchOf[siteId], personId);
  await tx.insert(segments).values({ siteId, batchId: batchOf[siteId], unitId: unitOf[siteId], tag: "ph", day: "2026-03-01", readings: 1, digest: "0", content: new Uint8Array([1]), sealedAt: now });
  await tx.insert(signingPolicies).values({ siteId, meaning: "rejected", ceremony: "passkey" });
  await tx.insert(exports).values({ siteId, id: randomUUID(), kind: "evidence", subjectId: batchOf[siteId], copy: 1, parameters: {}, state: "waiting", requestedBy: personId, requestedAt: now });
  await writeAudit(tx, { event: "source.revoked", detail: { unitId: unitOf[siteId] }, siteId, subject: { type: "source", id: sourceId }, actor: { id: "a", name: "A", role: "administrator" }, reason: "test row" }, now, randomUUID);
}

beforeAll(async () => {
  db = await freshDatabase("story");
  admin = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
  const { id } = await storyActor(db.portal, "qa.manager@demo");
  await withProgramme(db.owner, "installation", ["basel", "raleigh", "enterprise"], async (tx) => {
    await tx.insert(modelVersions).values({ name: "m", version: "1", artefactDigest: "0", card: {}, registeredAt: new Date() });
    for (const siteId of ["basel", "raleigh"] as const) await fill(tx, siteId, id);
  }, { reason: "rows for the test" });
  const tables = await admin<{ name: string }[]>`select distinct table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'site_id' order by 1`;
  owned = tables.map((t) => t.name).filter((name) => !(name in shared));
});
afterAll(async () => {
  await admin.end();
  await db.close();
});

const inBasel = <T>(login: "portal" | "owner", work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db[login], "installation", ["basel"], work, change);
const refusedByPolicy = { cause: { code: "42501", message: expect.stringContaining("row-level security") } };

describe("the catalogue", () => {
  it("REQ-04 (21 CFR 11.10(d)) has every table either owned by a site, with forced row-level security and a policy over site_id, or on the list of shared ones", async () => {
    const tables = await admin<{ name: string; kind: string; owned: boolean; enabled: boolean; forced: boolean; guarded: boolean }[]>`
      select c.relname as name, c.relkind as kind, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'site_id' and not a.attisdropped and a.attnotnull) as owned,
        exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd = '*' and pg_get_expr(p.polqual, c.oid) like '%site_id = ANY%app_sites()%' and pg_get_expr(p.polwithcheck, c.oid) like '%site_id = ANY%app_sites()%') as guarded
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p', 'v', 'm', 'f')`;
    expect(tables.filter((t) => !(t.name in shared) && !(t.kind === "r" && t.owned && t.enabled && t.forced && t.guarded))).toEqual([]);
    expect(Object.keys(shared).filter((name) => !tables.some((t) => t.name === name))).toEqual([]);
    expect(tables.length - Object.keys(shared).length).toBe(owned.length);
    expect(owned.length).toBeGreaterThanOrEqual(26);
  });

  it("REQ-04 (21 CFR 11.10(d)) knows no policy beside the site's own but the one of a person's own roles, which widens, and the one of acts, which narrows", async () => {
    const policies = await admin`select polname as policy, polrelid::regclass::text as table, polcmd as command, polpermissive as widens from pg_policy where polname <> 'own_sites' order by 1`;
    expect([...policies]).toEqual([{ policy: "acts_only", table: "audit_entries", command: "a", widens: false }, { policy: "own_roles", table: "role_assignments", command: "r", widens: true }]);
  });

  it("REQ-04 (21 CFR 11.10(d)) gives the logins no ownership, no membership and no power over the guards", async () => {
    expect([...await admin`select rolname from pg_roles where rolname = any(${[...logins, "veribatch_owner"]}) and (rolsuper or rolbypassrls or rolreplication)`]).toEqual([]);
    expect([...await admin`select rolname from pg_roles where rolname = any(${logins}) and (rolcreaterole or rolcreatedb or has_schema_privilege(oid, 'public', 'create') or has_schema_privilege(oid, 'drizzle', 'usage'))`]).toEqual([]);
    expect([...await admin`select refobjid::regrole from pg_shdepend where deptype = 'o' and refclassid = 'pg_authid'::regclass and refobjid in (select oid from pg_roles where rolname = any(${logins}))`]).toEqual([]);
    expect([...await admin`select member::regrole from pg_auth_members where member in (select oid from pg_roles where rolname = any(${logins}))`]).toEqual([]);
    expect([...await admin`select rolname from pg_roles where rolname = any(${logins})`]).toHaveLength(3);
  });

  type Held = { login: string; name: string; privilege: string; columns: string };
  /** What the logins may do to tables beyond reading them; of a privilege that is held on columns only, on which. */
  const powers = () => admin<Held[]>`
    select login, c.relname as name, privilege, case when has_table_privilege(login, c.oid, privilege) then '' else
      (select string_agg(a.attname, ',' order by a.attnum) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege(login, c.oid, a.attnum, privilege)) end as columns
    from unnest(${logins}::text[]) login, pg_class c, unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'INSERT', 'REFERENCES']) privilege
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and (has_table_privilege(login, c.oid, privilege) or (privilege in ('UPDATE', 'INSERT', 'REFERENCES') and has_any_column_privilege(login, c.oid, privilege))) order by 1, 2, 3`;

  it("REQ-05 (21 CFR 11.10(e)) lets no login delete anything but a person's own saved views, nor truncate, nor change what is append-only", async () => {
    const held = await powers();
    expect(held.filter((h) => ["DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"].includes(h.privilege))).toEqual([{ login: "veribatch_portal", name: "saved_views", privilege: "DELETE", columns: "" }]);
    expect(held.filter((h) => h.privilege === "UPDATE" && appendOnly.includes(h.name))).toEqual([]);
    expect(held.filter((h) => h.privilege === "UPDATE" && h.columns === "")).toEqual([]);
    expect(held).toContainEqual({ login: "veribatch_portal", name: "audit_entries", privilege: "INSERT", columns: "" });
  });

  it("REQ-05 (21 CFR 11.10(e)) lets the sequencer append to the ledger, to what the integrity check finds and to the trail, and change nothing of a record", async () => {
    const held = (await powers()).filter((h) => h.login === "veribatch_sequencer");
    expect(held.map((h) => [h.privilege, h.name, h.columns])).toEqual([
      ["INSERT", "audit_entries", ""], ["INSERT", "checkpoints", ""], ["INSERT", "cosignatures", ""], ["INSERT", "integrity_checks", ""], ["INSERT", "integrity_findings", ""], ["UPDATE", "integrity_findings", "last_seen_at,cleared_at"],
      ["INSERT", "ledger_leaves", ""], ["INSERT", "ledger_nodes", ""], ["INSERT", "notices", ""],
    ]);
  });

  it("REQ-05 (21 CFR 11.10(e)) lets no login write what the trail says about a row", async () => {
    const now = new Date();
    const row = { siteId: "basel", id: randomUUID(), at: now, actorId: "a", actorName: "A", role: "operator", event: "row.changed", subjectType: "exceptions", subjectId: "BAS-101-2609/EX-01", reason: "forged", detail: {}, canonical: "{}", digest: "0" };
    for (const login of ["portal", "sequencer"] as const) {
      const write = (kind: "act" | "change") => withProgramme(db[login], "installation", ["basel"], (tx) => tx.insert(auditEntries).values({ ...row, id: randomUUID(), kind }), { reason: "forged" });
      await expect(write("change"), login).rejects.toMatchObject(refusedByPolicy);
      await write("act");
      await expect(db[login].execute(sql`select write_row_entry('exceptions', 'UPDATE', '{}', '{}', array['id'], now(), 'a', 'A', 'operator', 'forged', null, '', '')`), login).rejects.toMatchObject({ cause: { code: "42501", message: expect.stringContaining("write_row_entry") } });
    }
  });
});

describe("a transaction of Basel", () => {
  it("REQ-04 (21 CFR 11.10(d)) is tested on tables that all hold rows of Basel and of Raleigh", async () => {
    for (const table of owned) {
      const [held] = await admin`select count(*) filter (where site_id = 'basel')::int as basel, count(*) filter (where site_id = 'raleigh')::int as raleigh from ${admin(table)}`;
      expect(held, table).toEqual({ basel: expect.any(Number), raleigh: expect.any(Number) });
      expect(Math.min(held?.["basel"], held?.["raleigh"]), table).toBeGreaterThan(0);
    }
  });

  it("REQ-04 (21 CFR 11.10(d)) sees all rows of Basel and none of another site, in every table, for the portal and for the owner", async () => {
    for (const table of owned) {
      const [own] = await admin`select count(*)::int as n from ${admin(table)} where site_id = 'basel'`;
      for (const login of ["portal", "owner"] as const) {
        const seen = await inBasel(login, (tx) => tx.execute(sql`select site_id, count(*)::int as n from ${sql.identifier(table)} group by 1`));
        expect([...seen], `${table} as ${login}`).toEqual([{ site_id: "basel", n: own?.["n"] }]);
      }
    }
  });

  it("REQ-04 (21 CFR 11.10(d)) may not insert a row of another site, in any table, for the portal and for the owner", async () => {
    for (const table of owned) {
      const [foreign] = await admin`select to_jsonb(t) as row from ${admin(table)} t where site_id = 'raleigh' limit 1`;
      const [{ columns } = { columns: "" }] = await admin<{ columns: string }[]>`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
      const insert = (tx: SiteTx) => tx.execute(sql`insert into ${sql.identifier(table)} (${sql.raw(columns)}) overriding system value select ${sql.raw(columns)} from jsonb_populate_record(null::${sql.identifier(table)}, ${JSON.stringify(foreign?.["row"])}::jsonb)`);
      await expect(inBasel("owner", insert, { reason: "foreign row" }), `${table} as owner`).rejects.toMatchObject(refusedByPolicy);
      await expect(inBasel("portal", insert, { reason: "foreign row" }), `${table} as portal`).rejects.toMatchObject({ cause: { code: "42501" } });
    }
  });

  it("REQ-04 (21 CFR 11.10(d)) may not move its rows to another site, nor reach those of another site by naming it", async () => {
    for (const table of owned) {
      await expect(inBasel("portal", (tx) => tx.execute(sql`update ${sql.identifier(table)} set site_id = 'raleigh'`), { reason: "move away" }), table).rejects.toMatchObject({ cause: { code: "42501" } });
    }
    await expect(inBasel("owner", (tx) => tx.execute(sql`update units set site_id = 'raleigh' where id = 'BR-2001'`), { reason: "move away" })).rejects.toMatchObject(refusedByPolicy);
    const reached = await inBasel("portal", (tx) => tx.execute(sql`update batches set state = 'aborted' where site_id = 'raleigh' returning id`), { reason: "reach over" });
    expect([...reached]).toEqual([]);
  });

  it("REQ-04 (21 CFR 11.10(d)) is not widened by a site's name that contains another's", async () => {
    for (const sites of [["bas"], ["basel2"], ["BASEL"], [" raleigh"], ["{basel}"], [""]]) {
      expect([...await withProgramme(db.portal, "installation", sites, (tx) => tx.execute(sql`select 1 from batches`))], String(sites)).toEqual([]);
    }
  });
});

describe("a query outside any scope", () => {
  it("REQ-04 (21 CFR 11.10(d)) sees no row of any site, for the portal, the plant and the owner", async () => {
    for (const table of owned) {
      for (const login of ["portal", "owner"] as const) expect([...await db[login].execute(sql`select 1 from ${sql.identifier(table)} limit 1`)], `${table} as ${login}`).toEqual([]);
    }
    expect([...await db.plant.execute(sql`select 1 from process_values limit 1`)]).toEqual([]);
    await expect(db.plant.execute(sql`select 1 from signatures`)).rejects.toMatchObject({ cause: { code: "42501" } });
  });

  it("REQ-04 (21 CFR 11.10(d)) shows a person his own roles and nobody else's", async () => {
    const { id, rolesBySite } = await storyActor(db.portal, "qa.manager@demo");
    const seen = await withPerson(db.portal, id, (tx) => tx.execute(sql`select site_id, person_id, role from role_assignments order by site_id`));
    expect([...seen]).toEqual(["basel", "raleigh", "singapore"].map((site_id) => ({ site_id, person_id: id, role: "qa-manager" })));
    expect([...rolesBySite.keys()]).toEqual(["basel", "raleigh", "singapore"]);
    expect([...await withPerson(db.portal, id, (tx) => tx.execute(sql`select 1 from batches`))]).toEqual([]);
    expect([...await withPerson(db.portal, randomUUID(), (tx) => tx.execute(sql`select 1 from role_assignments`))]).toEqual([]);
    await expect(withPerson(db.portal, id, (tx) => tx.execute(sql`update role_assignments set revoked_at = null`))).rejects.toMatchObject({ cause: { code: "25006" } });
  });
});
