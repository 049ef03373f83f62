import Link from "next/link";
import { notFound } from "next/navigation";
import { CheckStateMark } from "#components/compliance/check-state.tsx";
import { ClauseTests } from "#components/compliance/clause-tests.tsx";
import { EvidenceLinks } from "#components/compliance/evidence-links.tsx";
import { addressesFor } from "#components/frame/map.ts";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { works } from "#lib/compliance/clause.ts";
import { clausesAddress, rowNumber } from "#lib/compliance/filter.ts";
import { clauseMatrix, type ClauseRow } from "#lib/compliance/matrix.ts";
import { readTestRun } from "#lib/compliance/source-tree.ts";
import { installation } from "#lib/installation.ts";
import { sitesById } from "#lib/site/queries.ts";

type Params = { params: Promise<{ number: string }> };

export async function generateMetadata({ params }: Params) {
  return { title: `Compliance, row ${(await params).number}` };
}

function Facts({ row, opens }: { row: ClauseRow; opens: readonly string[] }) {
  return (
    <section className="card"><header><h2>Last automated check</h2></header>
      <dl className="facts-list clause-facts">
        <dt>State</dt><dd><CheckStateMark state={row.state} /></dd>
        {row.work ? <><dt>Brought by</dt><dd>{works[row.work]}</dd></> : null}
        <dt>Tests</dt><dd>{row.tests.length > 0 ? row.tests.length : "no results"} {row.tests.length > 0 ? "that carry" : "of tests that carry"} <span className="mono">REQ-{row.number}</span></dd>
        <dt>When</dt><dd><SiteTime at={row.testedAt} zone="UTC" /></dd>
        <dt>Version</dt><dd>{row.testedAt ? (row.current ? "this one" : "not the one that runs") : "none"}{row.commit ? <>, commit <span className="mono">{row.commit.slice(0, 10)}</span></> : null}</dd>
        <dt>Regulation</dt><dd>{row.regulations.map((r) => <div key={r}><Link href={clausesAddress({ regulation: r })}>{r}</Link></div>)}</dd>
        <dt>Evidence</dt><dd><EvidenceLinks evidence={row.evidence} opens={opens} /></dd>
      </dl>
    </section>
  );
}

export default async function ClausePage({ params }: Params) {
  const by = await requirePage("compliance.read");
  const number = rowNumber((await params).number);
  const { root, source } = installation().version;
  const rows = clauseMatrix(readTestRun(root), source);
  const row = rows.find((r) => r.number === number) ?? notFound();
  const sites = await withSites(by, (tx) => sitesById(tx, by.sites));
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/compliance" crumbs={[{ name: "Records" }, { name: "Compliance", address: "/compliance" }, { name: `Row ${row.number}` }]}>
      <div className="page-head"><h1>{row.title}</h1><span className="sub">Row {row.number}, {row.clause}</span><span className="chip"><CheckStateMark state={row.state} /></span>
        <nav className="end controls" aria-label="Rows">{row.number > 1 ? <Link className="button small" href={`/compliance/${row.number - 1}`}>Row {row.number - 1}</Link> : null}{row.number < rows.length ? <Link className="button small" href={`/compliance/${row.number + 1}`}>Row {row.number + 1}</Link> : null}</nav></div>
      <div className="page-body clause-page">
        <div className="stack">
          <section className="card clause-words"><h2>The software must</h2><p>{row.must}</p><h2>Control</h2><p>{row.control}</p>{row.missing ? <><h2>Still to come</h2><p>{row.missing.what} ({works[row.missing.work]})</p></> : null}</section>
          <section aria-labelledby="tests" className="stack"><h2 id="tests" className="section-head">Tests that show it</h2>
            {row.tests.length > 0 ? <ClauseTests tests={row.tests} /> : <Empty title={row.work ? "No test shows this row yet." : "No result of a test for this row came with this version."}>{row.work ? `It comes with: ${works[row.work]}.` : "Run npm test on these sources; the results appear here."}</Empty>}
          </section>
        </div>
        <Facts row={row} opens={addressesFor(by.actor)} />
      </div>
    </Page>
  );
}
