import type { AuditEvent } from "#lib/audit/event.ts";
import { meaningName, signedMeanings } from "#lib/signature/meaning.ts";
import { batchStateName, batchStates } from "#lib/batch/state.ts";

const meaning = (id: string): string => { const known = signedMeanings.find((m) => m === id); return known ? meaningName[known] : id; };
const state = (id: string): string => { const known = batchStates.find((s) => s === id); return known ? batchStateName[known] : id; };

export type Said = { readonly title: string; readonly change?: { readonly from: string; readonly to: string }; readonly more?: string };

/** What an audit event says, in words. */
export function saidBy(event: AuditEvent): Said {
  switch (event.event) {
    case "session.started": return { title: "Signed in", more: event.detail.method };
    case "session.ended": return { title: "Session ended", more: event.detail.cause };
    case "session.refused": return { title: "Sign-in refused", more: event.detail.cause };
    case "person.enrolled": return { title: "Person enrolled", more: `${event.detail.printedName}, ${event.detail.userName}` };
    case "roles.changed": return { title: "Roles changed", more: [event.detail.added.length > 0 ? `added ${event.detail.added.join(", ")}` : "", event.detail.ended.length > 0 ? `ended ${event.detail.ended.join(", ")}` : ""].filter(Boolean).join("; ") };
    case "role.revoked": return { title: "Role revoked", more: `${event.detail.role} of ${event.detail.userName}` };
    case "source.registered": return { title: "Source registered", more: `${event.detail.unitId}, key until ${event.detail.expiresAt}` };
    case "source.revoked": return { title: "Source revoked", more: event.detail.unitId };
    case "ingest.refused": return { title: "Samples refused", more: `${event.detail.cause}, source ${event.detail.sourceId}` };
    case "batch.taken-into-qa-review": return { title: "Taken into QA review", change: { from: state(event.detail.from), to: state(event.detail.to) } };
    case "exception.accepted": return { title: "Exception accepted", change: { from: event.detail.from, to: event.detail.to }, more: event.detail.severity };
    case "signing.opened": return { title: "Signing opened", more: meaning(event.detail.meaning) };
    case "signing.refused": return { title: "Signing refused", more: `${meaning(event.detail.meaning)}: ${event.detail.sentence}` };
    case "signing.cancelled": return { title: "Signing cancelled", more: `${meaning(event.detail.meaning)}: ${event.detail.cause}` };
    case "record.signed": return { title: `Signed: ${meaning(event.detail.meaning)}`, change: { from: state(event.detail.from), to: state(event.detail.to) }, more: `signature ${event.detail.ordinal}` };
    case "report.exported": return { title: "Batch record exported", more: `copy ${event.detail.copy}, ${event.detail.pages} pages` };
    case "audit.exported": return { title: "Audit trail exported", more: `${event.detail.count} ${event.detail.count === 1 ? "entry" : "entries"}` };
    case "runs.imported": return { title: "Runs imported", more: `${event.detail.file}: read ${event.detail.read}, stored ${event.detail.stored}, unchanged ${event.detail.unchanged}, quarantined ${event.detail.quarantined}` };
    case "row.created": return { title: "Created", more: event.detail.fields.replaceAll(",", ", ") };
    case "row.changed": return { title: "Changed", more: event.detail.fields.replaceAll(",", ", ") };
    case "row.deleted": return { title: "Deleted" };
    case "record.viewed": return { title: "Viewed", more: event.detail.page };
    case "signing.locked": return { title: "Signing locked", more: `${event.detail.failures} failed attempts` };
    case "signing.unlocked": return { title: "Signing unlocked", more: event.detail.userName };
    case "signature.withdrawn": return { title: `Withdrawn: ${meaning(event.detail.meaning)}`, change: { from: state(event.detail.from), to: state(event.detail.to) }, more: `signature ${event.detail.ordinal} withdraws ${event.detail.withdraws}` };
    case "undertaking.accepted": return { title: "Accountability statement accepted", more: `version ${event.detail.version}` };
    case "passkey.enrolled": return { title: "Passkey enrolled", more: event.detail.label };
    case "passkey.revoked": return { title: "Passkey revoked", more: `${event.detail.label} of ${event.detail.userName}` };
    case "passkey.refused": return { title: "Passkey refused", more: event.detail.cause };
    case "policy.changed": return { title: "Signing policy changed", change: { from: event.detail.from, to: event.detail.to }, more: meaning(event.detail.meaning) };
    case "key.created": return { title: "Key created", more: `${event.detail.purpose} key ${event.detail.keyId} of ${event.detail.owner}` };
    case "key.rotated": return { title: "Key rotated", change: { from: event.detail.replaces, to: event.detail.keyId }, more: `${event.detail.purpose} key of ${event.detail.owner}` };
    case "segments.sealed": return { title: "Time series sealed", more: `${event.detail.segments} segments, ${event.detail.readings} readings` };
    case "evidence.exported": return { title: "Evidence exported", more: `copy ${event.detail.copy}, ${event.detail.entries} entries, ${event.detail.signatures} signatures` };
    case "copy.taken": return { title: "Kept copy taken away again", more: `copy ${event.detail.copy}` };
    case "compliance.exported": return { title: "Compliance report exported", more: `${event.detail.from} to ${event.detail.to}, copy ${event.detail.copy}` };
    case "integrity.failed": return { title: "Integrity failed", more: `${event.detail.table} ${event.detail.record}, ${event.detail.field}` };
    case "integrity.restored": return { title: "Integrity restored", more: `${event.detail.table} ${event.detail.record}, ${event.detail.field}` };
    case "master.created": return { title: "Version of a master created", more: event.detail.from };
    case "master.edited": return { title: "Master edited", more: `${event.detail.changes} ${event.detail.changes === 1 ? "change" : "changes"}, ${event.detail.gaps} ${event.detail.gaps === 1 ? "gap" : "gaps"} left` };
    case "master.moved": return { title: `Master: ${event.detail.command.replaceAll("_", " ")}`, change: { from: event.detail.from, to: event.detail.to } };
    case "overlay.created": return { title: "Overlay of a master created" };
    case "overlay.edited": return { title: "Overlay edited", more: `${event.detail.changes} changes` };
    case "overlay.moved": return { title: `Overlay: ${event.detail.command.replaceAll("_", " ")}`, change: { from: event.detail.from, to: event.detail.to } };
    case "batch.issued": return { title: "Batch issued", more: `${event.detail.masterId} v${event.detail.masterVersion}, ${event.detail.steps} steps` };
    case "batch.moved": return { title: `Batch: ${event.detail.command.replaceAll("_", " ")}`, change: { from: state(event.detail.from), to: state(event.detail.to) } };
    case "step.moved": return { title: `Step: ${event.detail.command.replaceAll("_", " ")}`, change: { from: event.detail.from, to: event.detail.to } };
    case "entry.recorded": return { title: event.detail.version === 1 ? "Value recorded" : "Value corrected", more: `${event.detail.parameter}: ${event.detail.value} ${event.detail.unit}, version ${event.detail.version}, ${event.detail.evaluation.replaceAll("_", " ")}` };
    case "attachment.added": return { title: "File attached", more: event.detail.name };
    case "material.charged": return { title: "Material charged", more: `${event.detail.material}: lot ${event.detail.lot}, ${event.detail.quantity} ${event.detail.unit}` };
    case "material.refused": return { title: "Material refused", more: `${event.detail.material}: lot ${event.detail.lot}. ${event.detail.sentence}` };
    case "equipment.bound": return { title: "Equipment bound", more: `${event.detail.equipment}: ${event.detail.unit}` };
    case "equipment.refused": return { title: "Equipment refused", more: `${event.detail.equipment}: ${event.detail.unit}. ${event.detail.sentence}` };
    case "equipment.changed": return { title: `Equipment: ${event.detail.event.replaceAll("_", " ")}`, change: { from: event.detail.from.replaceAll("_", " "), to: event.detail.to.replaceAll("_", " ") } };
    case "calibration.recorded": return { title: "Calibration recorded", more: `${event.detail.instrument}: ${event.detail.passed === "yes" ? "passed" : "failed"}, due ${event.detail.due}` };
    case "part.removed": return { title: "Part removed", more: `${event.detail.place}: ${event.detail.part}, ${event.detail.serialNumber}` };
    case "retest.authorised": return { title: "Retest authorised", more: `${event.detail.parameter}, after result ${event.detail.number}` };
    case "part.installed": return { title: "Part installed", more: `${event.detail.place}: ${event.detail.part}, ${event.detail.serialNumber}` };
    case "exception.raised": return { title: "Exception raised", more: `${event.detail.type.replaceAll("_", " ")}, ${event.detail.severity}, ${event.detail.rule}` };
    case "exception.explained": return { title: "Exception explained", more: event.detail.comment };
    case "exception.severity-raised": return { title: "Severity raised", change: { from: event.detail.from, to: event.detail.to }, more: event.detail.rationale };
    case "exception.severity-lowered": return { title: "Severity lowered", change: { from: event.detail.from, to: event.detail.to }, more: `signature ${event.detail.ordinal}` };
    case "exception.configuration-moved": return { title: `Exception configuration: ${event.detail.command}`, change: { from: event.detail.from, to: event.detail.to } };
    case "lot.received": return { title: "Lot received", more: `${event.detail.material}, ${event.detail.quantity} ${event.detail.unit}` };
    case "lot.decided": return { title: `Lot: ${event.detail.command.replaceAll("_", " ")}`, change: { from: event.detail.from, to: event.detail.to } };
    case "lot.split": return { title: "Lot split", more: event.detail.into.join(", ") };
    case "lot.blended": return { title: "Lots blended", more: event.detail.from.join(", ") };
    case "lot.adjusted": return { title: "Quantity of a lot adjusted", more: `${event.detail.quantity} ${event.detail.unit}` };
    case "recall.run": return { title: "Mock recall run", more: `lot ${event.detail.lot}, ${event.detail.direction}, ${event.detail.lots} lots` };
    case "sample.drawn": return { title: "Sample drawn", more: event.detail.sample };
    case "sample.moved": return { title: `Sample: ${event.detail.command}`, change: { from: event.detail.from.replaceAll("_", " "), to: event.detail.to.replaceAll("_", " ") } };
    case "result.entered": return { title: "Result entered", more: `${event.detail.parameter}: ${event.detail.value} ${event.detail.unit}${event.detail.outOfSpecification ? ", out of specification" : ""}` };
    case "result.moved": return { title: `Result: ${event.detail.command}`, change: { from: event.detail.from, to: event.detail.to }, more: `${event.detail.parameter}, number ${event.detail.number}` };
    case "story.planted": return { title: "Demo story planted", more: `${event.detail.batches} batches` };
    case "history.loaded": return { title: "Past batch of the demo story loaded", more: `${event.detail.number} of ${event.detail.of} at this site, measured values at one-minute resolution` };
  }
}
