import { advanceEquipment, equipmentEventName, equipmentStateName, type EquipmentRefused, type EquipmentState } from "./state.ts";

/** What a person does to a unit by himself; binding and releasing belong to the batch. Cleaning is of production, the rest of maintenance. */
export const cleaningEvents = ["start_cleaning", "finish_cleaning", "fail_cleaning", "expire_clean_hold"] as const;
export const maintenanceEvents = ["hold", "lift_hold", "take_out_of_service", "return_to_service"] as const;
export type CleaningEvent = (typeof cleaningEvents)[number];
export type MaintenanceEvent = (typeof maintenanceEvents)[number];

/** Button of each act. */
export const actName: Record<CleaningEvent | MaintenanceEvent, string> = {
  start_cleaning: "Start cleaning", finish_cleaning: "Record as clean", fail_cleaning: "Cleaning failed", expire_clean_hold: "Record as dirty", hold: "Put on hold", lift_hold: "Lift the hold", take_out_of_service: "Take out of service", return_to_service: "Return to service",
};

export function equipmentRefusalSentence(refusal: EquipmentRefused | { readonly reason: "conflict" }): string {
  if (refusal.reason === "conflict") return "The unit changed after you opened this page. Look at its state again, then decide.";
  return `“${equipmentEventName[refusal.event]}” cannot be recorded while the unit is in state “${equipmentStateName[refusal.state]}”.`;
}

/** The acts of a list that the table of states lists now. */
export const actsFrom = <Act extends CleaningEvent | MaintenanceEvent>(state: EquipmentState, acts: readonly Act[]): readonly Act[] => acts.filter((act) => advanceEquipment(state, act).ok);
