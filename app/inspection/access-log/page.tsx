import Link from "next/link";
import { redirect } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { auditAddress, noFilter } from "#lib/audit/filter.ts";
import { viewsOf, viewsOnPage } from "#lib/audit/inspection-queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { sitesById } from "#lib/site/queries.ts";
import { pageNumber } from "../../audit/page-number.ts";

export const metadata = { title: "My access log" };
type Params = { readonly searchParams: Promise<{ readonly page?: string | string[] }> };

export default async function AccessLogPage({ searchParams }: Params) {
  const page = pageNumber((await searchParams).page);
  const by = await requirePage("inspection.read");
  const { log, sites } = await withSites(by, async (tx) => ({ log: await viewsOf(tx, by.actor.id, page), sites: await sitesById(tx, by.sites) }));
  const pages = Math.max(1, Math.ceil(log.total / viewsOnPage));
  if (page > pages) redirect(`/inspection/access-log?page=${pages}`);
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/inspection/access-log" crumbs={[{ name: "Inspection room", address: "/inspection" }, { name: "My access log" }]}>
      <div className="page-head"><h1>My access log</h1><span className="sub">{log.total} {log.total === 1 ? "page" : "pages"} you have looked at; quality sees the same entries in the audit trail</span></div>
      {log.views.length === 0 ? <Empty title="No view has been recorded yet.">This page is recorded as well. Reload it to see its entry.</Empty> : (
        <><div className="table-box" tabIndex={0} role="region" aria-label="Views"><table className="dense"><thead><tr><th scope="col">When</th><th scope="col">Page</th><th scope="col">Recorded at</th><th scope="col">Client</th><th scope="col">Entry</th></tr></thead>
          <tbody>{log.views.map((view) => <tr key={view.id}><th scope="row">{siteTime(view.at, view.zone, true)}</th><td className="breaks">{view.page}</td><td>{view.siteName}</td><td className="breaks">{view.client}</td><td><Link href={auditAddress({ ...noFilter, kind: "all", class: "all", event: "record.viewed" }, { entry: view.id })}>entry and proof</Link></td></tr>)}</tbody></table></div>
          <footer className="table-foot"><span>Newest first</span><span className="end">page {page} of {pages}{page > 1 ? <Link className="button small" href={`/inspection/access-log?page=${page - 1}`}>Newer</Link> : null}{page < pages ? <Link className="button small" href={`/inspection/access-log?page=${page + 1}`}>Older</Link> : null}</span></footer></>
      )}
    </Page>
  );
}
