import { redirect } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { ConfigurationForm } from "#components/quality/configuration-form.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { effectiveConfiguration, readConfigurations } from "#lib/quality/configuration-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "New version of the exception types" };

export default async function NewConfigurationPage() {
  const by = await requirePage("exception.configure");
  const { inForce, draft, sites } = await withSites(by, async (tx) => ({ inForce: await effectiveConfiguration(tx), draft: (await readConfigurations(tx)).find(({ row }) => row.state === "proposed"), sites: await sitesById(tx, by.sites) }));
  if (draft) redirect(`/exception-types/${draft.row.version}`);
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/exception-types" crumbs={[{ name: "Records" }, { name: "Exception types", address: "/exception-types" }, { name: "New version" }]}>
      <div className="page-head"><h1>New version</h1><span className="sub">Begins with version {inForce.version}, which is in force</span></div>
      <div className="page-body"><ConfigurationForm configuration={inForce.configuration} basedOn={inForce.version} /></div>
    </Page>
  );
}
