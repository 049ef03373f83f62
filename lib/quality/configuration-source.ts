import type { ExceptionType } from "./configuration.ts";

const byPerson = "A person says so, in his own words";
const notYet = "No rule of this version raises it";

/** What raises a type in this version of the program. A type nothing raises yet says so: its weight stands ready. */
export const exceptionSource: Record<ExceptionType, string> = {
  equipment_not_ready: "Quality lets in a unit that was turned away", material_not_approved: "Quality lets in a lot that was turned away", wrong_material: "Quality lets in a lot of another material", cpp_outside_limits: "A critical value outside its limits, typed, captured or calculated",
  parameter_outside_limits: "A value outside its limits: typed, captured, calculated or of the laboratory", charge_outside_limits: "More or less charged than the master’s tolerance allows", work_in_progress_expired: notYet, filter_integrity_failed: byPerson, instrument_failure: byPerson,
  manual_for_automatic: "A value typed that the master wants captured", step_forced: "Quality forces a step by signature", step_voided: "A step is voided", step_not_applicable: "A step is not applicable", automation_step_changed: byPerson,
  out_of_specification: "A result of the laboratory outside its specification", manual_deviation: byPerson, communication_failure: byPerson, operator_comment: byPerson, batch_aborted: "A batch is aborted",
  late_entry: "A value written down later after its event than the configuration allows", entry_corrected: "A value corrected by a further version", beyond_absolute: "A typed value outside its absolute range", unexpected_value: "A typed value that looks like a slip of the decimal point", redline: byPerson,
  hold_time_exceeded: "A step begins after the hold time of the one before", yield_outside_limits: "The yield outside its limits", reconciliation_failed: notYet, critical_alarm: notYet, data_gap: "Too little measured of a critical parameter to judge it",
  calibration_due: "Quality lets in a unit whose calibration is due", training_gap: notYet, signature_anomaly: notYet, out_of_trend: "A result of the laboratory outside its trend", model_alert: "An alarm of the contamination model on the batch’s unit", audit_trail_anomaly: notYet,
};
