import { randomUUID } from "node:crypto";
import { and, desc, eq, isNull } from "drizzle-orm";
import { inject } from "vitest";
import { providePortalDatabase } from "#db/client.ts";
import { auditEntries } from "#db/schema/audit.ts";
import { notices } from "#db/schema/notice.ts";
import { signatures, signingLocks } from "#db/schema/signature.ts";
import { withOwnMeans, withProgramme } from "#db/scope.ts";
import { requirePermission, type Actor } from "#lib/access/actor.ts";
import { provideInstallation, type Installation } from "#lib/installation.ts";
import { completeSigning, intentOf, openIntent, type Intent, type OpenIntent, type Presence } from "#lib/release/commands.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import type { ProofOfPresence } from "#lib/signature/proof.ts";
import { storyActor } from "./actors.ts";
import { Authenticator } from "./authenticator.ts";
import { freshDatabase, type TestDatabase } from "./database.ts";
import { inSession } from "./signers.ts";

export const { signingKey: key } = inject("cluster");
export const origin = "https://veribatch.example";
export const batchId = "BAS-101-2607";
export const installation: Installation = {
  publicUrl: origin, authSecret: "", oidc: { issuer: "https://issuer.invalid", clientId: "c", clientSecret: "s", scope: "openid", groupsClaim: "groups", demo: false }, session: { idleMinutes: 30, hours: 10 }, coolOffHours: 24, signingKey: key,
  keys: { all: () => [], current: () => undefined, prepare: () => {}, admit: () => {}, prepared: () => [] }, witnessDirectory: "", version: { root: ".", source: "" },
};
export const release = { siteId: "basel", batchId, meaning: "approved_for_release", reason: "All checks complete", comment: "Everything reviewed." } as const;

/** The story's batch that waits for its release, in a database of its own, with who signs it. Bound anew by `openScene`. */
export let db: TestDatabase;
export let qa: Actor & { readonly sessionId: string };
export let admin: Actor;
export let authenticator: Authenticator;

export async function openScene(): Promise<void> {
  db = await freshDatabase("story");
  providePortalDatabase(db.portal);
  provideInstallation(installation);
  qa = await inSession(db.owner, await storyActor(db.portal, "qa.manager@demo"), new Date());
  admin = await storyActor(db.portal, "admin@demo");
  authenticator = new Authenticator();
}
export const closeScene = () => db.close();

export const stamp = (now = new Date()) => ({ now, newId: randomUUID as () => string });
export const enterprise = <T>(work: Parameters<typeof withProgramme<T>>[3]) => withProgramme(db.owner, "installation", ["basel", "raleigh", "singapore", "enterprise"], work);
export const acts = (event: string) => enterprise((tx) => tx.select().from(auditEntries).where(and(eq(auditEntries.kind, "act"), eq(auditEntries.event, event))).orderBy(auditEntries.seq));
export const noticesOf = (who: Actor) => enterprise((tx) => tx.select().from(notices).where(eq(notices.personId, who.id)).orderBy(desc(notices.at)));
export const chain = () => enterprise((tx) => tx.select().from(signatures).where(eq(signatures.batchId, batchId)).orderBy(signatures.ordinal));
export const locked = async (who: Actor) => (await enterprise((tx) => tx.select().from(signingLocks).where(and(eq(signingLocks.personId, who.id), isNull(signingLocks.releasedAt))))).length > 0;
export const digest = () => enterprise(async (tx) => (await readBatchFile(tx, "basel", batchId, publicHalf(key))).digest);

export async function open(who: Actor, change: Partial<OpenIntent> = {}) {
  const by = requirePermission(who, "batch.read", "basel");
  const input: OpenIntent = { ...release, shownDigest: await digest(), ...change };
  return withOwnMeans(who, (tx) => openIntent(tx, by, input, key, { nonce: randomUUID(), oauthState: "secret", codeVerifier: "v", idleMinutes: 30 }, stamp()), { reason: input.reason }, by);
}
export async function opened(who: Actor, change: Partial<OpenIntent> = {}): Promise<Intent> {
  const outcome = await open(who, change);
  if (!outcome.ok) throw new Error(outcome.refusal.sentence);
  return outcome.value;
}
export async function complete(who: Actor, intent: Intent, presence: Partial<ProofOfPresence> = {}) {
  const by = requirePermission(who, "batch.read", "basel");
  const proof: Presence = { subject: who.subject, nonce: intent.statementDigest, authTime: Math.floor(Date.now() / 1000) + 1, evidence: { acr: "password" }, ...presence };
  return withOwnMeans(who, async (tx) => {
    const found = await intentOf(tx, "basel", intent.id, who.id);
    if (!found) throw new Error("no intent of this person");
    return completeSigning(tx, by, found, proof, key, stamp());
  }, { reason: "completes a signing" }, by);
}
export const fail = async (who: Actor, times: number) => {
  for (let i = 0; i < times; i++) await complete(who, await opened(who), { subject: "somebody.else@demo" });
};
