import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import { Storyline } from "#components/audit/storyline.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { auditAddress, noFilter } from "#lib/audit/filter.ts";
import { actsOnPage, personName, storyline } from "#lib/audit/storyline-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { pageNumber } from "../../page-number.ts";
import { trailReader } from "../../reader.ts";

type Params = { readonly params: Promise<{ readonly id: string }>; readonly searchParams: Promise<{ readonly month?: string | string[]; readonly page?: string | string[] }> };
export const metadata = { title: "Everything one person did" };

/** First instant of a month and of the one `step` months on, UTC. */
const monthAt = (month: string, step = 0): Date => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1 + step, 1));
const monthText = (at: Date): string => at.toISOString().slice(0, 7);

export default async function PersonPage({ params, searchParams }: Params) {
  const id = decodeURIComponent((await params).id);
  const { month: asked, page: pageText } = await searchParams;
  const now = new Date();
  const month = typeof asked === "string" && /^20\d{2}-(0[1-9]|1[0-2])$/.test(asked) ? asked : monthText(now);
  const page = pageNumber(pageText);
  const by = await trailReader();
  const { name, story, sites } = await withSites(by, async (tx) => ({
    name: id.startsWith("programme:") ? id.slice("programme:".length) : await personName(tx, id),
    story: await storyline(tx, { kind: "actor", actorId: id, from: monthAt(month), to: monthAt(month, 1) }, page), sites: await sitesById(tx, by.sites),
  }));
  if (!name) notFound();
  const address = (change: { month?: string; page?: number }) => `/audit/people/${encodeURIComponent(id)}?month=${change.month ?? month}${change.page ? `&page=${change.page}` : ""}`;
  const pages = Math.max(1, Math.ceil(story.total / actsOnPage));
  if (page > pages) redirect(address({ page: pages }));
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/audit" crumbs={[{ name: "Records" }, { name: "Audit trail", address: "/audit" }, { name: "People", address: "/audit/people" }, { name }]}>
      <div className="page-head"><h1>Everything {name} did in {month}</h1><span className="sub">at {by.sites.length === 1 ? "your site" : "your sites"}, month in UTC</span>
        <div className="end"><Link className="button" href={auditAddress({ ...noFilter, kind: "all", class: "all", actor: id })}>All months as a list</Link></div></div>
      <form className="bar controls"><label className="small">Month <input className="button small" type="month" name="month" defaultValue={month} /></label><button className="button small" type="submit">Show</button>
        <Link className="button plain small" href={address({ month: monthText(monthAt(month, -1)) })}>Month before</Link><Link className="button plain small" href={address({ month: monthText(monthAt(month, 1)) })}>Month after</Link></form>
      <Storyline story={story} page={page} pages={pages} severalSites address={(n) => address({ page: n })} empty={`Nothing by ${name} was recorded in ${month} at your sites.`} />
    </Page>
  );
}
