import Link from "next/link";
import { Fragment } from "react";
import { Empty } from "../ui/empty.tsx";
import { Mark } from "../ui/mark.tsx";
import { CalibrationDueChip, EquipmentStateChip } from "./state-chip.tsx";
import type { UnitView } from "./view.ts";
import { equipmentShows, type EquipmentShow } from "#lib/equipment/filter.ts";
import { equipmentStateName } from "#lib/equipment/state.ts";

const showName = (show: EquipmentShow): string => (show === "calibration_due" ? "Calibration due" : equipmentStateName[show]);

/** States a list can be narrowed to, with how many units each has. */
export function ShowTabs({ path, show, counts, total }: { path: string; show: EquipmentShow | undefined; counts: ReadonlyMap<EquipmentShow, number>; total: number }) {
  return (
    <nav className="segments wrap" aria-label="Show">
      <Link href={path} aria-current={show === undefined ? "page" : undefined}>All {total}</Link>
      {equipmentShows.map((one) => <Link key={one} href={`${path}?show=${one}`} aria-current={show === one ? "page" : undefined}>{showName(one)} {counts.get(one) ?? 0}</Link>)}
    </nav>
  );
}

const columns = ["Unit", "Class", "State", "Clean hold", "Calibration", "Batch"] as const;

const HoldCell = ({ hold }: Pick<UnitView, "hold">) => hold
  ? <td>{hold.over ? <span className="p3 nowrap"><Mark priority={3} filled /> {hold.text}</span> : <span className="nowrap">{hold.text}</span>}<small>{hold.of}</small></td>
  : <td><span className="quiet">–</span></td>;

function UnitRow({ unit }: { unit: UnitView }) {
  return (
    <tr>
      <th scope="row"><Link href={unit.address}>{unit.id}</Link><small>{unit.name}</small></th><td>{unit.equipmentClass}</td><td><EquipmentStateChip state={unit.state} /></td><HoldCell hold={unit.hold} />
      <td>{unit.calibration ? <>{unit.calibration.due ? <CalibrationDueChip /> : null}<span className="nowrap">{unit.calibration.due ? <small>{unit.calibration.text}</small> : unit.calibration.text}</span></> : <span className="quiet">–</span>}</td>
      <td>{unit.batch ? <>{unit.batch.bound ? null : <span className="quiet">last </span>}<Link className="mono" href={unit.batch.address}>{unit.batch.id}</Link></> : <span className="quiet">–</span>}</td>
    </tr>
  );
}

const ModuleRow = ({ unit }: { unit: UnitView }) => (
  <tr className="module"><th scope="row"><Link href={unit.address}>{unit.id}</Link><small>{unit.name}</small></th><td>{unit.equipmentClass}</td><td colSpan={4} className="quiet">Equipment module of {unit.parentId}; its state is the unit&apos;s</td></tr>
);

type Props = { readonly place: string; readonly units: readonly UnitView[]; readonly modules: readonly UnitView[]; readonly path: string };

/** Name of an area; a unit nobody placed says so. */
export const areaName = (area: string): string => (area === "" ? "No area named" : area);

/** Units of a site by area and process cell, each with its equipment modules (ISA-95, ISA-88 physical model). `place`: enterprise and site. */
export function EquipmentTable({ place, units, modules, path }: Props) {
  if (units.length === 0) return <Empty title="No unit of this site is in this state."><Link href={path}>Show all units</Link></Empty>;
  const cells = [...new Map(units.map(({ area, cell }) => [`${area}/${cell}`, { area, cell }])).entries()];
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Equipment"><table className="dense tall equipment">
      <thead><tr>{columns.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
      {cells.map(([key, { area, cell }]) => {
        const own = units.filter((unit) => unit.area === area && unit.cell === cell);
        return (
          <tbody key={key}>
            <tr className="group"><th scope="rowgroup" colSpan={columns.length}>{place} › {areaName(area)} › <b>{cell}</b> {own.length} {own.length === 1 ? "unit" : "units"}</th></tr>
            {own.map((unit) => <Fragment key={unit.id}><UnitRow unit={unit} />{modules.filter((module) => module.parentId === unit.id).map((module) => <ModuleRow key={module.id} unit={module} />)}</Fragment>)}
          </tbody>
        );
      })}
    </table></div>
  );
}
