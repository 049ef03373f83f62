import Link from "next/link";
import { Mark } from "../ui/mark.tsx";
import { LotStateChip } from "./lot-state.tsx";
import { batchStateName } from "#lib/batch/state.ts";
import { amountText } from "#lib/material/amount.ts";
import { lotAddress } from "#lib/material/filter.ts";
import { unaccounted, type GraphLot, type TracedEdge, type TracedRow } from "#lib/material/trace.ts";

const Amount = ({ value, unit }: { readonly value: number; readonly unit: string }) => <>{amountText(value)} <span className="quiet">{unit}</span></>;
const steps = ({ direction, distance }: Pick<TracedRow, "direction" | "distance">): string => `${distance} ${direction === "backward" ? "before" : "after"}`;

function Missing({ lot }: { readonly lot: GraphLot }) {
  const open = unaccounted(lot);
  if (open === 0) return <span className="quiet">0</span>;
  return <span className="p2 nowrap"><Mark priority={2} /> {amountText(open)} {lot.unit}</span>;
}

type LotsProps = { readonly rows: readonly (TracedRow | GraphLot)[]; readonly siteId: string };

/** Traced lots with their amounts and the mass balance of each: in = out + left + not accounted for. */
export const TracedLots = ({ rows, siteId }: LotsProps) => (
  <div className="table-box" tabIndex={0} role="region" aria-label="Lots of the trace"><table className="dense">
    <thead><tr><th scope="col">Lot</th><th scope="col">Material or product</th><th scope="col">Steps</th><th scope="col" className="num">Amount</th><th scope="col">State</th><th scope="col" className="num">In</th><th scope="col" className="num">Out</th><th scope="col" className="num">Left</th><th scope="col" className="num">Not accounted</th></tr></thead>
    <tbody>{rows.map((row) => (
      <tr key={`${"direction" in row ? row.direction : ""} ${row.id}`}>
        <th scope="row"><Link href={lotAddress(siteId, row.id)}>{row.id}</Link></th><td>{row.name}<small className="mono">{row.code}</small></td>
        <td className="nowrap">{"direction" in row ? steps(row) : "the lot"}</td><td className="num nowrap">{"direction" in row ? <Amount value={row.amount} unit={row.of} /> : <span className="quiet">–</span>}</td><td><LotStateChip state={row.state} />{row.batch === null ? null : <small><Link href={`/sites/${siteId}/batches/${encodeURIComponent(row.id)}`}>batch {batchStateName[row.batch].toLowerCase()}</Link></small>}</td>
        <td className="num nowrap"><Amount value={row.into} unit={row.unit} /></td><td className="num nowrap"><Amount value={row.out} unit={row.unit} /></td><td className="num nowrap"><Amount value={row.left} unit={row.unit} /></td><td className="num"><Missing lot={row} /></td>
      </tr>
    ))}</tbody></table></div>
);

/** Charges between traced lots: how much, which share of the lot it was taken from and of what went into the other in its unit, and what it carries of the lot that is traced. */
export const TracedCharges = ({ edges, siteId }: { readonly edges: readonly TracedEdge[]; readonly siteId: string }) => (
  <div className="table-box" tabIndex={0} role="region" aria-label="Charges of the trace"><table className="dense">
    <thead><tr><th scope="col">From</th><th scope="col">Into</th><th scope="col">Direction</th><th scope="col" className="num">Charged</th><th scope="col" className="num">Of the lot it is from, %</th><th scope="col" className="num">Of all that went in, by unit, %</th><th scope="col" className="num">Carries of the trace</th></tr></thead>
    <tbody>{edges.map((edge) => <tr key={`${edge.direction} ${edge.from} ${edge.to}`}><th scope="row"><Link href={lotAddress(siteId, edge.from)}>{edge.from}</Link></th><td><Link className="mono" href={lotAddress(siteId, edge.to)}>{edge.to}</Link></td><td>{edge.direction === "backward" ? "before" : "after"}</td><td className="num nowrap"><Amount value={edge.quantity} unit={edge.unit} /></td><td className="num">{(edge.share * 100).toFixed(2)}</td><td className="num">{(edge.shareOfInput * 100).toFixed(2)}</td><td className="num nowrap"><Amount value={edge.carried} unit={edge.of} /></td></tr>)}</tbody></table></div>
);
