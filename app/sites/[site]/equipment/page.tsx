import { cleanHolds } from "#components/equipment/holds.ts";
import { EquipmentTable, ShowTabs } from "#components/equipment/equipment-table.tsx";
import { SiteLinks } from "#components/equipment/site-links.tsx";
import { unitView } from "#components/equipment/view.ts";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { requirePermission } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { equipmentFilter, isShown, needsAttention, showCounts } from "#lib/equipment/filter.ts";
import { unitsOfSite } from "#lib/equipment/queries.ts";
import { enterpriseName, sitesById } from "#lib/site/queries.ts";
import { effectiveMasters } from "./masters.ts";

type Params = { readonly params: Promise<{ site: string }>; readonly searchParams: Promise<Record<string, string | string[] | undefined>> };
export const metadata = { title: "Equipment" };

export default async function EquipmentPage({ params, searchParams }: Params) {
  const { site: siteId } = await params;
  const { show } = equipmentFilter.parse(await searchParams);
  const by = await requirePage("equipment.read", siteId);
  const everywhere = requirePermission(by.actor, "equipment.read");
  const now = new Date();
  const { all, holds, sites, enterprise } = await withSites(everywhere, async (tx) => ({ enterprise: await enterpriseName(tx), all: await unitsOfSite(tx, siteId), holds: cleanHolds(await effectiveMasters(tx)), sites: await sitesById(tx, everywhere.sites) }));
  const site = sites.find(({ id }) => id === siteId) ?? { id: siteId, name: siteId, timeZone: "UTC" };
  const units = all.filter(({ unit }) => unit.parentId === null);
  const view = (found: (typeof all)[number]) => unitView(found, holds.get(found.unit.equipmentClass), site, now);
  const shown = units.filter(({ standing }) => isShown(standing, show, now)).map(view);
  const path = `/sites/${siteId}/equipment`;
  const counts = showCounts(units.map(({ standing }) => standing), now);
  const attention = units.filter(({ standing }) => needsAttention(standing, now)).length;
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={now} place="/equipment" crumbs={[{ name: site.name }, { name: "Equipment" }]}>
      <div className="page-head"><h1>Equipment of {site.name}: {units.length} {units.length === 1 ? "unit" : "units"}, {attention === 0 ? "none needs attention" : `${attention} ${attention === 1 ? "needs" : "need"} attention`}</h1><div className="end"><SiteLinks sites={sites} siteId={siteId} page="equipment" /></div></div>
      <div className="bar controls"><ShowTabs path={path} show={show} counts={counts} total={units.length} /></div>
      <EquipmentTable place={`${enterprise} › ${site.name}`} units={shown} modules={all.filter(({ unit }) => unit.parentId !== null).map(view)} path={path} />
    </Page>
  );
}
