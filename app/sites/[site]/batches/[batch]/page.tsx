import { notFound } from "next/navigation";
import { BatchFileView } from "#components/batch/batch-file.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { installation } from "#lib/installation.ts";
import { batchProof } from "#lib/ledger/record-proof-queries.ts";
import { exceptionTrend } from "#lib/quality/queries.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { signingOffers, withdrawalOffers } from "#lib/release/offer.ts";
import { signingMeans } from "#lib/signature/standing-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { batchHistory } from "#lib/telemetry/history-queries.ts";
import { trends } from "#lib/telemetry/queries.ts";

type Params = { params: Promise<{ site: string; batch: string }> };
export const generateMetadata = async ({ params }: Params) => ({ title: decodeURIComponent((await params).batch) });
const overviewTags = ["viable-cell-density", "viability", "titer"] as const;

export default async function BatchPage({ params }: Params) {
  const { site, batch } = await params;
  const by = await requirePage("batch.read", site);
  const now = new Date();
  const loaded = await withSites(by, async (tx) => {
    const file = await readBatchFile(tx, site, decodeURIComponent(batch), publicHalf(installation().signingKey));
    const { unitId, inoculatedAt, harvestedAt, completedAt } = file.record.batch;
    const figures = new Map<string, Awaited<ReturnType<typeof exceptionTrend>>>();
    for (const x of file.record.exceptions) figures.set(x.id, await exceptionTrend(tx, unitId, x));
    const window = inoculatedAt && { from: inoculatedAt, to: harvestedAt ?? completedAt ?? now };
    return { proof: await batchProof(tx, site, file.record.batch.id), means: await signingMeans(tx, by.actor.id, site, now), file, figures, window, overview: window ? await trends(tx, site, unitId, overviewTags, window, 1000) : undefined, history: await batchHistory(tx, file.record), sites: await sitesById(tx, [site]) };
  }).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { actor } = by;
  return (
    <Page actor={actor} sites={loaded.sites} siteId={site} now={now} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: loaded.file.record.batch.id }]}>
      <BatchFileView {...loaded} now={now} offers={signingOffers(actor, site, loaded.file, loaded.means)} withdrawable={withdrawalOffers(actor, loaded.file, loaded.means)} mayDecide={may(actor, "exception.decide", site)} mayClose={may(actor, "exception.close", site)} mayRaise={may(actor, "exception.raise", site)} mayLower={may(actor, "exception.lower", site)} mayTake={may(actor, "batch.take-into-qa-review", site) && loaded.file.record.batch.state === "prod_reviewed"} mayReport={may(actor, "report.read", site)} mayTrail={may(actor, "audit.read", site)} />
    </Page>
  );
}
