import Link from "next/link";
import { Empty } from "../ui/empty.tsx";
import { figureText } from "../ui/figure.tsx";
import { Mark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import { FindingWords } from "./failed.tsx";
import { checkStateName, type CheckState } from "#lib/integrity/check.ts";
import type { CheckRow, FindingRow } from "#lib/integrity/queries.ts";
import { spanText } from "#lib/site/time.ts";

/** The last round of the check over one site. */
export type CheckedSite = { readonly siteId: string; readonly name: string; readonly zone: string; readonly last: CheckRow | undefined; readonly open: number; readonly state: CheckState };

function State({ state, open }: Pick<CheckedSite, "state" | "open">) {
  if (state === "holds") return <>{checkStateName.holds}</>;
  if (state === "failed") return <span className="p1"><Mark priority={1} filled /> <b>{checkStateName.failed}</b><small>{open} open {open === 1 ? "finding" : "findings"}</small></span>;
  return <span className="p2"><Mark priority={2} filled /> <b>{checkStateName[state]}</b></span>;
}

const heads = ["Site", "State", "Last round", "Records compared", "Entries recomputed", "Heads verified", "Sealed series", "Ledger"];

/** What the background check has examined at each site, and whether it holds. */
export function Checks({ sites, now }: { readonly sites: readonly CheckedSite[]; readonly now: Date }) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Last rounds of the check"><table className="dense">
      <thead><tr>{heads.map((h, i) => <th key={h} scope="col" className={i > 2 ? "num" : ""}>{h}</th>)}</tr></thead>
      <tbody>{sites.map(({ siteId, name, zone, last, open, state }) => (
        <tr key={siteId}><th scope="row">{name}</th><td><State state={state} open={open} /></td>
          {last ? (
            <>
              <td className="nowrap"><SiteTime at={last.finishedAt} zone={zone} seconds /><small>{spanText(now.getTime() - last.finishedAt.getTime())} ago, took {figureText((last.finishedAt.getTime() - last.startedAt.getTime()) / 1000, 1)} s</small></td>
              {[last.rows, last.entries, last.checkpoints, last.segments].map((n, i) => <td key={i} className="num">{figureText(n, 0)}</td>)}<td className="num">{figureText(last.ledgerSize, 0)} entries</td>
            </>
          ) : <td colSpan={6} className="quiet">The check runs in the ledger process; its first round ends within a minute of the start.</td>}
        </tr>
      ))}</tbody></table></div>
  );
}

const findingHeads = ["Record and field", "Batch", "Site", "Found", "Last seen", "State"];

/** Findings, open ones first; those that are gone stay with when. */
export function Findings({ findings, sites }: { readonly findings: readonly FindingRow[]; readonly sites: readonly CheckedSite[] }) {
  if (findings.length === 0) return <Empty title="No finding at your sites">Every record that was examined is what was recorded.</Empty>;
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Table of findings"><table className="dense">
      <thead><tr>{findingHeads.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
      <tbody>{findings.map((row) => {
        const zone = sites.find((site) => site.siteId === row.siteId)?.zone ?? "UTC";
        return (
          <tr key={row.id}><td className="finding"><FindingWords finding={{ ...row, table: row.tableName }} /></td>
            <td>{row.batchId ? <Link className="mono nowrap" href={`/sites/${row.siteId}/batches/${encodeURIComponent(row.batchId)}`}>{row.batchId}</Link> : <span className="quiet">–</span>}</td>
            <td>{sites.find((site) => site.siteId === row.siteId)?.name ?? row.siteId}</td><td><SiteTime at={row.foundAt} zone={zone} /></td><td><SiteTime at={row.lastSeenAt} zone={zone} /></td>
            <td>{row.clearedAt ? <>gone<small><SiteTime at={row.clearedAt} zone={zone} /></small></> : <span className="p1"><Mark priority={1} filled /> <b>open</b></span>}</td></tr>
        );
      })}</tbody></table></div>
  );
}
