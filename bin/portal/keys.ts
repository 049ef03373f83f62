import { randomBytes } from "node:crypto";
import { isNull } from "drizzle-orm";
import type { JWK } from "jose";
import { openDatabase } from "#db/client.ts";
import { registerKeys } from "#db/schema/ledger.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { replaceByConfiguration, registerKey, type RegisterKey } from "#lib/ledger/key-commands.ts";
import { makeKey, openKeyStore, storedFromJwk, type KeyPurpose, type KeyStore, type StoredKey } from "#lib/ledger/key-store.ts";
import { StartRefused } from "./refusal.ts";

const installer = { id: "programme:installation", name: "installation", role: "programme" };
type Stamp = { readonly now: Date; readonly newId: () => string };

/** The key directory with the key that attests signatures in it; made from the installation's first secrets where there is none. */
export function openKeys(directory: string, signingKey: JWK, now: Date): KeyStore {
  const store = openKeyStore(directory);
  if (!store.current("attestation", "enterprise")) {
    const key = storedFromJwk(signingKey, { purpose: "attestation", owner: "enterprise", name: "attestation" }, now);
    store.prepare(key);
    store.admit(key.id);
  }
  return store;
}

type Wanted = { readonly purpose: KeyPurpose; readonly owner: string; readonly make: () => Promise<StoredKey> | StoredKey };

async function settle(tx: SiteTx, store: KeyStore, wanted: Wanted, open: readonly RegisterKey[], stamp: Stamp): Promise<void> {
  const registered = open.find((row) => row.purpose === wanted.purpose && row.owner === wanted.owner);
  const present = store.current(wanted.purpose, wanted.owner);
  if (registered && !present) throw new StartRefused(`The private half of the ${wanted.purpose} key ${registered.id} of ${wanted.owner} is missing from the key directory. Put it back (or a new key in its place), then start again.`);
  if (registered && present?.id === registered.id) return;
  const key = present ?? (await wanted.make());
  if (!present) store.prepare(key);
  if (registered) await replaceByConfiguration(tx, registered, key, installer, stamp);
  else await registerKey(tx, key, installer, stamp);
}

/**
 * Brings key directory and register together at start: a key for every owner and purpose, prepared ones of an interrupted rotation admitted,
 * ones that were put there by hand taken over. Private halves never reach the database.
 */
export async function settleKeys(ownerUrl: string, store: KeyStore, makeSeal: (name: string, now: Date) => Promise<StoredKey>, stamp: Stamp): Promise<void> {
  const database = openDatabase(ownerUrl, 1);
  try {
    const owners = (await database.select({ id: sites.id }).from(sites)).map((site) => site.id);
    await withProgramme(database, "installation", ["enterprise"], async (tx) => {
      const open = await tx.select().from(registerKeys).where(isNull(registerKeys.validTo));
      for (const id of store.prepared()) if (open.some((row) => row.id === id)) store.admit(id);
      const known = open.find((row) => row.purpose === "ledger")?.name.split("/")[0];
      const installation = known ?? `veribatch-${randomBytes(4).toString("hex")}`;
      const ledgers = owners.map((owner): Wanted => ({ purpose: "ledger", owner, make: () => makeKey({ purpose: "ledger", owner, name: `${installation}/${owner}` }, stamp.now) }));
      const attestation: Wanted = { purpose: "attestation", owner: "enterprise", make: () => makeKey({ purpose: "attestation", owner: "enterprise", name: "attestation" }, stamp.now) };
      const seal: Wanted = { purpose: "seal", owner: "enterprise", make: () => makeSeal(installation, stamp.now) };
      for (const wanted of [attestation, seal, ...ledgers]) await settle(tx, store, wanted, open, stamp);
    }, { reason: "keys of the installation" });
    for (const id of store.prepared()) store.admit(id);
  } finally {
    await database.$client.end();
  }
}
