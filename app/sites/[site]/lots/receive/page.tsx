import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { LotForm } from "#components/material/lot-form.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { receiveLotAction } from "#lib/material/actions.ts";
import { receivable } from "#lib/material/stock-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Receive a delivery" };

export default async function ReceivePage({ params }: { params: Promise<{ site: string }> }) {
  const { site: siteId } = await params;
  const by = await requirePage("lot.receive", siteId);
  const { offered, sites } = await withSites(by, async (tx) => ({ offered: await receivable(tx), sites: await sitesById(tx, by.sites) }));
  const list = `/sites/${siteId}/lots`;
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={new Date()} place="/materials" crumbs={[{ name: "Materials", address: "/materials" }, { name: `Lots in ${sites[0]?.name ?? siteId}`, address: list }, { name: "Receive" }]}>
      <div className="page-head"><h1>Receive a delivery</h1><span className="sub">It gets the plant&apos;s own lot number and waits in quarantine until quality decides</span><span className="end"><Link className="button" href={list}>Cancel</Link></span></div>
      <div className="page-body"><section className="card receive-card" aria-label="Delivery">
        {offered.materials.length === 0 || offered.suppliers.length === 0 ? <p className="problem">{offered.materials.length === 0 ? "There is no material yet" : "There is no supplier yet"}: quality adds it under Materials.</p> : null}
        <LotForm act={receiveLotAction} hidden={{ siteId }} primary button="Receive delivery" fields={[
          { label: "Material", name: "materialId", choices: offered.materials.map((m) => ({ value: m.id, name: `${m.id} ${m.name}, in ${m.unit}` })) }, { label: "Supplier", name: "supplierId", choices: offered.suppliers.map((s) => ({ value: s.id, name: s.state === "approved" ? s.name : `${s.name}, suspended: nothing is received` })) },
          { label: "Supplier's lot", name: "supplierLot", hint: "As it stands on the label." }, { label: "Expires", name: "expires", type: "date", required: false, hint: `Last day it may be used, in ${sites[0]?.timeZone ?? "UTC"}; empty where the label has none.` }, { label: "Potency, %", name: "potency", required: false, inputMode: "decimal", hint: "From the certificate of analysis; empty where it is not stated." },
          { label: "Number of containers", name: "containers", type: "number" }, { label: "Held by each, in the material's unit", name: "each", inputMode: "decimal" }, { label: "Put at", name: "place", hint: "Shelf or room, e.g. A-07-2." },
        ]} />
      </section></div>
    </Page>
  );
}
