import Link from "next/link";
import { saidBy } from "#components/audit/detail.ts";
import { Page } from "#components/frame/page.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { figureText } from "#components/ui/figure.tsx";
import { withSites } from "#db/scope.ts";
import { requireActor, requirePage } from "#lib/access/current.ts";
import { may } from "#lib/access/actor.ts";
import { auditEventNames } from "#lib/audit/event.ts";
import { auditFilter, auditTrail, type AuditFilter, type AuditRow } from "#lib/audit/queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Audit trail" };

function address(filter: AuditFilter, change: Partial<AuditFilter>): string {
  const next = { ...filter, before: undefined, ...change };
  const params = new URLSearchParams(Object.entries(next).flatMap(([k, v]) => (v === undefined || v === "" ? [] : [[k, String(v)]])));
  return params.size > 0 ? `/audit?${params}` : "/audit";
}

function Row({ row }: { row: AuditRow }) {
  const said = saidBy(row.said);
  return (
    <tr>
      <th scope="row" className="mono">{figureText(row.seq, 0)}</th>
      <td className="nowrap">{siteTime(row.at, row.timeZone, true)}<small>{row.siteName}</small></td>
      <td>{row.actorName}<small>{row.role}</small></td>
      <td>{said.title}<small>{said.more}</small></td>
      <td>{row.batchId && row.siteId !== "enterprise" ? <Link className="mono" href={`/sites/${row.siteId}/batches/${encodeURIComponent(row.batchId)}`}>{row.batchId}</Link> : <span className="mono tiny">{row.subjectId.slice(0, 40)}</span>}<small>{row.subjectType}</small></td>
      <td>{said.change ? <><del>{said.change.from}</del> → <b>{said.change.to}</b></> : <span className="quiet">–</span>}</td>
      <td>{row.reason}</td>
      <td className="nowrap">{row.holds ? <><Icon name="check" /> bytes hold</> : <span className="p1"><Mark priority={1} filled /> Integrity failed</span>}<small><Digest value={row.digest} /></small></td>
    </tr>
  );
}

export default async function AuditPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const filter = auditFilter.parse(await searchParams);
  const actor = await requireActor();
  const by = may(actor, "audit.read") ? await requirePage("audit.read") : await requirePage("enterprise-audit.read", "enterprise");
  const now = new Date();
  const { page, sites } = await withSites(by, async (tx) => ({ page: await auditTrail(tx, filter), sites: await sitesById(tx, by.sites) }));
  const filtered = Boolean(filter.q || filter.event || filter.batch || filter.site);
  return (
    <Page actor={actor} sites={sites} now={now} place="/audit" crumbs={[{ name: "Records" }, { name: "Audit trail" }]}>
      <div className="page-head"><h1>Audit trail</h1><span className="sub">{figureText(page.total, 0)} {page.total === 1 ? "entry" : "entries"}{filtered ? " match" : ""}, newest first</span></div>
      <form className="bar controls" action="/audit">
        <span className="search"><Icon name="search" /><input name="q" defaultValue={filter.q} aria-label="Person, record or reason" placeholder="Person, record, reason" /></span>
        <label className="small">Event <select name="event" defaultValue={filter.event ?? ""} className="button small"><option value="">all</option>{auditEventNames.map((e) => <option key={e} value={e}>{e}</option>)}</select></label>
        <label className="small">Batch <input name="batch" defaultValue={filter.batch ?? ""} className="button small" size={14} /></label>
        <button className="button small" type="submit">Filter</button>
        {filtered ? <Link className="button plain small" href="/audit">Clear filters</Link> : null}
      </form>
      {page.rows.length === 0 ? <Empty title={filtered ? "No entry matches these filters." : "Nothing has been recorded at your sites yet."}>{filtered ? <Link href="/audit">Clear the filters</Link> : null}</Empty> : (
        <><div className="table-box" tabIndex={0} role="region" aria-label="Audit trail"><table className="dense"><thead><tr>{["Entry", "Time", "Actor, role", "Event", "Record", "Old → new", "Reason", "Stored bytes"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead><tbody>{page.rows.map((row) => <Row key={row.id} row={row} />)}</tbody></table></div>
          <footer className="table-foot"><span>“Bytes hold” means: the digest fits the stored bytes and they say what this row shows. It does not prove that nothing was left out.</span><span className="end">{page.rows.length} of {figureText(page.total, 0)} {filter.before ? <Link className="button small" href={address(filter, {})}>Newest</Link> : null}{page.next ? <Link className="button small" href={address(filter, { before: page.next })}>Older</Link> : null}</span></footer></>
      )}
    </Page>
  );
}
