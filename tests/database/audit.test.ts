import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { withProgramme, withSites } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { auditEventNames } from "#lib/audit/event.ts";
import { auditFilter, auditKinds, cursorOf, failedSignings, noFilter, type AuditFilter } from "#lib/audit/filter.ts";
import { auditPage, countMatches, selectedEntry, viewCounts, type AuditRow } from "#lib/audit/queries.ts";
import { localParts } from "#lib/site/time.ts";
import { mulberry32 } from "#lib/simulator/random.ts";
import { actorWith } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { asOwner, fillTrail, reasons, trailPeople, trailSites } from "#tests/trail.ts";

type Stored = { id: string; seq: string; site_id: string; at: string; zone: string; actor_id: string; kind: string; event: string; subject_type: string; subject_id: string; batch_id: string | null; reason: string; critical: boolean; detail: { new?: string } };
const everything = { ...noFilter, kind: "all", class: "all" } as const satisfies AuditFilter;
const auditor = actorWith({ basel: ["auditor"], raleigh: ["auditor"], singapore: ["auditor"], enterprise: ["auditor"] });
const baselOnly = actorWith({ basel: ["qa-manager"] });

let db: TestDatabase;
let stored: readonly Stored[];
beforeAll(async () => {
  db = await freshDatabase("empty");
  providePortalDatabase(db.portal);
  await fillTrail(db, 600, mulberry32(7));
  stored = await asOwner(db, (tx) => tx.execute<Stored>(sql`select * from audit_entries`));
});
afterAll(() => db.close());

const asking = <T>(actor: Actor, work: Parameters<typeof withSites<T>>[1]) => withSites(requirePermission(actor, "audit.read"), work);
const page = (filter: AuditFilter, actor = auditor, length = 50, budget = 50_000) => asking(actor, (tx) => auditPage(tx, filter, { length, budget }));

/** Every page from the newest on; checks that pages are full and cursors end. */
async function allPages(filter: AuditFilter, length: number, actor = auditor): Promise<readonly AuditRow[]> {
  const rows: AuditRow[] = [];
  for (let older: string | undefined, first = true; first || older; first = false) {
    const found = await page({ ...filter, older }, actor, length);
    expect(found.rows.length).toBeLessThanOrEqual(length);
    if (found.older) expect(found.rows).toHaveLength(length);
    rows.push(...found.rows);
    older = found.older;
  }
  return rows;
}

const completedAt = new Date("2026-03-28T23:00:00Z");
const holds = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());

/** The filter in memory, written from what it promises and not from how it is asked. */
function matches(e: Stored, filter: AuditFilter, sites: readonly string[]): boolean {
  const at = new Date(e.at);
  const chosen = sites.filter((site) => filter.site === undefined || site === filter.site);
  const zones = new Set(trailSites.filter((s) => s.kind === "site" && chosen.includes(s.id)).map((s) => s.timeZone));
  const day = localParts(at, zones.size === 1 ? ([...zones][0] ?? "UTC") : "UTC").date;
  const local = localParts(at, e.zone);
  const weekday = new Date(`${local.date}T00:00:00Z`).getUTCDay();
  const hour = Number(local.time.slice(0, 2));
  const person = trailPeople.find((p) => p.id === e.actor_id);
  const row = JSON.parse(e.detail.new ?? "{}") as { event_at?: string; entered_at?: string; parameter?: string };
  const delayH = row.event_at && row.entered_at && e.subject_type === "entries" ? (Date.parse(row.entered_at) - Date.parse(row.event_at)) / 3_600_000 : 0;
  return chosen.includes(e.site_id) && (!filter.from || day >= filter.from) && (!filter.to || day <= filter.to)
    && (!filter.actor || e.actor_id === filter.actor || e.actor_id === `programme:${filter.actor}` || (person !== undefined && (holds(person.printedName, filter.actor) || holds(person.userName, filter.actor))))
    && (!filter.batch || e.batch_id === filter.batch) && (!filter.record || e.subject_type === filter.record) && (!filter.subject || e.subject_id === filter.subject) && (!filter.event || e.event === filter.event)
    && ({ all: true, acts: e.kind === "act", changes: e.kind === "change" || e.kind === "deletion", creations: e.kind === "creation", "no-creations": e.kind !== "creation" })[filter.kind]
    && (filter.class === "all" || e.critical) && (!filter.off || weekday === 0 || weekday === 6 || hour < 6 || hour >= 20) && (!filter.late || delayH > (row.parameter === "titer" ? 40 : 7))
    && (!filter.failed || failedSignings.some((event) => event === e.event)) && (!filter.after || (e.site_id !== "enterprise" && e.batch_id === "B-1" && at > completedAt)) && (!filter.reason || holds(e.reason, filter.reason));
}
const newestFirst = (a: Stored, b: Stored) => Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? 1 : -1);
const bruteForce = (filter: AuditFilter, sites: readonly string[]) => stored.filter((e) => matches(e, filter, sites)).sort(newestFirst);

const sometimes = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
const days = ["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"] as const;
const anyFilter: fc.Arbitrary<AuditFilter> = fc.record({
  from: sometimes(days), to: sometimes(days), site: sometimes(["basel", "raleigh", "enterprise", "nowhere"]), actor: sometimes(["ann", "100%", "p2@demo", "y_d", "plant", trailPeople[0]?.id ?? "", "nobody"]), batch: sometimes(["B-1", "B-2", "B-3"]),
  record: sometimes(["entries", "exceptions", "report", "batch"]), subject: sometimes(["R-1", "B-1/EX-1"]), event: sometimes(auditEventNames.filter((e) => ["report.exported", "signing.refused", "row.changed", "row.created", "story.planted"].includes(e))),
  kind: fc.constantFrom(...auditKinds), class: fc.constantFrom("critical", "all"), after: fc.constantFrom(false, false, true), off: fc.constantFrom(false, false, true), late: fc.constantFrom(false, false, true), failed: fc.constantFrom(false, false, true),
  reason: sometimes([...reasons, "trans", "0%", "_", "' or true --"]), older: fc.constant(undefined), newer: fc.constant(undefined), entry: fc.constant(undefined),
});

describe("the explorer's list", () => {
  it("REQ-08 (Annex 11 §9) gives for any filter what looking at every entry gives, in the same order, and counts it", async () => {
    let found = 0;
    await fc.assert(fc.asyncProperty(anyFilter, fc.constantFrom(auditor, baselOnly), async (filter, actor) => {
      const due = bruteForce(filter, [...actor.rolesBySite.keys()]);
      found += due.length;
      expect((await allPages(filter, 40, actor)).map((r) => r.id)).toEqual(due.map((e) => e.id));
      const counted = bruteForce({ ...filter, reason: undefined }, [...actor.rolesBySite.keys()]).length;
      expect(await asking(actor, (tx) => countMatches(tx, filter))).toBe(counted);
      expect(await asking(actor, (tx) => countMatches(tx, filter, 5))).toBe(Math.min(6, counted));
    }), { numRuns: 150 });
    expect(found).toBeGreaterThan(20);
  });
  it.each<[string, Partial<AuditFilter>]>([
    ["days", { from: "2026-03-29", to: "2026-03-29", site: "basel" }], ["site", { site: "raleigh" }], ["person", { actor: "ann" }], ["programme", { actor: "plant" }], ["batch", { batch: "B-1" }], ["kind of record", { record: "entries" }], ["one record", { subject: "B-1/EX-1" }],
    ["event", { event: "report.exported" }], ["acts", { kind: "acts" }], ["changes", { kind: "changes" }], ["creations", { kind: "creations" }], ["all but creations", { kind: "no-creations" }], ["class", { class: "critical" }], ["after completion", { after: true }],
    ["nights and weekends", { off: true }], ["late entries", { late: true }], ["failed signings", { failed: true }], ["reason", { reason: "SECOND" }], ["reason with a percent sign that means itself", { reason: "0% s" }], ["reason with an underscore that means itself", { reason: "a_b" }],
  ])("REQ-08 (Annex 11 §9) is filtered by %s: some entries and not all", async (_, change) => {
    const filter = { ...everything, ...change };
    const due = bruteForce(filter, [...auditor.rolesBySite.keys()]);
    expect(due.length).toBeGreaterThan(0);
    expect(due.length).toBeLessThan(stored.length);
    expect((await allPages(filter, 100)).map((r) => r.id)).toEqual(due.map((e) => e.id));
  });
  it("REQ-08 (Annex 11 §9) begins with critical changes, newest first, creations hidden", async () => {
    const rows = await allPages(auditFilter.parse({}), 50);
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.every((r) => r.critical && r.kind !== "creation")).toBe(true);
  });
  it("REQ-05 (21 CFR 11.10(e)) neither loses nor repeats an entry over its pages in both directions, where many entries have one time", async () => {
    const due = bruteForce(everything, [...auditor.rolesBySite.keys()]).map((e) => e.id);
    expect(new Set(stored.map((e) => e.at)).size).toBeLessThan(stored.length / 20);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 120 }), fc.nat(due.length - 1), async (length, at) => {
      const start = stored.find((e) => e.id === due[at]);
      const place = cursorOf({ at: new Date(start?.at ?? 0), id: start?.id ?? "" });
      const [older, newer] = [await page({ ...everything, older: place }, auditor, length), await page({ ...everything, newer: place }, auditor, length)];
      expect(older.rows.map((r) => r.id)).toEqual(due.slice(at + 1, at + 1 + length));
      expect(newer.rows.map((r) => r.id)).toEqual(due.slice(Math.max(0, at - length), at));
      expect([older.older !== undefined, newer.newer !== undefined]).toEqual([at + 1 + length < due.length, at > length]);
      // There and back again: the page before the next one is this one.
      if (older.older) expect((await page({ ...everything, newer: (await page({ ...everything, older: older.older }, auditor, length)).newer }, auditor, length)).rows.map((r) => r.id)).toEqual(older.rows.map((r) => r.id));
    }), { numRuns: 40 });
  });
  it("REQ-08 (Annex 11 §9) passes over no entry when a search in reasons looks at few at a time and goes on, at sites that are not equally busy", async () => {
    const due = bruteForce({ ...everything, reason: "second" }, [...auditor.rolesBySite.keys()]).map((e) => e.id);
    expect(due.length).toBeGreaterThan(50);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 4, max: 200 }), fc.integer({ min: 1, max: 30 }), async (budget, length) => {
      const seen: string[] = [];
      for (let older: string | undefined, first = true; first || older; first = false) {
        const found = await page({ ...everything, reason: "second", older }, auditor, length, budget);
        seen.push(...found.rows.map((r) => r.id));
        older = found.older;
      }
      expect(seen).toEqual(due);
    }), { numRuns: 12 });
  });
  it("REQ-04 (21 CFR 11.10(d)) never shows a person of Basel an entry of another site, whatever is asked, nor the entry itself by its id", async () => {
    const foreign = stored.filter((e) => e.site_id !== "basel");
    expect(foreign.length).toBeGreaterThan(200);
    expect((await allPages(everything, 100, baselOnly)).every((r) => r.siteId === "basel")).toBe(true);
    for (const site of ["raleigh", "enterprise"]) expect((await page({ ...everything, site }, baselOnly)).rows).toEqual([]);
    for (const e of foreign.slice(0, 20)) expect(await asking(baselOnly, (tx) => selectedEntry(tx, e.id))).toBeUndefined();
    expect((await asking(auditor, (tx) => selectedEntry(tx, foreign[0]?.id ?? "")))?.row.id).toBe(foreign[0]?.id);
  });
  it("REQ-04 (21 CFR 11.10(d)) of accounts and configuration is read by auditors and administrators only", async () => {
    const administrator = actorWith({ basel: ["administrator"], enterprise: ["administrator"] });
    const seen = await withSites(requirePermission(administrator, "enterprise-audit.read", "enterprise"), (tx) => auditPage(tx, everything));
    expect(seen.rows.length).toBeGreaterThan(0);
    expect(seen.rows.every((r) => r.siteId === "enterprise")).toBe(true);
    expect(() => requirePermission(administrator, "audit.read")).toThrow(/not held/);
  });
  it("counts for each tab what the tab shows", async () => {
    const counts = await asking(auditor, (tx) => viewCounts(tx, { ...noFilter, batch: "B-1" }));
    const sites = [...auditor.rolesBySite.keys()];
    const due = (change: Partial<AuditFilter>) => bruteForce({ ...noFilter, batch: "B-1", ...change }, sites).length;
    expect(counts).toEqual({ after: due({ after: true }), off: due({ off: true }), late: due({ late: true, kind: "all", class: "all" }), failed: due({ failed: true, kind: "acts", class: "all" }) });
    expect(Object.values(counts).every((n) => n > 0)).toBe(true);
  });
  it("REQ-07 (PI 041 9.8) says of each entry at which hour and day of its own site it was written", async () => {
    const rows = await allPages(everything, 100);
    expect(rows.some((r) => r.night) && rows.some((r) => r.weekend) && rows.some((r) => !r.night && !r.weekend)).toBe(true);
    for (const r of rows) {
      const local = localParts(r.at, trailSites.find((s) => s.id === r.siteId)?.timeZone ?? "");
      const hour = Number(local.time.slice(0, 2));
      expect([r.night, r.weekend], `${r.siteId} ${local.date} ${local.time}`).toEqual([hour < 6 || hour >= 20, ["2026-03-28", "2026-03-29"].includes(local.date)]);
    }
  });
  it("gives an entry its number in the ledger, or none while it is not in it", async () => {
    const rows = (await allPages(everything, 100)).filter((r) => r.siteId === "basel");
    const numbers = rows.flatMap((r) => (r.position === null ? [] : [r.position])).sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, i) => i));
    expect(numbers.length).toBeGreaterThan(0);
    expect(rows.some((r) => r.position === null && r.leafHash === null)).toBe(true);
  });
});

describe("one entry", () => {
  it("REQ-12 (21 CFR 11.10(e)) leads to the entries before and after it about the same record, and to the first", async () => {
    const same = [...bruteForce({ ...everything, site: "basel", record: "exceptions", subject: "B-1/EX-1" }, ["basel"])].sort((a, b) => new Date(b.at).getTime() - new Date(a.at).getTime() || Number(b.seq) - Number(a.seq));
    expect(same.length).toBeGreaterThan(2);
    const found = await asking(auditor, (tx) => selectedEntry(tx, same[1]?.id ?? ""));
    expect([found?.row.id, found?.later?.id, found?.earlier?.id, found?.first?.id]).toEqual([same[1]?.id, same[0]?.id, same[2]?.id, same.at(-1)?.id]);
  });
  it("REQ-12 (21 CFR 11.10(e)) puts entries of one instant in the order in which they were written", async () => {
    const at = new Date("2026-03-01T09:00:00.000Z");
    const ids = await withProgramme(db.portal, "story", ["basel"], async (tx) => {
      const written: string[] = [];
      for (let i = 0; i < 12; i += 1) written.push(await writeAudit(tx, { event: "record.viewed", detail: { page: `/${i}` }, siteId: "basel", subject: { type: "page", id: "/one-instant" }, actor: { id: "programme:story", name: "story", role: "programme" }, reason: "test" }, at, randomUUID));
      return written;
    }, { reason: "test" });
    for (const [i, id] of ids.entries()) {
      const found = await asking(auditor, (tx) => selectedEntry(tx, id));
      expect([found?.earlier?.id, found?.later?.id, found?.first?.id]).toEqual([ids[i - 1], ids[i + 1], i === 0 ? undefined : ids[0]]);
    }
  });
  it("REQ-06 (PI 041 9.6) names the record in words of the plant, with old, new, person and authoriser", async () => {
    const rows = (await allPages({ ...everything, record: "entries", kind: "changes" }, 100));
    expect(rows.length).toBeGreaterThan(5);
    for (const r of rows) {
      expect(r.record).toMatch(/^Step 5\.3\.5, (glucose|titer)$/);
      expect(r.fields).toEqual([{ name: "value, g/L", old: "5.1", new: "4.4" }]);
      expect(trailPeople.map((p) => p.printedName)).toContain(r.actorName);
      if (r.authorisedBy !== null) expect(trailPeople.map((p) => p.printedName)).toContain(r.authorisedBy);
    }
  });
});

describe("an entry that was altered past the triggers", () => {
  const columns: readonly (readonly [string, string])[] = [
    ["site_id", "'raleigh'"], ["id", `'${randomUUID()}'`], ["at", "at + interval '1 millisecond'"], ["zone", "'Asia/Singapore'"], ["actor_id", "'another'"], ["actor_name", "'Another Person'"], ["role", "'auditor'"], ["authorised_by", "'second person'"], ["request", "'another'"], ["client", "'another'"],
    ["kind", "'creation'"], ["event", "'row.created'"], ["subject_type", "'units'"], ["subject_id", "'another'"], ["batch_id", "'B-3'"], ["reason", "reason || ' '"], ["critical", "not critical"], ["detail", "jsonb_set(detail, '{fields}', '\"unit\"')"], ["canonical", "replace(canonical, '4.4', '4.5')"], ["digest", "repeat('0', 64)"],
  ];
  /** Alters one entry as a superuser with triggers off, looks, and puts it back. */
  async function altered<T>(change: string, look: () => Promise<T>): Promise<T> {
    const superuser = postgres(db.superuserUrl, { max: 1, onnotice: () => {} });
    const [{ written } = { written: "" }] = await superuser<{ written: string }[]>`select string_agg(quote_ident(attname), ', ') as written from pg_attribute where attrelid = 'audit_entries'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
    const silent = async (work: (tx: postgres.TransactionSql) => Promise<unknown>) => superuser.begin(async (tx) => { await tx`set local session_replication_role = replica`; await work(tx); });
    const victim = stored.find((e) => e.site_id === "basel" && e.subject_type === "entries" && e.kind === "change" && e.critical)?.id ?? "";
    await silent(async (tx) => {
      await tx.unsafe(`create table saved as select ${written} from audit_entries where id = '${victim}'`);
      expect((await tx.unsafe(`update audit_entries set ${change} where seq = (select seq from saved) returning 1`)).length).toBe(1);
    });
    try {
      return await look();
    } finally {
      await silent(async (tx) => {
        await tx.unsafe("delete from audit_entries where seq = (select seq from saved)");
        await tx.unsafe(`insert into audit_entries (${written}) overriding system value select ${written} from saved`);
        await tx.unsafe("drop table saved");
      });
      await superuser.end();
    }
  }
  const failing = async () => (await allPages(everything, 100)).filter((r) => r.differences.length > 0);

  it("REQ-05 (21 CFR 11.10(e)) holds for every entry that was written", async () => expect(await failing()).toEqual([]));
  it("REQ-01 (21 CFR 11.10(a)) is tested in every column but the order of writing and the transaction, which the ledger's order covers, and what the database computes", async () => {
    const names = await asOwner(db, (tx) => tx.execute<{ name: string }>(sql`select attname as name from pg_attribute where attrelid = 'audit_entries'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`));
    expect(names.map((n) => n.name).filter((n) => n !== "seq" && n !== "tx").sort()).toEqual(columns.map(([name]) => name).sort());
  });
  it.each(columns)("REQ-01 (21 CFR 11.10(a)) is marked when its %s was changed, and no other entry is", async (column, value) => {
    const found = await altered(`${column} = ${value}`, failing);
    expect(found).toHaveLength(1);
    expect(found[0]?.differences.length).toBeGreaterThan(0);
  });
  it("REQ-01 (21 CFR 11.10(a)) is marked by the ledger's leaf when column, bytes and digest were changed to fit each other", async () => {
    const text = "replace(canonical, '\"reason\":\"' || reason || '\"', '\"reason\":\"forged\"')";
    const change = `reason = 'forged', canonical = ${text}, digest = encode(sha256(convert_to('EBRLEAF/1' || E'\\n' || ${text}, 'UTF8')), 'hex')`;
    const inLedger = await altered(change, failing);
    expect(inLedger.map((r) => r.differences.map((d) => d.column))).toEqual([["ledger leaf"]]);
  });
});
