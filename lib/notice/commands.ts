import { and, eq, isNull } from "drizzle-orm";
import { roleAssignments } from "#db/schema/access.ts";
import { notices } from "#db/schema/notice.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import type { Notice } from "./notice.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };

/** Tells each of the people once, in the transaction of what it tells of. */
export async function tell(tx: SiteTx, personIds: Iterable<string>, notice: Notice, { now, newId }: Stamp): Promise<void> {
  const rows = [...new Set(personIds)].map((personId) => ({ id: newId(), personId, at: now, ...notice }));
  if (rows.length > 0) await tx.insert(notices).values(rows);
}

/** The security role: who holds the administrator's role of the enterprise now. The transaction must see the enterprise. */
export async function administrators(tx: SiteTx): Promise<readonly string[]> {
  const held = await tx.select({ id: roleAssignments.personId }).from(roleAssignments)
    .where(and(eq(roleAssignments.siteId, enterprise), eq(roleAssignments.role, "administrator"), isNull(roleAssignments.endedAt), isNull(roleAssignments.revokedAt)));
  return held.map((row) => row.id);
}

/** Marks all notices of a person as read. */
export async function readAll(tx: SiteTx, personId: string, now: Date): Promise<void> {
  await tx.update(notices).set({ readAt: now }).where(and(eq(notices.personId, personId), isNull(notices.readAt)));
}
