import { z } from "zod";
import { isBound, type EquipmentState } from "./state.ts";
import { calibrationDue, type EquipmentStanding } from "./use.ts";

/** What the list of a site's equipment can be narrowed to: a state, or what is computed. A unit that is on hold or out of service in use is shown by both. */
export const equipmentShows = ["dirty", "cleaning", "clean", "in_use", "hold", "out_of_service", "calibration_due"] as const;
export type EquipmentShow = (typeof equipmentShows)[number];

/** The state of the list as it stands in the address; anything it does not know is dropped, never an error. */
export const equipmentFilter = z.object({ show: z.enum(equipmentShows).optional().catch(undefined) });
/** The page of a unit's log as it stands in the address. */
export const logFilter = z.object({ log: z.coerce.number().int().min(1).max(100_000).catch(1).default(1) });
export const logPageSize = 25;

/** Is a unit's calibration due, as a unit that has anything to calibrate? What neither measures nor was ever calibrated asks for none. */
export const isDue = (standing: EquipmentStanding, now: Date): boolean => standing.instruments.length > 0 && calibrationDue(standing, now);

function isIn(state: EquipmentState, show: Exclude<EquipmentShow, "calibration_due">): boolean {
  switch (show) {
    case "in_use": return isBound(state);
    case "hold": return state === "hold" || state === "in_use_hold";
    case "out_of_service": return state === "out_of_service" || state === "in_use_out";
    default: return state === show;
  }
}

/** Does a unit that stands so belong to what is shown? */
export const isShown = (standing: EquipmentStanding, show: EquipmentShow | undefined, now: Date): boolean =>
  show === undefined || (show === "calibration_due" ? isDue(standing, now) : isIn(standing.state, show));

/** Does somebody have to look after it before it is used again? */
export const needsAttention = (standing: EquipmentStanding, now: Date): boolean => (["hold", "out_of_service", "calibration_due"] as const).some((show) => isShown(standing, show, now));

/** How many there are of each kind. */
export const showCounts = (all: readonly EquipmentStanding[], now: Date): ReadonlyMap<EquipmentShow, number> =>
  new Map(equipmentShows.map((show) => [show, all.filter((standing) => isShown(standing, show, now)).length]));
