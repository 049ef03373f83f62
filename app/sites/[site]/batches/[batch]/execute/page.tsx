import { notFound } from "next/navigation";
import { StepsPage } from "#components/execution/steps-page.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { readExecution } from "#lib/execution/queries.ts";
import { openMatters } from "#lib/execution/standing.ts";
import { sitesById } from "#lib/site/queries.ts";

type Props = { params: Promise<{ site: string; batch: string }> };
export const metadata = { title: "Steps" };

export default async function Execute({ params }: Props) {
  const { site, batch } = await params;
  const by = await requirePage("batch.read", site);
  const { execution, sites } = await withSites(by, async (tx) => ({ execution: await readExecution(tx, site, decodeURIComponent(batch)), sites: await sitesById(tx, [site]) }))
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { record } = execution;
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={new Date()} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: record.batch.id, address: `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}` }, { name: "Steps" }]}>
      <StepsPage record={record} open={openMatters(execution)} mayExecute={may(by.actor, "batch.execute", site)} mayHold={may(by.actor, "batch.hold", site)} personId={by.actor.id} />
    </Page>
  );
}
