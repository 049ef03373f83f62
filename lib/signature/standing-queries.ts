import { and, desc, eq, isNull } from "drizzle-orm";
import { sessions } from "#db/schema/access.ts";
import { passkeys, signingLocks, signingPolicies, undertakings } from "#db/schema/signature.ts";
import type { SiteTx } from "#db/scope.ts";
import { usable, type SigningPolicy, type Standing } from "./ceremony.ts";
import { continuity, type Continuity } from "./continuity.ts";
import type { SignedMeaning } from "./meaning.ts";
import { undertakingVersion } from "./personal.ts";

/** What a person can sign with at a site, whatever the meaning, and what the site asks for each. */
export type SigningMeans = Omit<Standing, "policy"> & { readonly policies: ReadonlyMap<SignedMeaning, SigningPolicy> };

/** The policies of a site; a meaning without a row stands for "either". */
export async function sitePolicies(tx: SiteTx, siteId: string): Promise<ReadonlyMap<SignedMeaning, SigningPolicy>> {
  const rows = await tx.select().from(signingPolicies).where(eq(signingPolicies.siteId, siteId));
  return new Map(rows.map((row) => [row.meaning, row.ceremony]));
}

/** Since when a person's signing is locked; null when it is not. */
export async function lockedSince(tx: SiteTx, personId: string): Promise<Date | null> {
  const [lock] = await tx.select().from(signingLocks).where(and(eq(signingLocks.personId, personId), isNull(signingLocks.releasedAt))).orderBy(desc(signingLocks.lockedAt)).limit(1);
  return lock?.lockedAt ?? null;
}

/** Has the person accepted the present version of the accountability statement? */
export async function hasUndertaken(tx: SiteTx, personId: string): Promise<boolean> {
  const [row] = await tx.select({ id: undertakings.id }).from(undertakings).where(and(eq(undertakings.personId, personId), eq(undertakings.version, undertakingVersion)));
  return row !== undefined;
}

/** What stands between a person and signatures at a site now. */
export async function signingMeans(tx: SiteTx, personId: string, siteId: string, now: Date): Promise<SigningMeans> {
  const keys = await tx.select({ usableFrom: passkeys.usableFrom, revokedAt: passkeys.revokedAt }).from(passkeys).where(eq(passkeys.personId, personId));
  return {
    undertaken: await hasUndertaken(tx, personId), lockedSince: await lockedSince(tx, personId), policies: await sitePolicies(tx, siteId),
    usablePasskeys: keys.filter((key) => usable(key, now)).length, coolingPasskeys: keys.filter((key) => key.revokedAt === null && key.usableFrom > now).length,
  };
}

/** Is a signing in this session the first of its continuous period? */
export async function continuityOf(tx: SiteTx, sessionId: string | undefined, idleMinutes: number, now: Date): Promise<Continuity> {
  const [session] = sessionId ? await tx.select().from(sessions).where(eq(sessions.id, sessionId)) : [];
  return continuity({ sessionId, lastSigning: session?.lastSignedAt ? { sessionId: session.id, at: session.lastSignedAt } : undefined, idleMinutes }, now);
}
