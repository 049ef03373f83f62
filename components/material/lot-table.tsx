import Link from "next/link";
import { Expiry, LotStateChip } from "./lot-state.tsx";
import { amountText } from "#lib/material/amount.ts";
import { lotAddress, lotsAddress, type LotFilter } from "#lib/material/filter.ts";
import type { LotPage } from "#lib/material/stock-queries.ts";
import { siteDate } from "#lib/site/time.ts";

type Props = { readonly page: LotPage; readonly filter: LotFilter; readonly siteId: string; readonly zone: string; readonly now: Date };

function SortHead({ name, by, filter, siteId, numeric = false }: Pick<Props, "filter" | "siteId"> & { readonly name: string; readonly by: LotFilter["sort"]; readonly numeric?: boolean }) {
  const current = filter.sort === by;
  const next = current && filter.dir === "asc" ? "desc" : "asc";
  return <th scope="col" className={numeric ? "num" : ""} aria-sort={current ? (filter.dir === "asc" ? "ascending" : "descending") : undefined}><Link scroll={false} href={lotsAddress(siteId, filter, { sort: by, dir: next })}>{name}{current ? (filter.dir === "asc" ? " ↑" : " ↓") : ""}</Link></th>;
}

/** One page of a site's lots. Sort and filter stand in the address; the server does both. */
export function LotTable({ page, filter, siteId, zone, now }: Props) {
  const head = { filter, siteId };
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Lots">
      <table className="dense tall">
        <thead><tr><SortHead name="Lot" by="id" {...head} /><th scope="col">Material or product</th><th scope="col">State</th><SortHead name="Left" by="balance" numeric {...head} /><th scope="col" className="num">Of</th><SortHead name="Expires" by="expiry" {...head} /><th scope="col">Supplier</th><SortHead name="Received" by="received" {...head} /></tr></thead>
        <tbody>{page.rows.map((lot) => (
          <tr key={lot.id}>
            <th scope="row"><Link href={lotAddress(siteId, lot.id)}>{lot.id}</Link></th>
            <td>{lot.name}<small className="mono">{lot.materialId ?? lot.productId}</small></td>
            <td><LotStateChip state={lot.state} /></td>
            <td className="num nowrap">{amountText(lot.balance)} <span className="quiet">{lot.unit}</span></td>
            <td className="num nowrap">{lot.quantity === null ? <span className="quiet">not known yet</span> : <>{amountText(lot.quantity)} <span className="quiet">{lot.unit}</span></>}</td>
            <td><Expiry at={lot.expiresAt} zone={zone} now={now} usable={lot.balance > 0 && ["released", "quarantined", "restricted"].includes(lot.state)} /></td>
            <td>{lot.supplier ?? <span className="quiet">made here</span>}{lot.supplierLot ? <small className="mono">{lot.supplierLot}</small> : null}</td>
            <td className="nowrap">{siteDate(lot.receivedAt, zone)}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
