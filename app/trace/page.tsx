import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { RecallForm } from "#components/material/recall-form.tsx";
import { TraceGraph } from "#components/material/trace-graph.tsx";
import { TracedCharges, TracedLots } from "#components/material/trace-table.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { lotAddress, traceAddress, traceFilter, traceFilterAddress, traceRowsPerPage, type TraceFilter } from "#lib/material/filter.ts";
import { lotStateName } from "#lib/material/lot.ts";
import { lotForScan } from "#lib/material/queries.ts";
import { originsOf } from "#lib/material/recall.ts";
import { sameOrigins, traceLot, type SameOrigin } from "#lib/material/trace-queries.ts";
import { directionName, traceDirections, traceFigures, type FullTrace } from "#lib/material/trace.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Trace" };
type Found = { readonly found: FullTrace; readonly elsewhere: readonly SameOrigin[]; readonly tookMs: number };

async function look(tx: SiteTx, filter: TraceFilter): Promise<Found | undefined> {
  const named = filter.lot === "" ? undefined : await lotForScan(tx, filter.site, filter.lot);
  if (!named) return undefined;
  const started = performance.now();
  const found = await traceLot(tx, filter.site, named.lot.id, filter.direction);
  const tookMs = Math.round(performance.now() - started);
  return { found, elsewhere: await sameOrigins(tx, filter.site, originsOf(found)), tookMs };
}

const AskForm = ({ filter, sites }: { filter: TraceFilter; sites: readonly { readonly id: string; readonly name: string }[] }) => (
  <form action="/trace" className="bar controls trace-ask">
    <label>Site <select name="site" defaultValue={filter.site}>{sites.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}</select></label>
    <label>Lot or batch <input name="lot" defaultValue={filter.lot} required maxLength={80} autoComplete="off" placeholder="e.g. RM-0042-BAS-0001" /></label>
    {filter.direction === "both" ? null : <input type="hidden" name="direction" value={filter.direction} />}
    <button className="button" type="submit">Trace</button>
  </form>
);

function Figures({ found, elsewhere, tookMs }: Found) {
  const f = traceFigures(found);
  return (
    <dl className="strip">
      <div><dt>Lots found</dt><dd><span className="figure">{f.lots}</span><span className="aside">{f.before} before, {f.after} after, in {tookMs} ms</span></dd></div>
      <div><dt>Batches affected</dt><dd><span className="figure">{f.batches}</span><span className="aside">{f.released} released, {f.rejected} rejected, {f.undecided} not decided</span></dd></div>
      <div><dt>Farthest</dt><dd><span className="figure">{f.steps}</span><span className="aside">{f.steps === 1 ? "step" : "steps"} of production</span></dd></div>
      <div><dt>Mass does not balance</dt><dd><span className="figure">{f.unaccountedLots}</span><span className="aside">{f.unaccountedLots === 1 ? "lot" : "lots"}; {f.overdrawn} overdrawn</span></dd></div>
      <div><dt>Same origin elsewhere</dt><dd><span className="figure">{elsewhere.length}</span><span className="aside">at sites you may read</span></dd></div>
    </dl>
  );
}

const Elsewhere = ({ lots }: { lots: readonly SameOrigin[] }) => lots.length === 0 ? null : (
  <section className="trace-origin" aria-labelledby="elsewhere"><h2 id="elsewhere">Same origin at other sites</h2>
    <ul>{lots.map((o) => <li key={`${o.siteId} ${o.id}`}><Link className="mono" href={traceAddress(o.siteId, o.id)}>{o.id}</Link> in {o.siteName}, {lotStateName[o.state].toLowerCase()}: {o.supplier}, lot <span className="mono">{o.supplierLot}</span>, as <span className="mono">{o.of}</span></li>)}</ul></section>
);

function Rows({ found, filter }: { found: FullTrace; filter: TraceFilter }) {
  const charges = filter.view === "charges";
  const total = charges ? found.edges.length : found.rows.length + 1;
  const from = (filter.page - 1) * traceRowsPerPage;
  const to = Math.min(total, from + traceRowsPerPage);
  return (
    <>
      <div className="bar"><nav className="segments" aria-label="Table"><Link scroll={false} href={traceFilterAddress(filter, { view: "lots" })} aria-current={charges ? undefined : "true"}>Lots, {found.rows.length + 1}</Link><Link scroll={false} href={traceFilterAddress(filter, { view: "charges" })} aria-current={charges ? "true" : undefined}>Charges, {found.edges.length}</Link></nav></div>
      {from >= total ? <Empty title={total === 0 ? "Nothing of this lot was charged, and it was made of nothing." : "There are fewer pages than that."}>{total === 0 ? null : <Link href={traceFilterAddress(filter, {})}>Go to the first page</Link>}</Empty>
        : charges ? <TracedCharges edges={found.edges.slice(from, to)} siteId={filter.site} /> : <TracedLots rows={[found.start, ...found.rows].slice(from, to)} siteId={filter.site} />}
      <footer className="table-foot"><span>In = out + left + not accounted. Out: charged, handed on, sampled, destroyed.</span>{from < total ? <span className="end">{from + 1}–{to} of {total}{filter.page > 1 ? <Link scroll={false} className="button small" href={traceFilterAddress(filter, { page: filter.page - 1 })}>Previous</Link> : null}{to < total ? <Link scroll={false} className="button small" href={traceFilterAddress(filter, { page: filter.page + 1 })}>Next</Link> : null}</span> : null}</footer>
    </>
  );
}

export default async function TracePage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const by = await requirePage("material.read");
  const asked = traceFilter.parse(await searchParams);
  const now = new Date();
  const { made, sites, filter } = await withSites(by, async (tx) => {
    const mine = await sitesById(tx, by.sites);
    const chosen = { ...asked, site: by.sites.includes(asked.site) ? asked.site : (mine[0]?.id ?? "") };
    return { made: await look(tx, chosen), sites: mine, filter: chosen };
  });
  const lot = made?.found.start;
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/trace" crumbs={[{ name: "Trace" }]} {...(sites.length > 1 ? { siteId: filter.site } : {})}>
      <div className="page-head"><h1>{lot ? <>Trace of lot <span className="mono">{lot.id}</span></> : "Trace a lot"}</h1><span className="sub">{lot ? `${lot.code} ${lot.name}, ${lotStateName[lot.state].toLowerCase()}` : "What it was made of, and what it went into"}</span>
        {lot ? <span className="end"><nav className="segments" aria-label="Direction">{traceDirections.map((d) => <Link key={d} href={traceFilterAddress(filter, { direction: d })} aria-current={filter.direction === d ? "true" : undefined}>{directionName[d]}</Link>)}</nav><Link className="button" href={lotAddress(filter.site, lot.id)}>Lot</Link>{lot.batch === null ? null : <Link className="button" href={`/sites/${filter.site}/batches/${encodeURIComponent(lot.id)}`}>Batch record</Link>}{may(by.actor, "recall.run", filter.site) ? <RecallForm siteId={filter.site} lotId={lot.id} direction={filter.direction} /> : null}</span> : null}</div>
      <AskForm filter={filter} sites={sites} />
      {made ? <><Figures {...made} /><TraceGraph found={made.found} addressOf={(id) => traceFilterAddress(filter, { lot: id })} />
        {made.found.circular.length > 0 ? <p className="problem trace-origin" role="alert">By a fault of the data these lots are part of themselves; their amounts are left out: {made.found.circular.join(", ")}</p> : null}
        <Elsewhere lots={made.elsewhere} /><Rows found={made.found} filter={filter} /></>
        : <Empty title={filter.lot === "" ? "Which lot?" : `There is no lot or container “${filter.lot}” at this site.`}>{filter.lot === "" ? "Scan or type the number of a lot, a container or a batch." : "Look at the label, or choose the other site."}</Empty>}
    </Page>
  );
}
