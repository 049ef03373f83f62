import { z } from "zod";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { requiredSignatures, severities, severityName, type RequiredSignature, type Severity } from "./exception.ts";

/**
 * Types of exception, numbered as in the taxonomy; a type is what happened, whatever rule found it. Process and material first, then execution, laboratory,
 * alarms and data, models and people.
 */
export const exceptionTypes = [
  "equipment_not_ready", "material_not_approved", "wrong_material", "cpp_outside_limits", "parameter_outside_limits", "charge_outside_limits", "work_in_progress_expired", "filter_integrity_failed", "instrument_failure",
  "manual_for_automatic", "step_forced", "step_voided", "step_not_applicable", "automation_step_changed", "out_of_specification", "manual_deviation", "communication_failure", "operator_comment", "batch_aborted",
  "late_entry", "entry_corrected", "beyond_absolute", "unexpected_value", "redline", "hold_time_exceeded", "yield_outside_limits", "reconciliation_failed", "critical_alarm", "data_gap", "calibration_due",
  "training_gap", "signature_anomaly", "out_of_trend", "model_alert", "audit_trail_anomaly",
] as const;
export type ExceptionType = (typeof exceptionTypes)[number];


/** What a type weighs unless somebody raises it, who closes it, and whether the batch stands still until quality has decided. */
export type ExceptionRule = { readonly severity: Severity; readonly signature: RequiredSignature; readonly blocks: boolean };

const rule = z.object({ severity: z.enum(severities), signature: z.enum(requiredSignatures), blocks: z.boolean() }).strict();
/** Content of a version of the configuration: one rule for every type; minutes after its event from which an entry is late. */
export const exceptionConfiguration = z.object({ format: z.literal("EBREXC/1"), lateAfterMin: z.number().int().positive().max(10_080), types: z.record(z.enum(exceptionTypes), rule) }).strict();
export type ExceptionConfiguration = z.infer<typeof exceptionConfiguration>;

export const exceptionTypeName: Record<ExceptionType, string> = {
  equipment_not_ready: "Equipment not ready for use", material_not_approved: "Material not approved or expired", wrong_material: "Wrong material", cpp_outside_limits: "Critical process parameter outside its limits", parameter_outside_limits: "Parameter outside its limits",
  charge_outside_limits: "Charge outside its limits", work_in_progress_expired: "Buffer or medium expired", filter_integrity_failed: "Filter integrity failed", instrument_failure: "Equipment or instrument failure", manual_for_automatic: "Entered by hand instead of captured",
  step_forced: "Step forced", step_voided: "Step voided", step_not_applicable: "Step not applicable", automation_step_changed: "Step of automation changed", out_of_specification: "Result out of specification", manual_deviation: "Deviation of a step by hand", communication_failure: "Communication failed",
  operator_comment: "Comment of an operator", batch_aborted: "Batch or phase aborted", late_entry: "Late entry", entry_corrected: "Corrected entry", beyond_absolute: "Value beyond what is possible", unexpected_value: "Value far from what is expected", redline: "Redline", hold_time_exceeded: "Hold time exceeded",
  yield_outside_limits: "Yield outside its limits", reconciliation_failed: "Reconciliation failed", critical_alarm: "Critical alarm", data_gap: "Gap in the data of a critical parameter", calibration_due: "Calibration due in use", training_gap: "Training gap", signature_anomaly: "Signature out of the usual",
  out_of_trend: "Out of trend", model_alert: "Alert of a model", audit_trail_anomaly: "Audit trail out of the usual",
};

const minor: ExceptionRule = { severity: "minor", signature: "supervisor", blocks: false };
const major: ExceptionRule = { severity: "major", signature: "quality", blocks: false };
const critical: ExceptionRule = { severity: "critical", signature: "quality", blocks: true };

/** The configuration the software ships with; a site's quality changes it by further versions. */
export const shippedConfiguration: ExceptionConfiguration = {
  format: "EBREXC/1", lateAfterMin: 30,
  types: {
    equipment_not_ready: major, material_not_approved: major, wrong_material: critical, cpp_outside_limits: major, parameter_outside_limits: minor, charge_outside_limits: minor, work_in_progress_expired: major, filter_integrity_failed: critical, instrument_failure: major,
    manual_for_automatic: minor, step_forced: major, step_voided: major, step_not_applicable: minor, automation_step_changed: major, out_of_specification: critical, manual_deviation: minor, communication_failure: minor, operator_comment: minor, batch_aborted: critical,
    late_entry: minor, entry_corrected: minor, beyond_absolute: major, unexpected_value: minor, redline: minor, hold_time_exceeded: major, yield_outside_limits: major, reconciliation_failed: major, critical_alarm: major, data_gap: minor, calibration_due: major,
    training_gap: major, signature_anomaly: minor, out_of_trend: minor, model_alert: minor, audit_trail_anomaly: minor,
  },
};

/** The canonical bytes of a version and their digest. */
export function configurationText(configuration: ExceptionConfiguration): { readonly text: string; readonly digest: string } {
  const text = canonical(configuration);
  return { text, digest: digestOf("EBREXC/1", text) };
}

/** One thing a version changes, in words; `weaker`: it weighs less, asks for less or no longer holds the batch. */
export type ConfigurationChange = { readonly what: string; readonly field: string; readonly before: string; readonly after: string; readonly weaker: boolean };

export const signatureName: Record<RequiredSignature, string> = { supervisor: "Supervisor", quality: "Quality" };
const blockName = (blocks: boolean): string => (blocks ? "Yes" : "No");

function ruleChanges(type: ExceptionType, a: ExceptionRule, b: ExceptionRule): readonly ConfigurationChange[] {
  const what = exceptionTypeName[type];
  return [
    ...(a.severity === b.severity ? [] : [{ what, field: "Default severity", before: severityName[a.severity], after: severityName[b.severity], weaker: severities.indexOf(b.severity) > severities.indexOf(a.severity) }]),
    ...(a.signature === b.signature ? [] : [{ what, field: "Required signature", before: signatureName[a.signature], after: signatureName[b.signature], weaker: b.signature === "supervisor" }]),
    ...(a.blocks === b.blocks ? [] : [{ what, field: "Blocks execution", before: blockName(a.blocks), after: blockName(b.blocks), weaker: !b.blocks }]),
  ];
}

/** What a version changes against another, the time of late entries first, then type by type in the order of the taxonomy. */
export function configurationChanges(before: ExceptionConfiguration, after: ExceptionConfiguration): readonly ConfigurationChange[] {
  const late = before.lateAfterMin === after.lateAfterMin ? [] : [{ what: exceptionTypeName.late_entry, field: "Late after", before: `${before.lateAfterMin} min`, after: `${after.lateAfterMin} min`, weaker: after.lateAfterMin > before.lateAfterMin }];
  return [...late, ...exceptionTypes.flatMap((type) => ruleChanges(type, before.types[type], after.types[type]))];
}

/** Types that a supervisor would close although they weigh major or critical: those are quality's (exceptions C.3). */
export const underSigned = ({ types }: ExceptionConfiguration): readonly ExceptionType[] => exceptionTypes.filter((type) => types[type].severity !== "minor" && types[type].signature === "supervisor");
