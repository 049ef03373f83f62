import { auditEntries } from "#db/schema/audit.ts";
import type { SiteTx } from "#db/scope.ts";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import type { AuditEvent, AuditSubject } from "./event.ts";

/** Who is written down: a person in a role, or a programme. */
export type AuditActor = { readonly id: string; readonly name: string; readonly role: string };

export type AuditInput = AuditEvent & {
  readonly siteId: string;
  readonly subject: AuditSubject;
  readonly actor: AuditActor;
  readonly reason: string;
};

/**
 * Writes one entry in the transaction of the act it tells of. Its canonical bytes cover every column but the position,
 * which the database gives, and are stored with their digest.
 */
export async function writeAudit(tx: SiteTx, input: AuditInput, now: Date, newId: () => string): Promise<string> {
  const { siteId, subject, actor, reason, event, detail } = input;
  const id = newId();
  const row = {
    siteId, id, at: now, actorId: actor.id, actorName: actor.name, role: actor.role, event,
    subjectType: subject.type, subjectId: subject.id, batchId: subject.batchId ?? (subject.type === "batch" ? subject.id : null), reason, detail,
  };
  const text = canonical({ ...row, at: now.toISOString() });
  await tx.insert(auditEntries).values({ ...row, canonical: text, digest: digestOf("EBRLEAF/1", text) });
  return id;
}
