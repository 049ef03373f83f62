import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { HeadActs, Hindered, ReasonedActs } from "#components/recipe/acts.tsx";
import { MasterFacts } from "#components/recipe/facts.tsx";
import { DifferenceCard } from "#components/recipe/difference-card.tsx";
import { GapList } from "#components/recipe/gap-list.tsx";
import { MasterStateChip } from "#components/recipe/master-state.tsx";
import { MasterView } from "#components/recipe/master-view.tsx";
import { masterOffers } from "#components/recipe/offers.ts";
import { SignatureList } from "#components/recipe/signature-list.tsx";
import { SiteOverlays } from "#components/recipe/site-overlays.tsx";
import { ThinView } from "#components/recipe/thin-view.tsx";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { gapViews } from "#lib/recipe/edit-place.ts";
import { readMaster } from "#lib/recipe/master.ts";
import { overlaysOf, type OverlayRow } from "#lib/recipe/overlay-queries.ts";
import { allProducts, differenceOf, masterName, namesOf, readMasterFile, signaturesOfRecord, versionsOf } from "#lib/recipe/queries.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { sitesById } from "#lib/site/queries.ts";
import { masterParams } from "../../params.ts";
import { zoneFor } from "../../zone.ts";

type Props = { params: Promise<{ id: string; version: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };
export const generateMetadata = async ({ params }: Pick<Props, "params">) => { const { id, version } = await params; return { title: `${id} version ${version}` }; };

const query = z.object({ signed: z.string().max(6).optional().catch(undefined), against: z.coerce.number().int().positive().max(999_999).optional().catch(undefined) });

type Asked = { readonly id: string; readonly version: number; readonly sites: readonly string[]; readonly against: number | undefined };
async function load(tx: SiteTx, { id, version, sites, against }: Asked) {
  const file = await readMasterFile(tx, id, version);
  const versions = await versionsOf(tx, id);
  const { authors, submittedBy, reviewedBy, approvedBy } = file.row;
  const overlays = new Map<string, readonly OverlayRow[]>();
  for (const siteId of file.record ? sites : []) overlays.set(siteId, await overlaysOf(tx, { siteId, masterId: id, masterVersion: version }));
  return {
    overlays,
    file, versions, difference: await differenceOf(tx, file, versions, against), signatures: await signaturesOfRecord(tx, "master", masterName(file.row)), sites: await sitesById(tx, sites),
    product: (await allProducts(tx)).find((p) => p.id === file.row.productId), names: await namesOf(tx, [...(authors ?? []), submittedBy, reviewedBy, approvedBy].filter((one) => one !== null)),
  };
}

export default async function MasterVersionPage({ params, searchParams }: Props) {
  const { id, version } = masterParams(await params);
  const { signed, against } = query.parse(await searchParams);
  const by = await requirePage("master.read");
  const { actor } = by;
  const { overlays, file, versions, difference, signatures, sites, product, names } = await withOwnMeans(actor, (tx) => load(tx, { id, version, sites: by.sites, against }), undefined, by).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { row, record, gaps, standing } = file;
  const offers = masterOffers(standing, { author: record !== undefined && may(actor, "master.author"), review: may(actor, "master.review"), approve: may(actor, "master.approve") }, actor.id);
  const address = `/masters/${encodeURIComponent(id)}/${version}`;
  const newest = versions[0];
  const mayBegin = may(actor, "master.author") && record !== undefined && newest?.version === version && row.state !== "draft" && row.state !== "in_review";
  const made = signatures.find((s) => String(s.ordinal) === signed);
  const written = row.state === "draft" || row.state === "in_review";
  const zone = zoneFor(sites);
  return (
    <Page actor={actor} sites={sites} now={new Date()} place="/masters" crumbs={[{ name: "Records" }, { name: "Masters", address: "/masters" }, { name: `${id} version ${version}` }]}>
      <div className="page-head"><h1>{id} version {version}</h1><span className="sub">{row.title}</span><MasterStateChip state={row.state} /><HeadActs offers={offers} address={address} exported={`${address}/file`} printed={record && may(actor, "report.read") ? `${address}/master.pdf` : undefined} gaps={gaps.length} /></div>
      <div className="master-panes">
        <div className="stack">
          {made ? <p className="notice" role="status">Signed: {meaningName[made.meaning]}, by {made.printedName}.</p> : null}
          {record ? <MasterView master={record} product={`${row.productId} ${product?.name ?? ""}`} difference={difference ? <DifferenceCard difference={difference} compareAt={(other) => `${address}?against=${other}#difference`} /> : null} /> : <ThinView master={readMaster(row.canonical)} />}
        </div>
        <aside className="stack" aria-label="Where it stands">
          {record && written ? <section className="card" id="gaps" aria-labelledby="gaps-title"><header><h2 id="gaps-title">{gaps.length === 0 ? "Gaps" : `${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"} before it can be submitted`}</h2></header><div className="card-body"><GapList gaps={gapViews(record)} editPage={offers.edit ? `${address}/edit` : undefined} /></div></section> : null}
          <div className="card facts"><MasterFacts file={file} names={names} zone={zone} versions={versions} />
            <section id="signatures" aria-labelledby="signatures-title"><h2 id="signatures-title">Signatures</h2><SignatureList signatures={signatures} digest={row.digest} zone={zone} /><Hindered offers={offers} /></section>
            {record ? <SiteOverlays address={address} sites={sites.map((s) => ({ id: s.id, name: s.name, newest: overlays.get(s.id)?.[0], effective: overlays.get(s.id)?.find((o) => o.state === "effective") }))} /> : null}</div>
          <ReasonedActs offers={offers} id={id} version={version} seen={row.digest} mayBegin={mayBegin} />
        </aside>
      </div>
    </Page>
  );
}
