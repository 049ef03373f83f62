import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { groupRoles, people, roleAssignments, sessions } from "#db/schema/access.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { enterprise } from "./actor.ts";

/** What the identity provider says of the person, parsed. */
export type Identity = { readonly issuer: string; readonly subject: string; readonly userName: string; readonly printedName: string; readonly groups: readonly string[] };

/** Stands for the demo provider, whatever port it is served on. */
export const demoIssuer = "urn:veribatch:demo";

type Stamp = { readonly now: Date; readonly newId: () => string };
type Person = typeof people.$inferSelect;

async function enrol(tx: SiteTx, identity: Identity, { now, newId }: Stamp): Promise<Person> {
  const [known] = await tx.select().from(people).where(and(eq(people.issuer, identity.issuer), eq(people.subject, identity.subject)));
  if (known) {
    if (known.printedName !== identity.printedName || known.userName !== identity.userName) {
      await tx.update(people).set({ printedName: identity.printedName, userName: identity.userName }).where(eq(people.id, known.id));
    }
    return { ...known, printedName: identity.printedName, userName: identity.userName };
  }
  const { groups: _, ...claims } = identity;
  const person: Person = { id: newId(), ...claims, state: "active", createdAt: now };
  const [made] = await tx.insert(people).values(person).onConflictDoNothing().returning();
  if (!made) return enrol(tx, identity, { now, newId }); // the same person signed in elsewhere at this moment and is enrolled now
  await writeAudit(tx, {
    event: "person.enrolled", detail: { userName: person.userName, printedName: person.printedName, issuer: person.issuer },
    siteId: enterprise, subject: { type: "person", id: person.id }, actor: { id: "programme:sign-in", name: "sign-in", role: "programme" }, reason: "first sign-in at the identity provider",
  }, now, newId);
  return person;
}

/** Brings the person's assignments in line with the groups the provider names now; revocations of ours stay. */
async function assignRoles(tx: SiteTx, person: Person, groups: readonly string[], { now, newId }: Stamp): Promise<void> {
  const due = groups.length === 0 ? [] : await tx.select().from(groupRoles).where(inArray(groupRoles.group, [...groups]));
  const present = await tx.select().from(roleAssignments).where(eq(roleAssignments.personId, person.id));
  const key = (row: { siteId: string; role: string }) => `${row.siteId}/${row.role}`;
  const dueKeys = new Set(due.map(key));
  const live = new Set(present.filter((row) => !row.endedAt).map(key));
  const added = [...new Map(due.filter((row) => !live.has(key(row))).map((row) => [key(row), row])).values()];
  const ended = present.filter((row) => !row.endedAt && !dueKeys.has(key(row)));
  for (const { siteId, role } of added) {
    await tx.insert(roleAssignments).values({ siteId, personId: person.id, role, grantedAt: now })
      .onConflictDoUpdate({ target: [roleAssignments.siteId, roleAssignments.personId, roleAssignments.role], set: { grantedAt: now, endedAt: null } });
  }
  for (const { siteId, role } of ended) {
    await tx.update(roleAssignments).set({ endedAt: now })
      .where(and(eq(roleAssignments.siteId, siteId), eq(roleAssignments.personId, person.id), eq(roleAssignments.role, role)));
  }
  if (added.length + ended.length === 0) return;
  await writeAudit(tx, {
    event: "roles.changed", detail: { added: added.map(key), ended: ended.map(key) },
    siteId: enterprise, subject: { type: "person", id: person.id }, actor: { id: "programme:sign-in", name: "sign-in", role: "programme" }, reason: "groups named by the identity provider",
  }, now, newId);
}

/**
 * Signs a person in whom the provider has authenticated: enrols him at the first time, maps his groups to roles per site and
 * starts a session. Returns the session's id, or undefined for a suspended account (the refusal is audited).
 */
export async function signIn(database: Database, identity: Identity, stamp: Stamp): Promise<string | undefined> {
  const allSites = (await database.select({ id: sites.id }).from(sites)).map((site) => site.id);
  return withProgramme(database, "sign-in", allSites, async (tx) => {
    const person = await enrol(tx, identity, stamp);
    const actor = { id: person.id, name: person.printedName, role: "person" };
    const id = stamp.newId();
    const about = { siteId: enterprise, subject: { type: "session", id } as const, actor };
    if (person.state !== "active") {
      await writeAudit(tx, { ...about, event: "session.refused", detail: { cause: "account suspended" }, reason: "sign-in" }, stamp.now, stamp.newId);
      return undefined;
    }
    await assignRoles(tx, person, identity.groups, stamp);
    await tx.insert(sessions).values({ id, personId: person.id, startedAt: stamp.now, lastSeenAt: stamp.now });
    await writeAudit(tx, { ...about, event: "session.started", detail: { method: "identity provider", sessionId: id }, reason: "sign-in" }, stamp.now, stamp.newId);
    return id;
  }, { reason: "sign-in at the identity provider" });
}

/** Ends a session; it never comes back. */
export async function signOut(database: Database, sessionId: string, stamp: Stamp): Promise<void> {
  await withProgramme(database, "sign-in", [enterprise], async (tx) => {
    const [row] = await tx.select().from(sessions).innerJoin(people, eq(people.id, sessions.personId)).where(eq(sessions.id, sessionId));
    if (!row || row.sessions.endedAt) return;
    await tx.update(sessions).set({ endedAt: stamp.now }).where(eq(sessions.id, sessionId));
    await writeAudit(tx, {
      event: "session.ended", detail: { cause: "signed out" }, siteId: enterprise, subject: { type: "session", id: sessionId },
      actor: { id: row.people.id, name: row.people.printedName, role: "person" }, reason: "sign-out",
    }, stamp.now, stamp.newId);
  }, { reason: "sign-out" });
}
