import { Page } from "#components/frame/page.tsx";
import { ImportForm } from "#components/recipe/import-form.tsx";
import { NewMasterForm } from "#components/recipe/new-master-form.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { allProducts } from "#lib/recipe/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "New master" };

export default async function NewMasterPage() {
  const by = await requirePage("master.author");
  const { products, sites } = await withSites(by, async (tx) => ({ products: await allProducts(tx), sites: await sitesById(tx, by.sites) }));
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/masters" crumbs={[{ name: "Records" }, { name: "Masters", address: "/masters" }, { name: "New master" }]}>
      <div className="page-head"><h1>New master</h1><span className="sub">A draft of which you are the author</span></div>
      <div className="page-body master-begin">
        <section className="card" aria-labelledby="begin-title"><header><h2 id="begin-title">Begin with an empty draft</h2></header><div className="card-body"><NewMasterForm products={products.map(({ id, name }) => ({ id, name }))} /></div></section>
        <section className="card" aria-labelledby="import-title"><header><h2 id="import-title">Import from a file</h2></header><div className="card-body"><ImportForm /></div></section>
      </div>
    </Page>
  );
}
