import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { Hindered } from "#components/recipe/acts.tsx";
import { MasterStateChip } from "#components/recipe/master-state.tsx";
import { masterOffers } from "#components/recipe/offers.ts";
import { OverlayActs } from "#components/recipe/overlay-acts.tsx";
import { OverlayLimitsForm } from "#components/recipe/overlay-editor.tsx";
import { OverlayFacts } from "#components/recipe/overlay-facts.tsx";
import { OverlayTable } from "#components/recipe/overlay-table.tsx";
import { OverlayUnits } from "#components/recipe/overlay-units.tsx";
import { SignatureList } from "#components/recipe/signature-list.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { overlayName, overlaysOf, readOverlayFile, unitsOfSite, type OverlayPlace } from "#lib/recipe/overlay-queries.ts";
import { namesOf, readMasterFile, signaturesOfRecord } from "#lib/recipe/queries.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { sitesById } from "#lib/site/queries.ts";
import { masterParams } from "../../../../params.ts";

type Props = { params: Promise<{ id: string; version: string; site: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };
export const generateMetadata = async ({ params }: Pick<Props, "params">) => { const { id, version } = await params; return { title: `Overlay of ${id} version ${version}` }; };
const query = z.object({ signed: z.string().max(6).optional().catch(undefined), overlay: z.coerce.number().int().positive().max(999_999).optional().catch(undefined), narrow: z.string().max(60).optional().catch(undefined) });

async function load(tx: SiteTx, place: OverlayPlace, asked: number | undefined) {
  const { row: masterRow, record: master } = await readMasterFile(tx, place.masterId, place.masterVersion);
  if (!master) throw new NotFound(`overlays of ${place.masterId}`);
  const rows = await overlaysOf(tx, place);
  const row = asked === undefined ? rows[0] : rows.find((one) => one.version === asked);
  if (asked !== undefined && !row) throw new NotFound(`overlay ${asked}`);
  const file = row && await readOverlayFile(tx, row);
  return {
    masterRow, master, rows, file, units: await unitsOfSite(tx, place.siteId), sites: await sitesById(tx, [place.siteId]), signatures: file ? await signaturesOfRecord(tx, "overlay", overlayName(file.row), place.siteId) : [],
    names: await namesOf(tx, row ? [...row.authors, row.submittedBy, row.reviewedBy, row.approvedBy].filter((one) => one !== null) : []),
  };
}

export default async function OverlayPage({ params, searchParams }: Props) {
  const { site: siteId, ...rest } = await params;
  const { id: masterId, version: masterVersion } = masterParams(rest);
  const { signed, overlay: asked, narrow } = query.parse(await searchParams);
  const by = await requirePage("master.read", siteId);
  const { actor } = by;
  const place = { siteId, masterId, masterVersion };
  const { masterRow, master, rows, file, units, sites, signatures, names } = await withSites(by, (tx) => load(tx, place, asked)).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const [site] = sites;
  const mayAuthor = may(actor, "overlay.author", siteId);
  const newest = rows[0];
  const shownNewest = file === undefined || file.row.version === newest?.version;
  const writes = mayAuthor && shownNewest && newest?.state !== "in_review" && (masterRow.state === "approved" || masterRow.state === "effective");
  const offers = file && masterOffers(file.standing, { author: mayAuthor, review: may(actor, "master.review", siteId), approve: may(actor, "master.approve", siteId) }, actor.id, "overlay");
  const masterAddress = `/masters/${encodeURIComponent(masterId)}/${masterVersion}`;
  const address = `${masterAddress}/overlays/${siteId}`;
  const overlay = file?.overlay ?? { limits: [], units: [] };
  const seen = newest?.digest ?? "";
  const chosen = writes ? master.parameters.find((p) => p.id === narrow && !p.form) : undefined;
  const made = signatures.find((s) => String(s.ordinal) === signed);
  const zone = site?.timeZone ?? "UTC";
  return (
    <Page actor={actor} sites={sites} siteId={siteId} now={new Date()} place="/masters" crumbs={[{ name: "Masters", address: "/masters" }, { name: `${masterId} version ${masterVersion}`, address: masterAddress }, { name: `Overlay of ${site?.name ?? siteId}` }]}>
      <div className="page-head"><h1>Overlay of {site?.name ?? siteId}</h1><span className="sub">over {masterId} version {masterVersion}, {masterRow.title}</span>{file ? <MasterStateChip state={file.row.state} /> : null}
        {offers && file && offers.signing.length > 0 && shownNewest ? <div className="end">{offers.signing.map(({ meaning, label, hindered }) => hindered
          ? <button key={meaning} type="button" className="button" aria-disabled="true" aria-describedby={`why-${meaning}`}>{label}</button>
          : <Link key={meaning} className="button primary" href={`${address}/sign?meaning=${meaning}`}>{label}</Link>)}</div> : null}</div>
      <div className="master-panes">
        <div className="stack">
          {made ? <p className="notice" role="status">Signed: {meaningName[made.meaning]}, by {made.printedName}.</p> : null}
          {file ? null : <p className="notice">This site has written no overlay: the master counts as it is.{writes ? " Narrow a parameter below, or choose a unit, to begin one." : mayAuthor ? " An overlay is written over a version that is approved or effective; this one is neither." : ""}</p>}
          {file && file.faults.length > 0 ? <div className="problem" role="alert"><h2>This overlay does not fit its master</h2><ul>{file.faults.map((f) => <li key={`${f.part} ${f.sentence}`}>{f.part}: {f.sentence}</li>)}</ul></div> : null}
          {chosen ? <OverlayLimitsForm key={chosen.id} place={place} seen={seen} parameter={chosen} own={overlay.limits.find((one) => one.parameter === chosen.id)?.limits} back={address} /> : null}
          <section className="card" aria-labelledby="limits-title"><header><h2 id="limits-title">Limits</h2><span className="small quiet">{overlay.limits.length === 0 ? "all as the master says" : `${overlay.limits.length} narrowed by the site`}</span></header><OverlayTable master={master} overlay={overlay} editAt={writes ? (parameter) => `${address}?narrow=${encodeURIComponent(parameter)}` : undefined} /></section>
          <section className="card" aria-labelledby="units-title"><header><h2 id="units-title">Equipment</h2><span className="small quiet">{overlay.units.length === 0 ? "any unit of the class" : `${overlay.units.length} named by the site`}</span></header><OverlayUnits master={master} overlay={overlay} units={units} writes={writes ? { place, seen } : undefined} /></section>
        </div>
        <aside className="stack" aria-label="Where it stands">
          {file && offers ? <><div className="card facts"><OverlayFacts file={file} names={names} zone={zone} rows={rows} address={address} />
            <section id="signatures" aria-labelledby="signatures-title"><h2 id="signatures-title">Signatures</h2><SignatureList signatures={signatures} digest={file.row.digest} zone={zone} />{shownNewest ? <Hindered offers={offers} /> : null}</section></div>
            <OverlayActs offers={offers} row={file.row} /></> : <div className="card facts"><section aria-labelledby="facts-title"><h2 id="facts-title">What an overlay does</h2><p className="small">It narrows limits of this master for one site, and may name the units the site uses. It is reviewed and approved like a master, and each batch keeps the one it was issued with.</p></section></div>}
        </aside>
      </div>
    </Page>
  );
}
