import { asc, desc, eq, max } from "drizzle-orm";
import { people, roleAssignments, sessions } from "#db/schema/access.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Role } from "./permission.ts";

export type HeldRole = { readonly siteId: string; readonly siteName: string; readonly role: Role; readonly grantedAt: Date; readonly endedAt: Date | null; readonly revokedAt: Date | null };
export type Account = { readonly id: string; readonly userName: string; readonly printedName: string; readonly state: "active" | "suspended"; readonly createdAt: Date; readonly lastSeenAt: Date | null; readonly roles: readonly HeldRole[] };

/** Every account with its roles at the sites of the transaction, ended and revoked ones included, and when it was last active. */
export async function accounts(tx: SiteTx): Promise<readonly Account[]> {
  const persons = await tx.select().from(people).orderBy(asc(people.userName));
  const seen = await tx.select({ personId: sessions.personId, at: max(sessions.lastSeenAt) }).from(sessions).groupBy(sessions.personId);
  const held = await tx.select({ personId: roleAssignments.personId, siteId: roleAssignments.siteId, siteName: sites.name, role: roleAssignments.role, grantedAt: roleAssignments.grantedAt, endedAt: roleAssignments.endedAt, revokedAt: roleAssignments.revokedAt })
    .from(roleAssignments).innerJoin(sites, eq(sites.id, roleAssignments.siteId)).orderBy(asc(sites.name), desc(roleAssignments.role));
  const lastSeen = new Map(seen.map((s) => [s.personId, s.at]));
  return persons.map(({ id, userName, printedName, state, createdAt }) => ({ id, userName, printedName, state, createdAt, lastSeenAt: lastSeen.get(id) ?? null, roles: held.filter((h) => h.personId === id).map(({ personId: _, ...role }) => role) }));
}
