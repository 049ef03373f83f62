import Link from "next/link";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { MasterTable, type MasterEntry } from "#components/recipe/master-table.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { masterLines, namesOf, type MasterLine } from "#lib/recipe/queries.ts";
import { masterStateName, masterStates } from "#lib/recipe/state.ts";
import { sitesById } from "#lib/site/queries.ts";
import { zoneFor } from "./zone.ts";

export const metadata = { title: "Masters" };
const filter = z.object({ state: z.enum(masterStates).optional().catch(undefined) });

/** Versions put together by master; they come newest first. */
function entriesOf(lines: readonly MasterLine[]): readonly MasterEntry[] {
  return [...Map.groupBy(lines, (line) => line.id).values()].flatMap((versions) => (versions[0] ? [{ newest: versions[0], effective: versions.find((v) => v.state === "effective"), versions }] : []));
}

export default async function MastersPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const { state } = filter.parse(await searchParams);
  const by = await requirePage("master.read");
  const { lines, names, sites } = await withSites(by, async (tx) => {
    const found = await masterLines(tx);
    return { lines: found, names: await namesOf(tx, [...new Set(found.flatMap((line) => line.authors ?? []))]), sites: await sitesById(tx, by.sites) };
  });
  const all = entriesOf(lines);
  const shown = all.filter((entry) => state === undefined || entry.versions.some((v) => v.state === state));
  const used = masterStates.filter((one) => lines.some((line) => line.state === one));
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/masters" crumbs={[{ name: "Records" }, { name: "Masters" }]}>
      <div className="page-head"><h1>Masters</h1><span className="sub">{all.length} master batch {all.length === 1 ? "record" : "records"} of the enterprise, {lines.length} {lines.length === 1 ? "version" : "versions"}</span>
        {may(by.actor, "master.author") ? <div className="end"><Link className="button primary" href="/masters/new">New master</Link></div> : null}</div>
      <div className="bar controls"><span className="quiet">With a version that is</span><nav className="segments" aria-label="State of a version"><Link href="/masters" aria-current={state === undefined ? "true" : undefined}>in any state</Link>
        {used.map((one) => <Link key={one} href={`/masters?state=${one}`} aria-current={one === state ? "true" : undefined}>{masterStateName[one].toLowerCase()}</Link>)}</nav></div>
      {shown.length > 0 ? <MasterTable masters={shown} names={names} zone={zoneFor(sites)} /> : all.length > 0
        ? <Empty title={`No master has a version that is ${state ? masterStateName[state].toLowerCase() : "here"}.`}><Link href="/masters">Show all masters</Link></Empty>
        : <Empty title="There is no master yet.">A process engineer begins one, or imports it from a file.</Empty>}
    </Page>
  );
}
