import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { SignForm } from "#components/signature/sign-form.tsx";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleFor, roleName } from "#lib/access/permission.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { installation } from "#lib/installation.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { meaningRule } from "#lib/release/rule.ts";
import { meaningName, signatureMeanings, signingReasons, signingTitle } from "#lib/signature/meaning.ts";
import { planSigning, signingSentence } from "#lib/release/signing.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";

type Props = { params: Promise<{ site: string; batch: string }>; searchParams: Promise<{ meaning?: string; refused?: string; cancelled?: string }> };
export const metadata = { title: "Sign" };

export default async function SignPage({ params, searchParams }: Props) {
  const { site, batch } = await params;
  const query = await searchParams;
  const chosen = z.enum(signatureMeanings).safeParse(query.meaning);
  if (!chosen.success) notFound();
  const meaning = chosen.data;
  const by = await requirePage("batch.read", site);
  const { actor } = by;
  const now = new Date();
  const { file, sites } = await withSites(by, async (tx) => ({ file: await readBatchFile(tx, site, decodeURIComponent(batch), publicHalf(installation().signingKey)), sites: await sitesById(tx, [site]) }))
    .catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { record } = file;
  const address = `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}`;
  const plan = planSigning(meaning, actor, { siteId: site, state: record.batch.state, executors: file.executors, checks: file.checks, alreadySigned: file.signatures });
  const master = record.master ? `${record.master.id} v${record.master.version}` : "no master record";
  const sentence = signingSentence(meaning, { batchId: record.batch.id, product: `${record.product.id} ${record.product.name}`, site: record.site.name, master, checks: file.checks, exceptions: record.exceptions.length });
  const role = roleFor(actor.rolesBySite.get(site) ?? [], meaningRule[meaning].permission);
  return (
    <Page actor={actor} sites={sites} siteId={site} now={now} place="/" crumbs={[{ name: "Release queue", address: "/" }, { name: record.batch.id, address }, { name: "Sign" }]}>
      <div className="page-body">
        <section className="dialog" aria-labelledby="sign-title">
          <header><h1 id="sign-title">{signingTitle[meaning]} {record.batch.id}</h1></header>
          {query.refused && !plan.ok ? null : query.refused ? <div className="body pb-0"><p className="problem" role="alert">{query.refused}</p></div> : null}
          {query.cancelled ? <div className="body pb-0"><p className="notice" role="status">You turned back at the identity provider. Nothing was signed.</p></div> : null}
          <div className="body pb-0">
            <div><h2>What you sign</h2><p className="sentence">{sentence}</p></div>
            <dl className="facts-list"><dt>Record digest</dt><dd><Digest value={file.digest} /></dd><dt>Record as of</dt><dd>{siteTime(now, record.site.timeZone)}</dd><dt>Before it</dt><dd>{file.signatures.at(-1) ? `${meaningName[file.signatures.at(-1)?.meaning ?? meaning]}, ${file.signatures.at(-1)?.printedName}` : "No signature yet"}</dd></dl>
          </div>
          {plan.ok ? (
            <SignForm siteId={site} batchId={record.batch.id} meaning={meaning} meaningName={meaningName[meaning]} reasons={signingReasons[meaning]} shownDigest={file.digest} address={address} submit={`Sign in and ${signingTitle[meaning].toLowerCase()}`} signer={`${actor.printedName} (${actor.userName})${role ? `, ${roleName[role]}` : ""}`} />
          ) : (
            <><div className="body"><div className="problem" role="alert"><h2>This cannot be signed now</h2>{query.refused ? <p>{query.refused}</p> : null}<ul>{plan.refusal.map((o) => <li key={o.sentence}><Link href={`${address}#${o.anchor}`}>{o.sentence}</Link> <span className="quiet">({o.holder})</span></li>)}</ul></div></div>
              <footer><Link className="button primary" href={address}>Back to the batch</Link></footer></>
          )}
        </section>
      </div>
    </Page>
  );
}
