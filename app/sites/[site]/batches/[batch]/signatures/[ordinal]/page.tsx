import Link from "next/link";
import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { methodWord } from "#components/signature/manifest.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { Mark } from "#components/ui/mark.tsx";
import { withSites } from "#db/scope.ts";
import { may, NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { RecordProofView } from "#components/ledger/record-proof.tsx";
import { signatureProof } from "#lib/ledger/record-proof-queries.ts";
import { installation } from "#lib/installation.ts";
import { evidenceShown, publicHalf } from "#lib/signature/attestation.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";

type Props = { params: Promise<{ site: string; batch: string; ordinal: string }>; searchParams: Promise<{ signed?: string }> };
export const metadata = { title: "Signature" };

export default async function SignaturePage({ params, searchParams }: Props) {
  const { site, batch, ordinal } = await params;
  const { signed } = await searchParams;
  const by = await requirePage("batch.read", site);
  const now = new Date();
  const { file, inLedger, sites } = await withSites(by, async (tx) => {
    const found = await readBatchFile(tx, site, decodeURIComponent(batch), publicHalf(installation().signingKey));
    const digest = found.signatures.find((s) => s.ordinal === Number(ordinal))?.digest;
    return { file: found, inLedger: digest === undefined ? undefined : await signatureProof(tx, site, found.record.batch.id, digest), sites: await sitesById(tx, [site]) };
  })
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const signature = file.signatures.find((s) => s.ordinal === Number(ordinal)) ?? notFound();
  const before = file.signatures.find((s) => s.ordinal === signature.ordinal - 1);
  const proof = evidenceShown(signature.attestation);
  const { record } = file;
  const zone = record.site.timeZone;
  const address = `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}`;
  const { holds, checked } = signature.verification;
  const withdrawal = file.signatures.find((s) => s.ordinal === signature.withdrawnBy);
  const target = file.signatures.find((s) => s.ordinal === signature.withdraws);
  const all = [...checked, { statement: signature.covers ? "The record is still the one that was signed" : "The record changed after this signature; it covers the earlier one", holds: signature.covers }];
  return (
    <Page actor={by.actor} sites={sites} siteId={site} now={now} place="/" crumbs={[{ name: "Release queue", address: "/" }, { name: record.batch.id, address }, { name: `Signature ${ordinal}` }]}>
      <div className="page-body">
        <section className="dialog" aria-labelledby="signature-title">
          <header><h1 id="signature-title">{signed ? `Batch ${record.batch.id} is signed: ` : ""}{meaningName[signature.meaning]}{target ? `: ${meaningName[target.meaning]}` : ""}</h1></header>
          <div className="body">
            {withdrawal ? <p className="notice">This signature is withdrawn by <Link href={`${address}/signatures/${withdrawal.ordinal}`}>signature {withdrawal.ordinal}</Link> of {withdrawal.printedName}, {siteTime(withdrawal.signedAt, zone)}: {withdrawal.reason}. {withdrawal.comment} It stays in the record and counts no more.</p> : null}
            <div><h2>Signature</h2><p className="text-[20px] leading-7 font-semibold">{signature.printedName}</p><p className="text-[16px]">{meaningName[signature.meaning]}</p><p>{siteTime(signature.signedAt, zone, true)}</p></div>
            <p className="sentence">{signature.sentence}</p>
            <dl className="facts-list">
              <dt>Reason</dt><dd>{signature.reason}</dd><dt>Comment</dt><dd>{signature.comment}</dd><dt>Signed as</dt><dd>{signature.userName}, {roleName[signature.role]}, {record.site.name}</dd><dt>Method</dt><dd>{methodWord[signature.method]}{proof.label ? <>: “{proof.label}”, {proof.deviceBound ? "bound to its device" : "synced between devices"}</> : null}</dd>{proof.components ? <><dt>Components</dt><dd className="first-capital">{proof.components}, {proof.continuity === "later" ? "a later signing of a continuous period" : "the first signing of its period"}</dd></> : null}
              <dt>Record digest</dt><dd><Digest value={signature.recordDigest} /></dd><dt>Before it</dt><dd>{before ? <><Digest value={before.digest} /> {meaningName[before.meaning]}, {before.printedName}</> : "First signature of this record"}</dd><dt>Signature</dt><dd><Digest value={signature.digest} /></dd>
            </dl>
            <div><h2>Verification <span className="chip">{holds ? <><Icon name="check" />Holds</> : <span className="p1"><Mark priority={1} filled /> Integrity failed</span>}</span> <span className="tiny quiet">checked {siteTime(now, zone, true)}</span></h2>
              <ul className="verified">{all.map((c) => <li key={c.statement}>{c.holds ? <Icon name="check" /> : <Icon name="open" />}<span>{c.statement}{c.holds ? null : <b> (does not hold)</b>}</span></li>)}</ul></div>
            {inLedger ? <RecordProofView proof={inLedger} siteId={site} zone={zone} about="signature" mayTrail={may(by.actor, "audit.read", site)} /> : null}
          </div>
          <footer><p>The whole batch record prints the same manifest.</p><a className="button" href={`${address}/report.pdf`}><Icon name="download" />Batch record, PDF</a><Link className="button primary" href={address}>Open the batch</Link></footer>
        </section>
      </div>
    </Page>
  );
}
