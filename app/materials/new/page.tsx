import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { LotForm } from "#components/material/lot-form.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { kindName, materialKinds } from "#lib/material/filter.ts";
import { addMaterialAction } from "#lib/material/supply-actions.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Add a material" };

export default async function NewMaterialPage() {
  const by = await requirePage("material.manage");
  const sites = await withSites(by, (tx) => sitesById(tx, by.sites));
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/materials" crumbs={[{ name: "Materials", address: "/materials" }, { name: "Add a material" }]}>
      <div className="page-head"><h1>Add a material</h1><span className="sub">It is the enterprise&apos;s: masters name it by its code, and every site can receive it</span><span className="end"><Link className="button" href="/materials">Back to materials</Link></span></div>
      <div className="page-body"><section className="card receive-card" aria-label="Material">
        <LotForm act={addMaterialAction} hidden={{}} primary button="Add material" fields={[
          { label: "Code", name: "id", hint: "As it stands on labels and in masters, e.g. RM-0417." }, { label: "Name", name: "name" }, { label: "Kind", name: "kind", choices: materialKinds.map((kind) => ({ value: kind, name: kindName[kind] })) },
          { label: "Kept in", name: "unit", hint: "The unit of all its lots, e.g. kg, L or pcs. It is never changed." }, { label: "Stored at", name: "storage", hint: "As it is printed on its labels, e.g. 2 to 8 °C." },
        ]} />
      </section></div>
    </Page>
  );
}
