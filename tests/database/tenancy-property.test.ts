import { sql, type SQL } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, providePortalDatabase, type Database } from "#db/client.ts";
import { withPerson, withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { actorWith } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const everySite = ["basel", "raleigh", "singapore"] as const;
type Site = (typeof everySite)[number];

/** Two connections for many users: each is handed on within a moment. */
let db: TestDatabase;
let pool: Database;
const rows: Record<string, Record<Site, number>> = {};

/** Shapes of query over site-owned tables; each row names the site it is of. */
const queries: Readonly<Record<string, SQL>> = {
  batches: sql`select site_id from batches`,
  joined: sql`select b.site_id, x.site_id as other from batches b join exceptions x on x.batch_id = b.id left join signatures g on g.batch_id = b.id`,
  carelesslyJoined: sql`select a.site_id, b.site_id as other from units a, units b`,
  grouped: sql`select site_id, count(*) from steps group by site_id`,
  nested: sql`select site_id from entries where batch_id in (select id from batches where site_id in ('basel', 'raleigh', 'singapore')) limit 500`,
  united: sql`select site_id from tags union all select site_id from role_assignments union all select site_id from audit_entries where subject_type = 'units'`,
  windowed: sql`select site_id, row_number() over (partition by unit_id order by id) from batches`,
  aimed: sql`select site_id from signatures where site_id <> all (coalesce((select app_sites()), '{}'))`,
  prepared: sql`select site_id from batches where site_id = ${"raleigh"}`,
};
const failures: readonly SQL[] = [sql`select 1 / 0`, sql`select * from nowhere`, sql`insert into units (site_id, id, name, equipment_class, process_cell) values ('basel', 'x', 'x', 'x', 'x')`, sql`select 1 / (length(set_config('app.site_ids', 'basel,raleigh,singapore', false)) * 0)`];

beforeAll(async () => {
  db = await freshDatabase("story");
  pool = openDatabase(db.portalUrl, 2);
  providePortalDatabase(pool);
  for (const site of everySite) for (const [name, query] of Object.entries(queries)) {
    const seen = await withProgramme(db.owner, "installation", [site], (tx) => tx.execute(query));
    rows[name] = { ...(rows[name] ?? { basel: 0, raleigh: 0, singapore: 0 }), [site]: seen.length };
  }
});
afterAll(async () => {
  await pool.$client.end();
  await db.close();
});

type Ending = "commit" | "thrown" | "sql error" | "caught sql error";
type Use = { readonly door: "person" | "programme" | "own roles" | "none"; readonly sites: readonly Site[]; readonly asked: readonly string[]; readonly ending: Ending; readonly failure: number; readonly change: boolean };
const use: fc.Arbitrary<Use> = fc.record({
  door: fc.constantFrom("person", "person", "programme", "own roles", "none"), sites: fc.subarray([...everySite]), asked: fc.array(fc.constantFrom(...Object.keys(queries)), { minLength: 1, maxLength: 3 }),
  ending: fc.constantFrom<Ending>("commit", "commit", "thrown", "sql error", "caught sql error"), failure: fc.nat(failures.length - 1), change: fc.boolean(),
});

type Sight = { readonly query: string; readonly sites: readonly string[]; readonly count: number };
async function ask(tx: Pick<SiteTx, "execute">, asked: readonly string[]): Promise<Sight[]> {
  const sights: Sight[] = [];
  for (const name of asked) {
    const seen = await tx.execute<{ site_id: string; other?: string }>(queries[name] ?? sql``);
    sights.push({ query: name, sites: [...new Set(seen.flatMap((row) => [row.site_id, ...(row.other === undefined ? [] : [row.other])]))], count: seen.length });
  }
  return sights;
}

class Thrown extends Error {}
/** One user's work; what he saw is returned however it ends. */
async function perform({ door, sites, asked, ending, failure, change }: Use): Promise<readonly Sight[]> {
  const sights: Sight[] = [];
  const work = async (tx: SiteTx) => {
    sights.push(...await ask(tx, asked));
    if (ending === "thrown") throw new Thrown();
    if (ending === "sql error") await tx.execute(failures[failure] ?? sql``);
    if (ending === "caught sql error") {
      await tx.transaction((inner) => inner.execute(failures[failure] ?? sql``)).catch(() => {});
      sights.push(...await ask(tx, asked));
    }
  };
  const reason = change ? { reason: "a good reason" } : undefined;
  const ended = door === "person" && sites.length > 0 ? withSites(requirePermission(actorWith(Object.fromEntries(sites.map((site) => [site, ["operator" as const]]))), "batch.read"), work, reason)
    : door === "programme" || door === "person" ? withProgramme(pool, "installation", sites, work, reason)
    : door === "own roles" ? withPerson(pool, "11111111-1111-4111-8111-111111111111", work)
    : pool.transaction((tx) => work(tx as SiteTx));
  await ended.catch((error: unknown) => { if (!(error instanceof Thrown) && ending !== "sql error") throw error; });
  return sights;
}
const sitesOf = (u: Use): readonly Site[] => (u.door === "none" || u.door === "own roles" ? [] : u.sites);
const settings = sql`select coalesce(nullif(current_setting('app.site_ids', true), ''), 'none') as sites, coalesce(nullif(current_setting('app.actor_id', true), ''), 'none') as actor, coalesce(nullif(current_setting('app.reason', true), ''), 'none') as reason`;

describe("users of one small pool", () => {
  it("REQ-04 (21 CFR 11.10(d)) see all of their own sites and nothing foreign, whatever they ask, side by side and however their work ends", async () => {
    await fc.assert(fc.asyncProperty(fc.array(use, { minLength: 2, maxLength: 8 }), async (users) => {
      const seen = await Promise.all(users.map(perform));
      for (const [i, u] of users.entries()) {
        const own = sitesOf(u);
        for (const { query, sites, count } of seen[i] ?? []) {
          expect(sites.filter((site) => !own.includes(site as Site)), query).toEqual([]);
          // Joins over two tables give more with more sites; the others give the sum.
          const due = own.reduce((n, site) => n + (rows[query]?.[site] ?? 0), 0);
          if (query === "carelesslyJoined" || query === "nested") expect(count >= Math.min(due, 500), query).toBe(true);
          else expect(count, `${query} at ${own.join()}`).toBe(due);
        }
      }
    }), { numRuns: 60 });
    expect(rows["batches"]).toEqual({ basel: 13, raleigh: 8, singapore: 6 });
  });

  it("REQ-04 (21 CFR 11.10(d)) leave no settings behind on a connection for the next user, however their work ends", async () => {
    await fc.assert(fc.asyncProperty(fc.array(use, { minLength: 1, maxLength: 6 }), async (users) => {
      await Promise.all(users.map(perform));
      // Both connections at once, each outside and inside a transaction.
      const left = await Promise.all([pool.execute(settings), pool.execute(settings), pool.transaction((tx) => tx.execute(settings)), pool.transaction((tx) => tx.execute(settings))]);
      expect(left.flatMap((result) => [...result])).toEqual(Array(4).fill({ sites: "none", actor: "none", reason: "none" }));
      expect((await Promise.all([ask(pool, ["batches"]), ask(pool, ["batches"])])).flat().map((s) => s.count)).toEqual([0, 0]);
    }), { numRuns: 60 });
  });

  it("REQ-06 (PI 041 9.6) write only where they gave a reason", async () => {
    const write = (tx: SiteTx) => tx.execute(sql`update batches set state = state where site_id = 'basel'`);
    const actor = requirePermission(actorWith({ basel: ["qa-manager"] }), "batch.release");
    await withSites(actor, write, { reason: "a good reason" });
    for (let i = 0; i < 4; i++) await expect(withSites(actor, write)).rejects.toMatchObject({ cause: { code: "25006" } });
    await expect(withSites(actor, write, { reason: "" })).rejects.toMatchObject({ cause: { code: "VB001" } });
  });
});
