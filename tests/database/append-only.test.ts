import { randomBytes, randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batches } from "#db/schema/batch.ts";
import { exports } from "#db/schema/export.ts";
import { integrityChecks, integrityFindings, segments } from "#db/schema/integrity.ts";
import { checkpoints, cosignatures, ledgerLeaves, ledgerNodes, registerKeys } from "#db/schema/ledger.ts";
import { modelVersions, predictions } from "#db/schema/prediction.ts";
import { exceptions } from "#db/schema/quality.ts";
import { passkeys, signingFailures, signingLocks, signingPolicies, undertakings } from "#db/schema/signature.ts";
import { importRuns, quarantinedRows, quarantinedSamples, samples, sources } from "#db/schema/telemetry.ts";
import { withProgramme, type Change, type SiteTx } from "#db/scope.ts";
import { batchStates } from "#lib/batch/state.ts";
import { exceptionStates, severities } from "#lib/quality/exception.ts";
import { sourceKeyDigest } from "#lib/telemetry/source-key.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { fillExecution, freeUnit, keptForEver, writtenOnce } from "#tests/execution-rows.ts";
import { rowChangesOf, rowHistory } from "#tests/history.ts";

const appendOnly = ["audit_entries", "signatures", "entries", "samples", "process_values", "quarantined_samples", "import_runs", "quarantined_rows", "predictions", "ledger_leaves", "ledger_nodes", "checkpoints", "cosignatures", "integrity_checks", "segments", "undertakings", "signing_failures", ...writtenOnce];
const neverDeleted = ["batches", "steps", "exceptions", "people", "master_batch_records", "integrity_findings", "passkeys", "signing_locks", "register_keys", "exports", "signing_policies", ...keptForEver];
const kept = ["signing_policies", "passkeys", "undertakings", "signing_locks", "register_keys", "people", "role_assignments", "group_roles", "units", "tags", "sources", "products", "master_batch_records", "batches", "steps", "entries", "exceptions", "signatures", "model_versions", "import_runs", ...keptForEver, ...writtenOnce.filter((table) => table !== "attachment_contents")];

/** Rows that keep their step: they stand in a batch of the full master, whose steps have other numbers. */
const ofExecution: ReadonlySet<string> = new Set([...writtenOnce, ...keptForEver]);

const siteId = "basel";
const now = new Date();
let db: TestDatabase;
const inBasel = <T>(login: "owner" | "portal", work: (tx: SiteTx) => Promise<T>, change?: Change) => withProgramme(db[login], "installation", [siteId, "enterprise"], work, change);
const refusedAs = (code: string) => ({ cause: { code } });

async function fillEvidence(tx: SiteTx, at: Date): Promise<void> {
  const hash = new Uint8Array(32);
  await tx.insert(ledgerLeaves).values({ siteId, position: 0, entryId: randomUUID(), leafHash: hash });
  await tx.insert(ledgerNodes).values({ siteId, level: 8, number: 0, hash });
  await tx.insert(checkpoints).values({ siteId, size: 1, root: hash, note: "", keyId: "0", signedAt: at });
  await tx.insert(cosignatures).values({ siteId, size: 1, witness: "w", line: "", receivedAt: at });
  await tx.insert(integrityChecks).values({ siteId, id: randomUUID(), startedAt: at, finishedAt: at, rows: 1, entries: 1, segments: 1, checkpoints: 1, ledgerSize: 1, findings: 1 });
  await tx.insert(integrityFindings).values({ siteId, id: randomUUID(), foundAt: at, lastSeenAt: at, tableName: "entries", recordId: "x", field: "value", recorded: "1", found: "2" });
  await tx.insert(segments).values({ siteId, batchId: "BAS-101-2611", unitId: "BR-2001", tag: "ph", day: "2026-03-01", readings: 1, digest: "0", content: hash, sealedAt: at });
}
async function fillSigning(tx: SiteTx, at: Date): Promise<void> {
  const { id: personId } = await storyActor(db.portal, "qa.manager@demo");
  await tx.insert(exports).values({ siteId, id: randomUUID(), kind: "evidence", subjectId: "BAS-101-2611", copy: 1, parameters: {}, state: "waiting", requestedBy: personId, requestedAt: at });
  await tx.insert(signingPolicies).values({ siteId, meaning: "rejected", ceremony: "passkey" }).onConflictDoNothing();
  await tx.insert(passkeys).values({ id: randomUUID(), personId, credentialId: "c", publicKey: "k", algorithm: -7, signCount: 0, deviceBound: true, aaguid: "", label: "Key", transports: [], enrolledAt: at, usableFrom: at });
  await tx.insert(undertakings).values({ id: randomUUID(), personId, version: 99, statement: "{}", digest: "0", method: "identity-provider", attestation: "", acceptedAt: at });
  await tx.insert(signingFailures).values({ id: randomUUID(), personId, at, cause: "foreign" });
  await tx.insert(signingLocks).values({ id: randomUUID(), personId, lockedAt: at, failures: 5 });
  await tx.insert(registerKeys).values({ id: "0000000000000000", owner: "basel", purpose: "ledger", name: "test/basel", algorithm: "Ed25519", publicKey: "", validFrom: at });
}

beforeAll(async () => {
  db = await freshDatabase("story");
  await inBasel("owner", async (tx) => {
    const importId = randomUUID();
    await tx.insert(samples).values({ siteId, sourceId: "gateway-BR-2001", tag: "ph", seq: 1, sampledAt: now, value: 7, unit: "pH", quality: "good", receivedAt: now });
    await tx.insert(quarantinedSamples).values({ siteId, id: randomUUID(), sourceId: "gateway-BR-2001", payload: "{}", reason: "malformed", receivedAt: now });
    await tx.insert(importRuns).values({ siteId, id: importId, fileName: "a.csv", fileDigest: "0", mappingDigest: "0", readRows: 1, storedRows: 0, unchangedRows: 0, quarantinedRows: 1, importedAt: now });
    await tx.insert(quarantinedRows).values({ siteId, importId, line: 2, raw: "x", reason: "malformed" });
    await tx.insert(modelVersions).values({ name: "m", version: "1", artefactDigest: "0", card: {}, registeredAt: now });
    await tx.insert(predictions).values({ siteId, unitId: "BR-2001", at: now, batchId: "BAS-101-2611", model: "m", modelVersion: "1", outcome: "not_evaluated", features: {} });
    await fillEvidence(tx, now);
    await fillExecution(tx, siteId, "BAS-101-2611", (await storyActor(db.portal, "qa.manager@demo")).id);
    await fillSigning(tx, now);
  }, { reason: "rows for the test" });
});
afterAll(() => db.close());

/** A change of every row in sight that changes nothing: the first column set to itself. */
async function touch(login: "owner" | "portal", table: string, verb: "update" | "delete" | "truncate", change: Change | undefined = { reason: "a good reason" }) {
  const [column] = await db.owner.execute<{ name: string }>(sql`select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum = 1`);
  const name = sql.identifier(table), first = sql.identifier(column?.name ?? "");
  const statement = { update: sql`update ${name} set ${first} = ${first}`, delete: sql`delete from ${name}`, truncate: sql`truncate ${name} cascade` }[verb];
  return inBasel(login, (tx) => tx.execute(statement), change);
}

describe("what is written once", () => {
  it.each(appendOnly)("REQ-05 (21 CFR 11.10(e)) stays: %s refuses update, delete and truncate, for the owner as well as for the portal", async (table) => {
    const [row] = await inBasel("owner", (tx) => tx.execute(sql`select 1 from ${sql.identifier(table)} limit 1`));
    expect(row, "there is a row to change").toBeDefined();
    for (const verb of ["update", "delete", "truncate"] as const) {
      await expect(touch("owner", table, verb), `owner ${verb}`).rejects.toMatchObject(refusedAs("VB002"));
      await expect(touch("portal", table, verb), `portal ${verb}`).rejects.toMatchObject(refusedAs("42501"));
    }
  });
  it.each(neverDeleted)("REQ-03 (21 CFR 11.10(c)) is never deleted: %s refuses delete and truncate, for the owner as well", async (table) => {
    for (const verb of ["delete", "truncate"] as const) {
      await expect(touch("owner", table, verb), `owner ${verb}`).rejects.toMatchObject(refusedAs("VB002"));
      await expect(touch("portal", table, verb), `portal ${verb}`).rejects.toMatchObject(refusedAs("42501"));
    }
  });
  it("REQ-08 (Annex 11 §9) cannot be undone by the portal: it may not switch off a trigger, a policy or row-level security", async () => {
    for (const attempt of ["alter table audit_entries disable trigger all", "alter table batches disable row level security", "drop policy own_sites on batches", "set session_replication_role = replica", "alter function record_row_change() rename to gone", "create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'"]) {
      await expect(db.portal.execute(sql.raw(attempt)), attempt).rejects.toMatchObject(refusedAs("42501"));
    }
  });
});

describe("a change of a GMP table", () => {
  const rejectFirst = (login: "owner" | "portal", scope: { actor?: string; reason?: string }) => db[login].transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.site_ids', 'basel,enterprise', true), set_config('app.actor_id', ${scope.actor ?? ""}, true), set_config('app.reason', ${scope.reason ?? ""}, true)`);
    return tx.update(exceptions).set({ state: "escalated" }).where(eq(exceptions.batchId, "BAS-101-2610"));
  });

  it.each<[string, { actor?: string; reason?: string }]>([
    ["neither actor nor reason", {}], ["no actor", { reason: "a good reason" }], ["no reason", { actor: "somebody" }], ["an empty reason", { actor: "somebody", reason: "   " }], ["a reason of a dot", { actor: "somebody", reason: "." }], ["a reason of two letters", { actor: "somebody", reason: " ok " }],
  ])("REQ-06 (PI 041 9.6) with %s is refused, for the portal and for the owner", async (_, scope) => {
    for (const login of ["portal", "owner"] as const) await expect(rejectFirst(login, scope)).rejects.toMatchObject(refusedAs("VB001"));
  });

  it("REQ-06 (PI 041 9.6) without a transaction's settings is refused in every kept table", async () => {
    for (const table of kept) {
      const [{ row } = { row: null }] = await inBasel("owner", (tx) => tx.execute<{ row: unknown }>(sql`select to_jsonb(t) as row from ${sql.identifier(table)} t limit 1`));
      expect(row, table).not.toBeNull();
      const insertAgain = sql`insert into ${sql.identifier(table)} select (jsonb_populate_record(null::${sql.identifier(table)}, ${JSON.stringify({ ...(row as object), id: randomUUID(), version: 98, credential_id: "another", meaning: "approved_for_release", tag: "another", ...(table === "equipment_states" ? { unit_id: freeUnit } : {}), ...(table === "equipment_uses" ? { step_id: "1.1.1.1" } : ofExecution.has(table) ? {} : { step_id: "5.1.1" }), number: 98, role: "auditor", group_name: "another", ordinal: 99, subject: "another", revoked_at: null })}::jsonb)).*`;
      const silent = db.owner.transaction(async (tx) => {
        await tx.execute(sql`select set_config('app.site_ids', 'basel,enterprise', true)`);
        await tx.execute(insertAgain);
      });
      await expect(silent, table).rejects.toMatchObject(refusedAs("VB001"));
    }
  });

  it("REQ-06 (PI 041 9.6) leaves who, in which role, when, why, who authorised, and old and new of the row", async () => {
    const place = and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, "BAS-101-2609"), eq(exceptions.id, "EX-01"));
    const [before, after] = await inBasel("portal", async (tx) => {
      const old = await tx.execute(sql`select to_jsonb(x) as row from exceptions x where batch_id = 'BAS-101-2609' and id = 'EX-01'`);
      await tx.update(exceptions).set({ severity: "critical", state: "escalated" }).where(place);
      return [old[0]?.["row"], (await tx.execute(sql`select to_jsonb(x) as row from exceptions x where batch_id = 'BAS-101-2609' and id = 'EX-01'`))[0]?.["row"]];
    }, { reason: "reassessed with the deviation", authorisedBy: "second person" });
    const [change] = await inBasel("owner", (tx) => rowChangesOf(tx, "exceptions")).then((all) => all.slice(-1));
    expect(change).toEqual({
      siteId, id: expect.any(Number), at: expect.any(Date), tableName: "exceptions", operation: "UPDATE", old: before, new: after, actorId: "programme:installation", actorRole: "programme",
      reason: "reassessed with the deviation", authorisedBy: "second person",
    });
    expect(after).toMatchObject({ severity: "critical", state: "escalated" });
  });

  it("REQ-12 leaves nothing when it is rolled back", async () => {
    const count = () => inBasel("owner", (tx) => tx.execute(sql`select count(*) from audit_entries`));
    const before = await count();
    await expect(inBasel("portal", async (tx) => { await tx.update(batches).set({ state: "held" }).where(eq(batches.id, "BAS-101-2611")); throw new Error("changed my mind"); }, { reason: "a good reason" })).rejects.toThrow("changed my mind");
    expect(await count()).toEqual(before);
  });

  it("REQ-08 (Annex 11 §9) is in the history also when the portal's login has made a table of the same name for itself", async () => {
    const pool = postgres(db.portalUrl, { max: 1, onnotice: () => {} });
    const count = async () => Number((await inBasel("owner", (tx) => tx.execute<{ n: string }>(sql`select count(*) as n from audit_entries`)))[0]?.n);
    const before = await count();
    const written = await pool.begin(async (tx) => {
      await tx`create temporary table audit_entries (like public.audit_entries including defaults including identity)`;
      await tx`grant all on audit_entries to public`;
      await tx`select set_config('app.site_ids', 'basel', true), set_config('app.actor_id', 'somebody', true), set_config('app.reason', 'a hidden change', true)`;
      await tx`update public.exceptions set state = 'escalated' where batch_id = 'BAS-101-2610'`;
      return tx`select id from public.exceptions where batch_id = 'BAS-101-2610'`;
    }).catch((error: { code?: string }) => error.code);
    await pool.end();
    // Either the login may make no temporary table, or the history is where it belongs.
    if (written !== "42501") expect(await count()).toBe(before + (written as readonly unknown[]).length);
  });
});

describe("the history of a row", () => {
  const edit = fc.oneof(
    fc.record({ table: fc.constant("exceptions" as const), state: fc.constantFrom(...exceptionStates), severity: fc.constantFrom(...severities), decision: fc.option(fc.string({ maxLength: 20, unit: "grapheme" }).filter((t) => !t.includes("\u0000"))) }),
    fc.record({ table: fc.constant("batches" as const), state: fc.constantFrom(...batchStates) }),
  );
  type Row = Record<string, unknown>;
  const current = (tx: SiteTx, table: string, id: string) => tx.execute<{ row: Row }>(sql`select to_jsonb(t) as row from ${sql.identifier(table)} t where site_id = ${siteId} and ${table === "batches" ? sql`true` : sql`batch_id = 'BAS-101-2610'`} and id = ${id}`);
  const rows = { exceptions: "EX-01", batches: "BAS-101-2610" } as const;

  it("REQ-05 (21 CFR 11.10(e)) gives back every past state, after any edits, in one transaction or in many", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }), async (transactions) => {
      const seen: { exceptions: Row[]; batches: Row[] } = { exceptions: [], batches: [] };
      const look = async (tx: SiteTx, table: "exceptions" | "batches") => { const [found] = await current(tx, table, rows[table]); if (found) seen[table].push(found.row); };
      const mark = await inBasel("owner", async (tx) => {
        for (const table of ["exceptions", "batches"] as const) await look(tx, table);
        return Number((await tx.execute<{ n: string }>(sql`select coalesce(max(id), 0) as n from ${rowHistory}`))[0]?.n);
      });
      for (const edits of transactions) {
        await inBasel("portal", async (tx) => {
          for (const one of edits) {
            if (one.table === "batches") await tx.update(batches).set({ state: one.state, revision: sql`revision + 1` }).where(eq(batches.id, rows.batches));
            else await tx.update(exceptions).set({ state: one.state, severity: one.severity, decision: one.decision }).where(and(eq(exceptions.batchId, "BAS-101-2610"), eq(exceptions.id, rows.exceptions)));
            await look(tx, one.table);
          }
        }, { reason: "edit of the test" });
      }
      for (const table of ["exceptions", "batches"] as const) {
        const changes = await inBasel("owner", (tx) => rowChangesOf(tx, table, mark));
        // Backwards from what stands there now: each change's old row is the state before it.
        expect([...changes.map((c) => c.old), changes.length > 0 ? changes.at(-1)?.new : seen[table][0]]).toEqual(seen[table]);
        for (const [i, change] of changes.slice(1).entries()) expect(change.old).toEqual(changes[i]?.new);
      }
    }), { numRuns: 40 });
  });

  it("REQ-65 never holds the digest of a source's key", async () => {
    const digest = sourceKeyDigest(randomBytes(24).toString("hex"));
    await inBasel("owner", (tx) => tx.insert(sources).values({ siteId, id: "secretive", unitId: "BR-2001", name: "s", keyDigest: digest, issuedAt: now, expiresAt: now }), { reason: "new source" });
    await inBasel("portal", (tx) => tx.update(sources).set({ revokedAt: now }).where(eq(sources.id, "secretive")), { reason: "source revoked" });
    const changes = await inBasel("owner", (tx) => rowChangesOf(tx, "sources"));
    expect(changes.slice(-2).map((c) => [c.operation, (c.new as Row)["id"], (c.new as Row)["revoked_at"] === null])).toEqual([["INSERT", "secretive", true], ["UPDATE", "secretive", false]]);
    expect(changes.length).toBeGreaterThan(2);
    expect(JSON.stringify(changes)).not.toContain("key_digest");
    expect(JSON.stringify(changes)).not.toContain(digest);
  });
});
