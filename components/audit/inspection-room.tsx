import Link from "next/link";
import { auditAddress, auditViews, noFilter, type AuditView } from "#lib/audit/filter.ts";
import type { Hit } from "#lib/audit/inspection-queries.ts";
import type { TrailExtent } from "#lib/audit/queries.ts";
import { batchStateName, batchStates } from "#lib/batch/state.ts";
import { siteTime } from "#lib/site/time.ts";
import { Empty } from "../ui/empty.tsx";
import { figureText } from "../ui/figure.tsx";
import { Icon } from "../ui/icon.tsx";

type Site = { readonly id: string; readonly name: string; readonly timeZone: string };
type Props = { readonly text: string; readonly hits: readonly Hit[] | undefined; readonly extent: TrailExtent; readonly sites: readonly Site[] };

const kindWord: Record<Hit["kind"], string> = { batch: "Batch", person: "Person", unit: "Unit", entry: "Audit entry", export: "Export", document: "Document" };
const questions: readonly (readonly [AuditView, string])[] = [["critical", "All critical changes"], ["after", "Changes after completion"], ["off", "Changes at night and on weekends"], ["late", "Values entered late"], ["failed", "Failed signings"]];

const stateWord = (id: string | undefined): string => { const known = batchStates.find((s) => s === id); return known ? batchStateName[known] : ""; };

function Results({ text, hits }: Pick<Props, "text" | "hits">) {
  if (hits === undefined) return null;
  return (
    <section className="card found"><header><h2>Found for “{text}”</h2></header>
      {hits.length === 0 ? <Empty title="Nothing of that name or number at the sites you inspect.">Try a part of a batch, unit or person, or the number of an audit entry.</Empty>
        : <table className="dense in-card"><thead><tr><th scope="col">Kind</th><th scope="col">Name</th><th scope="col">More</th></tr></thead><tbody>{hits.map((hit) => <tr key={`${hit.kind}/${hit.address}/${hit.more}`}><td>{kindWord[hit.kind]}</td><th scope="row"><Link href={hit.address}>{hit.name}</Link></th><td>{[hit.more, stateWord(hit.state)].filter(Boolean).join(", ")}</td></tr>)}</tbody></table>}
    </section>
  );
}

function Ledgers({ extent, sites }: Pick<Props, "extent" | "sites">) {
  return (
    <section className="card"><header><h2>Ledgers</h2></header>
      {extent.heads.length === 0 ? <Empty title="No ledger has a signed head yet.">The sequencer signs one when it has taken the first entry.</Empty>
        : <ul className="body">{extent.heads.map((head) => { const site = sites.find((s) => s.id === head.siteId); return <li key={head.siteId}><b>{site?.name ?? head.siteId}</b>: {figureText(head.size, 0)} entries, signed {siteTime(head.signedAt, site?.timeZone ?? "UTC", true)}, co-signed by {head.witnesses} other {head.witnesses === 1 ? "ledger" : "ledgers"} <a href={`/api/ledger/${head.siteId}/checkpoint`}>signed head</a></li>; })}</ul>}
    </section>
  );
}

/** Where an inspection begins: what can be looked up, the questions inspectors ask, and how far the record is sealed. */
export function InspectionRoom({ text, hits, extent, sites }: Props) {
  return (
    <div className="room">
      <section className="card look-up"><header><h2>Look up a record</h2></header>
        <div><form action="/inspection" role="search" aria-label="Records"><div className="field"><label htmlFor="record-q">Batch, person, unit, document, export or entry number</label><input id="record-q" name="q" defaultValue={text} maxLength={80} /></div><div><button className="button primary" type="submit"><Icon name="search" />Look up</button></div></form>
        <form action="/audit"><input type="hidden" name="kind" value="all" /><input type="hidden" name="class" value="all" />
          <div className="grid-2"><div className="field"><label htmlFor="room-from">From day</label><input id="room-from" name="from" type="date" /></div><div className="field"><label htmlFor="room-to">To day</label><input id="room-to" name="to" type="date" /></div></div><div><button className="button" type="submit">Everything between these days</button></div></form></div>
      </section>
      <Results text={text} hits={hits} />
      <section className="card"><header><h2>Questions to the audit trail</h2></header>
        <ul className="body">{questions.map(([view, name]) => <li key={view}><Link href={auditAddress(noFilter, auditViews[view])}>{name}</Link></li>)}<li><Link href="/audit/people">Everything one person did in a month</Link></li><li><Link href={auditAddress(noFilter, { event: "audit.exported", kind: "acts", class: "all" })}>Exports of the audit trail</Link></li></ul></section>
      <section className="card"><header><h2>Records and reports</h2></header>
        <ul className="body"><li><Link href="/batches">Batches with their records, storylines and exports</Link></li><li><Link href="/compliance">Clauses with their controls and tests</Link></li><li><Link href="/people">Accounts and roles</Link></li><li><Link href="/models">Models and what they are for</Link></li><li><Link href="/inspection/access-log">What I have looked at</Link></li></ul></section>
      <Ledgers extent={extent} sites={sites} />
    </div>
  );
}
