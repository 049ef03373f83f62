import Link from "next/link";
import { BatchTable, type BatchView } from "#components/batch/batch-table.tsx";
import { PastProgress } from "#components/batch/past-progress.tsx";
import { batchAddress } from "#components/batch/queue.tsx";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { batchFilter, listAddress, pageSizes, type BatchFilter } from "#lib/batch/list.ts";
import { batchFacets, listBatches, type BatchListRow } from "#lib/batch/queries.ts";
import { loadingPast } from "#lib/batch/past-queries.ts";
import { batchStateName, batchStates } from "#lib/batch/state.ts";
import { listSiteTime, siteDate, spanText } from "#lib/site/time.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Batches" };
const path = "/batches";

const viewOf = (r: BatchListRow, now: Date): BatchView => ({
  id: r.id, address: batchAddress(r), product: `${r.productId} ${r.productName}`, site: r.siteName, unit: r.unitId, state: r.origin === "imported" ? "Imported run" : batchStateName[r.state], critical: r.critical, major: r.major, minor: r.minor, open: r.open > 0,
  titer: r.titer, yieldPercent: r.yieldPercent, inoculated: r.inoculatedAt ? listSiteTime(r.inoculatedAt, r.timeZone) : "–", completed: r.completedAt ? listSiteTime(r.completedAt, r.timeZone) : "–", due: r.dueAt ? siteDate(r.dueAt, r.timeZone) : "–",
  age: r.completedAt ? spanText(now.getTime() - r.completedAt.getTime()) : "–", waiting: r.waitingOn ? roleName[r.waitingOn] : "–", mine: r.waitsForMe, imported: r.origin === "imported",
});

type Option = { readonly value: string; readonly name: string };
function FilterMenu({ name, field, options, filter }: { name: string; field: "site" | "state" | "product"; options: readonly Option[]; filter: BatchFilter }) {
  const chosen: readonly string[] = filter[field];
  return (
    <details className="menu"><summary><span className="quiet">{name}</span> {chosen.length === 0 ? "all" : options.filter((o) => chosen.includes(o.value)).map((o) => o.name).join(", ")}<Icon name="chevron" /></summary>
      <div className="menu-list" style={{ left: 0, right: "auto" }}>{options.map((o) => {
        const next = chosen.includes(o.value) ? chosen.filter((c) => c !== o.value) : [...chosen, o.value];
        return <Link key={o.value} href={listAddress(path, filter, { [field]: next })} aria-current={chosen.includes(o.value) ? "true" : undefined}>{chosen.includes(o.value) ? <Icon name="check" /> : <span style={{ width: 16 }} />}{o.name}</Link>;
      })}</div></details>
  );
}

export default async function BatchesPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const filter = batchFilter.parse(await searchParams);
  const by = await requirePage("batch.read");
  const now = new Date();
  const { page, facets, sites, past } = await withSites(by, async (tx) => ({ past: await loadingPast(tx), page: await listBatches(tx, by.actor, filter), facets: await batchFacets(tx), sites: await sitesById(tx, by.sites) }));
  const issuing = sites.filter((site) => may(by.actor, "batch.issue", site.id));
  const filtered = filter.q !== "" || filter.site.length + filter.state.length + filter.product.length > 0;
  const first = (filter.page - 1) * filter.size + 1;
  const last = first + page.rows.length - 1;
  const toolbar = (
    <>
        <form action={path} className="search"><Icon name="search" /><input name="q" defaultValue={filter.q} aria-label="Filter by batch, unit or product" placeholder="Batch, unit, product" />{filter.site.map((s) => <input key={s} type="hidden" name="site" value={s} />)}{filter.state.map((s) => <input key={s} type="hidden" name="state" value={s} />)}</form>
        <FilterMenu name="Site" field="site" filter={filter} options={facets.sites.map((s) => ({ value: s.id, name: s.name }))} />
        <FilterMenu name="State" field="state" filter={filter} options={batchStates.map((s) => ({ value: s, name: batchStateName[s] }))} />
        <FilterMenu name="Product" field="product" filter={filter} options={facets.products.map((p) => ({ value: p.id, name: `${p.id} ${p.name}` }))} />
        {filtered ? <Link className="button plain" href={path}>Clear filters</Link> : null}
        {filter.sort === "waiting" ? <span className="quiet small">Sorted by what waits for me, then due</span> : <Link className="button plain" href={listAddress(path, filter, { sort: "waiting", dir: "asc" })}>Sort by what waits for me</Link>}
    </>
  );
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/batches" crumbs={[{ name: "Batches" }]}>
      <div className="page-head"><h1>Batches</h1><span className="sub">{page.total} {filtered ? "match" : "across my sites"}</span>{issuing.length > 0 ? <div className="end">{issuing.map((site) => <Link key={site.id} className="button" href={`/sites/${site.id}/issue`}>Issue a batch{issuing.length > 1 ? `, ${site.name}` : ""}</Link>)}</div> : null}</div>
      {past ? <PastProgress past={past} /> : null}
      {page.rows.length === 0 ? <><div className="bar controls">{toolbar}</div><Empty title={filtered ? "No batch matches these filters." : "There are no batches at your sites yet."}>{filtered ? <Link href={path}>Clear the filters</Link> : "They appear here when they are issued or imported."}</Empty></> : (
        <><BatchTable rows={page.rows.map((r) => viewOf(r, now))} filter={filter} path={path} toolbar={toolbar} />
          <footer className="table-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> move</span><span><kbd>↵</kbd> open</span>
            <span className="end">{pageSizes.map((s) => s === filter.size ? <b key={s}>{s}</b> : <Link key={s} href={listAddress(path, filter, { size: s })}>{s}</Link>)} a page · {first}–{last} of {page.total}
              {filter.page > 1 ? <Link className="button small" href={listAddress(path, filter, { page: filter.page - 1 })}>Previous</Link> : null}
              {last < page.total ? <Link className="button small" href={listAddress(path, filter, { page: filter.page + 1 })}>Next</Link> : null}</span></footer></>
      )}
    </Page>
  );
}
