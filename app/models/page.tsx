import { Page } from "#components/frame/page.tsx";
import { ModelCardView } from "#components/twin/model-card.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { registeredModels } from "#lib/prediction/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Models" };

export default async function ModelsPage() {
  const by = await requirePage("unit.read");
  const { models, sites } = await withSites(by, async (tx) => ({ models: await registeredModels(tx), sites: await sitesById(tx, by.sites) }));
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/models" crumbs={[{ name: "Insight" }, { name: "Models" }]}>
      <div className="page-head"><h1>Models</h1><span className="sub">{models.length} registered {models.length === 1 ? "version" : "versions"}; advisory, none takes a decision</span></div>
      <div className="page-body grid gap-3">{models.length === 0 ? <Empty title="No model is registered." /> : models.map((m) => <ModelCardView key={m.card.version} model={m} />)}</div>
    </Page>
  );
}
