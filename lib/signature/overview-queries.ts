import { and, asc, desc, eq, isNull } from "drizzle-orm";
import { people, sessions } from "#db/schema/access.ts";
import { passkeys, signingLocks, signingPolicies, undertakings } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import type { SigningPolicy } from "./ceremony.ts";
import { signedMeanings, type SignedMeaning } from "./meaning.ts";

export type PasskeyView = {
  readonly id: string; readonly label: string; readonly credentialId: string; readonly deviceBound: boolean; readonly enrolledAt: Date; readonly usableFrom: Date;
  readonly revokedAt: Date | null; readonly revokeReason: string | null; readonly owner: string; readonly ownerName: string; readonly ownerId: string;
};

const columns = {
  id: passkeys.id, label: passkeys.label, credentialId: passkeys.credentialId, deviceBound: passkeys.deviceBound, enrolledAt: passkeys.enrolledAt, usableFrom: passkeys.usableFrom, revokedAt: passkeys.revokedAt,
  revokeReason: passkeys.revokeReason, owner: people.userName, ownerName: people.printedName, ownerId: people.id,
};

/** A person's passkeys, newest first, revoked ones included. */
export const passkeysOf = (tx: SiteTx, personId: string): Promise<readonly PasskeyView[]> =>
  tx.select(columns).from(passkeys).innerJoin(people, eq(people.id, passkeys.personId)).where(eq(passkeys.personId, personId)).orderBy(desc(passkeys.enrolledAt));

/** Everybody's passkeys, by owner. */
export const allPasskeys = (tx: SiteTx): Promise<readonly PasskeyView[]> =>
  tx.select(columns).from(passkeys).innerJoin(people, eq(people.id, passkeys.personId)).orderBy(asc(people.userName), desc(passkeys.enrolledAt));

export type LockView = { readonly id: string; readonly personId: string; readonly printedName: string; readonly userName: string; readonly lockedAt: Date; readonly failures: number; readonly releasedAt: Date | null; readonly releaseReason: string | null };

/** Locks of signing, open ones first, the last 100. */
export const locksOfSigning = (tx: SiteTx): Promise<readonly LockView[]> =>
  tx.select({ id: signingLocks.id, personId: people.id, printedName: people.printedName, userName: people.userName, lockedAt: signingLocks.lockedAt, failures: signingLocks.failures, releasedAt: signingLocks.releasedAt, releaseReason: signingLocks.releaseReason })
    .from(signingLocks).innerJoin(people, eq(people.id, signingLocks.personId)).orderBy(desc(isNull(signingLocks.releasedAt)), desc(signingLocks.lockedAt)).limit(100);

export type PolicyView = { readonly siteId: string; readonly meaning: SignedMeaning; readonly policy: SigningPolicy; readonly revision: number };

/** The policy of each of the sites for each meaning; revision 0 where nobody has chosen. */
export async function policiesOf(tx: SiteTx, siteIds: readonly string[]): Promise<readonly PolicyView[]> {
  const rows = await tx.select().from(signingPolicies);
  return siteIds.flatMap((siteId) => signedMeanings.map((meaning): PolicyView => {
    const row = rows.find((r) => r.siteId === siteId && r.meaning === meaning);
    return { siteId, meaning, policy: row?.ceremony ?? "either", revision: row?.revision ?? 0 };
  }));
}

export type UndertakingView = { readonly version: number; readonly acceptedAt: Date; readonly digest: string; readonly statement: string };

/** What a person has accepted, newest first. */
export const undertakingsOf = (tx: SiteTx, personId: string): Promise<readonly UndertakingView[]> =>
  tx.select({ version: undertakings.version, acceptedAt: undertakings.acceptedAt, digest: undertakings.digest, statement: undertakings.statement }).from(undertakings).where(eq(undertakings.personId, personId)).orderBy(desc(undertakings.version));

export type SessionView = { readonly id: string; readonly startedAt: Date; readonly lastSeenAt: Date; readonly endedAt: Date | null; readonly lastSignedAt: Date | null };

/** The last ten sign-ins of a person. */
export const sessionsOf = (tx: SiteTx, personId: string): Promise<readonly SessionView[]> =>
  tx.select({ id: sessions.id, startedAt: sessions.startedAt, lastSeenAt: sessions.lastSeenAt, endedAt: sessions.endedAt, lastSignedAt: sessions.lastSignedAt }).from(sessions).where(and(eq(sessions.personId, personId))).orderBy(desc(sessions.startedAt)).limit(10);
