import Link from "next/link";
import { stateName } from "#components/compliance/check-state.tsx";
import { ClauseTable } from "#components/compliance/clause-table.tsx";
import { VersionNote } from "#components/compliance/version-note.tsx";
import { addressesFor } from "#components/frame/map.ts";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { regulations } from "#lib/compliance/clause.ts";
import { clauseFilter, clausesAddress, filteredRows } from "#lib/compliance/filter.ts";
import { checkStates, clauseMatrix, countsOf, wholeRun } from "#lib/compliance/matrix.ts";
import { readTestRun } from "#lib/compliance/source-tree.ts";
import { installation } from "#lib/installation.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Compliance" };

export default async function CompliancePage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const filter = clauseFilter.parse(await searchParams);
  const by = await requirePage("compliance.read");
  const sites = await withSites(by, (tx) => sitesById(tx, by.sites));
  const { root, source } = installation().version;
  const run = readTestRun(root);
  const all = clauseMatrix(run, source);
  const ofRegulation = filteredRows(all, { regulation: filter.regulation });
  const rows = filteredRows(ofRegulation, filter);
  const counts = countsOf(ofRegulation);
  const filtered = Boolean(filter.regulation || filter.state);
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/compliance" crumbs={[{ name: "Records" }, { name: "Compliance" }]}>
      <div className="page-head"><h1>Compliance</h1><span className="sub">{rows.length} {filtered ? `of ${all.length} rows (${[filter.regulation, filter.state ? stateName[filter.state] : undefined].filter(Boolean).join(", ")})` : "rows"}: what rules ask of the software, how it does it, and what the last test run says</span>
        <span className="end controls"><Link className="button" href="/compliance/sandbox">Try to break it</Link></span></div>
      <dl className="strip" aria-label="Rows by state">{checkStates.map((state) => (
        <div key={state}><dt>{stateName[state]}</dt><dd><span className="figure">{counts[state]}</span></dd></div>
      ))}</dl>
      <div className="version-box"><VersionNote run={run} source={source} whole={wholeRun(run, source)} /></div>
      <form className="bar controls" action="/compliance">
        <label className="small">Regulation <select name="regulation" defaultValue={filter.regulation ?? ""} className="button small"><option value="">all</option>{regulations.map((r) => <option key={r}>{r}</option>)}</select></label>
        {filter.state ? <input type="hidden" name="state" value={filter.state} /> : null}
        <button className="button small" type="submit">Filter</button>
        <nav className="segments" aria-label="State">
          <Link href={clausesAddress({ ...filter, state: undefined })} aria-current={filter.state ? undefined : "true"}>All</Link>
          {checkStates.map((state) => <Link key={state} href={clausesAddress({ ...filter, state })} aria-current={filter.state === state ? "true" : undefined}>{stateName[state]}</Link>)}
        </nav>
        {filtered ? <Link className="button plain small" href="/compliance">Clear filters</Link> : null}
      </form>
      {rows.length === 0 ? <Empty title="No row matches these filters."><Link href="/compliance">Clear the filters</Link></Empty> : <ClauseTable rows={rows} opens={addressesFor(by.actor)} />}
      <footer className="table-foot"><span>The rows are our reading, in our words; read a rule in its own text. &quot;Passed&quot; says that the software is ready for the clause, as far as its tests show it. Whether a process meets it is shown by your own validation. Drafts bind nobody yet.</span></footer>
    </Page>
  );
}
