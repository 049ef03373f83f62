import { SiteLinks } from "#components/equipment/site-links.tsx";
import { Page } from "#components/frame/page.tsx";
import { Worklist, WorklistTabs } from "#components/laboratory/worklist.tsx";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { worklistFilter, worklistShows } from "#lib/laboratory/filter.ts";
import { worklist, worklistCounts } from "#lib/laboratory/worklist-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

type Params = { readonly params: Promise<{ site: string }>; readonly searchParams: Promise<Record<string, string | string[] | undefined>> };
export const metadata = { title: "Laboratory" };

export default async function LaboratoryPage({ params, searchParams }: Params) {
  const { site: siteId } = await params;
  const filter = worklistFilter.parse(await searchParams);
  const by = await requirePage("laboratory.read", siteId);
  const everywhere = requirePermission(by.actor, "laboratory.read");
  const now = new Date();
  const { list, counts, sites } = await withSites(everywhere, async (tx) => ({ list: await worklist(tx, siteId, filter), counts: await worklistCounts(tx, siteId, worklistShows), sites: await sitesById(tx, everywhere.sites) }));
  const site = sites.find(({ id }) => id === siteId) ?? { id: siteId, name: siteId, timeZone: "UTC" };
  const path = `/sites/${siteId}/laboratory`;
  const [open, oos] = [counts.get("open") ?? 0, counts.get("oos") ?? 0];
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={now} place="/laboratory" crumbs={[{ name: site.name }, { name: "Laboratory" }]}>
      <div className="page-head"><h1>Laboratory of {site.name}: {open} {open === 1 ? "sample" : "samples"} to do{oos > 0 ? `, ${oos} out of specification` : ""}</h1><div className="end"><SiteLinks sites={sites} siteId={siteId} page="laboratory" /></div></div>
      <div className="bar controls"><WorklistTabs path={path} show={filter.show} counts={counts} /></div>
      <Worklist {...list} filter={filter} path={path} siteId={siteId} zone={site.timeZone} now={now} />
    </Page>
  );
}
