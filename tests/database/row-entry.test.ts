import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { withProgramme, withSites, type SiteTx } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
});
afterAll(() => db.close());

const everySite = ["basel", "raleigh", "singapore", "enterprise"];
type Entry = typeof auditEntries.$inferSelect;

/** RFC 8785 text of an entry, made from its columns by our own code. */
const ownText = ({ siteId, id, at, zone, actorId, actorName, role, authorisedBy, request, client, kind, event, subjectType, subjectId, batchId, reason, critical, detail }: Entry): string =>
  canonical({ format: "EBRLEAF/1", siteId, id, at: at.toISOString(), zone, actorId, actorName, role, authorisedBy, request, client, kind, event, subjectType, subjectId, batchId, reason, critical, detail });

const latest = async (tx: SiteTx): Promise<Entry> => {
  const [entry] = await tx.select().from(auditEntries).where(sql`kind <> 'act'`).orderBy(sql`seq desc`).limit(1);
  if (!entry) throw new Error("no entry was written");
  return entry;
};
class Undone extends Error {}
/** What `work` gives, with everything it wrote undone. */
async function undone<T>(run: (inner: (tx: SiteTx) => Promise<void>) => Promise<unknown>, work: (tx: SiteTx) => Promise<T>): Promise<T> {
  const found: T[] = [];
  await run(async (tx) => { found.push(await work(tx)); throw new Undone(); }).catch((error: unknown) => { if (!(error instanceof Undone)) throw error; });
  const [result] = found;
  if (result === undefined) throw new Error("nothing came of it");
  return result;
}

describe("an entry about a row", () => {
  it("REQ-06 (PI 041 9.6) carries who in which role, who authorised, the site's zone, the request and the client it came from", async () => {
    const actor = { ...(await storyActor(db.portal, "qa.manager@demo")), origin: { request: "4bf92f3577b34da6", client: "192.0.2.7 Firefox" } };
    const by = requirePermission(actor, "exception.decide", "raleigh");
    const change = { reason: "reassessed with the deviation", authorisedBy: "Jonas Weber" };
    const entry = await undone((inner) => withSites(by, inner, change), async (tx) => {
      await tx.execute(sql`update exceptions set decision = 'No effect.' where batch_id = 'RAL-101-2606' and id = 'EX-01'`);
      return latest(tx);
    });
    expect(entry).toMatchObject({
      siteId: "raleigh", zone: "America/New_York", kind: "change", event: "row.changed", subjectType: "exceptions", subjectId: "RAL-101-2606/EX-01", batchId: "RAL-101-2606",
      actorId: actor.id, actorName: actor.printedName, role: "qa-manager", reason: change.reason, authorisedBy: change.authorisedBy, request: "4bf92f3577b34da6", client: "192.0.2.7 Firefox", critical: true,
    });
    expect(entry.detail).toMatchObject({ fields: "decision" });
    expect(entry.canonical).toBe(ownText(entry));
  });

  it("REQ-06 (PI 041 9.6) without a request says so with empty fields, never with another's", async () => {
    const entry = await undone((inner) => withProgramme(db.owner, "installation", ["raleigh"], inner, { reason: "a good reason" }), async (tx) => {
      await tx.execute(sql`update exceptions set decision = 'No effect.' where batch_id = 'RAL-101-2606' and id = 'EX-01'`);
      return latest(tx);
    });
    expect(entry).toMatchObject({ request: "", client: "", authorisedBy: null, actorId: "programme:installation", role: "programme" });
  });

  it("REQ-05 (21 CFR 11.10(e)) is complete for everything the story planted: its bytes are those of its columns, and its digest is of them", async () => {
    const entries = await withProgramme(db.owner, "installation", everySite, (tx) => tx.select().from(auditEntries));
    expect(entries.length).toBeGreaterThan(4_000);
    expect(new Set(entries.map((e) => e.kind)).size).toBeGreaterThanOrEqual(2);
    expect(entries.filter((e) => e.canonical !== ownText(e)).map((e) => [e.subjectType, e.subjectId])).toEqual([]);
    expect(entries.filter((e) => e.digest !== digestOf("EBRLEAF/1", e.canonical)).map((e) => e.id)).toEqual([]);
  });
});

/** Text PostgreSQL can hold, with much of what writers of JSON disagree about. */
const awkward = ['"', "\\", "\\\\u0041", "/", "</script>", "\b\f\n\r\t", "\u0001\u001f\u007f\u0080", "\u2028\u2029", "é", "e\u0301", "ß", "İ", "\ufeff", "\ufffd", "\uffff", "𝄞", "👩‍🔬", "مرحبا", "日本語", "null", "1e400", "-0", "{}", "\u00a0 "];
const hostile = fc.array(fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: "binary", maxLength: 6 })), { maxLength: 6 }).map((parts) => parts.join("").replaceAll("\0", "")).filter((text) => text.isWellFormed());
const reason = hostile.map((text) => `why ${text} so`);

describe("the bytes the trigger makes", () => {
  it("REQ-05 (21 CFR 11.10(e)) are the RFC 8785 form of the entry, whatever text is in it", async () => {
    await fc.assert(fc.asyncProperty(fc.record({ said: hostile, why: reason, authoriser: reason, name: hostile, request: hostile, client: hostile, number: fc.double({ noNaN: true, noDefaultInfinity: true }) }), async (t) => {
      const entry = await undone((inner) => withProgramme(db.owner, "installation", ["basel"], inner, { reason: t.why, authorisedBy: t.authoriser }), async (tx) => {
        await tx.execute(sql`select set_config('app.actor_name', ${t.name}, true), set_config('app.request', ${t.request}, true), set_config('app.client', ${t.client}, true)`);
        await tx.execute(sql`update exceptions set comment = ${`${t.said}.`}, outside_minutes = ${t.number} where batch_id = 'BAS-101-2609' and id = 'EX-01'`);
        return latest(tx);
      });
      expect(entry).toMatchObject({ reason: t.why, authorisedBy: t.authoriser, actorName: t.name, request: t.request, client: t.client });
      expect(entry.canonical).toBe(ownText(entry));
      expect(canonical(JSON.parse(entry.canonical))).toBe(entry.canonical);
      expect(entry.digest).toBe(digestOf("EBRLEAF/1", entry.canonical));
      expect(JSON.parse((entry.detail as { new: string }).new)).toMatchObject({ comment: `${t.said}.`, outside_minutes: t.number === 0 ? 0 : t.number });
    }), { numRuns: 150 });
  });

  it("REQ-05 (21 CFR 11.10(e)) are the RFC 8785 form for every single character that PostgreSQL can hold in the basic plane", async () => {
    const characters = Array.from({ length: 0xffff }, (_, i) => String.fromCharCode(i + 1)).filter((c) => c.isWellFormed());
    const [row] = await db.owner.execute<{ text: string }>(sql`select canonical_text(${characters.join("")}) as text`);
    expect(row?.text).toBe(canonical(characters.join("")));
    expect(characters.length).toBe(0xffff - 2048);
  });
});
