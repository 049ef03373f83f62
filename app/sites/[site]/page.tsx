import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { SiteOverview } from "#components/twin/site-overview.tsx";
import { twinView } from "#components/twin/view.ts";
import { withSites } from "#db/scope.ts";
import { NotFound, sitesWith } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTwins } from "#lib/twin/queries.ts";

type Params = { params: Promise<{ site: string }> };
export const metadata = { title: "Overview" };

export default async function SitePage({ params }: Params) {
  const { site } = await params;
  const by = await requirePage("unit.read", site);
  const now = new Date();
  const loaded = await withSites(by, (tx) => siteTwins(tx, site, now)).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const everywhere = requirePermission(by.actor, "unit.read");
  const sites = await withSites(everywhere, (tx) => sitesById(tx, sitesWith(by.actor, "unit.read")));
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={now} place="/overview" crumbs={[{ name: loaded.site.name }, { name: "Overview" }]}>
      <SiteOverview key={site} site={loaded.site} twins={loaded.twins.map(twinView)} startedAt={now.getTime()} />
    </Page>
  );
}
