import Link from "next/link";
import { notFound } from "next/navigation";
import { exportId } from "#app/reports/export-id.ts";
import { Page } from "#components/frame/page.tsx";
import { ExportStateMark } from "#components/report/export-state.tsx";
import { subjectText } from "#components/report/export-table.tsx";
import { Refresh } from "#components/report/refresh.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { isOfBatch, madeKindName } from "#lib/report/export.ts";
import { exportOf, exportsAhead, reportSites, type ExportView } from "#lib/report/export-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Copy" };

function What({ view, ahead }: { view: ExportView; ahead: number }) {
  switch (view.state) {
    case "done": return view.own
      ? <p><a className="button primary" href={`/reports/${view.siteId}/${view.id}/file`}><Icon name="download" />Download {view.fileName}</a></p>
      : <p className="notice">This copy was made for {view.by}, who alone can take it away. Ask for your own on the page <Link href="/reports">Reports</Link>.</p>;
    case "failed": return <p className="problem" role="alert">{view.failure} <Link href="/reports">Ask for a new copy</Link>.</p>;
    case "waiting": return <p className="notice">{ahead > 1 ? `${ahead - 1} ${ahead === 2 ? "copy is" : "copies are"} made before or beside this one.` : "It begins in a moment."} You may leave this page: the copy is kept under Reports.{view.failure ? ` ${view.failure}` : ""}</p>;
    case "running": return <p className="notice">You may leave this page: the copy is kept under <Link href="/reports">Reports</Link>.{view.failure ? ` ${view.failure}` : ""}</p>;
  }
}

export default async function ExportPage({ params }: { params: Promise<{ site: string; id: string }> }) {
  const { site, id } = await params;
  const siteId = decodeURIComponent(site);
  const by = await requirePage("report.read", siteId);
  const known = exportId.safeParse(id);
  const read = known.success ? await withSites(by, async (tx) => ({ view: await exportOf(tx, by.actor, siteId, known.data), ahead: await exportsAhead(tx), owners: await reportSites(tx, [...by.actor.rolesBySite.keys()]), sites: await sitesById(tx, by.sites) })) : undefined;
  if (!read?.view) notFound();
  const { view, ahead, owners, sites } = read;
  const zone = owners.find((site) => site.id === siteId)?.timeZone ?? "UTC";
  const subject = subjectText(view, owners);
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Of", subject], ["Copy", view.copy], ["Made for", view.by], ["Asked for", <SiteTime key="asked" at={view.requestedAt} zone={zone} seconds />], ["State", <ExportStateMark key="state" view={view} />],
    ...(view.finishedAt ? [["Ended", <SiteTime key="ended" at={view.finishedAt} zone={zone} seconds />] as const] : []), ...(view.pages === null ? [] : [["Pages", view.pages] as const]),
    ...(view.digest ? [["SHA-256 of the file", <span key="digest" className="mono report-digest">{view.digest}</span>] as const] : []),
  ];
  return (
    <Page actor={by.actor} sites={sites} {...(isOfBatch(view.asked) ? { siteId } : {})} now={new Date()} place="/reports" crumbs={[{ name: "Records" }, { name: "Reports", address: "/reports" }, { name: `Copy ${view.copy}` }]}>
      <div className="page-head"><h1>{madeKindName[view.asked.kind]}</h1><span className="sub">{subject}, copy {view.copy}</span></div>
      <section className="card report-copy" aria-label="This copy" aria-live="polite">
        <dl className="report-facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        <What view={view} ahead={ahead} />
      </section>
      {view.state === "waiting" || view.state === "running" ? <Refresh /> : null}
    </Page>
  );
}
