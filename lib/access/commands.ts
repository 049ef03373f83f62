import { and, eq, isNull } from "drizzle-orm";
import { people, roleAssignments } from "#db/schema/access.ts";
import type { SiteTx } from "#db/scope.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { enterprise, type Granted } from "./actor.ts";
import type { Role } from "./permission.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type Revocation = { readonly siteId: string; readonly personId: string; readonly role: Role; readonly reason: string };
export type RevocationRefusal = "not-held" | "own-role";

/** Revokes a role here. It wins over whatever the identity provider says, at the next request of the person. */
export async function revokeRole(tx: SiteTx, by: Granted<"account.manage">, { siteId, personId, role, reason }: Revocation, stamp: Stamp): Promise<Result<void, RevocationRefusal>> {
  if (personId === by.actor.id) return refuse("own-role");
  const changed = await tx.update(roleAssignments).set({ revokedAt: stamp.now })
    .where(and(eq(roleAssignments.siteId, siteId), eq(roleAssignments.personId, personId), eq(roleAssignments.role, role), isNull(roleAssignments.revokedAt))).returning({ role: roleAssignments.role });
  if (changed.length === 0) return refuse("not-held");
  const [person] = await tx.select().from(people).where(eq(people.id, personId));
  await writeAudit(tx, {
    event: "role.revoked", detail: { role: `${siteId}/${role}`, userName: person?.userName ?? personId }, siteId: enterprise, subject: { type: "person", id: personId },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason,
  }, stamp.now, stamp.newId);
  return accept(undefined);
}

export const revocationRefusalSentence: Record<RevocationRefusal, string> = {
  "not-held": "The person does not hold this role any more. Reload the page.",
  "own-role": "You cannot revoke a role of your own. Ask another administrator.",
};
