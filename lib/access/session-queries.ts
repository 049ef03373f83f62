import { and, eq, isNull } from "drizzle-orm";
import { decode } from "next-auth/jwt";
import type { Database } from "#db/client.ts";
import { people, roleAssignments, sessions } from "#db/schema/access.ts";
import { withPerson } from "#db/scope.ts";
import type { Installation } from "#lib/installation.ts";
import type { Actor } from "./actor.ts";
import type { Role } from "./permission.ts";
import { sessionState } from "./session.ts";

export const sessionCookieNames = ["__Secure-next-auth.session-token", "next-auth.session-token"] as const;

/** Reads the session's id from the cookies of a request; undefined when there is none or it was not sealed by us. */
export async function sessionIdOf(cookie: (name: string) => string | undefined, authSecret: string): Promise<string | undefined> {
  for (const name of sessionCookieNames) {
    const token = cookie(name);
    if (!token) continue;
    const claims = await decode({ token, secret: authSecret }).catch(() => null);
    if (typeof claims?.["sid"] === "string") return claims["sid"];
  }
  return undefined;
}

/** Activity is written down once a minute at most, milliseconds. */
const seenEvery = 60_000;

/**
 * The person behind a session with his roles as they are now: a revocation in our database wins at once. Undefined when the
 * session has ended. `touch` counts the request as activity (streams do not).
 */
export async function actorOfSession(database: Database, sessionId: string, now: Date, rule: Installation["session"], touch: boolean): Promise<Actor | undefined> {
  const [row] = await database.select().from(sessions).innerJoin(people, eq(people.id, sessions.personId)).where(eq(sessions.id, sessionId));
  if (!row || row.people.state !== "active" || !sessionState(row.sessions, now, rule).live) return undefined;
  if (touch && now.getTime() - row.sessions.lastSeenAt.getTime() > seenEvery) {
    await database.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, sessionId));
  }
  const person = row.people;
  return { id: person.id, printedName: person.printedName, userName: person.userName, subject: person.subject, sessionId, rolesBySite: await rolesOf(database, person.id) };
}

/** Roles the person holds now, per site, in the order of the table of permissions. */
export async function rolesOf(database: Database, personId: string): Promise<ReadonlyMap<string, readonly Role[]>> {
  const held = await withPerson(database, personId, (tx) =>
    tx
      .select({ siteId: roleAssignments.siteId, role: roleAssignments.role })
      .from(roleAssignments)
      .where(and(eq(roleAssignments.personId, personId), isNull(roleAssignments.endedAt), isNull(roleAssignments.revokedAt)))
      .orderBy(roleAssignments.siteId),
  );
  const bySite = new Map<string, Role[]>();
  for (const { siteId, role } of held) bySite.set(siteId, [...(bySite.get(siteId) ?? []), role]);
  return bySite;
}
