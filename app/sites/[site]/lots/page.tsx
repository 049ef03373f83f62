import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { LotTable } from "#components/material/lot-table.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { expiryChoices, expiryName, lotFilter, lotsAddress, lotsPerPage, type LotFilter } from "#lib/material/filter.ts";
import { lotStateName, lotStates } from "#lib/material/lot.ts";
import { listLots } from "#lib/material/stock-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Lots" };
type Props = { params: Promise<{ site: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };
type Choice = { readonly name: string; readonly address: string; readonly current: boolean };

const Choices = ({ name, chosen, choices }: { name: string; chosen: string; choices: readonly Choice[] }) => (
  <details className="menu"><summary><span className="quiet">{name}</span> {chosen}<Icon name="chevron" /></summary>
    <div className="menu-list from-left">{choices.map((c) => <Link key={c.name} href={c.address} aria-current={c.current ? "true" : undefined}>{c.name}</Link>)}</div></details>
);

function Controls({ siteId, filter }: { siteId: string; filter: LotFilter }) {
  const to = (change: Partial<LotFilter>) => lotsAddress(siteId, filter, change);
  const filtered = filter.q !== "" || filter.material !== "" || filter.state !== undefined || filter.expiry !== undefined;
  return (
    <div className="bar controls">
      <form action={`/sites/${siteId}/lots`} className="search"><Icon name="search" /><input name="q" defaultValue={filter.q} aria-label="Filter by lot, supplier's lot or name" placeholder="Lot, supplier's lot, name" />
        {filter.material ? <input type="hidden" name="material" value={filter.material} /> : null}{filter.state ? <input type="hidden" name="state" value={filter.state} /> : null}{filter.expiry ? <input type="hidden" name="expiry" value={filter.expiry} /> : null}</form>
      <Choices name="State" chosen={filter.state ? lotStateName[filter.state] : "all"} choices={[{ name: "All", address: to({ state: undefined }), current: !filter.state }, ...lotStates.map((s) => ({ name: lotStateName[s], address: to({ state: s }), current: filter.state === s }))]} />
      <Choices name="Expiry" chosen={filter.expiry ? expiryName[filter.expiry] : "all"} choices={[{ name: "All", address: to({ expiry: undefined }), current: !filter.expiry }, ...expiryChoices.map((e) => ({ name: expiryName[e], address: to({ expiry: e }), current: filter.expiry === e }))]} />
      {filter.material ? <Link className="filter-chip" href={to({ material: "" })}><span className="key">Material</span> {filter.material} <Icon name="cross" /><span className="hidden-text">remove this filter</span></Link> : null}
      {filtered ? <Link className="button plain" href={`/sites/${siteId}/lots`}>Clear filters</Link> : null}
    </div>
  );
}

export default async function LotsPage({ params, searchParams }: Props) {
  const { site: siteId } = await params;
  const filter = lotFilter.parse(await searchParams);
  const by = await requirePage("material.read", siteId);
  const now = new Date();
  const { page, sites } = await withSites(by, async (tx) => ({ page: await listLots(tx, siteId, filter, now), sites: await sitesById(tx, by.sites) }));
  const site = sites[0];
  const first = (filter.page - 1) * lotsPerPage + 1;
  const last = first + page.rows.length - 1;
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={now} place="/materials" crumbs={[{ name: "Materials", address: "/materials" }, { name: `Lots in ${site?.name ?? siteId}` }]}>
      <div className="page-head"><h1>Lots in {site?.name ?? siteId}</h1><span className="sub">{page.total} {page.total === 1 ? "lot" : "lots"}</span><span className="end">{may(by.actor, "lot.receive", siteId) ? <Link className="button primary" href={`/sites/${siteId}/lots/receive`}>Receive a delivery</Link> : null}</span></div>
      <Controls siteId={siteId} filter={filter} />
      {page.rows.length === 0 ? <Empty title={page.total > 0 ? "There are fewer pages than that." : "No lot matches."}>{page.total > 0 ? <Link href={lotsAddress(siteId, filter, {})}>Go to the first page</Link> : "Lots appear here when a delivery is received or a batch is issued."}</Empty> : <LotTable page={page} filter={filter} siteId={siteId} zone={site?.timeZone ?? "UTC"} now={now} />}
      <footer className="table-foot"><span>Times and days in {site?.timeZone ?? "UTC"}. A lot may be used on the day it expires.</span>{page.rows.length > 0 ? <span className="end">{first}–{last} of {page.total}
        {filter.page > 1 ? <Link className="button small" href={lotsAddress(siteId, filter, { page: filter.page - 1 })}>Previous</Link> : null}{last < page.total ? <Link className="button small" href={lotsAddress(siteId, filter, { page: filter.page + 1 })}>Next</Link> : null}</span> : null}</footer>
    </Page>
  );
}
