import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { recordView } from "#lib/access/view-commands.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { noFilter, type AuditFilter } from "#lib/audit/filter.ts";
import { searchRecords, viewsOf } from "#lib/audit/inspection-queries.ts";
import { deleteView, saveView } from "#lib/audit/saved-view-commands.ts";
import { savedViewsOf } from "#lib/audit/saved-view-queries.ts";
import { actsOnPage, storyline, type Act, type StoryOf } from "#lib/audit/storyline-queries.ts";
import { verifyMatched } from "#lib/audit/verify-queries.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { actorWith } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { asOwner, fillTrail, trailPeople } from "#tests/trail.ts";

const everything = { ...noFilter, kind: "all", class: "all" } as const satisfies AuditFilter;
const person = trailPeople[0]?.id ?? "";
const auditor = actorWith({ basel: ["auditor"], raleigh: ["auditor"], enterprise: ["auditor"] }, person);
const local = actorWith({ basel: ["auditor"] }, trailPeople[1]?.id);
const now = new Date("2026-04-02T10:00:00Z");
const stamp = { now, newId: randomUUID };

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase("empty");
  providePortalDatabase(db.portal);
  await fillTrail(db, 300, mulberry32(3));
  // Each of these is a transaction of its own: an act with several entries.
  for (let i = 0; i < 60; i++) await asOwner(db, async (tx) => {
    for (let n = 0; n < 15; n++) await writeAudit(tx, { event: "report.exported", detail: { recordDigest: "0", pages: 1, fileDigest: "0", copy: n }, siteId: "basel", subject: { type: "report", id: "R", batchId: "B-7" }, actor: { id: person, name: "Ann Able", role: "auditor" }, reason: `act ${i}` }, new Date(now.getTime() + i * 1000), randomUUID);
  }, { reason: "entries for the test" });
});
afterAll(() => db.close());
const asking = <T>(work: Parameters<typeof withSites<T>>[1], actor = auditor) => withSites(requirePermission(actor, "audit.read"), work);

describe("a look of an inspector", () => {
  const seenBy = (actor: typeof auditor) => asking((tx) => viewsOf(tx, actor.id, 1), actor);
  it("is written into the trail of the page's site, else the enterprise's, else one of his own, with the page and the client", async () => {
    await recordView({ ...auditor, origin: { request: "r", client: "a browser" } }, "/sites/raleigh/batches/B-1?x=1", stamp);
    await recordView(auditor, "/audit?kind=all", stamp);
    await recordView(auditor, "/sites/nowhere", stamp);
    await recordView(local, "/audit", stamp);
    const { views, total } = await seenBy(auditor);
    expect(total).toBe(3);
    expect(views.map((v) => [v.siteName, v.page]).sort()).toEqual([["Enterprise", "/audit?kind=all"], ["Enterprise", "/sites/nowhere"], ["Raleigh", "/sites/raleigh/batches/B-1?x=1"]]);
    expect(views.some((v) => v.client === "a browser")).toBe(true);
    expect((await seenBy(local)).views.map((v) => [v.siteName, v.page])).toEqual([["Basel", "/audit"]]);
  });
  it("of somebody who is no inspector cannot be written", async () => {
    await expect(recordView(actorWith({ basel: ["qa-manager"] }), "/audit", stamp)).rejects.toMatchObject({ code: "permission-denied" });
  });
});

describe("the storyline", () => {
  async function whole(of: StoryOf): Promise<readonly Act[]> {
    const acts: Act[] = [];
    for (let page = 1, total = 1; (page - 1) * actsOnPage < total; page++) {
      const found = await asking((tx) => storyline(tx, of, page));
      acts.push(...found.acts);
      total = found.total;
    }
    return acts;
  }
  it("REQ-15 (ALCOA++) of a batch tells every act once, oldest first, with all entries of a transaction as one act", async () => {
    const acts = await whole({ kind: "batch", siteId: "basel", batchId: "B-7" });
    expect(acts.map((a) => a.entries[0]?.reason)).toEqual(Array.from({ length: 60 }, (_, i) => `act ${i}`));
    expect(acts.every((a) => a.count === 15 && a.entries.length === 12)).toBe(true);
    expect(new Set(acts.map((a) => a.tx)).size).toBe(60);
  });
  it("REQ-06 (PI 041 9.6) of a person holds as many entries as the trail has of him in that month, and none of another site", async () => {
    const window = { from: new Date("2026-03-01T00:00:00Z"), to: new Date("2026-04-01T00:00:00Z") };
    const { entries } = await asking((tx) => storyline(tx, { kind: "actor", actorId: person, ...window }, 1));
    const [due] = await asOwner(db, (tx) => tx.execute<{ n: string }>(sql`select count(*) as n from audit_entries where actor_id = ${person} and site_id <> 'singapore' and at >= '2026-03-01Z' and at < '2026-04-01Z'`));
    expect(entries).toBeGreaterThan(10);
    expect(entries).toBe(Number(due?.n));
    const acts = await whole({ kind: "actor", actorId: person, ...window });
    expect(acts.some((a) => a.siteId === "singapore")).toBe(false);
  });
  it("is empty for whom nothing is recorded", async () => expect(await asking((tx) => storyline(tx, { kind: "actor", actorId: "nobody", from: new Date(0), to: now }, 1))).toEqual({ acts: [], total: 0, entries: 0 }));
});

describe("looking up a record", () => {
  it("REQ-04 (21 CFR 11.10(d)) finds batches, units, people and entries of the inspector's sites only, and takes every sign for itself", async () => {
    const found = async (text: string) => (await asking((tx) => searchRecords(tx, { text }), local)).map((h) => `${h.kind} ${h.name} ${h.address}`);
    expect(await found("B-1")).toEqual(["batch B-1 /sites/basel/batches/B-1"]);
    expect(await found("100% b")).toEqual([`person Ben 100% Baker /audit/people/${trailPeople[1]?.id}`]);
    expect((await found("br-1")).map((h) => h.split(" ")[0])).toEqual(["unit"]);
    expect((await found("0")).filter((h) => h.startsWith("entry"))).toHaveLength(1);
    expect(await found("no such thing")).toEqual([]);
    for (const odd of ["%", "_", "' or true --", "\\", "9".repeat(30)]) await expect(found(odd)).resolves.toBeDefined();
  });
});

describe("a saved view", () => {
  it("belongs to its person: nobody else sees or deletes it, and a name is taken once", async () => {
    await expect(asking((tx) => saveView(tx, person, { name: "x", query: "late=1" }, stamp))).rejects.toMatchObject({ cause: { code: "25006" } }); // read only without a reason
    const by = requirePermission(auditor, "audit.read");
    const write = <T>(work: Parameters<typeof withSites<T>>[1]) => withSites(by, work, { reason: "view kept" });
    const made = await write((tx) => saveView(tx, person, { name: "mine", query: "late=1" }, stamp));
    expect(made.ok).toBe(true);
    expect(await write((tx) => saveView(tx, person, { name: "mine", query: "" }, stamp))).toEqual({ ok: false, refusal: "name-taken" });
    const other = trailPeople[1]?.id ?? "";
    expect(await write((tx) => savedViewsOf(tx, other))).toEqual([]);
    await write((tx) => deleteView(tx, other, made.ok ? made.value : ""));
    expect((await write((tx) => savedViewsOf(tx, person))).map((v) => [v.name, v.query])).toEqual([["mine", "late=1"]]);
    await write((tx) => deleteView(tx, person, made.ok ? made.value : ""));
    expect(await write((tx) => savedViewsOf(tx, person))).toEqual([]);
  });
});

describe("verifying what a filter matches", () => {
  const holding: Parameters<typeof verifyMatched>[2] = async (_tx, _site, entries) => ({ proved: entries.map((e) => e.id), failed: [], uncovered: [] });
  it("REQ-01 (21 CFR 11.10(a)) says how many were checked, how many wait for the ledger, whether older ones were left out, and that nothing was checked where nothing matches", async () => {
    const all = await asking((tx) => verifyMatched(tx, everything, holding, 100));
    expect(all).toMatchObject({ checked: 100, failed: [], more: true });
    expect(all.proved + all.waiting).toBe(100);
    expect(await asking((tx) => verifyMatched(tx, { ...everything, batch: "B-9" }, holding))).toEqual({ checked: 0, proved: 0, waiting: 0, failed: [], more: false });
  });
  it("REQ-01 (21 CFR 11.10(a)) names every entry whose proof fails", async () => {
    const refusing: typeof holding = async (_tx, _site, entries) => ({ proved: [], failed: entries.map((e) => e.id), uncovered: [] });
    const outcome = await asking((tx) => verifyMatched(tx, { ...everything, site: "basel", to: "2026-03-31" }, refusing));
    expect(outcome.failed.length).toBeGreaterThan(5);
    expect(outcome.failed.length + outcome.waiting).toBe(outcome.checked);
    expect(outcome.proved).toBe(0);
  });
});
