import { z } from "zod";

/**
 * Every event of the audit trail with what it says beyond its subject. Written and read through these shapes: an entry that
 * does not fit is a broken promise on both sides.
 */
const event = <Name extends string, Detail extends z.ZodRawShape>(name: Name, detail: Detail) =>
  z.object({ event: z.literal(name), detail: z.object(detail) });

/** Old and new of a row as the database writes it, as JSON text; `fields`: names of those that differ, comma between. */
const rowDetail = { fields: z.string(), old: z.string().nullable(), new: z.string().nullable() };

export const auditEvent = z.discriminatedUnion("event", [
  event("session.started", { method: z.string(), sessionId: z.string() }),
  event("session.ended", { cause: z.enum(["signed out", "idle", "length", "suspended"]) }),
  event("session.refused", { cause: z.string() }),
  event("person.enrolled", { userName: z.string(), printedName: z.string(), issuer: z.string() }),
  event("roles.changed", { added: z.array(z.string()), ended: z.array(z.string()) }),
  event("role.revoked", { role: z.string(), userName: z.string() }),
  event("source.registered", { unitId: z.string(), expiresAt: z.string() }),
  event("source.revoked", { unitId: z.string() }),
  event("ingest.refused", { cause: z.string(), sourceId: z.string() }),
  event("batch.taken-into-qa-review", { from: z.string(), to: z.string() }),
  event("exception.accepted", { severity: z.string(), from: z.string(), to: z.string(), rationale: z.string() }),
  event("signing.opened", { meaning: z.string(), statementDigest: z.string(), recordDigest: z.string() }),
  event("signing.refused", { meaning: z.string(), cause: z.string(), sentence: z.string() }),
  event("signing.cancelled", { meaning: z.string(), cause: z.string() }),
  event("record.signed", {
    meaning: z.string(), recordDigest: z.string(), signatureDigest: z.string(), ordinal: z.number().int(),
    from: z.string(), to: z.string(), method: z.string(),
  }),
  event("report.exported", { recordDigest: z.string(), pages: z.number().int(), fileDigest: z.string(), copy: z.number().int() }),
  event("issued-record.exported", { masterDigest: z.string(), pages: z.number().int(), fileDigest: z.string(), copy: z.number().int() }), event("master.exported", { masterDigest: z.string(), pages: z.number().int(), fileDigest: z.string(), copy: z.number().int() }),
  event("copy.taken", { copy: z.number().int(), fileDigest: z.string() }),
  event("audit.exported", { filter: z.string(), count: z.number().int() }),
  event("runs.imported", { file: z.string(), fileDigest: z.string(), read: z.number().int(), stored: z.number().int(), unchanged: z.number().int(), quarantined: z.number().int() }),
  event("row.created", rowDetail), event("row.changed", rowDetail), event("row.deleted", rowDetail),
  event("record.viewed", { page: z.string() }),
  event("signing.locked", { failures: z.number().int() }),
  event("signing.unlocked", { userName: z.string() }),
  event("signature.withdrawn", { meaning: z.string(), ordinal: z.number().int(), withdraws: z.number().int(), signatureDigest: z.string(), from: z.string(), to: z.string(), method: z.string() }),
  event("undertaking.accepted", { version: z.number().int(), statementDigest: z.string(), method: z.string() }),
  event("passkey.enrolled", { label: z.string(), credentialId: z.string(), deviceBound: z.boolean(), statementDigest: z.string() }),
  event("passkey.revoked", { label: z.string(), credentialId: z.string(), userName: z.string() }),
  event("passkey.refused", { cause: z.string() }),
  event("policy.changed", { meaning: z.string(), from: z.string(), to: z.string() }),
  event("key.created", { keyId: z.string(), owner: z.string(), purpose: z.string(), publicKey: z.string() }),
  event("key.rotated", { keyId: z.string(), owner: z.string(), purpose: z.string(), publicKey: z.string(), replaces: z.string() }),
  event("segments.sealed", { segments: z.number().int(), readings: z.number().int(), listDigest: z.string() }),
  event("evidence.exported", { recordDigest: z.string(), fileDigest: z.string(), copy: z.number().int(), entries: z.number().int(), signatures: z.number().int() }),
  event("compliance.exported", { from: z.string(), to: z.string(), pages: z.number().int(), fileDigest: z.string(), copy: z.number().int() }),
  event("integrity.failed", { table: z.string(), record: z.string(), field: z.string() }),
  event("integrity.restored", { table: z.string(), record: z.string(), field: z.string() }),
  event("master.created", { from: z.string(), digest: z.string() }), event("master.edited", { before: z.string(), digest: z.string(), changes: z.number().int(), gaps: z.number().int() }),
  event("master.moved", { command: z.string(), from: z.string(), to: z.string(), digest: z.string() }),
  event("overlay.created", { digest: z.string() }), event("overlay.edited", { before: z.string(), digest: z.string(), changes: z.number().int() }), event("overlay.moved", { command: z.string(), from: z.string(), to: z.string(), digest: z.string() }),
  event("batch.issued", { masterId: z.string(), masterVersion: z.number().int(), masterDigest: z.string(), steps: z.number().int() }), event("batch.moved", { command: z.string(), from: z.string(), to: z.string() }),
  event("step.moved", { command: z.string(), from: z.string(), to: z.string() }),
  event("entry.recorded", { parameter: z.string(), version: z.number().int(), value: z.string(), unit: z.string(), source: z.string(), evaluation: z.string() }),
  event("attachment.added", { name: z.string(), fileDigest: z.string(), size: z.number().int() }),
  event("material.charged", { material: z.string(), lot: z.string(), quantity: z.string(), unit: z.string() }), event("material.refused", { material: z.string(), lot: z.string(), sentence: z.string(), /** Kinds of fault, where quality may let it in. */ faults: z.string().optional() }),
  event("equipment.bound", { equipment: z.string(), unit: z.string(), from: z.string() }), event("equipment.refused", { equipment: z.string(), unit: z.string(), sentence: z.string(), faults: z.string().optional() }), event("equipment.changed", { event: z.string(), from: z.string(), to: z.string() }),
  event("calibration.recorded", { instrument: z.string(), passed: z.string(), due: z.string() }), event("part.installed", { place: z.string(), part: z.string(), serialNumber: z.string() }),
  event("exception.raised", { type: z.string(), severity: z.string(), rule: z.string() }), event("exception.explained", { comment: z.string() }), event("exception.severity-raised", { from: z.string(), to: z.string(), rationale: z.string() }),
  event("exception.severity-lowered", { from: z.string(), to: z.string(), rationale: z.string(), ordinal: z.number().int() }), event("exception.configuration-moved", { command: z.string(), from: z.string(), to: z.string(), digest: z.string() }),
  event("lot.received", { material: z.string(), quantity: z.number(), unit: z.string() }), event("lot.decided", { command: z.string(), from: z.string(), to: z.string() }), event("lot.split", { into: z.array(z.string()), quantity: z.number(), unit: z.string() }),
  event("lot.blended", { from: z.array(z.string()), quantity: z.number(), unit: z.string() }), event("lot.adjusted", { quantity: z.number(), unit: z.string() }), event("lot.retested", { from: z.string(), to: z.string() }), event("lot.parted", { container: z.string(), into: z.string(), quantity: z.number(), unit: z.string() }),
  event("material.added", { name: z.string(), unit: z.string() }), event("supplier.added", { name: z.string(), state: z.string() }), event("supplier.moved", { from: z.string(), to: z.string() }), event("recall.run", { lot: z.string(), direction: z.string(), lots: z.number().int(), digest: z.string() }),
  event("sample.drawn", { sample: z.string() }), event("sample.moved", { command: z.string(), from: z.string(), to: z.string() }),
  event("result.entered", { parameter: z.string(), number: z.number().int(), value: z.string(), unit: z.string(), outOfSpecification: z.boolean() }), event("result.moved", { parameter: z.string(), number: z.number().int(), command: z.string(), from: z.string(), to: z.string() }),
  event("retest.authorised", { parameter: z.string(), number: z.number().int() }), event("part.removed", { place: z.string(), part: z.string(), serialNumber: z.string() }),
  event("story.planted", { batches: z.number().int(), seed: z.number().int() }), event("history.begun", { of: z.number().int() }), event("history.stopped", { loaded: z.number().int(), of: z.number().int(), cause: z.string() }), event("history.loaded", { number: z.number().int(), of: z.number().int() }),
]);

export type AuditEvent = z.infer<typeof auditEvent>;
export type AuditEventName = AuditEvent["event"];
/** Acts that decide about a product, a signature or somebody's authority; rows are marked by the database with the same meaning. */
export const criticalEvents: ReadonlySet<AuditEventName> = new Set([
  "record.signed", "signature.withdrawn", "signing.refused", "signing.locked", "signing.unlocked", "exception.accepted", "role.revoked", "roles.changed", "passkey.enrolled", "passkey.revoked",
  "passkey.refused", "policy.changed", "key.rotated", "undertaking.accepted", "integrity.failed", "integrity.restored",
  "master.moved", "overlay.moved", "batch.issued", "batch.moved", "material.refused", "equipment.refused", "exception.severity-raised", "exception.severity-lowered", "exception.configuration-moved", "lot.decided", "lot.retested", "supplier.moved", "result.moved", "retest.authorised",
]);
export const auditEventNames = auditEvent.options.map((option) => option.shape.event.value) as readonly AuditEventName[];

/** What an event is about. */
export type AuditSubject = { readonly type: "batch" | "exception" | "person" | "session" | "source" | "unit" | "site" | "report" | "import" | "signature" | "passkey" | "policy" | "key" | "page" | "record" | "period" | "step" | "entry" | "master" | "overlay" | "exception-configuration" | "lot" | "material" | "supplier" | "recall" | "sample"; readonly id: string; readonly batchId?: string };
