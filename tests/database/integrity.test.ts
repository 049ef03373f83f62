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

let db: TestDatabase;
let superuser: postgres.Sql;
const now = new Date();
const batchId = "BAS-101-2607";

/** Rows of kept tables that the story does not plant. */
async function fill(tx: SiteTx): Promise<void> {
  const { id: personId } = await storyActor(db.portal, "qa.manager@demo");
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

/** Alters past every trigger, looks, and puts back what was there. */
async function altered<T>(tables: readonly string[], alter: () => Promise<unknown>, look: () => Promise<T>): Promise<T> {
  for (const table of tables) await superuser.unsafe(`create table saved_${table} as table ${table}`);
  try {
    await alter();
    return await look();
  } finally {
    for (const table of tables) {
      const [{ columns } = { columns: "" }] = await superuser<{ columns: string }[]>`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
      await superuser.unsafe(`truncate ${table} cascade`).catch(() => superuser.unsafe(`delete from ${table}`));
      await superuser.unsafe(`insert into ${table} (${columns}) overriding system value select ${columns} from saved_${table}`);
      await superuser.unsafe(`drop table saved_${table}`);
    }
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
