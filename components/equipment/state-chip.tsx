import { Mark } from "../ui/mark.tsx";
import { equipmentStateName, type EquipmentState } from "#lib/equipment/state.ts";

/** Signs of the states that are as they should be; those that keep a unit from use by decision have a mark instead. */
const paths: Partial<Record<EquipmentState, string>> = {
  dirty: "M13.5 8a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM6 6.500v.1M9.500 6v.1M7.500 9.500v.1M10 9.500v.1",
  cleaning: "M8 2.500c2 2.600 3.500 4.600 3.500 6.700a3.500 3.500 0 1 1-7 0c0-2.100 1.500-4.100 3.500-6.700z",
  clean: "M13.500 8a5.500 5.500 0 1 1-11 0 5.500 5.500 0 0 1 11 0zM5.800 8.200l1.600 1.600 3-3.400",
  in_use: "M5 3.500v9L12.500 8z",
};

/** State of a unit as icon and word; what keeps it from use by decision has its colour, the rest is grey. */
export function EquipmentStateChip({ state }: { state: EquipmentState }) {
  const sign = paths[state];
  return <span className={`chip${sign ? "" : " attention p3"}`}>{sign ? <svg className="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={sign} /></svg> : <Mark priority={3} filled />}{equipmentStateName[state]}</span>;
}

/** A calibration that is due, as it is computed now. */
export const CalibrationDueChip = () => <span className="chip attention p3"><Mark priority={3} filled />Calibration due</span>;
