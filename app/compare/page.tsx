import Link from "next/link";
import { CompareSites } from "#components/comparison/compare-sites.tsx";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { compareSites } from "#lib/comparison/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Compare sites" };

export default async function ComparePage({ searchParams }: { searchParams: Promise<{ product?: string }> }) {
  const { product } = await searchParams;
  const by = await requirePage("compare.read");
  const plants = by.sites.filter((site) => site !== enterprise);
  const now = new Date();
  const { comparison, sites } = await withSites(by, async (tx) => ({ comparison: await compareSites(tx, plants, product), sites: await sitesById(tx, by.sites) }));
  const total = comparison.sites.reduce((n, s) => n + s.batches.length, 0);
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/compare" crumbs={[{ name: "Insight" }, { name: "Compare sites" }]}>
      <div className="page-head"><h1>{comparison.productId ? `${comparison.productId} at ${comparison.sites.length} ${comparison.sites.length === 1 ? "site" : "sites"}` : "Compare sites"}</h1><span className="sub">{total} finished batches, rejected ones left out</span>
        <div className="end"><nav className="segments" aria-label="Product">{comparison.products.map((p) => <Link key={p.id} href={`/compare?product=${encodeURIComponent(p.id)}`} aria-current={p.id === comparison.productId ? "true" : undefined}>{p.id} {p.name}</Link>)}</nav></div></div>
      {total === 0 ? <Empty title="There is nothing to compare yet.">A product appears here when a site has completed a batch of it.</Empty> : <CompareSites comparison={comparison} />}
    </Page>
  );
}
