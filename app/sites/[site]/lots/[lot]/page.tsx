import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { LotActs } from "#components/material/lot-acts.tsx";
import { Containers, LotFactsList, Movements, Reconciliation } from "#components/material/lot-record.tsx";
import { LotStateChip } from "#components/material/lot-state.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { amountText } from "#lib/material/amount.ts";
import { idIn, traceAddress } from "#lib/material/filter.ts";
import { readLotFile, shownMovements } from "#lib/material/stock-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

type Props = { params: Promise<{ site: string; lot: string }>; searchParams: Promise<{ received?: string }> };
export const metadata = { title: "Lot" };

export default async function LotPage({ params, searchParams }: Props) {
  const { site: siteId, lot: named } = await params;
  const { received } = await searchParams;
  const by = await requirePage("material.read", siteId);
  const lotId = idIn(named);
  if (lotId === undefined) notFound();
  const now = new Date();
  const { file, sites } = await withSites(by, async (tx) => ({ file: await readLotFile(tx, siteId, lotId, now), sites: await sitesById(tx, by.sites) }))
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { lot } = file.facts;
  const zone = sites[0]?.timeZone ?? "UTC";
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={now} place="/materials" crumbs={[{ name: "Materials", address: "/materials" }, { name: `Lots in ${sites[0]?.name ?? siteId}`, address: `/sites/${siteId}/lots` }, { name: lot.id }]}>
      <div className="page-head"><h1>Lot <span className="mono">{lot.id}</span></h1><LotStateChip state={lot.state} /><span className="sub">{lot.name}; {amountText(lot.balance)} {lot.unit} left{lot.quantity === null ? "" : ` of ${amountText(lot.quantity)} ${lot.unit}`}</span>
        <span className="end"><Link className="button" href={traceAddress(siteId, lot.id)}>Trace</Link>{file.ofBatch?.kinship === "itself" ? <Link className="button" href={`/sites/${siteId}/batches/${encodeURIComponent(lot.id)}`}>Batch record</Link> : null}</span></div>
      <div className="lot-panes">
        <div className="lot-main stack">
          {received ? <p className="notice" role="status">Received and in quarantine. Print its labels below; quality decides about it.</p> : null}
          <section className="card" aria-labelledby="reconciliation"><header><h2 id="reconciliation">Reconciliation</h2><span className="quiet">all movements added up</span></header><Reconciliation file={file} /></section>
          <section className="card" aria-labelledby="containers"><header><h2 id="containers">Containers</h2><span className="quiet">{file.containers.length}</span></header><Containers file={file} zone={zone} /></section>
          <section className="card" aria-labelledby="movements"><header><h2 id="movements">Movements</h2><span className="quiet">{file.movements.length}, newest first</span></header><Movements lines={file.movements.slice(0, shownMovements)} of={file.movements.length} siteId={siteId} unit={lot.unit} zone={zone} /></section>
        </div>
        <aside className="pane facts" aria-label="Facts and acts">
          <section aria-labelledby="facts"><h2 id="facts">Facts</h2><LotFactsList facts={file.facts} zone={zone} now={now} /></section>
          <LotActs lot={lot} ofBatch={file.ofBatch} containers={file.containers} alike={file.alike} zone={zone} mayDecide={may(by.actor, "lot.decide", siteId)} mayReceive={may(by.actor, "lot.receive", siteId)} />
        </aside>
      </div>
    </Page>
  );
}
