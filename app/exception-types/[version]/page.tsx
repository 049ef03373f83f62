import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { ConfigurationChanges } from "#components/quality/configuration-changes.tsx";
import { ConfigurationFacts, ConfigurationStateChip } from "#components/quality/configuration-facts.tsx";
import { ConfigurationTable } from "#components/quality/configuration-table.tsx";
import { SignatureList } from "#components/recipe/signature-list.tsx";
import { ReasonForm } from "#components/signature/reason-form.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { withdrawConfigurationAction } from "#lib/quality/configuration-actions.ts";
import { configurationPeople, raisedWith, readConfigurationVersion } from "#lib/quality/configuration-queries.ts";
import { configurationMeaning, configurationSignatures } from "#lib/quality/configuration-sign-commands.ts";
import { configurationRefusalSentence, planConfiguration } from "#lib/quality/configuration-state.ts";
import { sitesById } from "#lib/site/queries.ts";
import { versionParam } from "../params.ts";
import { zoneFor } from "../zone.ts";

type Props = { params: Promise<{ version: string }>; searchParams: Promise<{ signed?: string | string[] }> };
export const generateMetadata = async ({ params }: Pick<Props, "params">) => ({ title: `Exception types, version ${(await params).version}` });

async function load(tx: SiteTx, number: number, sites: readonly string[]) {
  const version = await readConfigurationVersion(tx, number);
  return { version, people: await configurationPeople(tx, [version.row]), raised: await raisedWith(tx, number, sites), signatures: await configurationSignatures(tx, number), sites: await sitesById(tx, sites) };
}

export default async function ConfigurationVersionPage({ params, searchParams }: Props) {
  const number = versionParam((await params).version);
  const { signed } = await searchParams;
  const by = await requirePage("exception.read");
  const { actor } = by;
  const { version, people, raised, signatures, sites } = await withOwnMeans(actor, (tx) => load(tx, number, by.sites), undefined, by).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { row, before, changes } = version;
  const configures = may(actor, "exception.configure") && row.state === "proposed";
  const approval = planConfiguration(row, { command: "approve", by: actor.id });
  const zone = zoneFor(sites);
  const made = signatures.find((s) => String(s.ordinal) === signed);
  return (
    <Page actor={actor} sites={sites} now={new Date()} place="/exception-types" crumbs={[{ name: "Records" }, { name: "Exception types", address: "/exception-types" }, { name: `Version ${number}` }]}>
      <div className="page-head"><h1>Exception types, version {number}</h1><ConfigurationStateChip state={row.state} />
        {configures ? <div className="end">{approval.ok ? <Link className="button primary" href={`/exception-types/${number}/sign?meaning=${configurationMeaning}`}>Approve</Link> : <button type="button" className="button" aria-disabled="true" aria-describedby="why-not">Approve</button>}</div> : null}</div>
      <div className="master-panes configuration-panes">
        <div className="stack">
          {made ? <p className="notice" role="status">Approved by {made.printedName}. Version {number} is in force: it weighs every exception raised from now on.</p> : null}
          {before ? <section className="card" aria-labelledby="changes-title"><header><h2 id="changes-title">Changes to version {before.row.version}</h2></header><ConfigurationChanges changes={changes} before={`version ${before.row.version}`} /></section> : null}
          <section className="card" aria-labelledby="types-title"><header><h2 id="types-title">All types</h2></header><ConfigurationTable configuration={version.configuration} raised={raised} label={`Types of version ${number}`} /></section>
        </div>
        <aside className="stack" aria-label="Where it stands">
          <div className="card facts"><ConfigurationFacts version={version} people={people} zone={zone} />
            <section id="signatures" aria-labelledby="signatures-title"><h2 id="signatures-title">Signatures</h2><SignatureList signatures={signatures} digest={row.digest} zone={zone} />
              {configures && !approval.ok ? <ul className="hindered"><li id="why-not"><Icon name="open" /> Approve: {configurationRefusalSentence(approval.refusal)}</li></ul> : null}</section></div>
          {configures && planConfiguration(row, { command: "withdraw", by: actor.id }).ok ? <div className="master-acts"><ReasonForm action={withdrawConfigurationAction} fields={{ version: String(number) }} open="Withdraw" submit="Withdraw for good" about={`version ${number}`} /></div> : null}
        </aside>
      </div>
    </Page>
  );
}
