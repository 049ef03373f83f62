import { redirect } from "next/navigation";
import { ReleaseQueue, batchAddress, blockersOf } from "#components/batch/queue.tsx";
import { homeOf } from "#components/frame/map.ts";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { may, requirePermission } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { queueFigures, releaseQueue } from "#lib/batch/queries.ts";
import { failedBatches } from "#lib/integrity/queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import Link from "next/link";

export const metadata = { title: "Release queue" };

export default async function QueuePage() {
  const actor = await requireActor();
  if (!may(actor, "queue.read") || homeOf(actor) === "/inspection") redirect(homeOf(actor));
  const by = requirePermission(actor, "queue.read");
  const now = new Date();
  const { rows, figures, sites } = await withSites(by, async (tx) => {
    const failed = await failedBatches(tx);
    return { rows: (await releaseQueue(tx, actor)).map((row) => ({ ...row, integrityFailed: failed.has(row.siteId, row.id) })), figures: await queueFigures(tx, now), sites: await sitesById(tx, by.sites) };
  });
  const next = rows.find((r) => r.waitsForMe && blockersOf(r).length === 0) ?? rows.find((r) => r.waitsForMe);
  const mine = rows.filter((r) => r.waitsForMe).length;
  return (
    <Page actor={actor} sites={sites} now={now} place="/" crumbs={[{ name: "Release queue" }]}>
      <div className="page-head">
        <h1>Release queue</h1>
        <span className="sub">{rows.length} open {rows.length === 1 ? "batch" : "batches"}, {mine} waiting on you</span>
        {next ? <div className="end"><Link className="button primary" href={batchAddress(next)}>Open next: {next.id}</Link></div> : null}
      </div>
      {rows.length === 0 ? <Empty title="No batch waits for review or release.">Batches appear here when production has completed them.</Empty> : <ReleaseQueue rows={rows} figures={figures} now={now} />}
    </Page>
  );
}
