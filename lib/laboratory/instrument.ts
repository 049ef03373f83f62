import { bindFaults, type EquipmentStanding } from "#lib/equipment/use.ts";

/** Area of a site (ISA-95) whose units are the laboratory's instruments. Where no unit of a site lies in it, every unit may be one. */
export const laboratoryArea = "Quality control";

/** An instrument as it is offered. `dueAt`: when its calibration is due; `faults`: what forbids it, as sentences. */
export type Instrument = { readonly id: string; readonly name: string; readonly dueAt: Date | null; readonly faults: readonly string[] };
type Found = { readonly unit: { readonly id: string; readonly name: string; readonly equipmentClass: string; readonly area: string }; readonly standing: EquipmentStanding };

/** What forbids measuring with a unit at `at`, as sentences (21 CFR 211.160(b)(4)). An instrument need not be free or clean, but it is one of the laboratory, works, and is calibrated. `laboratory`: does the site say which units are? */
export function instrumentFaults({ unit, standing }: Found, laboratory: boolean, at: Date): readonly string[] {
  const foreign = laboratory && unit.area !== laboratoryArea ? [`${unit.id} is no instrument of the laboratory: ${unit.name}, ${unit.equipmentClass}.`] : [];
  const faults = bindFaults({ unit, wanted: { equipmentClass: unit.equipmentClass, clean: false, calibrated: true }, standing, now: at });
  return [...foreign, ...faults.filter(({ kind }) => kind !== "in_use").map(({ sentence }) => sentence)];
}
