import { accept, refuse, type Result } from "#lib/result.ts";

/**
 * States of a unit (docs/vocabulary.md). A unit that fails while a batch holds it is on hold or out of service and still bound; the batch releases it later. "Calibration due" is not one of them: it is
 * computed from the calibrations at the moment of use.
 */
export const equipmentStates = ["dirty", "cleaning", "clean", "in_use", "in_use_hold", "in_use_out", "hold", "out_of_service"] as const;
export type EquipmentState = (typeof equipmentStates)[number];

export const equipmentEvents = ["start_cleaning", "finish_cleaning", "check_cleaning", "fail_cleaning", "bind", "release", "hold", "lift_hold", "take_out_of_service", "return_to_service", "expire_clean_hold"] as const;
export type EquipmentEvent = (typeof equipmentEvents)[number];

const transitions: Record<EquipmentState, Partial<Record<EquipmentEvent, EquipmentState>>> = {
  // A unit that a master does not ask to be clean is bound as it is; `bindFaults` decides which.
  dirty: { start_cleaning: "cleaning", bind: "in_use", hold: "hold", take_out_of_service: "out_of_service" },
  cleaning: { finish_cleaning: "clean", fail_cleaning: "dirty", hold: "hold" },
  clean: { check_cleaning: "clean", bind: "in_use", expire_clean_hold: "dirty", start_cleaning: "cleaning", hold: "hold", take_out_of_service: "out_of_service" },
  in_use: { release: "dirty", hold: "in_use_hold", take_out_of_service: "in_use_out" },
  in_use_hold: { lift_hold: "in_use", release: "hold", take_out_of_service: "in_use_out" },
  in_use_out: { return_to_service: "in_use", release: "out_of_service" },
  // What comes back from a hold or a repair is cleaned before it is used.
  hold: { lift_hold: "dirty", take_out_of_service: "out_of_service" },
  out_of_service: { return_to_service: "dirty" },
};

/** Does a batch hold a unit that stands so? */
export const isBound = (state: EquipmentState): boolean => state === "in_use" || state === "in_use_hold" || state === "in_use_out";

export const equipmentStateName: Record<EquipmentState, string> = {
  dirty: "Dirty", cleaning: "Being cleaned", clean: "Clean", in_use: "In use", in_use_hold: "On hold, in use", in_use_out: "Out of service, in use", hold: "On hold", out_of_service: "Out of service",
};
export const equipmentEventName: Record<EquipmentEvent, string> = {
  start_cleaning: "Cleaning started", finish_cleaning: "Cleaned", check_cleaning: "Cleaning checked", fail_cleaning: "Cleaning failed", bind: "Bound to a batch", release: "Released by the batch", hold: "Put on hold", lift_hold: "Hold lifted",
  take_out_of_service: "Taken out of service", return_to_service: "Returned to service", expire_clean_hold: "Clean hold time over",
};

export type EquipmentRefused = { readonly reason: "event-not-allowed"; readonly state: EquipmentState; readonly event: EquipmentEvent };

/** The state `event` leads to, or why the unit must refuse it. What the table does not list is refused. */
export function advanceEquipment(state: EquipmentState, event: EquipmentEvent): Result<EquipmentState, EquipmentRefused> {
  const next = transitions[state][event];
  return next ? accept(next) : refuse({ reason: "event-not-allowed", state, event });
}
