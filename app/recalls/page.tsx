import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { lotAddress } from "#lib/material/filter.ts";
import { listedRecalls, listRecalls } from "#lib/material/recall-queries.ts";
import { directionName } from "#lib/material/trace.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Mock recalls" };

export default async function RecallsPage() {
  const by = await requirePage("material.read");
  const { rows, sites } = await withSites(by, async (tx) => ({ rows: await listRecalls(tx), sites: await sitesById(tx, by.sites) }));
  const siteOf = (id: string) => sites.find((s) => s.id === id);
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/recalls" crumbs={[{ name: "Mock recalls" }]}>
      <div className="page-head"><h1>Mock recalls</h1><span className="sub">{rows.length === listedRecalls ? `the newest ${listedRecalls}` : rows.length}; each is a trace as it was found, kept, signed and printed</span><span className="end"><Link className="button" href="/trace">Trace a lot</Link></span></div>
      {rows.length === 0 ? <Empty title="No mock recall was run yet.">Trace a lot, then run a mock recall from its page: <Link href="/trace">Trace a lot</Link></Empty> : (
        <div className="table-box" tabIndex={0} role="region" aria-label="Mock recalls"><table className="dense tall">
          <thead><tr><th scope="col">Mock recall</th><th scope="col">Site</th><th scope="col">Lot</th><th scope="col">Direction</th><th scope="col" className="num">Lots</th><th scope="col" className="num">Batches</th><th scope="col" className="num">Not balanced</th><th scope="col">Run</th><th scope="col">Reason</th><th scope="col">Signed by</th></tr></thead>
          <tbody>{rows.map((r) => <tr key={`${r.siteId} ${r.id}`}><th scope="row"><Link href={`/recalls/${r.siteId}/${r.id}`}>{r.id}</Link></th><td>{siteOf(r.siteId)?.name ?? r.siteId}</td><td><Link className="mono" href={lotAddress(r.siteId, r.lotId)}>{r.lotId}</Link></td><td>{directionName[r.direction]}</td><td className="num">{r.figures["lots"] ?? "–"}</td><td className="num">{r.figures["batches"] ?? "–"}</td><td className="num">{r.figures["unaccountedLots"] ?? "–"}</td><td><SiteTime at={r.startedAt} zone={siteOf(r.siteId)?.timeZone ?? "UTC"} /><small>{r.by}, in {r.tookMs} ms</small></td><td>{r.reason}</td><td>{r.signedBy ?? <b>Not signed</b>}</td></tr>)}</tbody></table></div>
      )}
    </Page>
  );
}
