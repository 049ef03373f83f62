import { randomUUID } from "node:crypto";
import { and, asc, eq } from "drizzle-orm";
import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { batches } from "#db/schema/batch.ts";
import { units } from "#db/schema/equipment.ts";
import { exceptions } from "#db/schema/quality.ts";
import { products } from "#db/schema/recipe.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, requirePermission, type Actor } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { takeIntoQaReview } from "#lib/batch/commands.ts";
import { batchFilter, batchSorts, pageSizes, type BatchFilter } from "#lib/batch/list.ts";
import { listBatches, releaseQueue, siteOfBatch, type BatchListRow } from "#lib/batch/queries.ts";
import { acceptException } from "#lib/quality/commands.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

const now = new Date();
const stamp = { now, newId: randomUUID };
let db: TestDatabase;
let qa: Actor;
const everySite = ["basel", "raleigh", "singapore", "enterprise"];
const asOwner = <T>(work: (tx: SiteTx) => Promise<T>, change?: { reason: string }) => withProgramme(db.owner, "installation", everySite, work, change);
const trail = () => asOwner((tx) => tx.select().from(auditEntries).where(eq(auditEntries.kind, "act")).orderBy(asc(auditEntries.seq)));

/** Runs of another system at two sites: the same numbers, the same times, so that only the site tells them apart. */
const imported = Array.from({ length: 60 }, (_, i) => `IMP_${String(i % 30).padStart(2, "0")}%`);
beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  qa = await storyActor(db.portal, "qa.manager@demo");
  await asOwner(async (tx) => {
    await tx.insert(products).values({ id: "P-2", name: "Other protein 100%", strength: "1 g/L" });
    await tx.insert(units).values(["basel", "raleigh"].map((siteId) => ({ siteId, id: "V-1", name: "Vessel", equipmentClass: "Vessel of an imported run", processCell: "x" })));
    await tx.insert(batches).values(imported.map((id, i) => ({ siteId: i < 30 ? "basel" : "raleigh", id, productId: "P-2", unitId: "V-1", state: "complete" as const, origin: "imported" as const, inoculatedAt: new Date("2025-01-01T00:00:00Z") })));
  }, { reason: "rows for the test" });
});
afterAll(() => db.close());

const list = (change: Partial<BatchFilter> = {}, actor = qa) => {
  const by = requirePermission(actor, "batch.read");
  return withSites(by, (tx) => listBatches(tx, actor, { ...batchFilter.parse({}), ...change }));
};
const place = (row: { siteId: string; id: string }) => `${row.siteId}/${row.id}`;
async function allPages(change: Partial<BatchFilter>): Promise<readonly BatchListRow[]> {
  const { total } = await list(change);
  const pages = [];
  for (let page = 1; page <= Math.ceil(total / (change.size ?? 25)); page++) pages.push(await list({ ...change, page }));
  return pages.flatMap((p) => p.rows);
}

/** Holds the row until `n` transactions wait for a lock, then lets them go: they are at once for certain. */
async function atOnce<T>(n: number, row: (tx: postgres.Sql) => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const superuser = postgres(db.superuserUrl, { max: 2, onnotice: () => {} });
  let doing: Promise<T> | undefined;
  await superuser.begin(async (tx) => {
    await row(tx as unknown as postgres.Sql);
    doing = work();
    for (let waiting = 0, looks = 0; waiting < n && looks < 2_000; looks++) waiting = Number((await superuser`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)[0]?.["n"]);
  });
  const done = await doing;
  await superuser.end();
  return done as T;
}

describe("the list of batches", () => {
  it("holds every batch of the person's sites exactly once over its pages, whatever the sort, its direction and the size", async () => {
    const stored = await asOwner((tx) => tx.select({ siteId: batches.siteId, id: batches.id }).from(batches));
    for (const sort of batchSorts) for (const dir of ["asc", "desc"] as const) for (const size of pageSizes) {
      const rows = await allPages({ sort, dir, size });
      expect(rows.map(place).sort(), `${sort} ${dir} ${size}`).toEqual(stored.map(place).sort());
    }
  });
  it("is in the order it says, with what has no value last in both directions", async () => {
    const columns: readonly (readonly [BatchFilter["sort"], (r: BatchListRow) => string | number | Date | null])[] = [
      ["id", (r) => r.id], ["product", (r) => r.productId], ["site", (r) => r.siteName], ["unit", (r) => r.unitId], ["state", (r) => r.state], ["titer", (r) => r.titer], ["yield", (r) => r.yieldPercent],
      ["inoculated", (r) => r.inoculatedAt], ["completed", (r) => r.completedAt], ["due", (r) => r.dueAt], ["exceptions", (r) => r.critical * 10_000 + r.major * 100 + r.minor],
    ];
    for (const [sort, value] of columns) for (const dir of ["asc", "desc"] as const) {
      const values = (await list({ sort, dir, size: 100 })).rows.map(value);
      const known = values.filter((v) => v !== null);
      expect(values.slice(0, known.length), `${sort} ${dir}: no gap`).toEqual(known);
      for (const [i, v] of known.slice(1).entries()) expect(dir === "asc" ? known[i]! <= v : known[i]! >= v, `${sort} ${dir}: ${String(known[i])} then ${String(v)}`).toBe(true);
    }
  });
  it.each<[string, Partial<BatchFilter>, (row: BatchListRow) => boolean]>([
    ["by site", { site: ["singapore"] }, (r) => r.siteId === "singapore"], ["by several sites", { site: ["basel", "raleigh"] }, (r) => r.siteId !== "singapore"], ["by state", { state: ["released", "rejected"] }, (r) => ["released", "rejected"].includes(r.state)],
    ["by product", { product: ["P-2"] }, (r) => r.productId === "P-2"], ["by origin", { origin: "executed" }, (r) => r.origin === "executed"], ["by all at once", { site: ["basel"], state: ["qa_review"], product: ["VB-101"], origin: "executed", q: "2607" }, (r) => r.id === "BAS-101-2607"],
    ["by a part of the number, in any case", { q: "bas-101-26" }, (r) => r.id.startsWith("BAS-101-26")], ["by the unit", { q: "BR-300" }, (r) => r.unitId.startsWith("BR-300")], ["by the product's name", { q: "Other protein" }, (r) => r.productId === "P-2"],
    ["by a percent sign, which means itself", { q: "100%" }, (r) => r.productId === "P-2"], ["by an underscore, which means itself", { q: "P_0" }, (r) => r.id.startsWith("IMP_0")], ["by a percent sign alone", { q: "0%" }, (r) => r.productId === "P-2"],
    ["by a backslash, which means itself", { q: "\\" }, () => false], ["by a quote, which is only text", { q: "' or '1'='1" }, () => false], ["by a site there is not", { site: ["atlantis"] }, () => false],
  ])("is filtered %s", async (_, change, wanted) => {
    const [found, all] = [await list({ ...change, size: 100 }), await list({ size: 100 })];
    expect(found.rows.map(place).sort()).toEqual(all.rows.filter(wanted).map(place).sort());
    expect(found.total).toBe(found.rows.length);
  });
  it.each([{ q: "a\u0000b" }, { site: "a\u0000b" }, { product: ["\ud800"] }])("does not fail for an address with text that PostgreSQL cannot hold: %j is dropped", async (query) => {
    expect(await list(batchFilter.parse(query))).toEqual(await list());
  });
  it("says of a page past the end how many batches there are", async () => {
    expect(await list({ page: 99 })).toEqual({ rows: [], total: (await list()).total });
  });

  it.each([
    ["qa.manager@demo", ["BAS-101-2608", "BAS-101-2609", "RAL-101-2606", "SIN-101-2604", "SIN-101-2605", "BAS-101-2607"]], ["supervisor.basel@demo", ["BAS-101-2610", "BAS-201-2601"]], ["qp.raleigh@demo", ["RAL-101-2607"]], ["operator.basel@demo", []],
  ])("has what waits for %s first, then what waits for others, then what runs", async (userName, mine) => {
    const rows = (await list({ size: 100 }, await storyActor(db.portal, userName))).rows;
    expect(rows.filter((r) => r.waitsForMe).map((r) => r.id).sort()).toEqual([...mine].sort());
    const rank = rows.map((r) => (r.waitsForMe ? 0 : r.waitingOn ? 1 : ["in_progress", "held"].includes(r.state) ? 2 : 3));
    expect(rank).toEqual([...rank].sort((a, b) => a - b));
  });
  it("REQ-04 (21 CFR 11.10(d)) holds no batch of another site, whatever is asked for", async () => {
    const supervisor = await storyActor(db.portal, "supervisor.basel@demo");
    await fc.assert(fc.asyncProperty(fc.constantFrom(...batchSorts), fc.subarray(["basel", "raleigh", "singapore"]), fc.constantFrom("", "RAL", "101", "%"), async (sort, site, q) => {
      expect((await list({ sort, site, q, size: 100 }, supervisor)).rows.filter((r) => r.siteId !== "basel")).toEqual([]);
    }), { numRuns: 30 });
    const by = requirePermission(supervisor, "batch.read");
    expect(await withSites(by, (tx) => siteOfBatch(tx, "RAL-101-2607"))).toBeUndefined();
    expect(await withSites(by, (tx) => siteOfBatch(tx, "BAS-101-2607"))).toBe("basel");
  });
});

describe("the release queue", () => {
  it("REQ-42 (21 CFR 211.192) holds the open executed batches: mine first, then by due date, and no imported run", async () => {
    const by = requirePermission(qa, "queue.read");
    const rows = await withSites(by, (tx) => releaseQueue(tx, qa));
    expect(rows.map((r) => r.id).sort()).toEqual(["BAS-101-2607", "BAS-101-2608", "BAS-101-2609", "BAS-101-2610", "BAS-201-2601", "RAL-101-2606", "RAL-101-2607", "SIN-101-2604", "SIN-101-2605"]);
    expect(rows.every((r) => r.origin === "executed")).toBe(true);
    const order = rows.map((r) => [r.waitsForMe ? 0 : 1, r.dueAt?.getTime() ?? Infinity] as const);
    expect(order).toEqual([...order].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    expect(rows[0]?.id).toBe("RAL-101-2606");
  });
  it("REQ-09 says whom each batch waits for", async () => {
    const rows = await withSites(requirePermission(qa, "queue.read"), (tx) => releaseQueue(tx, qa));
    expect(Object.fromEntries(rows.map((r) => [r.id, r.waitingOn]))).toEqual({
      "BAS-101-2610": "supervisor", "BAS-201-2601": "supervisor", "BAS-101-2609": "qa-manager", "SIN-101-2605": "qa-manager", "BAS-101-2608": "qa-manager", "RAL-101-2606": "qa-manager", "RAL-101-2607": "site-confirmer", "SIN-101-2604": "qa-manager", "BAS-101-2607": "qa-manager",
    });
  });
});

describe("a command on a batch", () => {
  const doors = { accept: "exception.decide", take: "batch.take-into-qa-review" } as const satisfies Record<string, Permission>;
  const accept = (batchId: string, exceptionId: string, actor = qa) => {
    const by = requirePermission(actor, doors.accept, "basel");
    return withSites(by, (tx) => acceptException(tx, by, { siteId: "basel", batchId, exceptionId, rationale: "No effect on the product." }, stamp), { reason: "No effect on the product." });
  };
  const take = (batchId: string, actor = qa) => {
    const by = requirePermission(actor, doors.take, "basel");
    return withSites(by, (tx) => takeIntoQaReview(tx, by, "basel", batchId, stamp), { reason: "taken into QA review" });
  };
  const stored = async (batchId: string) => asOwner(async (tx) => ({ batch: await tx.select().from(batches).where(eq(batches.id, batchId)), exceptions: await tx.select().from(exceptions).where(eq(exceptions.batchId, batchId)).orderBy(asc(exceptions.id)) }));
  const change = (batchId: string, id: string, set: object) => asOwner((tx) => tx.update(exceptions).set(set).where(and(eq(exceptions.batchId, batchId), eq(exceptions.id, id))), { reason: "prepared for the test" });

  it("REQ-51 takes a batch that production reviewed into QA review, once, with its audit entry", async () => {
    const before = await trail();
    const [was] = (await stored("BAS-101-2609")).batch;
    expect(await take("BAS-101-2609")).toEqual({ ok: true, value: "qa_review" });
    expect((await stored("BAS-101-2609")).batch).toEqual([{ ...was, state: "qa_review", revision: (was?.revision ?? 0) + 1 }]);
    expect((await trail()).slice(before.length)).toMatchObject([{ event: "batch.taken-into-qa-review", batchId: "BAS-101-2609", actorId: qa.id, role: "qa-manager", detail: { from: "prod_reviewed", to: "qa_review" } }]);
    const after = await trail();
    expect(await take("BAS-101-2609")).toMatchObject({ ok: false, refusal: { reason: "command-not-allowed", state: "qa_review" } });
    expect(await take("BAS-101-2610")).toMatchObject({ ok: false, refusal: { state: "complete" } });
    expect(await trail()).toEqual(after);
  });

  it("REQ-42 (21 CFR 211.192) accepts an exception with its rationale, once, with its audit entry", async () => {
    const id = "EX-01";
    await change("BAS-101-2608", id, { state: "explained", severity: "major", decision: null, decidedBy: null, decidedAt: null });
    const open = (await stored("BAS-101-2608")).exceptions.find((x) => x.id === id);
    const before = await trail();
    expect(await accept("BAS-101-2608", id)).toEqual({ ok: true, value: undefined });
    expect((await stored("BAS-101-2608")).exceptions.find((x) => x.id === id)).toEqual({ ...open, state: "closed", decision: "No effect on the product.", decidedBy: qa.id, decidedAt: now });
    const after = await trail();
    expect(after.slice(before.length)).toMatchObject([{ event: "exception.accepted", subjectId: `BAS-101-2608/${id}`, batchId: "BAS-101-2608", actorId: qa.id, reason: "No effect on the product.", detail: { severity: "major", from: "explained", to: "closed", rationale: "No effect on the product." } }]);
    expect(await accept("BAS-101-2608", id)).toEqual({ ok: false, refusal: { reason: "already-decided", state: "closed" } });
    expect(await trail()).toEqual(after);
  });

  it("REQ-42 (21 CFR 211.192) accepts nothing that is critical, that one made oneself, or outside QA review, and nothing of it is written", async () => {
    await change("BAS-101-2607", "EX-01", { state: "open", severity: "critical", decision: null, decidedBy: null, decidedAt: null });
    await change("BAS-101-2607", "EX-02", { state: "open", severity: "minor", decision: null, decidedBy: null, decidedAt: null });
    const before = [await stored("BAS-101-2607"), await stored("BAS-101-2610"), await trail()];
    const operator = await storyActor(db.portal, "operator.basel@demo");
    expect(await accept("BAS-101-2607", "EX-01")).toEqual({ ok: false, refusal: { reason: "needs-deviation" } });
    expect(await accept("BAS-101-2607", "EX-02", { ...operator, rolesBySite: new Map([["basel", ["qa-manager"]]]) })).toEqual({ ok: false, refusal: { reason: "own-work" } });
    expect(await accept("BAS-101-2610", "EX-01")).toEqual({ ok: false, refusal: { reason: "not-now", state: "complete" } });
    expect([await stored("BAS-101-2607"), await stored("BAS-101-2610"), await trail()]).toEqual(before);
  });

  it("REQ-42 (21 CFR 211.192) lets a supervisor close what is minor and asks for no more, once the record is complete, and nothing else", async () => {
    const supervisor: Actor = { ...qa, rolesBySite: new Map([["basel", ["supervisor"]]]) };
    const close = (batchId: string, exceptionId: string) => {
      const by = requirePermission(supervisor, "exception.close", "basel");
      return withSites(by, (tx) => acceptException(tx, by, { siteId: "basel", batchId, exceptionId, rationale: "A slip of the pen." }, stamp), { reason: "A slip of the pen." });
    };
    const open = { state: "open", decision: null, decidedBy: null, decidedAt: null, configurationVersion: 1 } as const;
    await change("BAS-101-2610", "EX-01", { ...open, severity: "minor", type: "entry_corrected" });
    await change("BAS-101-2610", "EX-02", { ...open, severity: "major", type: "entry_corrected" });
    expect(await close("BAS-101-2610", "EX-02")).toEqual({ ok: false, refusal: { reason: "quality-only" } });
    expect(await close("BAS-101-2610", "EX-01")).toEqual({ ok: true, value: undefined });
    expect((await stored("BAS-101-2610")).exceptions.find((x) => x.id === "EX-01")).toMatchObject({ state: "closed", decision: "A slip of the pen.", decidedBy: qa.id });
    await change("BAS-101-2607", "EX-02", { ...open, severity: "minor", type: "entry_corrected" });
    expect(await close("BAS-101-2607", "EX-02")).toEqual({ ok: false, refusal: { reason: "not-now", state: "qa_review" } });
    expect(() => requirePermission(supervisor, "exception.decide", "basel")).toThrow(/permission exception.decide/);
  });

  it("REQ-51 is taken once: of two who take the batch at once one is refused", async () => {
    await asOwner((tx) => tx.update(batches).set({ state: "prod_reviewed" }).where(eq(batches.id, "BAS-101-2609")), { reason: "prepared for the test" });
    const outcomes = await atOnce(2, (tx) => tx`select 1 from batches where id = 'BAS-101-2609' for update`, () => Promise.all([take("BAS-101-2609"), take("BAS-101-2609")]));
    expect(outcomes.map((o) => o.ok).sort()).toEqual([false, true]);
  });

  it("REQ-04 (21 CFR 11.10(d)) finds no batch and no exception of another site", async () => {
    const by = requirePermission(qa, doors.take, "basel");
    await expect(withSites(by, (tx) => takeIntoQaReview(tx, by, "singapore", "SIN-101-2605", stamp), { reason: "foreign batch" })).rejects.toBeInstanceOf(NotFound);
    await expect(accept("SIN-101-2605", "EX-01")).rejects.toBeInstanceOf(NotFound);
    await expect(accept("BAS-101-2607", "EX-99")).rejects.toBeInstanceOf(NotFound);
  });

  it("REQ-05 (21 CFR 11.10(e)) is one with its audit entry: of two at once one acts and one is refused", async () => {
    await change("BAS-101-2607", "EX-02", { state: "explained", severity: "minor" });
    const before = (await trail()).length;
    const outcomes = await atOnce(2, (tx) => tx`select 1 from exceptions where batch_id = 'BAS-101-2607' for update`, () => Promise.all([accept("BAS-101-2607", "EX-02"), accept("BAS-101-2607", "EX-02")]));
    expect(outcomes.map((o) => o.ok).sort()).toEqual([false, true]);
    expect((await trail()).length).toBe(before + 1);
  });
});
