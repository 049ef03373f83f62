import Link from "next/link";
import { notFound } from "next/navigation";
import { ContentTable } from "#components/batch/content-table.tsx";
import { Record } from "#components/batch/record.tsx";
import { IntegrityFailed } from "#components/integrity/failed.tsx";
import { Page } from "#components/frame/page.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { RecordProofView } from "#components/ledger/record-proof.tsx";
import { batchProof } from "#lib/ledger/record-proof-queries.ts";
import { openFindings } from "#lib/integrity/queries.ts";
import { batchContent } from "#lib/batch/content.ts";
import { recordDigest } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { readMasterFile } from "#lib/recipe/queries.ts";
import { isShow, showNames } from "#lib/report/shown-steps.ts";
import { sitesById } from "#lib/site/queries.ts";

type Params = { params: Promise<{ site: string; batch: string }> };
type Asked = Params & { searchParams: Promise<{ show?: string }> };
export const generateMetadata = async ({ params }: Params) => ({ title: `${decodeURIComponent((await params).batch)}, record` });

export default async function RecordPage({ params, searchParams }: Asked) {
  const { site, batch } = await params;
  const asked = (await searchParams).show;
  const show = isShow(asked) ? asked : "all";
  const by = await requirePage("batch.read", site);
  const id = decodeURIComponent(batch);
  const { record, master, proof, findings, sites } = await withSites(by, async (tx) => {
    const read = await readRecord(tx, site, id);
    // A master that does not hold lends the record no names; the finding above the record says so.
    const file = read.master && (await readMasterFile(tx, read.master.id, read.master.version));
    return { record: read, master: file?.holds ? file.record : undefined, proof: await batchProof(tx, site, id), findings: await openFindings(tx, site, id), sites: await sitesById(tx, [site]) };
  })
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const address = `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}`;
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={new Date()} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: record.batch.id, address }, { name: "Full record" }]}>
      <div className="page-head"><h1>{record.batch.id}, full record</h1><span className="sub">{record.steps.length} steps, {record.entries.length} entries in ISA-88 order; a bar at the left marks an exception; old values stay struck through</span>
        <div className="end"><span className="tiny quiet">record digest <Digest value={recordDigest(record)} /></span><Link className="button" href={address}>Back to the batch</Link></div></div>
      <IntegrityFailed findings={findings} />
      <nav className="record-filter" aria-label="Steps shown">
        {Object.entries(showNames).map(([key, name]) => <Link key={key} className="filter-chip" href={key === "all" ? `${address}/record` : `${address}/record?show=${key}`} aria-current={key === show ? "page" : undefined}>{name}</Link>)}
      </nav>
      <Record source={{ record, master, address }} show={show} />
      <div className="page-body">{master ? <ContentTable items={batchContent(record, master)} /> : null}<RecordProofView proof={proof} siteId={site} zone={record.site.timeZone} about="batch" mayTrail={may(by.actor, "audit.read", site)} /></div>
    </Page>
  );
}
