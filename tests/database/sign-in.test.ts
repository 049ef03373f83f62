import { randomUUID } from "node:crypto";
import { asc, eq, sql } from "drizzle-orm";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { people, roleAssignments, sessions } from "#db/schema/access.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { withProgramme, withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { revokeRole, type Revocation } from "#lib/access/commands.ts";
import { accounts } from "#lib/access/queries.ts";
import { actorOfSession, sessionIdOf } from "#lib/access/session-queries.ts";
import { demoIssuer, signIn, signOut, type Identity } from "#lib/access/sign-in-commands.ts";
import { storyActor } from "#tests/actors.ts";
import { freshDatabase, type TestDatabase } from "#tests/database.ts";
import { rowHistory } from "#tests/history.ts";

const rule = { idleMinutes: 30, hours: 10 };
const start = Date.parse("2026-03-01T06:00:00Z");
const at = (minutes: number) => new Date(start + minutes * 60_000);
const stamp = (minutes = 0) => ({ now: at(minutes), newId: randomUUID });

let db: TestDatabase;
beforeAll(async () => {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
});
afterAll(() => db.close());

let number = 0;
const newcomer = (...groups: readonly string[]): Identity => ({ issuer: "https://idp.test", subject: `s-${++number}`, userName: `new.${number}@test`, printedName: `New Person ${number}`, groups });
async function signedIn(identity: Identity, minutes = 0): Promise<string> {
  const id = await signIn(db.portal, identity, stamp(minutes));
  if (!id) throw new Error("refused");
  return id;
}
const actorAt = (sessionId: string, minutes: number, touch = false) => actorOfSession(db.portal, sessionId, at(minutes), rule, touch);
const rolesAt = async (sessionId: string, minutes = 0) => Object.fromEntries((await actorAt(sessionId, minutes))?.rolesBySite ?? [["nobody", []]]);
const enterprise = <T>(work: Parameters<typeof withProgramme<T>>[3], change?: { reason: string }) => withProgramme(db.owner, "installation", ["enterprise", "basel", "raleigh", "singapore"], work, change);
const trail = () => enterprise((tx) => tx.select().from(auditEntries).where(eq(auditEntries.kind, "act")).orderBy(asc(auditEntries.seq)));
const freshTrail = async (work: () => Promise<unknown>) => { const before = (await trail()).length; await work(); return (await trail()).slice(before); };
const suspend = (personId: string) => enterprise((tx) => tx.update(people).set({ state: "suspended" }).where(eq(people.id, personId)), { reason: "left the company" });
async function revoke(change: Partial<Revocation> & Pick<Revocation, "personId" | "role">, by = "admin@demo") {
  const door = requirePermission(await storyActor(db.portal, by), "account.manage");
  return withSites(door, (tx) => revokeRole(tx, door, { siteId: "basel", reason: "left the unit", ...change }, stamp()), { reason: "left the unit" });
}

describe("a sign-in", () => {
  it("REQ-29 (21 CFR 11.100(a)) enrols a person once and gives the roles that the groups carry, per site", async () => {
    const identity = newcomer("vb-basel-supervisor", "vb-compare-readers", "vb-unknown", "vb-basel-supervisor");
    let sessionId = "";
    const entries = await freshTrail(async () => { sessionId = await signedIn(identity); });
    expect(await rolesAt(sessionId)).toEqual({ basel: expect.arrayContaining(["supervisor", "comparison-reader"]), raleigh: ["comparison-reader"], singapore: ["comparison-reader"] });
    const actor = await actorAt(sessionId, 0);
    expect(entries.map((e) => [e.siteId, e.event, e.actorId, e.subjectId])).toEqual([
      ["enterprise", "person.enrolled", "programme:sign-in", actor?.id], ["enterprise", "roles.changed", "programme:sign-in", actor?.id], ["enterprise", "session.started", actor?.id, sessionId],
    ]);
    expect(entries[1]?.detail).toEqual({ added: expect.arrayContaining(["basel/supervisor", "basel/comparison-reader", "raleigh/comparison-reader", "singapore/comparison-reader"]), ended: [] });
    expect(actor).toMatchObject({ subject: identity.subject, userName: identity.userName, printedName: identity.printedName });
  });

  it("REQ-04 (21 CFR 11.10(d)) without known groups leaves a person without any role", async () => {
    expect(await rolesAt(await signedIn(newcomer("vb-unknown")))).toEqual({});
    expect(await rolesAt(await signedIn(newcomer()))).toEqual({});
    expect(await rolesAt(await signedIn(newcomer("vb-all-qa' or '1'='1", "%", "VB-ALL-QA")))).toEqual({});
  });

  it("REQ-29 (21 CFR 11.100(a)) anew keeps the person's id, also under another name, and takes over the name", async () => {
    const identity = newcomer("vb-basel-operator");
    const first = await actorAt(await signedIn(identity), 0);
    const renamed = { ...identity, userName: "married@test", printedName: "Married Person" };
    const entries = await freshTrail(async () => {
      const sessionId = await signedIn(renamed, 5);
      expect(await actorAt(sessionId, 5)).toEqual({ ...first, sessionId, userName: "married@test", printedName: "Married Person" });
    });
    expect(entries.map((e) => e.event)).toEqual(["session.started"]);
    const changes = await enterprise((tx) => tx.execute(sql`select old ->> 'printed_name' as before, new ->> 'printed_name' as after from ${rowHistory} where table_name = 'people' and operation = 'UPDATE' order by id desc limit 1`));
    expect([...changes]).toEqual([{ before: identity.printedName, after: "Married Person" }]);
  });

  it("REQ-29 (21 CFR 11.100(a)) with another subject or from another issuer is another person, whatever the name", async () => {
    const identity = newcomer("vb-basel-operator");
    const others = [identity, { ...identity, subject: `${identity.subject}x` }, { ...identity, issuer: demoIssuer }];
    const ids = [];
    for (const other of others) ids.push((await actorAt(await signedIn(other), 0))?.id);
    expect(new Set(ids).size).toBe(3);
  });

  it("REQ-19 (21 CFR 11.10(g)) ends the roles whose group is no longer named, in running sessions as well, and brings them back with it", async () => {
    const identity = newcomer("vb-basel-supervisor", "vb-raleigh-operator");
    const running = await signedIn(identity);
    const entries = await freshTrail(() => signedIn({ ...identity, groups: ["vb-raleigh-operator", "vb-singapore-lead"] }, 10));
    expect(await rolesAt(running, 11)).toEqual({ raleigh: ["operator"], singapore: ["site-lead"] });
    expect(entries[0]).toMatchObject({ event: "roles.changed", detail: { added: ["singapore/site-lead"], ended: ["basel/supervisor"] } });
    await signedIn(identity, 20);
    expect(await rolesAt(running, 21)).toEqual({ basel: ["supervisor"], raleigh: ["operator"] });
    const kept = await enterprise((tx) => tx.execute(sql`select operation, new ->> 'ended_at' is null as live from ${rowHistory} where table_name = 'role_assignments' and new ->> 'role' = 'supervisor' order by id desc limit 3`));
    expect([...kept].reverse()).toEqual([{ operation: "INSERT", live: true }, { operation: "UPDATE", live: false }, { operation: "UPDATE", live: true }]);
  });

  it("REQ-31 (21 CFR 11.200(a)(2)) of a suspended person is refused and audited, and starts no session", async () => {
    const identity = newcomer("vb-basel-supervisor");
    const running = await signedIn(identity);
    const { id } = (await actorAt(running, 0)) ?? { id: "" };
    await suspend(id);
    expect(await actorAt(running, 1)).toBeUndefined();
    const before = await db.owner.select().from(sessions);
    const entries = await freshTrail(async () => expect(await signIn(db.portal, { ...identity, groups: ["vb-all-qa"] }, stamp(2))).toBeUndefined());
    expect(entries).toMatchObject([{ event: "session.refused", actorId: id, detail: { cause: "account suspended" } }]);
    expect(await db.owner.select().from(sessions)).toEqual(before);
    expect((await enterprise((tx) => tx.select().from(roleAssignments).where(eq(roleAssignments.personId, id)))).map((r) => r.role)).toEqual(["supervisor"]);
  });
});

describe("a revocation", () => {
  it("REQ-19 (21 CFR 11.10(g)) works at the next request and wins over the groups at every later sign-in", async () => {
    const identity = newcomer("vb-basel-supervisor", "vb-basel-operator");
    const running = await signedIn(identity);
    const personId = (await actorAt(running, 0))?.id ?? "";
    const entries = await freshTrail(async () => expect(await revoke({ personId, role: "supervisor" })).toEqual({ ok: true, value: undefined }));
    expect(entries).toMatchObject([{ siteId: "enterprise", event: "role.revoked", actorName: "Tom Brunner", role: "administrator", subjectId: personId, reason: "left the unit", detail: { role: "basel/supervisor", userName: identity.userName } }]);
    expect(await rolesAt(running, 1)).toEqual({ basel: ["operator"] });
    expect(await rolesAt(await signedIn(identity, 2), 2)).toEqual({ basel: ["operator"] });
    await signedIn({ ...identity, groups: [] }, 3);
    expect(await rolesAt(await signedIn(identity, 4), 4)).toEqual({ basel: ["operator"] });
    expect(await revoke({ personId, role: "supervisor" })).toEqual({ ok: false, refusal: "not-held" });
  });
  it("REQ-31 (21 CFR 11.200(a)(2)) is refused for the administrator's own role and for a role nobody holds, and leaves no trace", async () => {
    const { id: personId } = await storyActor(db.portal, "admin@demo");
    expect(await freshTrail(async () => {
      expect(await revoke({ personId, role: "administrator" })).toEqual({ ok: false, refusal: "own-role" });
      expect(await revoke({ personId: randomUUID(), role: "operator" })).toEqual({ ok: false, refusal: "not-held" });
    })).toEqual([]);
  });
  it("REQ-63 stays visible in the list of accounts, with every role a person has or had", async () => {
    const by = requirePermission(await storyActor(db.portal, "auditor@demo"), "account.read");
    const list = await withSites(by, (tx) => accounts(tx));
    expect(list).toHaveLength((await db.owner.select().from(people)).length);
    expect(list.flatMap((a) => a.roles).filter((r) => r.revokedAt).map((r) => [r.siteId, r.role])).toEqual([["basel", "supervisor"]]);
    expect(list.filter((a) => a.state === "suspended")).toHaveLength(1);
  });
});

describe("a session", () => {
  it("REQ-30 (21 CFR 11.200(a)(1)) ends when idle, and lives on with requests but not with streams", async () => {
    const id = await signedIn(newcomer("vb-basel-operator"));
    expect(await actorAt(id, 29, true)).toBeDefined();
    expect(await actorAt(id, 58, false)).toBeDefined();
    expect(await actorAt(id, 60, false)).toBeUndefined();
    expect(await actorAt(id, 59, true)).toBeDefined();
    expect(await actorAt(id, 88, false)).toBeDefined();
  });
  it("REQ-30 (21 CFR 11.200(a)(1)) ends at its length however busy, and does not come back", async () => {
    const id = await signedIn(newcomer("vb-basel-operator"));
    for (let minute = 25; minute <= 600; minute += 25) expect(await actorAt(id, minute, true), `minute ${minute}`).toBeDefined();
    expect(await actorAt(id, 601, true)).toBeUndefined();
    expect(await actorAt(id, 602, true)).toBeUndefined();
  });
  it("REQ-15 (ALCOA+ Complete) ends with the sign-out, which is audited once", async () => {
    const id = await signedIn(newcomer("vb-basel-operator"));
    const person = await actorAt(id, 1);
    const entries = await freshTrail(async () => { await signOut(db.portal, id, stamp(2)); await signOut(db.portal, id, stamp(3)); await signOut(db.portal, randomUUID(), stamp(3)); });
    expect(entries).toMatchObject([{ siteId: "enterprise", event: "session.ended", actorId: person?.id, actorName: person?.printedName, subjectId: id, at: at(2), detail: { cause: "signed out" } }]);
    expect(await actorAt(id, 2, true)).toBeUndefined();
  });
  it("nobody started is nobody's", async () => expect(await actorAt(randomUUID(), 0)).toBeUndefined());

  it("REQ-04 (21 CFR 11.10(d)) is read from a cookie that only the portal can have sealed", async () => {
    const secret = "a".repeat(64), sid = randomUUID();
    const sealed = await encode({ token: { sid }, secret });
    const read = (name: string, value: string, withSecret = secret) => sessionIdOf((asked) => (asked === name ? value : undefined), withSecret);
    expect(await read("next-auth.session-token", sealed)).toBe(sid);
    expect(await read("__Secure-next-auth.session-token", sealed)).toBe(sid);
    expect(await read("session", sealed)).toBeUndefined();
    expect(await read("next-auth.session-token", sealed, "b".repeat(64))).toBeUndefined();
    expect(await read("next-auth.session-token", sealed.slice(0, -4))).toBeUndefined();
    expect(await read("next-auth.session-token", sid)).toBeUndefined();
    expect(await read("next-auth.session-token", await encode({ token: { sub: sid }, secret }))).toBeUndefined();
  });
});
