import { sql } from "drizzle-orm";
import type { Actor, Granted, Origin } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { BrokenPromise } from "#lib/result.ts";
import { portalDatabase, type Database } from "./client.ts";

declare const scoped: unique symbol;
/** A transaction that sees only its sites. Only this file makes one. */
export type SiteTx = Parameters<Parameters<Database["transaction"]>[0]>[0] & { readonly [scoped]: true };

/** Who stands behind a transaction and what he may see; written into the row history by trigger. */
export type Scope = { readonly actorId: string; readonly actorName: string; readonly role: string; readonly sites: readonly string[]; readonly origin?: Origin | undefined };

/** A reason opens the transaction for writing. `authorisedBy` names the second person where a rule asks for one. */
export type Change = { readonly reason: string; readonly authorisedBy?: string };

/** Parts of the product that act without a person; the audit trail names them. */
export type Programme = "sign-in" | "ingest" | "plant" | "import" | "story" | "installation" | "ledger" | "integrity" | "export" | "signing";

const settle = (scope: Scope, change: Change | undefined) => sql`select
  set_config('app.actor_id', ${scope.actorId}, true), set_config('app.actor_name', ${scope.actorName}, true),
  set_config('app.role', ${scope.role}, true), set_config('app.site_ids', ${scope.sites.join(",")}, true),
  set_config('app.reason', ${change?.reason ?? ""}, true), set_config('app.authorised_by', ${change?.authorisedBy ?? ""}, true),
  set_config('app.request', ${scope.origin?.request ?? ""}, true), set_config('app.client', ${scope.origin?.client ?? ""}, true)`;

/** What each open transaction was settled with, for those who write down who acted in it. */
const settled = new WeakMap<object, { readonly scope: Scope; readonly change: Change | undefined }>();

/** The scope and the change a transaction was opened with. */
export function scopeOf(tx: SiteTx): { readonly scope: Scope; readonly change: Change | undefined } {
  const found = settled.get(tx);
  if (!found) throw new BrokenPromise("no-scope", "a scoped transaction comes from this door only");
  return found;
}

async function inScope<T>(database: Database, scope: Scope, work: (tx: SiteTx) => Promise<T>, change?: Change): Promise<T> {
  return database.transaction(
    async (tx) => {
      await tx.execute(settle(scope, change));
      settled.set(tx, { scope, change });
      return work(tx as SiteTx);
    },
    { accessMode: change ? "read write" : "read only" },
  );
}

/**
 * Runs `work` in one transaction that sees only the sites of the proof (row-level security reads the settings; they die
 * with the transaction). Read only unless a change with its reason is given: the audit triggers refuse a write without one.
 */
export function withSites<T>(by: Granted<Permission>, work: (tx: SiteTx) => Promise<T>, change?: Change): Promise<T> {
  const scope: Scope = { actorId: by.actor.id, actorName: by.actor.printedName, role: by.role, sites: by.sites, origin: by.actor.origin };
  return inScope(portalDatabase(), scope, work, change);
}

/** The same door for a programme that acts by itself, at the named sites, on the pool it was given. */
export function withProgramme<T>(
  database: Database,
  programme: Programme,
  sites: readonly string[],
  work: (tx: SiteTx) => Promise<T>,
  change?: Change,
): Promise<T> {
  return inScope(database, { actorId: `programme:${programme}`, actorName: programme, role: "programme", sites }, work, change);
}

/**
 * The door for what a person does with his own means of signing: sees the log and the assignments of the enterprise and, when the act
 * is about a record, the sites of the proof. Which person's rows it reads and writes is the command's business.
 */
export function withOwnMeans<T>(actor: Actor, work: (tx: SiteTx) => Promise<T>, change?: Change, by?: Granted<Permission>): Promise<T> {
  const sites = [...new Set([...(by?.sites ?? []), "enterprise"])];
  return inScope(portalDatabase(), { actorId: actor.id, actorName: actor.printedName, role: by?.role ?? "person", sites, origin: actor.origin }, work, change);
}

/** The door at sign-in and for each request's roles: sees the person's own assignments, at whatever site. */
export function withPerson<T>(database: Database, personId: string, work: (tx: SiteTx) => Promise<T>): Promise<T> {
  return inScope(database, { actorId: personId, actorName: "", role: "", sites: [] }, work);
}
