import { and, eq, isNull } from "drizzle-orm";
import { people } from "#db/schema/access.ts";
import { passkeys } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { enterprise, type Actor, type Granted } from "#lib/access/actor.ts";
import { writeAudit } from "#lib/audit/commands.ts";
import { tell } from "#lib/notice/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type PasskeyRow = typeof passkeys.$inferSelect;

/** An authenticator's registration as it was verified over the enrolment's digest. */
export type Registration = Pick<PasskeyRow, "credentialId" | "publicKey" | "algorithm" | "signCount" | "deviceBound" | "aaguid" | "transports">;
export type Enrolment = Registration & { readonly label: string; readonly statementDigest: string; readonly coolOffHours: number };

/**
 * Keeps the passkey of the person who has just proved his presence, and tells him so. It may sign when the cool-off is over: until
 * then its owner can object. Nobody enrols for somebody else: the owner is the actor.
 */
export async function enrolPasskey(tx: SiteTx, actor: Actor, enrolment: Enrolment, stamp: Stamp): Promise<Result<PasskeyRow, "known-passkey">> {
  const { label, statementDigest, coolOffHours, ...registration } = enrolment;
  const row: PasskeyRow = {
    ...registration, id: stamp.newId(), personId: actor.id, label, enrolledAt: stamp.now, usableFrom: new Date(stamp.now.getTime() + coolOffHours * 3_600_000), revokedAt: null, revokedBy: null, revokeReason: null,
  };
  const [made] = await tx.insert(passkeys).values(row).onConflictDoNothing({ target: passkeys.credentialId }).returning();
  if (!made) return refuse("known-passkey");
  await writeAudit(tx, {
    event: "passkey.enrolled", detail: { label, credentialId: row.credentialId, deviceBound: row.deviceBound, statementDigest }, siteId: enterprise, subject: { type: "passkey", id: row.id },
    actor: { id: actor.id, name: actor.printedName, role: "person" }, reason: "enrolled by its owner after he proved his presence",
  }, stamp.now, stamp.newId);
  const when = coolOffHours > 0 ? `It may sign from ${row.usableFrom.toISOString().slice(0, 16).replace("T", " ")}Z.` : "It may sign from now on.";
  await tell(tx, [actor.id], { kind: "passkey-enrolled", title: `Passkey enrolled: ${label}`, body: `${when} If you did not do this, revoke it at once and tell an administrator.`, address: "/account#passkeys" }, stamp);
  return accept(row);
}

export type PasskeyRevocationRefusal = "no-passkey";
export const passkeyRevocationSentence: Record<PasskeyRevocationRefusal, string> = { "no-passkey": "There is no such passkey that is not revoked yet. Reload the page." };

/** Revokes a passkey for ever. Its owner may, and an administrator with the proof; what it signed still verifies. */
export async function revokePasskey(tx: SiteTx, by: { readonly actor: Actor; readonly granted?: Granted<"account.manage"> }, { passkeyId, reason }: { readonly passkeyId: string; readonly reason: string }, { now, newId }: Stamp): Promise<Result<PasskeyRow, PasskeyRevocationRefusal>> {
  const { actor, granted } = by;
  const own = granted ? [] : [eq(passkeys.personId, actor.id)];
  const [revoked] = await tx.update(passkeys).set({ revokedAt: now, revokedBy: actor.id, revokeReason: reason }).where(and(eq(passkeys.id, passkeyId), isNull(passkeys.revokedAt), ...own)).returning();
  if (!revoked) return refuse("no-passkey");
  const [owner] = await tx.select().from(people).where(eq(people.id, revoked.personId));
  await writeAudit(tx, {
    event: "passkey.revoked", detail: { label: revoked.label, credentialId: revoked.credentialId, userName: owner?.userName ?? revoked.personId }, siteId: enterprise, subject: { type: "passkey", id: passkeyId },
    actor: { id: actor.id, name: actor.printedName, role: granted?.role ?? "person" }, reason,
  }, now, newId);
  const who = actor.id === revoked.personId ? "You revoked it" : `${actor.printedName} revoked it`;
  await tell(tx, [revoked.personId], { kind: "passkey-revoked", title: `Passkey revoked: ${revoked.label}`, body: `${who}: ${reason}. It cannot sign any more; what it signed still verifies.`, address: "/account#passkeys" }, { now, newId });
  return accept(revoked);
}
