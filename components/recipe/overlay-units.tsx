import { OverlayUnitForm } from "./overlay-editor.tsx";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import type { OverlayContent } from "#lib/recipe/overlay-form.ts";
import type { OverlayPlace } from "#lib/recipe/overlay-queries.ts";
import type { UnitOfClass } from "#lib/recipe/overlay.ts";

type Props = { readonly master: MasterRecord; readonly overlay: OverlayContent; readonly units: readonly UnitOfClass[]; readonly writes: { readonly place: OverlayPlace; readonly seen: string } | undefined };

/** Which units of the site stand for the equipment of the master. */
export const OverlayUnits = ({ master, overlay, units, writes }: Props) => (
  <div className="table-box" tabIndex={0} role="region" aria-label="Units at the site"><table className="dense in-card">
    <thead><tr><th scope="col">Equipment</th><th scope="col">Class</th><th scope="col">Units of the class here</th><th scope="col">Unit the site uses</th></tr></thead>
    <tbody>{master.equipment.map((e) => {
      const fit = units.filter((unit) => unit.equipmentClass === e.equipmentClass).map((unit) => unit.id);
      const chosen = overlay.units.find((one) => one.equipment === e.id)?.unitId;
      return (
        <tr key={e.id}><th scope="row">{e.name}<small className="mono">{e.id}</small></th><td>{e.equipmentClass}</td><td>{fit.length === 0 ? <span className="quiet">none</span> : fit.join(", ")}</td>
          <td>{chosen ? <b>{chosen}</b> : <span className="quiet">Any of its class</span>} {writes && fit.length > 0 ? <OverlayUnitForm {...writes} equipment={e} chosen={chosen ?? ""} units={fit} /> : null}</td></tr>
      );
    })}</tbody></table></div>
);
