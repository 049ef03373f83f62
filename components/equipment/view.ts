import type { CleanHold } from "./holds.ts";
import { isDue } from "#lib/equipment/filter.ts";
import type { StandingUnit } from "#lib/equipment/queries.ts";
import { cleanHoldLeft } from "#lib/equipment/use.ts";
import { isBound, type EquipmentState } from "#lib/equipment/state.ts";
import { siteDate, spanText } from "#lib/site/time.ts";

export type UnitView = {
  readonly id: string; readonly name: string; readonly address: string; readonly equipmentClass: string; readonly area: string; readonly cell: string; readonly parentId: string | null; readonly state: EquipmentState;
  readonly hold: { readonly text: string; readonly of: string; readonly over: boolean } | undefined;
  readonly calibration: { readonly text: string; readonly due: boolean } | undefined;
  readonly batch: { readonly id: string; readonly address: string; readonly bound: boolean } | undefined;
};

export const unitAddress = (siteId: string, unitId: string): string => `/sites/${siteId}/equipment/${encodeURIComponent(unitId)}`;
export const batchAddressAt = (siteId: string, batchId: string): string => `/sites/${siteId}/batches/${encodeURIComponent(batchId)}`;

function holdOf({ standing }: StandingUnit, hold: CleanHold | undefined, now: Date): UnitView["hold"] {
  const left = hold && cleanHoldLeft(standing, hold.hours, now);
  if (!hold || left === null || left === undefined) return undefined;
  return { over: left < 0, text: left < 0 ? `over for ${spanText(-left)}` : `${spanText(left)} left`, of: `of ${hold.hours} h, ${hold.master}` };
}

/** A unit as list and page show it: everything computed at `now`. */
export function unitView(found: StandingUnit, hold: CleanHold | undefined, site: { readonly id: string; readonly timeZone: string }, now: Date): UnitView {
  const { unit, standing } = found;
  const { instruments } = standing;
  const failed = instruments.some((instrument) => instrument.dueAt !== null && !instrument.passed);
  const never = instruments.filter((instrument) => instrument.dueAt === null).length;
  const due = isDue(standing, now);
  return {
    id: unit.id, name: unit.name, address: unitAddress(site.id, unit.id), equipmentClass: unit.equipmentClass, area: unit.area, cell: unit.processCell, parentId: unit.parentId, state: standing.state, hold: holdOf(found, hold, now),
    calibration: instruments.length === 0 ? undefined : { due, text: failed ? "last one failed" : never > 0 ? `not calibrated: ${never} of ${instruments.length} instruments` : standing.calibrationDueAt ? siteDate(standing.calibrationDueAt, site.timeZone) : "none valid" },
    batch: standing.batchId === null ? undefined : { id: standing.batchId, address: batchAddressAt(site.id, standing.batchId), bound: isBound(standing.state) },
  };
}
