import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { ConfigurationFacts, ConfigurationHistory } from "#components/quality/configuration-facts.tsx";
import { ConfigurationTable } from "#components/quality/configuration-table.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { comparedVersions, configurationPeople, raisedBeforeVersions, raisedWith, readConfigurations } from "#lib/quality/configuration-queries.ts";
import { exceptionTypes } from "#lib/quality/configuration.ts";
import { sitesById } from "#lib/site/queries.ts";
import { zoneFor } from "./zone.ts";

export const metadata = { title: "Exception types" };

export default async function ExceptionTypesPage() {
  const by = await requirePage("exception.read");
  const { versions, people, raised, older, sites } = await withSites(by, async (tx) => {
    const found = comparedVersions(await readConfigurations(tx));
    const inForce = found.find(({ row }) => row.state === "effective");
    return { versions: found, people: await configurationPeople(tx, found.map(({ row }) => row)), raised: await raisedWith(tx, inForce?.row.version ?? 0, by.sites), older: await raisedBeforeVersions(tx, by.sites), sites: await sitesById(tx, by.sites) };
  });
  const inForce = versions.find(({ row }) => row.state === "effective");
  const draft = versions.find(({ row }) => row.state === "proposed");
  const zone = zoneFor(sites);
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/exception-types" crumbs={[{ name: "Records" }, { name: "Exception types" }]}>
      <div className="page-head"><h1>Exception types</h1><span className="sub">{exceptionTypes.length} types{inForce ? `, weighed by version ${inForce.row.version}` : ""}</span>
        <div className="end">{draft ? <Link className="button" href={`/exception-types/${draft.row.version}`}>Version {draft.row.version} waits for approval</Link> : may(by.actor, "exception.configure") && inForce ? <Link className="button primary" href="/exception-types/new">New version</Link> : null}</div></div>
      {inForce ? (
        <div className="master-panes configuration-panes">
          <div className="stack">
            <section className="card" aria-labelledby="types-title"><header><h2 id="types-title">In force</h2></header><ConfigurationTable configuration={inForce.configuration} raised={raised} label="Types in force" />
              <footer className="table-foot"><span>Raised: exceptions weighed by version {inForce.row.version}, at {sites.length === 1 ? sites[0]?.name : `your ${sites.length} sites`}.{older > 0 ? ` ${older.toLocaleString("en")} older ones name no version.` : ""}</span><span>Blocks execution: while it is open and weighs critical.</span></footer></section>
            <section className="card" aria-labelledby="history-title"><header><h2 id="history-title">Versions</h2></header><ConfigurationHistory versions={versions} people={people} zone={zone} /></section>
          </div>
          <aside className="stack" aria-label="The version in force"><div className="card facts"><ConfigurationFacts version={inForce} people={people} zone={zone} /></div></aside>
        </div>
      ) : <Empty title="No configuration of exceptions is in force.">It is installed with the organisation: npm run configure.</Empty>}
    </Page>
  );
}
