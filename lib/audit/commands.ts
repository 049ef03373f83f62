import { eq } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import { sites } from "#db/schema/site.ts";
import { scopeOf, type SiteTx } from "#db/scope.ts";
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

async function zoneOf(tx: SiteTx, siteId: string): Promise<string> {
  const known = zones.get(siteId);
  if (known) return known;
  const [site] = await tx.select({ zone: sites.timeZone }).from(sites).where(eq(sites.id, siteId));
  if (site) zones.set(siteId, site.zone);
  return site?.zone ?? "UTC";
}

/**
 * Writes one entry in the transaction of the act it tells of. Its canonical bytes cover every column but the two numbers the
 * database gives (order of writing, transaction), and are stored with their digest.
 */
export async function writeAudit(tx: SiteTx, input: AuditInput, now: Date, newId: () => string): Promise<string> {
  const { siteId, subject, actor, reason, event, detail } = input;
  const { scope, change } = scopeOf(tx);
  const id = newId();
  const row = {
    siteId, id, at: now, zone: await zoneOf(tx, siteId), actorId: actor.id, actorName: actor.name, role: actor.role, authorisedBy: change?.authorisedBy ?? null,
    request: scope.origin?.request ?? "", client: scope.origin?.client ?? "", kind: "act" as const, event, subjectType: subject.type, subjectId: subject.id,
    batchId: subject.batchId ?? (subject.type === "batch" ? subject.id : null), reason, critical: criticalEvents.has(event), detail,
  };
  const text = canonical({ format: "EBRLEAF/1", ...row, at: now.toISOString() });
  await tx.insert(auditEntries).values({ ...row, canonical: text, digest: digestOf("EBRLEAF/1", text) });
  return id;
}
