import { eq } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { sites } from "#db/schema/site.ts";
import { appendWithSites, scopeOf, withSites, type Change, type Scope, type SiteTx } from "#db/scope.ts";
import type { Granted } from "#lib/access/actor.ts";
import type { Permission } from "#lib/access/permission.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { criticalEvents, type AuditEvent, type AuditSubject } from "./event.ts";

/** Who is written down: a person in a role, or a programme. */
export type AuditActor = { readonly id: string; readonly name: string; readonly role: string };

export type AuditInput = AuditEvent & {
  readonly siteId: string;
  readonly subject: AuditSubject;
  readonly actor: AuditActor;
  readonly reason: string;
};

/** Zones of sites as this process has read them: a site does not move while the portal runs. */
const zones = new Map<string, string>();

async function zoneOf(siteId: string, reading: <T>(work: (tx: SiteTx) => Promise<T>) => Promise<T>): Promise<string> {
  const known = zones.get(siteId);
  if (known) return known;
  const [site] = await reading((tx) => tx.select({ zone: sites.timeZone }).from(sites).where(eq(sites.id, siteId)));
  if (site) zones.set(siteId, site.zone);
  return site?.zone ?? "UTC";
}

/** An entry's columns; its canonical bytes cover every one but the two numbers the database gives (order of writing, transaction). */
export function entryOf({ siteId, subject, actor, reason, event, detail }: AuditInput, scope: Scope, change: Change | undefined, stamp: { readonly zone: string; readonly now: Date; readonly id: string }): typeof auditEntries.$inferInsert {
  const row = {
    siteId, id: stamp.id, at: stamp.now, zone: stamp.zone, actorId: actor.id, actorName: actor.name, role: actor.role, authorisedBy: change?.authorisedBy ?? null,
    request: scope.origin?.request ?? "", client: scope.origin?.client ?? "", kind: "act" as const, event, subjectType: subject.type, subjectId: subject.id,
    batchId: subject.batchId ?? (subject.type === "batch" ? subject.id : null), reason, critical: criticalEvents.has(event), detail,
  };
  const text = canonical({ format: "EBRLEAF/1", ...row, at: stamp.now.toISOString() });
  return { ...row, canonical: text, digest: digestOf("EBRLEAF/1", text) };
}

/** Writes one entry in the transaction of the act it tells of, with its canonical bytes and their digest. */
export async function writeAudit(tx: SiteTx, input: AuditInput, now: Date, newId: () => string): Promise<string> {
  const { scope, change } = scopeOf(tx);
  const id = newId();
  const zone = await zoneOf(input.siteId, (work) => work(tx));
  await tx.insert(auditEntries).values(entryOf(input, scope, change, { zone, now, id }));
  return id;
}

/** Writes the entry of a person's act that changes nothing but the trail, such as a view: a transaction of its own, of one statement. */
export async function appendAct(by: Granted<Permission>, input: AuditInput, now: Date, newId: () => string): Promise<string> {
  const id = newId();
  const zone = await zoneOf(input.siteId, (work) => withSites(by, work));
  await appendWithSites(by, (scope) => entryOf(input, scope, undefined, { zone, now, id }));
  return id;
}
