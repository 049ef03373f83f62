import { z } from "zod";
import { equipmentStates, type EquipmentState } from "./state.ts";
import { calibrationDue, type EquipmentStanding } from "./use.ts";

/** What the list of a site's equipment can be narrowed to: a state, or what is computed. */
export const equipmentShows = [...equipmentStates, "calibration_due"] as const;
export type EquipmentShow = (typeof equipmentShows)[number];

/** The state of the list as it stands in the address; anything it does not know is dropped, never an error. */
export const equipmentFilter = z.object({ show: z.enum(equipmentShows).optional().catch(undefined) });
/** The page of a unit's log as it stands in the address. */
export const logFilter = z.object({ log: z.coerce.number().int().min(1).max(100_000).catch(1).default(1) });
export const logPageSize = 25;

/** Is a unit's calibration due, as a unit that has any? What was never calibrated asks for none. */
export const isDue = (standing: EquipmentStanding, now: Date): boolean => standing.instruments.length > 0 && calibrationDue(standing, now);

/** Does a unit that stands so belong to what is shown? */
export const isShown = (standing: EquipmentStanding, show: EquipmentShow | undefined, now: Date): boolean =>
  show === undefined || (show === "calibration_due" ? isDue(standing, now) : standing.state === (show satisfies EquipmentState));

/** Does somebody have to look after it before it is used again? */
export const needsAttention = (standing: EquipmentStanding, now: Date): boolean => (["hold", "out_of_service", "calibration_due"] as const).some((show) => isShown(standing, show, now));

/** How many there are of each kind. */
export const showCounts = (all: readonly EquipmentStanding[], now: Date): ReadonlyMap<EquipmentShow, number> =>
  new Map(equipmentShows.map((show) => [show, all.filter((standing) => isShown(standing, show, now)).length]));
