import Link from "next/link";
import { BatchForm, ComplianceForm } from "#components/report/ask-forms.tsx";
import { ExportTable } from "#components/report/export-table.tsx";
import { Refresh } from "#components/report/refresh.tsx";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { may, sitesWith } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { recentExports, reportSites, reportableBatches } from "#lib/report/export-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Reports" };
const month = 30 * 86_400_000;
const day = (at: Date): string => at.toISOString().slice(0, 10);

export default async function ReportsPage() {
  const by = await requirePage("report.read");
  const now = new Date();
  const reporting = sitesWith(by.actor, "compliance-report.read");
  const { copies, sites, owners, batches } = await withSites(by, async (tx) => ({
    copies: await recentExports(tx, by.actor), sites: await sitesById(tx, by.sites), owners: await reportSites(tx, by.sites), batches: await reportableBatches(tx),
  }));
  const working = copies.some((copy) => copy.state === "waiting" || copy.state === "running");
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/reports" crumbs={[{ name: "Records" }, { name: "Reports" }]}>
      <div className="page-head"><h1>Reports</h1><span className="sub">Numbered copies, sealed by the company key; every copy is written down in the audit trail</span></div>
      <div className="report-builder">
        <section className="card" aria-labelledby="ask-batch"><h2 id="ask-batch">Batch record</h2><p className="quiet">One batch as it stands now: what was done, what went otherwise, who signed, its audit trail; with the evidence to check it without us inside. Or as it was issued: the frozen master with a field for everything that is written down.</p><BatchForm batches={batches} /></section>
        {reporting.length > 0 ? <section className="card" aria-labelledby="ask-compliance"><h2 id="ask-compliance">Compliance report</h2><p className="quiet">Audit trail by action, critical changes, signatures, ALCOA+ checks, open findings, access review, clause matrix. Each figure is computed from the records.</p>
          <ComplianceForm sites={owners.filter((site) => reporting.includes(site.id))} from={day(new Date(now.getTime() - month))} to={day(now)} /></section> : null}
        <section className="card" aria-labelledby="elsewhere"><h2 id="elsewhere">Taken elsewhere</h2><ul className="report-links">
          <li><b>Master batch record</b><span className="quiet">on the page of its version: <Link href="/masters">Masters</Link></span></li>
          <li><b>Evidence of a batch</b><span className="quiet">on the page of the batch: Evidence</span></li>
          {may(by.actor, "audit.read") ? <li><b>Extract of the audit trail</b><span className="quiet">filter, then export signed CSV or JSON: <Link href="/audit">Audit trail</Link></span></li> : null}
          {may(by.actor, "compliance.read") ? <li><b>Clause matrix, live</b><span className="quiet">with each row&apos;s tests: <Link href="/compliance">Compliance</Link></span></li> : null}
        </ul></section>
      </div>
      <h2 className="report-title">Copies</h2>
      {copies.length === 0 ? <Empty title="No copy was asked for yet.">Copies appear here with their number, for whom they were made and the digest of the file.</Empty> : <ExportTable copies={copies} sites={owners} />}
      <footer className="table-foot"><span>A copy can be taken away by the person it was made for. The newest 100 are listed; all of them are in the audit trail.</span></footer>
      {working ? <Refresh /> : null}
    </Page>
  );
}
