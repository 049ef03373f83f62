import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { CopyForm } from "#components/material/recall-form.tsx";
import { RecallCopies, RecallFacts, RecallLots, RecallOrigins, RecallSignatures } from "#components/material/recall-record.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { idIn } from "#lib/material/filter.ts";
import { copiesOfRecall, readRecall, verifiedSignatures } from "#lib/material/recall-queries.ts";
import { sitesById } from "#lib/site/queries.ts";

type Props = { params: Promise<{ site: string; id: string }>; searchParams: Promise<{ signed?: string }> };
export const metadata = { title: "Mock recall" };

const load = async (tx: SiteTx, siteId: string, id: string, personId: string) => ({
  file: await readRecall(tx, siteId, id), signatures: await verifiedSignatures(tx, siteId, id, installation().signingKey), copies: await copiesOfRecall(tx, siteId, id, personId), sites: await sitesById(tx, [siteId]),
});

export default async function RecallPage({ params, searchParams }: Props) {
  const { site: siteId, id: named } = await params;
  const id = idIn(named);
  if (id === undefined) notFound();
  const { signed } = await searchParams;
  const by = await requirePage("material.read", siteId);
  const { file, signatures, copies, sites } = await withSites(by, (tx) => load(tx, siteId, id, by.actor.id)).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { record, digest } = file;
  const { figures: f } = record;
  const address = `/recalls/${siteId}/${record.id}`;
  const open = signatures.length === 0;
  return (
    <Page actor={by.actor} sites={sites} siteId={siteId} now={new Date()} place="/recalls" crumbs={[{ name: "Mock recalls", address: "/recalls" }, { name: record.id }]}>
      <div className="page-head"><h1>Mock recall <span className="mono">{record.id}</span></h1><span className="chip">{open ? "Not signed" : "Signed"}</span><span className="sub">Lot {record.start.id}, {record.site}</span>
        <span className="end">{may(by.actor, "report.read", siteId) ? <CopyForm siteId={siteId} id={record.id} /> : null}{open && may(by.actor, "recall.sign", siteId) && record.startedBy.id !== by.actor.id ? <Link className="button primary" href={`${address}/sign?meaning=recall_reviewed`}>Sign mock recall</Link> : null}</span></div>
      <dl className="strip">
        <div><dt>Lots found</dt><dd><span className="figure">{f.lots}</span><span className="aside">{f.before} before, {f.after} after</span></dd></div><div><dt>Batches affected</dt><dd><span className="figure">{f.batches}</span><span className="aside">{f.released} released, {f.rejected} rejected, {f.undecided} not decided then</span></dd></div>
        <div><dt>Mass does not balance</dt><dd><span className="figure">{f.unaccountedLots}</span><span className="aside">{f.unaccountedLots === 1 ? "lot" : "lots"}; {f.overdrawn} overdrawn</span></dd></div><div><dt>Same origin elsewhere</dt><dd><span className="figure">{f.elsewhere}</span><span className="aside">lots at other sites</span></dd></div>
      </dl>
      <div className="lot-panes">
        <div className="lot-main stack">
          {signed ? <p className="notice" role="status">Signed. Make a numbered copy to take the signed document with you.</p> : null}
          {record.circular.length > 0 ? <p className="problem">By a fault of the data these lots are part of themselves: {record.circular.join(", ")}</p> : null}
          <section className="card" aria-labelledby="lots"><header><h2 id="lots">Lots</h2><span className="quiet">as they stood when it was run</span></header><RecallLots record={record} /></section>
          <section className="card" aria-labelledby="origins"><header><h2 id="origins">Same origin at other sites</h2></header><RecallOrigins record={record} /></section>
        </div>
        <aside className="pane facts" aria-label="Facts, signatures and copies">
          <section aria-labelledby="facts"><h2 id="facts">Facts</h2><RecallFacts file={file} /></section>
          <section id="signatures" aria-labelledby="signed-by"><h2 id="signed-by">Signatures</h2><RecallSignatures signatures={signatures} digest={digest} zone={record.timeZone} /></section>
          <section aria-labelledby="copies"><h2 id="copies">Numbered copies</h2><RecallCopies copies={copies} address={address} zone={record.timeZone} /></section>
        </aside>
      </div>
    </Page>
  );
}
