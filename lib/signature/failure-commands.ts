import { and, desc, eq, gt, isNull, max, sql } from "drizzle-orm";
import { people, sessions } from "#db/schema/access.ts";
import { signingFailures, signingLocks } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Actor, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { administrators, tell } from "#lib/notice/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { countingFailures, failureWindow, locks } from "./lockout.ts";
import { lockedSince } from "./standing-queries.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type Failure = { readonly cause: string; readonly intentId: string | null };

/** Failures of one person are counted one after the other, so that the fifth of five at once locks. */
const countAlone = (tx: SiteTx, personId: string) => tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`signing failures of ${personId}`}, 0))`);

async function countNow(tx: SiteTx, personId: string, now: Date): Promise<number> {
  const failed = await tx.select({ at: signingFailures.at }).from(signingFailures).where(and(eq(signingFailures.personId, personId), gt(signingFailures.at, new Date(now.getTime() - failureWindow))));
  const [signed] = await tx.select({ at: max(sessions.lastSignedAt) }).from(sessions).where(eq(sessions.personId, personId));
  const [released] = await tx.select({ at: max(signingLocks.releasedAt) }).from(signingLocks).where(eq(signingLocks.personId, personId));
  // one that came a moment later may have been written down first: it counts all the same
  const until = new Date(Math.max(now.getTime(), ...failed.map((f) => f.at.getTime())));
  return countingFailures(failed.map((f) => f.at), [signed?.at, released?.at], until);
}

/**
 * Writes down a failed proof of presence of this person; the fifth that counts locks his signing, tells the administrators and
 * him, and is audited, all in the transaction of the refusal (21 CFR 11.300(d)). Needs a transaction that sees the enterprise.
 */
export async function recordFailure(tx: SiteTx, actor: Actor, failure: Failure, stamp: Stamp): Promise<{ readonly locked: boolean }> {
  const { now, newId } = stamp;
  await countAlone(tx, actor.id);
  await tx.insert(signingFailures).values({ id: newId(), personId: actor.id, at: now, ...failure });
  if (await lockedSince(tx, actor.id)) return { locked: true };
  const failures = await countNow(tx, actor.id, now);
  if (!locks(failures)) return { locked: false };
  await tx.insert(signingLocks).values({ id: newId(), personId: actor.id, lockedAt: now, failures });
  await writeAudit(tx, {
    event: "signing.locked", detail: { failures }, siteId: enterprise, subject: { type: "person", id: actor.id }, actor: { id: "programme:signing", name: "signing", role: "programme" },
    reason: `${failures} failed proofs of presence of ${actor.printedName}, the last: ${failure.cause}`,
  }, now, newId);
  await tell(tx, await administrators(tx), {
    kind: "signing-locked", title: `Signing locked: ${actor.printedName}`, body: `${failures} proofs of presence of ${actor.userName} failed, the last because of "${failure.cause}". Speak with the person before you unlock.`, address: "/people/signing#locks",
  }, stamp);
  await tell(tx, [actor.id], { kind: "signing-locked", title: "Your signing is locked", body: `${failures} proofs of presence failed. If it was not you, report it at once. An administrator unlocks.`, address: "/account" }, stamp);
  return { locked: true };
}

export type UnlockRefusal = "not-locked" | "own-lock";
export const unlockRefusalSentence: Record<UnlockRefusal, string> = {
  "not-locked": "Signing of this person is not locked any more. Reload the page.",
  "own-lock": "You cannot unlock yourself. Ask another administrator.",
};

/** An administrator lets a person sign again, with a reason; never himself. */
export async function unlockSigning(tx: SiteTx, by: Granted<"account.manage">, { personId, reason }: { readonly personId: string; readonly reason: string }, { now, newId }: Stamp): Promise<Result<void, UnlockRefusal>> {
  if (personId === by.actor.id) return refuse("own-lock");
  const released = await tx.update(signingLocks).set({ releasedAt: now, releasedBy: by.actor.id, releaseReason: reason }).where(and(eq(signingLocks.personId, personId), isNull(signingLocks.releasedAt))).returning({ id: signingLocks.id });
  const [person] = await tx.select().from(people).where(eq(people.id, personId));
  if (released.length === 0 || !person) return refuse("not-locked");
  await writeAudit(tx, { event: "signing.unlocked", detail: { userName: person.userName }, siteId: enterprise, subject: { type: "person", id: personId }, actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason }, now, newId);
  await tell(tx, [personId], { kind: "signing-unlocked", title: "Your signing is unlocked", body: `${by.actor.printedName} unlocked it: ${reason}`, address: "/account" }, { now, newId });
  return accept(undefined);
}

/** The last failures of a person, newest first. */
export async function lastFailures(tx: SiteTx, personId: string): Promise<readonly (typeof signingFailures.$inferSelect)[]> {
  return tx.select().from(signingFailures).where(eq(signingFailures.personId, personId)).orderBy(desc(signingFailures.at)).limit(10);
}
