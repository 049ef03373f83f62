import Link from "next/link";
import { Expiry } from "./lot-state.tsx";
import { amountText } from "#lib/material/amount.ts";
import { kindName, lotAddress, lotFilter, lotsAddress } from "#lib/material/filter.ts";
import type { MaterialStock, SiteStock } from "#lib/material/stock-queries.ts";

type Site = { readonly id: string; readonly name: string; readonly timeZone: string };
const everything = lotFilter.parse({});

function StockCell({ material, stock, site, now }: { readonly material: MaterialStock; readonly stock: SiteStock | undefined; readonly site: Site; readonly now: Date }) {
  const list = lotsAddress(site.id, everything, { material: material.id });
  if (!stock || stock.lots === 0) return <td><span className="quiet">no stock</span></td>;
  return (
    <td className="stock-cell">
      <Link href={list}>{amountText(stock.usable)} {material.unit}</Link>{stock.waiting > 0 ? <span className="quiet"> + {amountText(stock.waiting)} waiting</span> : null}
      {stock.next ? <small>Use first <Link className="mono" href={lotAddress(site.id, stock.next.id)}>{stock.next.id}</Link>, <Expiry at={stock.next.expiresAt} zone={site.timeZone} now={now} usable /></small> : <small>No released lot: nothing can be charged</small>}
      {stock.expired > 0 ? <small><Link href={lotsAddress(site.id, everything, { material: material.id, state: "released", expiry: "expired" })}>{stock.expired} expired {stock.expired === 1 ? "lot" : "lots"} with stock</Link></small> : null}
    </td>
  );
}

/** Materials with what of them can be used at each site, and which lot comes first. Amounts in the material's unit. */
export function MaterialTable({ rows, sites, now }: { readonly rows: readonly MaterialStock[]; readonly sites: readonly Site[]; readonly now: Date }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Materials">
      <table className="dense tall materials">
        <thead><tr><th scope="col">Material</th><th scope="col">Kind, storage</th>{sites.map((site) => <th key={site.id} scope="col">{site.name}: usable now</th>)}</tr></thead>
        <tbody>{rows.map((material) => (
          <tr key={material.id}>
            <th scope="row"><span className="mono">{material.id}</span><small>{material.name}</small></th><td>{kindName[material.kind]}<small>{material.storage}</small></td>
            {sites.map((site) => <StockCell key={site.id} material={material} stock={material.sites.find((s) => s.siteId === site.id)} site={site} now={now} />)}
          </tr>
        ))}</tbody>
      </table>
    </div>
  );
}
