import Link from "next/link";
import { IssueForm } from "#components/execution/issue-form.tsx";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { unitsOfSite } from "#lib/equipment/queries.ts";
import { equipmentStateName } from "#lib/equipment/state.ts";
import { calibrationDue } from "#lib/equipment/use.ts";
import { otherUnit } from "#lib/execution/issue.ts";
import { effectiveMasters, masterName, type MasterRow } from "#lib/recipe/queries.ts";
import { masterRecord } from "#lib/recipe/master-record.ts";
import { effectiveOverlay, readOverlayFile } from "#lib/recipe/overlay-queries.ts";
import { overlayWords } from "#lib/recipe/overlay.ts";
import { siteById, sitesById } from "#lib/site/queries.ts";
import { localParts } from "#lib/site/time.ts";

export const metadata = { title: "Issue a batch" };
const hour = 3_600_000;
const field = (at: Date, zone: string): string => { const { date, time } = localParts(at, zone); return `${date}T${time}`; };

/** What the site's effective overlay of a master does to a batch that is issued from it. */
async function overlayOf(tx: SiteTx, siteId: string, { id, version }: MasterRow, units: Awaited<ReturnType<typeof unitsOfSite>>) {
  const row = await effectiveOverlay(tx, { siteId, masterId: id, masterVersion: version });
  if (!row) return undefined;
  const { overlay, master, holds } = await readOverlayFile(tx, row);
  const frozen = { version: row.version, digest: row.digest, overlay, holds };
  return { version: row.version, words: overlayWords(overlay, master), keepsOut: units.filter(({ unit }) => otherUnit({ unit, overlay: frozen }, master.equipment)).map(({ unit }) => unit.id), address: `/masters/${encodeURIComponent(id)}/${version}/overlays/${siteId}?overlay=${row.version}` };
}

async function load(tx: SiteTx, site: string) {
  const [masters, units] = [await effectiveMasters(tx), await unitsOfSite(tx, site)];
  const overlays = new Map<string, Awaited<ReturnType<typeof overlayOf>>>();
  for (const row of masters) overlays.set(row.id, await overlayOf(tx, site, row, units));
  return { masters, overlays, units, sites: await sitesById(tx, [site]), own: await siteById(tx, site) };
}

export default async function Issue({ params }: { params: Promise<{ site: string }> }) {
  const { site } = await params;
  const by = await requirePage("batch.issue", site);
  const now = new Date();
  const { masters, overlays, units, sites, own } = await withSites(by, (tx) => load(tx, site));
  const zone = own?.timeZone ?? "UTC";
  const options = masters.flatMap((row) => { const parsed = masterRecord.safeParse(JSON.parse(row.canonical)); return parsed.success ? [{ name: masterName(row), title: row.title, digest: row.digest, classes: [...new Set(parsed.data.equipment.map((e) => e.equipmentClass))], durationH: parsed.data.durationH, overlay: overlays.get(row.id) }] : []; });
  const longest = options[0]?.durationH ?? 24;
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={now} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: "Issue a batch" }]}>
      <div className="page-head"><h1>Issue a batch</h1><span className="sub">{own?.name}</span></div>
      <div className="page-body">
        {options.length === 0 ? <Empty title="No master is effective.">A batch is issued from an effective master. <Link href="/masters">See the masters</Link>.</Empty>
          : <IssueForm siteId={site} zone={localParts(now, zone).zone} masters={options} units={[...units].sort((a, b) => (b.unit.scaleL ?? 0) - (a.unit.scaleL ?? 0)).map(({ unit, standing }) => ({ id: unit.id, name: unit.name, equipmentClass: unit.equipmentClass, standing: `${equipmentStateName[standing.state].toLowerCase()}${calibrationDue(standing, now) ? ", calibration due" : ""}` }))} start={field(now, zone)} due={field(new Date(now.getTime() + longest * hour + 14 * 24 * hour), zone)} />}
      </div>
    </Page>
  );
}
