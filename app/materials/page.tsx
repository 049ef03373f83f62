import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { MaterialTable } from "#components/material/material-table.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { kindName, lotFilter, lotsAddress, materialFilter, materialKinds, materialsAddress } from "#lib/material/filter.ts";
import { materialStock } from "#lib/material/stock-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Materials" };

export default async function MaterialsPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const filter = materialFilter.parse(await searchParams);
  const by = await requirePage("material.read");
  const now = new Date();
  const { rows, sites } = await withSites(by, async (tx) => ({ rows: await materialStock(tx, filter, now), sites: await sitesById(tx, by.sites) }));
  const counted = (of: "soon" | "expired") => rows.flatMap((m) => m.sites).reduce((sum, s) => sum + s[of], 0);
  const filtered = filter.q !== "" || filter.kind !== undefined;
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/materials" crumbs={[{ name: "Materials" }]}>
      <div className="page-head"><h1>Materials</h1><span className="sub">{rows.length} {filtered ? "match" : "materials"}; {counted("soon")} released lots expire within 30 days, {counted("expired")} have expired with stock</span>
        <span className="end">{sites.map((site) => <Link key={site.id} className="button small" href={lotsAddress(site.id, lotFilter.parse({}), {})}>Lots in {site.name}</Link>)}<Link className="button small" href="/materials/suppliers">Suppliers</Link><Link className="button small" href="/recalls">Mock recalls</Link>{may(by.actor, "material.manage") ? <Link className="button small primary" href="/materials/new">Add a material</Link> : null}</span></div>
      <div className="bar controls">
        <form action="/materials" className="search"><Icon name="search" /><input name="q" defaultValue={filter.q} aria-label="Filter by code or name" placeholder="Code or name" />{filter.kind ? <input type="hidden" name="kind" value={filter.kind} /> : null}</form>
        <nav className="segments" aria-label="Kind"><Link href={materialsAddress(filter, { kind: undefined })} aria-current={filter.kind === undefined ? "true" : undefined}>All</Link>{materialKinds.map((kind) => <Link key={kind} href={materialsAddress(filter, { kind })} aria-current={filter.kind === kind ? "true" : undefined}>{kindName[kind]}</Link>)}</nav>
        {filtered ? <Link className="button plain" href="/materials">Clear filters</Link> : null}
      </div>
      {rows.length === 0 ? <Empty title={filtered ? "No material matches these filters." : "There are no materials yet."}>{filtered ? <Link href="/materials">Clear the filters</Link> : "Materials are the enterprise's. They come with its configuration file, or quality adds them here."}</Empty> : <MaterialTable rows={rows} sites={sites} now={now} />}
      <footer className="table-foot"><span>Usable: released, not expired, something left. Waiting: in quarantine or restricted. Use first: what expires first.</span></footer>
    </Page>
  );
}
