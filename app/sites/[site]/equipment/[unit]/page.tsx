import Link from "next/link";
import { notFound } from "next/navigation";
import { CheckForm, CleaningForm, MaintenanceForm } from "#components/equipment/act-form.tsx";
import { cleanHolds } from "#components/equipment/holds.ts";
import { CalibrationForm, PartForm, RemovalForm } from "#components/equipment/record-forms.tsx";
import { UnitFacts } from "#components/equipment/unit-facts.tsx";
import { Calibrations, Parts, UnitLog } from "#components/equipment/unit-records.tsx";
import { unitAddress, unitView } from "#components/equipment/view.ts";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { storable } from "#lib/batch/list.ts";
import { actsFrom, cleaningEvents, maintenanceEvents } from "#lib/equipment/act.ts";
import { logFilter } from "#lib/equipment/filter.ts";
import { localField } from "#lib/equipment/local-instant.ts";
import { calibrationsOf, cleaningFacts, instrumentTags, logPage, partsOf } from "#lib/equipment/log-queries.ts";
import { partHistory } from "#lib/equipment/maintenance.ts";
import { modulesOf, standingUnit } from "#lib/equipment/queries.ts";
import { isBound } from "#lib/equipment/state.ts";
import { doubtsOf } from "#lib/quality/equipment-queries.ts";
import { enterpriseName, sitesById } from "#lib/site/queries.ts";
import { effectiveMasters } from "../masters.ts";

type Params = { readonly params: Promise<{ site: string; unit: string }>; readonly searchParams: Promise<Record<string, string | string[] | undefined>> };
export const generateMetadata = async ({ params }: Params) => ({ title: decodeURIComponent((await params).unit) });
const year = 365 * 86_400_000;

export default async function UnitEquipmentPage({ params, searchParams }: Params) {
  const { site: siteId, unit } = await params;
  const unitId = decodeURIComponent(unit);
  const { log } = logFilter.parse(await searchParams);
  const by = await requirePage("equipment.read", siteId);
  if (!storable(unitId)) notFound();
  const now = new Date();
  const loaded = await withSites(by, async (tx) => ({
    found: await standingUnit(tx, siteId, unitId), modules: await modulesOf(tx, siteId, unitId), log: await logPage(tx, siteId, unitId, log), calibrations: await calibrationsOf(tx, siteId, unitId), parts: await partsOf(tx, siteId, unitId),
    tags: await instrumentTags(tx, siteId, unitId), holds: cleanHolds(await effectiveMasters(tx)), sites: await sitesById(tx, [siteId]), enterprise: await enterpriseName(tx), cleaning: await cleaningFacts(tx, siteId, unitId, by.actor.id), doubts: await doubtsOf(tx, { siteId, unitId }),
  })).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { found, sites } = loaded;
  const site = sites[0] ?? { id: siteId, name: siteId, timeZone: "UTC" };
  const view = unitView(found, loaded.holds.get(found.unit.equipmentClass), site, now);
  const isModule = found.unit.parentId !== null;
  const cleaning = may(by.actor, "equipment.clean", siteId) && !isModule ? actsFrom(found.standing.state, cleaningEvents) : [];
  const maintaining = may(by.actor, "equipment.maintain", siteId);
  const maintenance = maintaining && !isModule ? actsFrom(found.standing.state, maintenanceEvents) : [];
  const mayCheck = may(by.actor, "equipment.clean", siteId) && !isModule && found.standing.state === "clean" && loaded.cleaning !== undefined && !loaded.cleaning.check && !loaded.cleaning.own;
  const places = partHistory(loaded.parts);
  const never = found.standing.instruments.flatMap(({ tag, dueAt }) => (dueAt === null ? [loaded.tags.find((one) => one.tag === tag)?.name ?? tag ?? unitId] : []));
  const place = { siteId, unitId, revision: found.standing.revision };
  const fields = { siteId, unitId, zone: site.timeZone, nowField: localField(now, site.timeZone) };
  const procedure = loaded.log.lines.find((line) => line.detail["procedure"])?.detail["procedure"] ?? "";
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={now} place="/equipment" crumbs={[{ name: site.name }, { name: "Equipment", address: `/sites/${siteId}/equipment` }, { name: unitId }]}>
      <div className="page-head"><h1>{unitId} {found.unit.name}</h1><div className="end">{isModule || loaded.tags.length === 0 ? null : <Link className="button" href={`/sites/${siteId}/units/${encodeURIComponent(unitId)}`}>Current values</Link>}</div></div>
      <div className="page-body unit-page">
        <div className="stack">
          {isModule ? null : <UnitLog {...loaded.log} siteId={siteId} zone={site.timeZone} page={log} path={unitAddress(siteId, unitId)} />}
          <Calibrations siteId={siteId} zone={site.timeZone} lines={loaded.calibrations} never={never} doubts={loaded.doubts} names={new Map(loaded.tags.map((tag) => [tag.tag, tag.name]))} now={now}>{maintaining ? <CalibrationForm {...fields} nextField={localField(new Date(now.getTime() + year), site.timeZone)} instruments={loaded.tags} /> : null}</Calibrations>
          <Parts zone={site.timeZone} lines={loaded.parts}>{maintaining ? <><PartForm {...fields} places={places.map((one) => one.place)} />{places.some((one) => !one.empty) ? <RemovalForm {...fields} places={places.filter((one) => !one.empty).map((one) => one.place)} /> : null}</> : null}</Parts>
        </div>
        <aside aria-label="State and facts">
          <UnitFacts found={found} view={view} modules={loaded.modules.map(({ unit: module }) => ({ id: module.id, name: module.name, address: unitAddress(siteId, module.id) }))} enterprise={loaded.enterprise} site={site} isModule={isModule} cleaning={loaded.cleaning}>
            {cleaning.length > 0 ? <CleaningForm place={place} acts={cleaning} procedure={procedure} /> : null}
            {mayCheck ? <CheckForm place={place} /> : null}
            {maintenance.length > 0 ? <MaintenanceForm place={place} acts={maintenance} bound={isBound(found.standing.state)} /> : null}
          </UnitFacts>
        </aside>
      </div>
    </Page>
  );
}
