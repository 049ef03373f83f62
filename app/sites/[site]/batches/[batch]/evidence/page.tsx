import Link from "next/link";
import { notFound } from "next/navigation";
import { EvidenceView } from "#components/evidence/evidence-view.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { readRecord } from "#lib/batch/record-queries.ts";
import { batchStateName } from "#lib/batch/state.ts";
import { evidenceOverview } from "#lib/evidence/queries.ts";
import { verifierFiles } from "#lib/evidence/verifier-queries.ts";
import { installation } from "#lib/installation.ts";
import { sitesById } from "#lib/site/queries.ts";
import { lateReadings } from "#lib/telemetry/seal-commands.ts";
import { batchWindows } from "#lib/telemetry/window-queries.ts";

type Params = { params: Promise<{ site: string; batch: string }> };
export const generateMetadata = async ({ params }: Params) => ({ title: `${decodeURIComponent((await params).batch)}, evidence` });

export default async function EvidencePage({ params }: Params) {
  const { site, batch } = await params;
  const by = await requirePage("report.read", site);
  const of = { siteId: site, batchId: decodeURIComponent(batch) };
  const { record, overview, late, runs, sites } = await withSites(by, async (tx) => ({
    record: await readRecord(tx, of.siteId, of.batchId), overview: await evidenceOverview(tx, of), late: await lateReadings(tx, of), runs: (await batchWindows(tx, of.siteId, of.batchId)).window?.to === null, sites: await sitesById(tx, [site]),
  })).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const address = `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}`;
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={new Date()} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: record.batch.id, address }, { name: "Evidence" }]}>
      <div className="page-head"><h1>{record.batch.id}, evidence</h1><span className="chip">{batchStateName[record.batch.state]}</span><span className="sub">a file that can be checked without this portal</span>
        <div className="end"><Link className="button" href={address}>Back to the batch</Link></div></div>
      <EvidenceView overview={overview} verifiers={await verifierFiles(installation().version.root)} zone={record.site.timeZone} address={address} runs={runs} late={late} />
    </Page>
  );
}
