import { getTableColumns, sql } from "drizzle-orm";
import type { Actor, Granted, Origin } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { BrokenPromise } from "#lib/result.ts";
import { portalDatabase, type Database } from "./client.ts";
import { auditEntries } from "./schema/audit.ts";

declare const scoped: unique symbol;
/** A transaction that sees only its sites. Only this file makes one. */
export type SiteTx = Parameters<Parameters<Database["transaction"]>[0]>[0] & { readonly [scoped]: true };

/** Who stands behind a transaction and what he may see; written into the row history by trigger. */
export type Scope = { readonly actorId: string; readonly actorName: string; readonly role: string; readonly sites: readonly string[]; readonly origin?: Origin | undefined };

/** A reason opens the transaction for writing. `authorisedBy` names the second person where a rule asks for one. */
export type Change = { readonly reason: string; readonly authorisedBy?: string };

/** Parts of the product that act without a person; the audit trail names them. */
export type Programme = "sign-in" | "ingest" | "plant" | "import" | "story" | "installation" | "ledger" | "integrity" | "export" | "signing";

/** Settings the policies and triggers of the database read; they die with the transaction. */
const settings = (scope: Scope, change: Change | undefined): readonly (readonly [name: string, value: string])[] => [
  ["app.actor_id", scope.actorId], ["app.actor_name", scope.actorName], ["app.role", scope.role], ["app.site_ids", scope.sites.join(",")], ["app.reason", change?.reason ?? ""],
  ["app.authorised_by", change?.authorisedBy ?? ""], ["app.request", scope.origin?.request ?? ""], ["app.client", scope.origin?.client ?? ""], ["transaction_read_only", change ? "off" : "on"],
];

const settle = (scope: Scope, change: Change | undefined) => sql`select ${sql.join(settings(scope, change).map(([name, value]) => sql`set_config(${sql.raw(`'${name}'`)}, ${value}, true)`), sql`, `)}`;

/** What each open transaction was settled with, for those who write down who acted in it. */
const settled = new WeakMap<object, { readonly scope: Scope; readonly change: Change | undefined }>();

/** The scope and the change a transaction was opened with. */
export function scopeOf(tx: SiteTx): { readonly scope: Scope; readonly change: Change | undefined } {
  const found = settled.get(tx);
  if (!found) throw new BrokenPromise("no-scope", "a scoped transaction comes from this door only");
  return found;
}

async function inScope<T>(database: Database, scope: Scope, work: (tx: SiteTx) => Promise<T>, change?: Change): Promise<T> {
  return database.transaction(async (tx) => {
    settled.set(tx, { scope, change });
    // Sent, not waited for: the connection keeps the order, so the first statement of the work travels with it. If settling fails, the
    // server refuses every later statement of the transaction; what is thrown is why it failed.
    const settling = tx.execute(settle(scope, change)).then(() => undefined, (error: unknown) => ({ error }));
    await Promise.resolve(); // the work's first statement is handed over after it
    const outcome = await work(tx as SiteTx).then((value) => ({ value }), (error: unknown) => ({ error }));
    const failed = (await settling) ?? ("error" in outcome ? outcome : undefined);
    if (failed) throw failed.error;
    return (outcome as { readonly value: T }).value;
  });
}

type Entry = typeof auditEntries.$inferInsert;
const trail = getTableColumns(auditEntries);
const appendTexts = new Map<string, string>();

function appendText(members: readonly (keyof Entry)[]): string {
  const known = appendTexts.get(members.join());
  if (known) return known;
  const values = members.map((member, i) => `$${i + 2}::${trail[member].getSQLType()}`);
  const text = `with settled as (select set_config('app.site_ids', $1, true)) insert into audit_entries (${members.map((member) => trail[member].name).join(", ")}) select ${values.join(", ")} from settled`;
  appendTexts.set(members.join(), text);
  return text;
}

/**
 * The door for an act of a person that changes nothing but the trail: appends its entry in a transaction that is this single statement. The sites it
 * may see and the entry travel together, and the database commits before it answers: one round trip instead of three. The entry itself says
 * who acts; no trigger of the trail asks for more.
 */
export async function appendWithSites(by: Granted<Permission>, entryOf: (scope: Scope) => Entry): Promise<void> {
  const scope = scopeOfPerson(by);
  const entry = entryOf(scope);
  const members = Object.keys(entry) as (keyof Entry)[];
  const values = members.map((member): unknown => (entry[member] === null || entry[member] === undefined ? null : trail[member].mapToDriverValue(entry[member])));
  await portalDatabase().$client.unsafe(appendText(members), [scope.sites.join(","), ...values] as never[]);
}

const scopeOfPerson = (by: Granted<Permission>): Scope => ({ actorId: by.actor.id, actorName: by.actor.printedName, role: by.role, sites: by.sites, origin: by.actor.origin });
const scopeOfProgramme = (programme: Programme, sites: readonly string[]): Scope => ({ actorId: `programme:${programme}`, actorName: programme, role: "programme", sites });

/**
 * Runs `work` in one transaction that sees only the sites of the proof (row-level security reads the settings; they die
 * with the transaction). Read only unless a change with its reason is given: the audit triggers refuse a write without one.
 */
export function withSites<T>(by: Granted<Permission>, work: (tx: SiteTx) => Promise<T>, change?: Change): Promise<T> {
  return inScope(portalDatabase(), scopeOfPerson(by), work, change);
}

/** The same door for a programme that acts by itself, at the named sites, on the pool it was given. */
export function withProgramme<T>(
  database: Database,
  programme: Programme,
  sites: readonly string[],
  work: (tx: SiteTx) => Promise<T>,
  change?: Change,
): Promise<T> {
  return inScope(database, scopeOfProgramme(programme, sites), work, change);
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
