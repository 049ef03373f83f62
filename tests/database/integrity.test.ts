import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registerKeys } from "#db/schema/ledger.ts";
import { modelVersions } from "#db/schema/prediction.ts";
import { passkeys, signingLocks, signingPolicies, undertakings } from "#db/schema/signature.ts";
import { importRuns } from "#db/schema/telemetry.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { keptTables, tablesOf } from "#lib/integrity/table.ts";
import { batchFindings, brokenHistory, compareEntries, compareRows } from "#lib/integrity/record-queries.ts";
import { openFindings } from "#lib/integrity/queries.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { fillExecution } from "#tests/execution-rows.ts";

let db: TestDatabase;
let superuser: postgres.Sql;
const now = new Date();
const batchId = "BAS-101-2607";

/** Rows of kept tables that the story does not plant. */
async function fill(tx: SiteTx): Promise<void> {
  const { id: personId } = await storyActor(db.portal, "qa.manager@demo");
  await fillExecution(tx, "basel", batchId, personId);
  await tx.insert(signingPolicies).values({ siteId: "basel", meaning: "rejected", ceremony: "passkey" }).onConflictDoNothing();
  await tx.insert(passkeys).values({ id: randomUUID(), personId, credentialId: "c", publicKey: "k", algorithm: -7, signCount: 0, deviceBound: true, aaguid: "a", label: "Key", transports: ["usb"], enrolledAt: now, usableFrom: now });
  await tx.insert(undertakings).values({ id: randomUUID(), personId, version: 99, statement: "{}", digest: "0", method: "identity-provider", attestation: "x", acceptedAt: now });
  await tx.insert(signingLocks).values({ id: randomUUID(), personId, lockedAt: now, failures: 5 });
  await tx.insert(registerKeys).values({ id: "0123456789abcdef", owner: "basel", purpose: "ledger", name: "test/basel", algorithm: "Ed25519", publicKey: "AAAA", validFrom: now });
  await tx.insert(importRuns).values({ siteId: "basel", id: randomUUID(), fileName: "a.csv", fileDigest: "0", mappingDigest: "0", readRows: 1, storedRows: 1, unchangedRows: 0, quarantinedRows: 0, importedAt: now });
  await tx.insert(modelVersions).values({ name: "m", version: "1", artefactDigest: "0", card: { a: 1 }, registeredAt: now });
}
beforeAll(async () => {
  db = await freshDatabase("story");
  superuser = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
  await superuser`set session_replication_role = replica`;
  await withProgramme(db.owner, "installation", ["basel", "enterprise"], fill, { reason: "rows for the test" });
});
afterAll(async () => {
  await superuser.end();
  await db.close();
});

/** As the background check runs: under the sequencer's login, in a transaction that only reads. */
const looked = <T>(siteId: string, work: (tx: SiteTx) => Promise<T>) => withProgramme(db.sequencer, "integrity", [siteId], work);
const rowsOf = (siteId: string) => looked(siteId, (tx) => compareRows(tx, tablesOf(siteId), { siteId }));
const places = ["basel", "raleigh", "singapore", "enterprise"];

/** Alters past every trigger, looks, and puts back what stood in the table. */
async function altered<T>(table: string, alter: () => Promise<unknown>, look: () => Promise<T>): Promise<T> {
  const [{ columns } = { columns: "" }] = await superuser<{ columns: string }[]>`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
  await superuser.unsafe(`create table saved as table ${table}`);
  try {
    await alter();
    return await look();
  } finally {
    await superuser.unsafe(`delete from ${table}`);
    await superuser.unsafe(`insert into ${table} (${columns}) overriding system value select ${columns} from saved`);
    await superuser.unsafe("drop table saved");
  }
}

describe("the list of kept tables", () => {
  it("REQ-01 (21 CFR 11.10(a)) is that of the triggers: what has a history is checked, by the same keys", async () => {
    const triggers = await superuser<{ name: string; keys: string }[]>`select tgrelid::regclass::text as name, encode(tgargs, 'escape') as keys from pg_trigger where tgname = 'row_history' order by 1`;
    expect(triggers.map((t) => [t.name, t.keys.split("\\000").filter(Boolean)])).toEqual([...keptTables].sort((a, b) => a.name.localeCompare(b.name)).map((t) => [t.name, [...t.keys]]));
  });
});

describe("what nobody touched", () => {
  it("REQ-01 (21 CFR 11.10(a)) raises no alarm, and was examined to the last row", async () => {
    let examined = 0;
    for (const siteId of places) {
      const rows = await rowsOf(siteId);
      expect(rows.findings, siteId).toEqual([]);
      expect(await looked(siteId, (tx) => brokenHistory(tx, { siteId })), siteId).toEqual([]);
      const entries = await looked(siteId, (tx) => compareEntries(tx, { siteId }, { limit: 100_000 }));
      expect(entries.findings, siteId).toEqual([]);
      expect(entries.examined, siteId).toBeGreaterThan(0);
      examined += rows.examined;
    }
    const counts = await Promise.all(keptTables.map(async (t) => Number((await superuser.unsafe(`select count(*) as n from ${t.name}`))[0]?.["n"])));
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(examined).toBe(counts.reduce((a, b) => a + b, 0));
  });
  it("REQ-01 (21 CFR 11.10(a)) does not stand before a signature, and is looked at within a moment", async () => {
    const began = performance.now();
    for (let i = 0; i < 5; i++) expect(await withProgramme(db.portal, "installation", ["basel"], (tx) => openFindings(tx, "basel", batchId))).toEqual([]);
    const each = (performance.now() - began) / 5;
    console.log(`one batch: ${each.toFixed(0)} ms`);
    expect(each).toBeLessThan(250);
  });
});

type Column = { readonly table: string; readonly column: string; readonly type: string };
/** The smallest change of a column's value that is one: a letter, the last digit, a millisecond. */
function changed({ column, type }: Column): string {
  const name = `"${column}"`;
  switch (type) {
    case "text": return `case when coalesce(${name}, '') = '' then 'x' else overlay(${name} placing chr(ascii(right(${name}, 1)) # 1) from length(${name})) end`;
    case "uuid": return `coalesce((left(${name}::text, 35) || translate(right(${name}::text, 1), '0123456789abcdef', '1032547698badcfe'))::uuid, gen_random_uuid())`;
    case "int4": case "int8": return `coalesce(${name}, 0) + 1`;
    case "float8": return `case when coalesce(${name}, 0) = 0 then 5e-324 else ${name} * (1 + 2.3e-16::float8) end`;
    case "bool": return `coalesce(not ${name}, true)`;
    case "numeric": return `coalesce(${name}, 0) + 0.000001`;
    case "_uuid": return `coalesce(${name}, '{}') || gen_random_uuid()`;
    case "timestamptz": return `coalesce(${name}, now()) + interval '1 millisecond'`;
    case "jsonb": return `coalesce(${name}, '{}'::jsonb) || '{"added": 0}'::jsonb`;
    case "_text": return `coalesce(${name}, '{}') || '{x}'`;
    default: throw new Error(`no change for ${type}`);
  }
}

/** Columns a row of a batch is named by: of "a|b" the first, which it has. */
const keysOf = (table: string): string[] => (keptTables.find((t) => t.name === table)?.keys ?? []).map((key) => key.split("|")[0] ?? key);

/** Another key that no row has. */
const otherKey = ({ column, type }: Column): string => (type === "text" ? `"${column}" || '~'` : type === "uuid" ? "gen_random_uuid()" : `"${column}" + 1000`);

describe("a record altered by SQL past every trigger", () => {
  const columnsOf = (table: string, kind: "key" | "value") => superuser<Column[]>`
    select c.relname as table, a.attname as column, t.typname as type from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where c.oid = ${table}::regclass and a.attnum > 0 and not a.attisdropped and a.attname not in ('site_id', 'key_digest') and (a.attname = any(${keysOf(table)})) = ${kind === "key"}`;
  const siteOf = async (table: string) => (keptTables.find((t) => t.name === table)?.of === "enterprise" ? "enterprise" : ((await superuser.unsafe(`select site_id from ${table} order by ctid limit 1`))[0]?.["site_id"] as string));
  const look = async (table: string, siteId: string) => (await looked(siteId, (tx) => compareRows(tx, tablesOf(siteId).filter((t) => t.name === table), { siteId }))).findings;

  it.each(keptTables.map((t) => t.name))("REQ-01 (21 CFR 11.10(a)) is named by table, row and field: every column of %s, changed by its smallest step", async (table) => {
    const columns = await columnsOf(table, "value");
    const siteId = await siteOf(table);
    expect(columns.length, "columns to change").toBeGreaterThan(table === "group_roles" ? -1 : 0);
    const keys = keysOf(table);
    const [row] = await superuser<{ id: string }[]>`select ${superuser.unsafe(keys.map((k) => `"${k}"::text`).join(` || '/' || `))} as id from ${superuser(table)} order by ctid limit 1`;
    await superuser.unsafe(`create table one as select ctid as stands_at, * from ${table} order by ctid limit 1`);
    for (const column of columns) {
      const key = keys.map((k) => `t."${k}" = one."${k}"`).join(" and ") + (tablesOf("basel").some((t) => t.name === table) ? " and t.site_id = one.site_id" : "");
      await superuser.unsafe(`update ${table} t set "${column.column}" = ${changed(column).replaceAll(`"${column.column}"`, `one."${column.column}"`)} from one where ${key}`);
      const findings = await look(table, siteId);
      await superuser.unsafe(`update ${table} t set "${column.column}" = one."${column.column}" from one where ${key}`);
      expect(findings.map((f) => [f.table, f.recordId, f.field]), column.column).toEqual([[table, row?.id, column.column]]);
      expect(findings[0]?.recorded).not.toBe(findings[0]?.found);
    }
    await superuser.unsafe("drop table one");
    expect(await look(table, siteId)).toEqual([]);
  });

  it.each(keptTables.map((t) => t.name))("REQ-01 (21 CFR 11.10(a)) is named when its key is changed: one row of %s is gone and one is there that nobody recorded", async (table) => {
    for (const column of await columnsOf(table, "key")) {
      const siteId = await siteOf(table);
      const findings = await altered(table, () => superuser.unsafe(`update ${table} set "${column.column}" = ${otherKey(column)} where ctid = (select ctid from ${table} order by ctid limit 1)`), () => look(table, siteId));
      expect(findings.map((f) => [f.field, f.found]).sort(), column.column).toEqual([["row", "a row"], ["row", "no such row"]]);
    }
  });

  it.each(keptTables.map((t) => t.name))("REQ-03 (21 CFR 11.10(c)) is named when it is deleted from %s", async (table) => {
    const siteId = await siteOf(table);
    const findings = await altered(table, () => superuser.unsafe(`delete from ${table} where ctid = (select ctid from ${table} order by ctid limit 1)`), () => look(table, siteId));
    expect(findings).toEqual([{ table, recordId: expect.any(String), batchId: table === "batches" || batchTables.has(table) ? expect.any(String) : null, field: "row", recorded: "a row", found: "no such row" }]);
  });

  it("REQ-01 (21 CFR 11.10(a)) is named when two rows have exchanged their values", async () => {
    const findings = await altered("entries", () => superuser`
      with numbers as (select * from entries where site_id = 'basel' and batch_id = ${batchId} and version = 1 and value ~ '^[0-9.]+$'),
      pair as ((select *, 1 as n from numbers order by value, step_id limit 1) union all (select *, 2 from numbers order by value desc, step_id limit 1))
      update entries e set value = o.value from pair p, pair o where p.n <> o.n and e.site_id = p.site_id and e.batch_id = p.batch_id and e.step_id = p.step_id and e.parameter = p.parameter and e.version = p.version`, () => look("entries", "basel"));
    expect([findings[0]?.recorded, findings[0]?.found]).toEqual([findings[1]?.found, findings[1]?.recorded]);
    expect(findings.map((f) => f.field)).toEqual(["value", "value"]);
    expect(new Set(findings.map((f) => f.recordId)).size).toBe(2);
  });
});

describe("a batch before it is signed", () => {
  const open = () => withProgramme(db.portal, "installation", ["basel"], (tx) => openFindings(tx, "basel", batchId));
  const attack = (statement: string, table: string) => altered(table, () => superuser.unsafe(statement), open);
  const places = (findings: readonly { table: string; recordId: string; field: string }[]) => findings.map((f) => [f.table, f.recordId, f.field]);

  it.each<[string, string, string, readonly (readonly [string, unknown, string])[]]>([
    ["a value of a step", "entries", "update entries set value = '7.01' where batch_id = 'BAS-101-2607' and parameter = 'ph' and ctid = (select ctid from entries where batch_id = 'BAS-101-2607' and value ~ '^7' limit 1)", []],
    ["the titer of the batch", "batches", "update batches set titer_g_l = titer_g_l + 0.1 where id = 'BAS-101-2607'", [["batches", batchId, "titer_g_l"]]],
    ["the severity of an exception", "exceptions", "update exceptions set severity = 'info' where batch_id = 'BAS-101-2607' and id = 'EX-01'", [["exceptions", `${batchId}/EX-01`, "severity"]]],
    ["who performed a step", "steps", "update steps set performed_by = verified_by where batch_id = 'BAS-101-2607' and id = '5.3.1'", []],
    ["the time of a signature", "signatures", "update signatures set signed_at = signed_at - interval '1 day' where batch_id = 'BAS-101-2607' and ordinal = 1", [["signatures", `${batchId}/1`, "signed_at"]]],
    ["the master record", "master_batch_records", "update master_batch_records set canonical = replace(canonical, 'limits', 'limitz')", [["master_batch_records", expect.any(String), "canonical"]]],
    ["the product's strength", "products", "update products set strength = '5 mg/mL'", [["products", "VB-101", "strength"]]],
  ])("REQ-01 (21 CFR 11.10(a)) is not what was recorded when %s was altered, and says where", async (_, table, statement, expected) => {
    const findings = await attack(statement, table);
    if (expected.length > 0) expect(places(findings)).toEqual(expected);
    for (const finding of findings) expect(finding).toMatchObject({ table, recorded: expect.any(String), found: expect.any(String) });
    const [{ n } = { n: 0 }] = await superuser<{ n: number }[]>`select 1 as n`;
    expect(findings.length).toBeGreaterThanOrEqual(n);
    expect(await open()).toEqual([]);
  });

  const lastEntry = "(select seq from audit_entries where batch_id = 'BAS-101-2607' and subject_type = 'batches' order by seq desc limit 1)";
  it("REQ-05 (21 CFR 11.10(e)) is not what was recorded when what the trail says about a row was altered with the row", async () => {
    const findings = await attack(`update audit_entries set detail = jsonb_set(detail, '{new}', to_jsonb(replace(detail ->> 'new', '"origin": "executed"', '"origin": "imported"'))) where seq = ${lastEntry}; update batches set origin = 'imported' where id = 'BAS-101-2607'`, "audit_entries");
    await superuser`update batches set origin = 'executed' where id = ${batchId}`;
    expect(findings.map((f) => [f.table, f.field])).toEqual([["audit_entries", "detail"]]);
    expect(findings[0]?.found).toContain("imported");
  });

  it("REQ-05 (21 CFR 11.10(e)) is not what was recorded when the order of a row's history was turned round, so that an earlier state looks like the last", async () => {
    await withProgramme(db.portal, "installation", ["basel"], async (tx) => { for (const state of ["held", "qa_review"]) await tx.execute(sql`update batches set state = ${state} where id = ${batchId}`); }, { reason: "changed and changed back" });
    expect(await open()).toEqual([]);
    await superuser`alter table audit_entries alter column seq set generated by default`;
    const findings = await altered("audit_entries", () => superuser`
      update audit_entries set seq = (select min(seq) from audit_entries) - 1 where seq = (select max(seq) from audit_entries where batch_id = ${batchId} and subject_type = 'batches')`, () => looked("basel", (tx) => batchFindings(tx, "basel", batchId)));
    await superuser`alter table audit_entries alter column seq set generated always`;
    expect(findings.map((f) => [f.table, f.field])).toContainEqual(["audit_entries", "seq"]);
  });

  it("REQ-01 (21 CFR 11.10(a)) is asked of itself alone: another batch's alteration does not stand before it, another site's is not even seen", async () => {
    expect(await attack("update batches set titer_g_l = 9 where id in ('BAS-101-2608', 'RAL-101-2607')", "batches")).toEqual([]);
  });
});

const batchTables: ReadonlySet<string> = new Set(keptTables.filter((t) => t.batch).map((t) => t.name));
