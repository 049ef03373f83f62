import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, providePortalDatabase, type Database } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { sites } from "#db/schema/site.ts";
import { appendWithSites, withProgramme, type SiteTx } from "#db/scope.ts";
import { appendAct, entryOf, type AuditInput } from "#lib/audit/commands.ts";
import { differencesOf, type StoredEntry } from "#lib/audit/entry.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { actorWith } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

let db: TestDatabase;
let admin: postgres.Sql;
let pool: Database;
const change = { reason: "test" };
const inspector = requirePermission(actorWith({ basel: ["auditor"] }), "inspection.read");

beforeAll(async () => {
  db = await freshDatabase("story");
  admin = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
  pool = openDatabase(db.portalUrl, 1);
  providePortalDatabase(pool);
});
afterAll(async () => {
  await pool.$client.end({ timeout: 1 });
  await admin.end();
});

const backend = async (tx: SiteTx): Promise<number> => Number((await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]?.pid);
const settings = (tx: SiteTx) => tx.execute<{ site_ids: string; actor: string; read_only: string }>(sql`select current_setting('app.site_ids') as site_ids, current_setting('app.actor_id') as actor, current_setting('transaction_read_only') as read_only`);

/** Ends the connection of an open transaction whose work is waiting for `go`; resolves when the server has dropped it. */
async function lost(work: (tx: SiteTx) => Promise<unknown>): Promise<{ readonly outcome: Promise<unknown>; readonly go: () => void }> {
  let go = () => {};
  const waiting = new Promise<void>((resolve) => { go = resolve; });
  let opened = (_: number) => {};
  const pid = new Promise<number>((resolve) => { opened = resolve; });
  const outcome = withProgramme(pool, "installation", ["basel"], async (tx) => {
    opened(await backend(tx));
    await waiting;
    return work(tx);
  }, change).catch((error: unknown) => error);
  await admin`select pg_terminate_backend(${await pid}, 5000)`;
  return { outcome, go };
}

describe("a transaction whose connection is lost (ALCOA+ consistent; one command, one transaction)", () => {
  it("fails, and nothing its work does afterwards reaches the transaction that got the connection next", async () => {
    let late: unknown;
    const { outcome, go } = await lost((tx) => tx.execute(sql`select set_config('app.site_ids', 'raleigh', true)`).catch((error: unknown) => { late = error; throw error; }));
    expect(await outcome).toMatchObject({ code: expect.stringMatching(/CONNECTION_CLOSED|57P01/) });
    const kept = await withProgramme(pool, "installation", ["basel"], async (tx) => {
      go();
      await new Promise((resolve) => setTimeout(resolve, 50)); // the lost work goes on meanwhile, fails, and would have rolled back
      return (await settings(tx))[0]?.site_ids;
    }, change).catch((error: unknown) => error);
    expect(late).toMatchObject({ cause: { code: "transaction-over" } });
    expect(kept).toBe("basel");
  });

  it("leaves the pool usable, also when statements were on their way", async () => {
    for (let i = 0; i < 20; i += 1) {
      const { outcome, go } = await lost((tx) => tx.execute(sql`select 1`));
      go();
      expect(await outcome).toBeInstanceOf(Error);
    }
    expect(await withProgramme(pool, "installation", ["basel"], backend)).toBeGreaterThan(0);
  });

  it("cannot be used after its end", async () => {
    let kept: SiteTx | undefined;
    await withProgramme(pool, "installation", ["basel"], async (tx) => { kept = tx; });
    await expect(kept?.execute(sql`select 1`)).rejects.toMatchObject({ cause: { code: "transaction-over" } });
  });
});

describe("the first statement of a transaction", () => {
  it("is settled, however it is sent", async () => {
    const [raw] = await withProgramme(pool, "ingest", ["raleigh"], settings);
    expect(raw).toEqual({ site_ids: "raleigh", actor: "programme:ingest", read_only: "on" });
    const seen = await withProgramme(pool, "ingest", ["raleigh"], (tx) => tx.selectDistinct({ site: auditEntries.siteId }).from(auditEntries));
    expect(seen).toEqual([{ site: "raleigh" }]);
    const [writing] = await withProgramme(pool, "ingest", ["raleigh"], settings, change);
    expect(writing?.read_only).toBe("off");
  });

  it("is refused where settling fails, and the error says why", async () => {
    const nul = withProgramme(pool, "ingest", ["ra\0leigh"], (tx) => tx.select().from(sites));
    await expect(nul).rejects.toMatchObject({ message: expect.stringContaining("set_config") });
  });
});

describe("an act by itself (Part 11 §11.10(e))", () => {
  const input: AuditInput = { event: "record.viewed", detail: { page: "/audit" }, siteId: "basel", subject: { type: "page", id: "/audit" }, actor: { id: "programme:installation", name: "installation", role: "programme" }, reason: "view by an inspector" };

  it("is stored as one written in a command: every column is what its bytes say", async () => {
    const id = await appendAct(inspector, input, new Date("2026-11-23T12:00:00.000Z"), randomUUID);
    const [row] = await withProgramme(pool, "installation", ["basel"], (tx) => tx.execute<StoredEntry>(sql`select *, null as leaf_hash from audit_entries where id = ${id}`));
    expect(row && differencesOf(row)).toEqual([]);
    expect(row).toMatchObject({ site_id: "basel", event: "record.viewed", kind: "act", reason: "view by an inspector", zone: "Europe/Zurich", authorised_by: null });
  });

  it("is refused at another site than those it may see", async () => {
    const refused = appendWithSites(requirePermission(actorWith({ raleigh: ["auditor"] }), "inspection.read"), (scope) => entryOf(input, scope, undefined, { zone: "Europe/Zurich", now: new Date(), id: randomUUID() }));
    await expect(refused).rejects.toMatchObject({ code: "42501" });
  });

  it("leaves no setting behind in its connection", async () => {
    await appendAct(inspector, input, new Date(), randomUUID);
    const [left] = await pool.$client.unsafe("select coalesce(current_setting('app.site_ids', true), '') as sites");
    expect(left?.["sites"]).toBe("");
  });
});
