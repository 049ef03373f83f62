import { LotForm } from "./lot-form.tsx";
import type { SupplierLine } from "#lib/material/stock-queries.ts";
import { moveSupplierAction } from "#lib/material/supply-actions.ts";
import { supplierStateName, type SupplierCommand, type SupplierState } from "#lib/material/supply.ts";

const openTo: Record<SupplierState, { readonly command: SupplierCommand; readonly name: string }> = { approved: { command: "suspend", name: "Suspend" }, suspended: { command: "approve", name: "Approve" } };

/** Suppliers with their state; who may decides about them in place, with a reason. */
export const SupplierTable = ({ rows, mayManage }: { readonly rows: readonly SupplierLine[]; readonly mayManage: boolean }) => (
  <div className="table-box" tabIndex={0} role="region" aria-label="Suppliers"><table className="dense tall suppliers">
    <thead><tr><th scope="col">Supplier</th><th scope="col">State</th><th scope="col" className="num">Lots with stock</th>{mayManage ? <th scope="col">Decision of quality</th> : null}</tr></thead>
    <tbody>{rows.map((row) => {
      const { command, name } = openTo[row.state];
      return (
        <tr key={row.id}>
          <th scope="row"><span className="mono">{row.id}</span><small>{row.name}</small></th><td><span className="chip">{supplierStateName[row.state]}</span></td><td className="num">{row.lots}</td>
          {mayManage ? <td><details className="fold-inline"><summary>{name} {row.name}</summary><LotForm key={row.state} act={moveSupplierAction} hidden={{ id: row.id, command }} fields={[]} button={name} /></details></td> : null}
        </tr>
      );
    })}</tbody></table></div>
);
