import Link from "next/link";
import { Digest } from "../ui/digest.tsx";
import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { auditAddress, type AuditFilter } from "#lib/audit/filter.ts";
import type { AuditRow, EntryNeighbour, SelectedEntry } from "#lib/audit/queries.ts";
import type { TakenProof } from "#lib/ledger/proof-queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { saidBy } from "./detail.ts";
import { InclusionProof } from "./inclusion-proof.tsx";
import { entryNumber, flagsOf, meaningOf, roleWord } from "./words.ts";

type Props = { readonly selected: SelectedEntry; readonly filter: AuditFilter; readonly proof: { readonly taken: TakenProof; readonly signedAt: number } | undefined; readonly siteNames: Readonly<Record<string, string>> };

const kindWords: Record<AuditRow["kind"], string> = { act: "Act", creation: "Row created", change: "Row changed", deletion: "Row deleted" };

function Neighbour({ name, entry, filter }: { name: string; entry: EntryNeighbour | undefined; filter: AuditFilter }) {
  return <><dt>{name}</dt><dd>{entry ? <>{siteTime(entry.at, entry.zone, true)}, <Link scroll={false} href={auditAddress(filter, { entry: entry.id })}>{entry.position === null ? "not yet numbered" : entryNumber(entry.position)}</Link></> : <span className="quiet">none</span>}</dd></>;
}

function Said({ row }: { row: AuditRow }) {
  const said = row.said && saidBy(row.said);
  const written = row.fields.filter((field) => field.new !== null);
  if (row.kind === "creation") return (
    <table className="changes"><caption className="hidden-text">Fields as they were written first</caption><thead><tr><th scope="col">Field</th><th scope="col">Written</th></tr></thead>
      <tbody>{written.map((field) => <tr key={field.name}><th scope="row">{field.name}</th><td>{field.new}</td></tr>)}</tbody></table>
  );
  if (row.fields.length > 0) return (
    <table className="changes"><caption className="hidden-text">Fields, old and new</caption><thead><tr><th scope="col">Field</th><th scope="col">Old</th><th scope="col">New</th></tr></thead>
      <tbody>{row.fields.map((field) => <tr key={field.name}><th scope="row">{field.name}</th><td>{field.old === null ? <span className="quiet">none</span> : <del>{field.old}</del>}</td><td>{field.new === null ? <span className="quiet">none</span> : <b>{field.new}</b>}</td></tr>)}</tbody></table>
  );
  return said ? <p className="told">{said.change ? <><del>{said.change.from}</del> → <b>{said.change.to}</b><br /></> : null}<span className={said.change ? "small quiet" : ""}>{[said.title, said.more].filter(Boolean).join(": ")}</span></p> : <p className="told">What it says cannot be read: its detail does not fit its event.</p>;
}

function Failure({ row }: { row: AuditRow }) {
  return (
    <section className="integrity-failed" role="alert"><h3><Mark priority={1} filled /> Integrity failed</h3><p className="small">This entry does not say what was recorded. Do not rely on it; compare with the last copy that left the house.</p>
      <table className="changes"><thead><tr><th scope="col">Column</th><th scope="col">Recorded</th><th scope="col">Found</th></tr></thead><tbody>{row.differences.map((d) => <tr key={d.column}><th scope="row">{d.column}</th><td>{d.recorded.slice(0, 120)}</td><td><b>{d.found.slice(0, 120)}</b></td></tr>)}</tbody></table></section>
  );
}

function Facts({ row }: { row: AuditRow }) {
  const batchAddress = row.batchId && row.siteId !== "enterprise" ? `/sites/${row.siteId}/batches/${encodeURIComponent(row.batchId)}` : undefined;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Recorded", siteTime(row.at, row.zone, true)], ["Site", `${row.siteName}, ${row.zone}`], ["By", <>{row.actorName}, {roleWord(row.role)}<br /><span className="mono tiny">{row.actorId}</span></>], ["Reason", row.reason],
    ["Authorised by", row.authorisedBy ?? <span className="quiet">nobody named</span>], ...(meaningOf(row) ? [["Meaning", meaningOf(row)] as const] : []),
    ["Kind", `${kindWords[row.kind]}${row.critical ? ", critical" : ""}`], ["Event", <span key="event" className="mono">{row.event}</span>],
    ["Batch", batchAddress ? <><Link href={batchAddress}>{row.batchId}</Link>, <Link href={`${batchAddress}/storyline`}>storyline</Link>{row.completedBefore ? <>, complete since {siteTime(row.completedBefore, row.zone)}</> : null}</> : (row.batchId ?? <span className="quiet">none</span>)],
    ["Record key", <span key="key" className="mono">{row.subjectId}</span>], ["Flags", flagsOf(row).join(", ") || <span className="quiet">none</span>],
    ["Client", row.client || <span className="quiet">none recorded</span>], ["Request", row.request ? <span className="mono tiny">{row.request}</span> : <span className="quiet">none recorded</span>],
    ["Entry id", <span key="id" className="mono tiny">{row.id}</span>], ["Digest", <Digest key="digest" value={row.digest} />],
  ];
  return <dl className="facts-list">{facts.map(([name, value]) => <div key={name} className="contents"><dt>{name}</dt><dd>{value}</dd></div>)}</dl>;
}

/** Everything about the selected entry, and its proof. */
export function EntryPane({ selected, filter, proof, siteNames }: Props) {
  const { row } = selected;
  return (
    <aside className="card entry-pane" aria-labelledby="entry-title">
      <header><h2 id="entry-title">Entry <span className="mono">{row.position === null ? "" : entryNumber(row.position)}</span></h2>
        <Link className="button plain small end" scroll={false} href={auditAddress(filter, { entry: undefined })} aria-label="Close the entry"><Icon name="cross" /></Link></header>
      {row.differences.length > 0 ? <Failure row={row} /> : null}
      <section><p className="quiet">{row.record}</p><Said row={row} /><Facts row={row} /></section>
      <section><h3>The same record</h3><dl className="facts-list"><Neighbour name="First entry" entry={selected.first} filter={filter} /><Neighbour name="Earlier" entry={selected.earlier} filter={filter} /><Neighbour name="Later" entry={selected.later} filter={filter} /></dl></section>
      {proof ? <InclusionProof proof={proof.taken} zone={row.zone} signedAt={proof.signedAt} siteNames={siteNames} address={`/api/ledger/${row.siteId}/proof?entry=${row.id}`} />
        : <section><h3>Inclusion proof</h3><p className="small quiet">{row.position === null ? "This entry is not yet in the ledger. It gets its number and its proof when the sequencer has taken it, within a second while it runs." : "No signed head covers this entry yet. Reload the page in a moment."}</p></section>}
    </aside>
  );
}
