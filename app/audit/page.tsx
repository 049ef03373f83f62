import Link from "next/link";
import { redirect } from "next/navigation";
import { EntryPane } from "#components/audit/entry-pane.tsx";
import { EntryTable } from "#components/audit/entry-table.tsx";
import { FilterBar, ViewTabs } from "#components/audit/filter-bar.tsx";
import { TrailHead } from "#components/audit/trail-head.tsx";
import { SavedViews } from "#components/audit/saved-views.tsx";
import { boundedCount, chipsOf } from "#components/audit/words.ts";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { auditAddress, auditFilter, filterQuery, type AuditFilter } from "#lib/audit/filter.ts";
import { countLimit } from "#lib/audit/limits.ts";
import { auditPage, countMatches, selectedEntry, trailExtent, viewCounts } from "#lib/audit/queries.ts";
import { logs, savedViewsOf } from "#lib/audit/saved-view-queries.ts";
import { takenProof } from "#lib/ledger/proof-queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { deleteViewAction, saveViewAction } from "./actions.ts";
import { trailReader } from "./reader.ts";

export const metadata = { title: "Audit trail" };
type Params = { readonly searchParams: Promise<Record<string, string | string[] | undefined>> };

async function load(tx: SiteTx, filter: AuditFilter, personId: string) {
  const selected = filter.entry ? await selectedEntry(tx, filter.entry) : undefined;
  return {
    selected, proof: selected && await takenProof(tx, selected.row.siteId, selected.row.id),
    page: await auditPage(tx, filter), matched: filter.reason === undefined ? await countMatches(tx, filter) : undefined, counts: await viewCounts(tx, filter),
    hidden: filter.kind === "no-creations" && filter.reason === undefined ? await countMatches(tx, { ...filter, kind: "creations" }) : 0,
    extent: await trailExtent(tx), views: await savedViewsOf(tx, personId), sites: await logs(tx),
  };
}

export default async function AuditPage({ searchParams }: Params) {
  const asked = await searchParams;
  const filter = auditFilter.parse(asked);
  if (Object.values(asked).includes("")) redirect(`/audit?${filterQuery(filter)}`); // a form sends its empty fields as well: the address that is kept has none
  const by = await trailReader();
  const { actor } = by;
  const now = new Date();
  const { selected, proof, page, matched, counts, hidden, extent, views, sites } = await withSites(by, (tx) => load(tx, filter, actor.id));
  const mine = sites.filter((s) => by.sites.includes(s.id));
  const names = Object.fromEntries(sites.map((s) => [s.id, s.name]));
  const zones = new Set(mine.filter((s) => filter.site === undefined || s.id === filter.site).map((s) => s.timeZone));
  const zone = zones.size === 1 ? ([...zones][0] ?? "UTC") : "UTC";
  const chips = chipsOf(filter, { site: (id) => names[id] ?? id, zone });
  const covered = new Map(extent.heads.map((h) => [h.siteId, h.size]));
  const query = filterQuery(filter, { older: undefined, newer: undefined, entry: undefined });
  return (
    <Page actor={actor} sites={mine.filter((s) => s.id !== "enterprise")} now={now} place="/audit" crumbs={[{ name: "Records" }, { name: "Audit trail" }]} {...(filter.site ? { siteId: filter.site } : {})}>
      <TrailHead kind={filter.kind} matched={matched} extent={extent} zone={mine.find((s) => s.id === filter.site)?.timeZone ?? mine[0]?.timeZone ?? "UTC"} query={query} auditor={by.role === "auditor"} siteNames={names} />
      <ViewTabs filter={filter} counts={counts}><SavedViews views={views} query={query} save={saveViewAction} remove={deleteViewAction} /></ViewTabs>
      <FilterBar filter={filter} chips={chips} sites={mine} hidden={hidden > 0 ? `${boundedCount(hidden, countLimit)} ${hidden === 1 ? "creation" : "creations"}` : undefined} />
      <div className={`trail-panes${selected ? "" : " alone"}`}>
        <section className="card" aria-label="List">
          {page.rows.length === 0
            ? <Empty title={page.searchedTo ? "Nothing found so far." : "No entry matches these filters."}>{page.searchedTo ? null : <Link href={auditAddress(filter, { ...auditFilter.parse({}), kind: "all", class: "all" })}>Show all entries</Link>}</Empty>
            : <EntryTable rows={page.rows} filter={filter} severalSites={mine.length > 1} covered={covered} />}
          <footer className="table-foot">
            <span>{page.rows.length}{matched === undefined ? "" : ` of ${boundedCount(matched, countLimit)}`}, newest first</span>
            {page.searchedTo ? <span>Reasons searched back to {siteTime(page.searchedTo, zone)}.</span> : null}
            <span>after: the batch was already complete</span>
            <span className="end">{page.newer ? <Link className="button small" href={auditAddress(filter, { newer: page.newer })}>Newer</Link> : null}{page.older ? <Link className="button small" href={auditAddress(filter, { older: page.older })}>{page.searchedTo ? "Search further back" : "Older"}</Link> : null}</span>
          </footer>
        </section>
        {selected ? <EntryPane selected={selected} filter={filter} proof={proof} siteNames={names} /> : null}
      </div>
    </Page>
  );
}
