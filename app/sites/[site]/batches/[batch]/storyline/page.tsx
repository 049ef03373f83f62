import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import { Storyline } from "#components/audit/storyline.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { auditAddress, noFilter } from "#lib/audit/filter.ts";
import { actsOnPage, storyBatch, storyline } from "#lib/audit/storyline-queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { sitesById } from "#lib/site/queries.ts";
import { pageNumber } from "../../../../../audit/page-number.ts";

type Params = { readonly params: Promise<{ readonly site: string; readonly batch: string }>; readonly searchParams: Promise<{ readonly page?: string | string[] }> };
export const generateMetadata = async ({ params }: Params) => ({ title: `Storyline of ${decodeURIComponent((await params).batch)}` });

export default async function StorylinePage({ params, searchParams }: Params) {
  const { site, batch } = await params;
  const batchId = decodeURIComponent(batch);
  const page = pageNumber((await searchParams).page);
  const by = await requirePage("audit.read", site);
  const { found, story, sites } = await withSites(by, async (tx) => ({ found: await storyBatch(tx, site, batchId), story: await storyline(tx, { kind: "batch", siteId: site, batchId }, page), sites: await sitesById(tx, [site]) }));
  if (!found) notFound();
  const address = `/sites/${site}/batches/${encodeURIComponent(batchId)}`;
  const zone = sites[0]?.timeZone ?? "UTC";
  const pages = Math.max(1, Math.ceil(story.total / actsOnPage));
  if (page > pages) redirect(`${address}/storyline?page=${pages}`);
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={new Date()} place="/batches" crumbs={[{ name: "Batches", address: "/batches" }, { name: batchId, address }, { name: "Storyline" }]}>
      <div className="page-head"><h1>Storyline of {batchId}</h1><span className="sub">who did what when{found.completedAt ? `, complete since ${siteTime(found.completedAt, zone)}` : ""}</span>
        <div className="end"><Link className="button" href={auditAddress({ ...noFilter, kind: "all", class: "all", site, batch: batchId })}>All its entries</Link></div></div>
      <div className="page-body flush"><Storyline story={story} page={page} pages={pages} severalSites={false} address={(n) => `${address}/storyline?page=${n}`} empty="Nothing has been recorded about this batch." /></div>
    </Page>
  );
}
