import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { LotForm } from "#components/material/lot-form.tsx";
import { SupplierTable } from "#components/material/supplier-table.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { listSuppliers } from "#lib/material/stock-queries.ts";
import { addSupplierAction } from "#lib/material/supply-actions.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Suppliers" };

export default async function SuppliersPage() {
  const by = await requirePage("material.read");
  const { rows, sites } = await withSites(by, async (tx) => ({ rows: await listSuppliers(tx), sites: await sitesById(tx, by.sites) }));
  const mayManage = may(by.actor, "material.manage");
  const suspended = rows.filter((row) => row.state === "suspended").length;
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/materials" crumbs={[{ name: "Materials", address: "/materials" }, { name: "Suppliers" }]}>
      <div className="page-head"><h1>Suppliers</h1><span className="sub">{rows.length} of the enterprise, {suspended} suspended; nothing is received from a suspended one</span></div>
      {rows.length === 0 ? <Empty title="There are no suppliers yet.">{mayManage ? "Add the first one below." : "Quality adds them."}</Empty> : <SupplierTable rows={rows} mayManage={mayManage} />}
      {mayManage ? <div className="page-body"><section className="card receive-card" aria-labelledby="add-supplier"><h2 id="add-supplier">Add a supplier</h2>
        <LotForm act={addSupplierAction} hidden={{}} button="Add supplier" fields={[{ label: "Code", name: "id", hint: "For example SUP-10." }, { label: "Name", name: "name" }]} /></section></div> : null}
      <footer className="table-foot"><span>A new supplier is suspended until quality approves it. Every decision stands in the audit trail with its reason.</span><span className="end"><Link className="button small" href="/materials">Materials</Link></span></footer>
    </Page>
  );
}
