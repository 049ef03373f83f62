import Link from "next/link";
import { InspectionRoom } from "#components/audit/inspection-room.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { searchRecords, viewsOf } from "#lib/audit/inspection-queries.ts";
import { trailExtent } from "#lib/audit/queries.ts";
import { logs } from "#lib/audit/saved-view-queries.ts";

export const metadata = { title: "Inspection room" };
type Params = { readonly searchParams: Promise<{ readonly q?: string | string[] }> };

/** Text that PostgreSQL can hold. */
const wordsIn = (q: string | readonly string[] | undefined): string => (typeof q === "string" && q.isWellFormed() && !q.includes("\0") ? q.trim().slice(0, 80) : "");

export default async function InspectionPage({ searchParams }: Params) {
  const text = wordsIn((await searchParams).q);
  const by = await requirePage("inspection.read");
  const { hits, extent, seen, sites } = await withSites(by, async (tx) => ({
    hits: text === "" ? undefined : await searchRecords(tx, { text }), extent: await trailExtent(tx), seen: await viewsOf(tx, by.actor.id, 1), sites: await logs(tx),
  }));
  const mine = sites.filter((s) => by.sites.includes(s.id) && s.id !== "enterprise");
  return (
    <Page actor={by.actor} sites={mine} now={new Date()} place="/inspection" crumbs={[{ name: "Inspection room" }]}>
      <div className="page-head"><h1>Inspection room</h1><span className="sub">read only, {mine.map((s) => s.name).join(", ")}</span><div className="end"><Link className="button" href="/inspection/access-log">{seen.total} views logged</Link></div></div>
      <InspectionRoom text={text} hits={hits} extent={extent} sites={sites} />
    </Page>
  );
}
