import Link from "next/link";
import { SiteTime } from "../ui/time.tsx";
import { MasterStateChip } from "./master-state.tsx";
import type { MasterLine } from "#lib/recipe/queries.ts";

/** A master with its versions, newest first, as the list shows it. */
export type MasterEntry = { readonly newest: MasterLine; readonly effective: MasterLine | undefined; readonly versions: readonly MasterLine[] };
type Props = { readonly masters: readonly MasterEntry[]; readonly names: ReadonlyMap<string, string>; readonly zone: string };

const addressOf = ({ id, version }: Pick<MasterLine, "id" | "version">): string => `/masters/${encodeURIComponent(id)}/${version}`;

function Gaps({ line }: { readonly line: MasterLine }) {
  if (line.state !== "draft" && line.state !== "in_review") return <span className="quiet">–</span>;
  return line.gaps === 0 ? <span className="quiet">none</span> : <Link href={`${addressOf(line)}#gaps`}>{line.gaps}<span className="hidden-text"> gaps of {line.id} version {line.version}</span></Link>;
}

const authorsOf = (line: MasterLine, names: Props["names"]): string => (line.authors ?? []).map((id) => names.get(id) ?? "a person no longer listed").join(", ");

/** All masters: the newest version of each, where it stands, which version batches are issued from, and who wrote it. */
export const MasterTable = ({ masters, names, zone }: Props) => (
  <div className="table-box" tabIndex={0} role="region" aria-label="Masters"><table className="dense tall">
    <thead><tr>{["Master", "Title", "Product", "Newest", "State", "Gaps", "Effective", "Written by", "Begun", "Other versions"].map((h) => <th key={h} scope="col" className={h === "Gaps" ? "num" : undefined}>{h}</th>)}</tr></thead>
    <tbody>{masters.map(({ newest, effective, versions }) => (
      <tr key={newest.id}><th scope="row"><Link href={addressOf(newest)}>{newest.id}</Link></th><td>{newest.title}</td><td>{newest.productId}<small>{newest.productName}</small></td><td className="nowrap">version {newest.version}</td><td><MasterStateChip state={newest.state} /></td>
        <td className="num"><Gaps line={newest} /></td><td>{effective ? <><Link href={addressOf(effective)}>version {effective.version}</Link><small><SiteTime at={effective.effectiveAt} zone={zone} /></small></> : <span className="quiet">none</span>}</td>
        <td>{authorsOf(newest, names) || <span className="quiet">Planted, not authored here</span>}</td><td><SiteTime at={newest.createdAt} zone={zone} /></td>
        <td>{versions.length < 2 ? <span className="quiet">none</span> : versions.slice(1).map((v) => <span key={v.version} className="version-link"><Link href={addressOf(v)}>{v.version}<span className="hidden-text"> of {v.id}</span></Link></span>)}</td></tr>
    ))}</tbody></table></div>
);
