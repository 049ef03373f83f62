import Link from "next/link";
import { notFound } from "next/navigation";
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
import { recordDigest } from "#lib/batch/record.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

type Params = { params: Promise<{ site: string; batch: string }> };
export const generateMetadata = async ({ params }: Params) => ({ title: `${decodeURIComponent((await params).batch)}, record` });

export default async function RecordPage({ params }: Params) {
  const { site, batch } = await params;
  const by = await requirePage("batch.read", site);
  const { record, proof, findings, sites } = await withSites(by, async (tx) => ({ record: await readRecord(tx, site, decodeURIComponent(batch)), proof: await batchProof(tx, site, decodeURIComponent(batch)), findings: await openFindings(tx, site, decodeURIComponent(batch)), sites: await sitesById(tx, [site]) }))
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const address = `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}`;
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={new Date()} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: record.batch.id, address }, { name: "Full record" }]}>
      <div className="page-head"><h1>{record.batch.id}, full record</h1><span className="sub">{record.steps.length} steps, {record.entries.length} entries in ISA-88 order; a bar at the left marks an exception; old values stay struck through</span>
        <div className="end"><span className="tiny quiet">record digest <Digest value={recordDigest(record)} /></span><Link className="button" href={address}>Back to the batch</Link></div></div>
      <IntegrityFailed findings={findings} />
      <Record record={record} />
      <div className="page-body"><RecordProofView proof={proof} siteId={site} zone={record.site.timeZone} about="batch" mayTrail={may(by.actor, "audit.read", site)} /></div>
    </Page>
  );
}
