import Link from "next/link";
import { Digest } from "../ui/digest.tsx";
import { SiteTime } from "../ui/time.tsx";
import { ExportStateMark } from "./export-state.tsx";
import { madeKindName } from "#lib/report/export.ts";
import type { ExportView } from "#lib/report/export-queries.ts";

type Props = { readonly copies: readonly ExportView[]; readonly sites: readonly { readonly id: string; readonly name: string; readonly timeZone: string }[] };

/** What a copy is of, with sites by their names. */
export const subjectText = ({ asked, subject }: ExportView, sites: Props["sites"]): string =>
  asked.kind !== "compliance-report" ? subject : `${asked.from} to ${asked.to}, ${asked.sites.map((id) => sites.find((site) => site.id === id)?.name ?? id).join(", ")}`;

/** Numbered copies: what of, for whom, how far. */
export function ExportTable({ copies, sites }: Props) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Numbered copies"><table className="dense report-copies">
      <thead><tr>{["Copy", "Of", "Made for", "Asked for", "State", "Pages", "SHA-256 of the file", ""].map((h) => <th key={h} scope="col" className={h === "Pages" ? "num" : undefined}>{h === "" ? <span className="hidden-text">Take away</span> : h}</th>)}</tr></thead>
      <tbody>{copies.map((copy) => (
        <tr key={`${copy.siteId}/${copy.id}`}><th scope="row"><Link href={`/reports/${copy.siteId}/${copy.id}`}>Copy {copy.copy}</Link></th><td>{subjectText(copy, sites)}<small>{madeKindName[copy.asked.kind]}</small></td><td>{copy.by}</td>
          <td><SiteTime at={copy.requestedAt} zone={sites.find((site) => site.id === copy.siteId)?.timeZone ?? "UTC"} /></td><td><ExportStateMark view={copy} />{copy.failure ? <small className="report-failure">{copy.failure}</small> : null}</td>
          <td className="num">{copy.pages ?? <span className="quiet">–</span>}</td><td>{copy.digest ? <Digest value={copy.digest} /> : <span className="quiet">–</span>}</td>
          <td>{copy.state === "done" && copy.own ? <a className="button small" href={`/reports/${copy.siteId}/${copy.id}/file`}>Download</a> : null}</td></tr>
      ))}</tbody></table></div>
  );
}
