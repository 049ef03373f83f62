import Link from "next/link";
import { QueueKeys } from "../batch/queue-keys.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { auditAddress, type AuditFilter } from "#lib/audit/filter.ts";
import type { AuditRow } from "#lib/audit/queries.ts";
import { localParts, siteTime } from "#lib/site/time.ts";
import { entryNumber, flagsOf, meaningOf, roleWord, shortHash, toldBy } from "./words.ts";

type Props = { readonly rows: readonly AuditRow[]; readonly filter: AuditFilter; readonly severalSites: boolean; /** Leaves each site's newest signed head covers. */ readonly covered: ReadonlyMap<string, number> };

function Time({ row }: { row: AuditRow }) {
  const local = localParts(row.at, row.zone);
  return <time dateTime={row.at.toISOString()} title={siteTime(row.at, row.zone, true)}>{local.date.slice(5)} {local.time}:{local.seconds} {local.zone}<small>{row.at.toISOString().slice(0, 19).replace("T", " ")}Z</small></time>;
}

function Change({ row }: { row: AuditRow }) {
  const { from, to } = toldBy(row);
  if (from === undefined && to === undefined) return <span className="quiet">–</span>;
  return <>{from === undefined ? <span className="quiet">none</span> : <del>{from}</del>}<span className="quiet"><span className="hidden-text"> changed to </span> → </span>{to === undefined ? <span className="quiet">none</span> : <b>{to}</b>}</>;
}

function Proof({ row, covered }: { row: AuditRow; covered: Props["covered"] }) {
  if (row.differences.length > 0) return <span className="failed"><Mark priority={1} filled /> Integrity failed<small>{row.differences.map((d) => d.column).slice(0, 2).join(", ")}</small></span>;
  if (row.position === null || row.leafHash === null) return <span className="quiet">waiting<small>for the ledger</small></span>;
  const signed = row.position < (covered.get(row.siteId) ?? 0);
  return <span className="quiet nowrap"><Icon name={signed ? "check" : "open"} /> {signed ? "in log" : "unsigned"}<small className="mono">{shortHash(row.leafHash)}</small></span>;
}

function Row({ row, filter, severalSites, covered }: Omit<Props, "rows"> & { row: AuditRow }) {
  const meaning = meaningOf(row);
  const selected = filter.entry === row.id;
  return (
    <tr data-current={selected || undefined} data-failed={row.differences.length > 0 || undefined}>
      <th scope="row"><Link data-row-link scroll={false} href={auditAddress(filter, { entry: row.id })} aria-current={selected ? "true" : undefined}>{row.position === null ? "unnumbered" : entryNumber(row.position)}</Link><small>{flagsOf(row).join(", ")}</small></th>
      <td><Time row={row} /></td>
      <td>{row.actorName}<small>{roleWord(row.role)}{severalSites ? `, ${row.siteName}` : ""}</small></td>
      <td>{row.record}<small>{toldBy(row).field}</small></td>
      <td className="change"><Change row={row} /></td>
      <td>{row.reason}{row.authorisedBy || meaning ? <small>{[meaning && `signed: ${meaning}`, row.authorisedBy && `authorised by ${row.authorisedBy}`].filter(Boolean).join("; ")}</small> : null}</td>
      <td><Proof row={row} covered={covered} /></td>
    </tr>
  );
}

const heads = [["Entry", "flags"], ["Time at the site ↓", "UTC"], ["Actor", "role"], ["Record", "field"], ["Old → new", ""], ["Reason", "meaning, authorised by"], ["Proof", "leaf"]] as const;

/** Entries of the trail, newest first. ↑ and ↓ move, Enter opens the entry beside the list. */
export function EntryTable({ rows, ...rest }: Props) {
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Entries">
      <table className="dense trail" data-keys>
        <caption className="hidden-text">Audit trail entries, newest first</caption>
        <thead><tr>{heads.map(([name, below], i) => <th key={name} scope="col" aria-sort={i === 1 ? "descending" : undefined}>{name}<small>{below}</small></th>)}</tr></thead>
        <tbody>{rows.map((row) => <Row key={row.id} row={row} {...rest} />)}</tbody>
      </table>
      <QueueKeys />
    </div>
  );
}
