import Link from "next/link";
import { RangeBar } from "./range-bar.tsx";
import { limitText } from "#lib/recipe/words.ts";
import { rangeName, rangeNames, type Limits } from "#lib/quantity/limit.ts";
import type { MasterParameter, MasterRecord } from "#lib/recipe/master-record.ts";
import type { OverlayContent } from "#lib/recipe/overlay-form.ts";

const columns = [...rangeNames].reverse();
type Props = { readonly master: MasterRecord; readonly overlay: OverlayContent; /** Page on which a parameter's limits are written; undefined for who only reads. */ readonly editAt: ((parameter: string) => string) | undefined; /** Only the parameters the site has limits of its own for. */ readonly ownOnly?: boolean };

function Cell({ name, own, parameter }: { readonly name: (typeof columns)[number]; readonly own: Limits | undefined; readonly parameter: MasterParameter }) {
  const [theirs, mine] = [limitText(parameter.limits[name], { ...parameter, unit: "1" }), own && limitText(own[name], { ...parameter, unit: "1" })];
  return <td className="nowrap">{mine === undefined || mine === theirs ? <span className={mine === undefined ? "quiet" : undefined}>{theirs}</span> : <><b>{mine}</b><small>master {theirs}</small></>}</td>;
}

/** Every parameter with a number to judge: the site's ranges where it has its own, beside the master's. */
export function OverlayTable({ master, overlay, editAt, ownOnly = false }: Props) {
  const ownOf = new Map(overlay.limits.map((one) => [one.parameter, one.limits]));
  const judged = master.parameters.filter((p) => !p.form && rangeNames.some((name) => p.limits[name]) && (!ownOnly || ownOf.has(p.id)));
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Limits at the site"><table className="dense in-card">
      <thead><tr><th scope="col">Parameter</th><th scope="col">Counts here</th><th scope="col">Class</th><th scope="col">Unit</th>{columns.map((name) => <th key={name} scope="col">{rangeName[name]}</th>)}<th scope="col">Ranges</th></tr></thead>
      <tbody>{judged.map((p) => {
        const own = ownOf.get(p.id);
        return (
          <tr key={p.id} id={`parameter-${p.id}`}><th scope="row">{p.name}<small className="mono">{p.id}</small></th>
            <td className="nowrap">{own ? "Site's own" : <span className="quiet">Master</span>}{editAt ? <> <Link className="button small" href={editAt(p.id)} aria-label={`${own ? "Change" : "Narrow"} ${p.name}`}>{own ? "Change" : "Narrow"}</Link></> : null}</td><td>{p.class}</td><td className="nowrap">{p.unit === "1" ? <span className="quiet">–</span> : p.unit}</td>
            {columns.map((name) => <Cell key={name} name={name} own={own} parameter={p} />)}<td><RangeBar limits={own ?? p.limits} /></td></tr>
        );
      })}</tbody></table></div>
  );
}
