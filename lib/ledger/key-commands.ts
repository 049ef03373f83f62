import { and, eq, isNull } from "drizzle-orm";
import { registerKeys } from "#db/schema/ledger.ts";
import type { SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import { writeAudit, type AuditActor } from "#lib/audit/commands.ts";
import { accept, refuse, type Result } from "#lib/result.ts";
import { makeKey, publicOf, type KeyPurpose, type KeyStore, type StoredKey } from "./key-store.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
export type RegisterKey = typeof registerKeys.$inferSelect;

const registered = (key: StoredKey, now: Date): RegisterKey => ({
  id: key.id, owner: key.owner, purpose: key.purpose, name: key.name, algorithm: key.purpose === "seal" ? "RSA-3072" : "Ed25519", publicKey: publicOf(key), validFrom: now, validTo: null, endReason: null,
});

/** Puts a key that was made for this installation into the register; a known one is left alone. Returns whether it was new. */
export async function registerKey(tx: SiteTx, key: StoredKey, actor: AuditActor, { now, newId }: Stamp): Promise<boolean> {
  const [made] = await tx.insert(registerKeys).values(registered(key, now)).onConflictDoNothing().returning({ id: registerKeys.id });
  if (!made) return false;
  await writeAudit(tx, {
    event: "key.created", detail: { keyId: key.id, owner: key.owner, purpose: key.purpose, publicKey: publicOf(key) }, siteId: "enterprise", subject: { type: "key", id: key.id }, actor, reason: "first start of the installation",
  }, now, newId);
  return true;
}

/** A key file that was put in place of the registered one: the old key's validity ends and the new one's begins. */
export async function replaceByConfiguration(tx: SiteTx, old: RegisterKey, key: StoredKey, actor: AuditActor, { now, newId }: Stamp): Promise<void> {
  await tx.update(registerKeys).set({ validTo: now, endReason: "replaced by configuration" }).where(eq(registerKeys.id, old.id));
  const row = registered(key, now);
  await tx.insert(registerKeys).values(row);
  await writeAudit(tx, {
    event: "key.rotated", detail: { keyId: key.id, owner: key.owner, purpose: key.purpose, publicKey: row.publicKey, replaces: old.id }, siteId: "enterprise", subject: { type: "key", id: key.id }, actor, reason: "replaced by configuration",
  }, now, newId);
}

export type RotationRefusal = "no-key" | "seal";
export const rotationRefusalSentence: Record<RotationRefusal, string> = {
  "no-key": "There is no such key in use. Reload the page.",
  seal: "A seal key comes with a certificate. Put the new key file into the key directory and restart the portal.",
};
export type Rotation = { readonly purpose: KeyPurpose; readonly owner: string; readonly reason: string };

/**
 * Replaces a key by a new pair: the old one's validity ends now, what it signed stays verifiable. The new private half lies
 * prepared in the store before the transaction and is admitted by the caller after the commit; a kill between the two is mended at start.
 */
export async function rotateKey(tx: SiteTx, by: Granted<"key.rotate">, { purpose, owner, reason }: Rotation, store: KeyStore, { now, newId }: Stamp): Promise<Result<RegisterKey, RotationRefusal>> {
  if (purpose === "seal") return refuse("seal");
  const [old] = await tx.select().from(registerKeys).where(and(eq(registerKeys.purpose, purpose), eq(registerKeys.owner, owner), isNull(registerKeys.validTo))).for("update");
  if (!old) return refuse("no-key");
  const key = makeKey({ purpose, owner, name: old.name }, now);
  store.prepare(key);
  await tx.update(registerKeys).set({ validTo: now, endReason: reason }).where(eq(registerKeys.id, old.id));
  const row = registered(key, now);
  await tx.insert(registerKeys).values(row);
  await writeAudit(tx, {
    event: "key.rotated", detail: { keyId: key.id, owner, purpose, publicKey: row.publicKey, replaces: old.id }, siteId: "enterprise", subject: { type: "key", id: key.id },
    actor: { id: by.actor.id, name: by.actor.printedName, role: by.role }, reason,
  }, now, newId);
  return accept(row);
}
