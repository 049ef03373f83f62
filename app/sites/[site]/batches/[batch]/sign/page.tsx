import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { ObstacleList } from "#components/signature/obstacles.tsx";
import { SignForm } from "#components/signature/sign-form.tsx";
import { withSites } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleFor, roleName } from "#lib/access/permission.ts";
import { readBatchFile } from "#lib/release/file-queries.ts";
import { installation } from "#lib/installation.ts";
import { publicHalf } from "#lib/signature/attestation.ts";
import { executionOrNone } from "#lib/execution/queries.ts";
import { executionSentence, executionSigning, signableExecution } from "#lib/execution/sign-commands.ts";
import { candidateOf, sentenceOver } from "#lib/release/plan.ts";
import { permissionFor } from "#lib/release/withdrawal.ts";
import { openCeremonies, policyName } from "#lib/signature/ceremony.ts";
import { executionMeanings, meaningName, signatureMeanings, signingReasons, signingAct, signingTitle } from "#lib/signature/meaning.ts";
import { passkeysOf } from "#lib/signature/overview-queries.ts";
import { continuityOf, signingMeans } from "#lib/signature/standing-queries.ts";
import { aboutText } from "#lib/signature/statement.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";

type Props = { params: Promise<{ site: string; batch: string }>; searchParams: Promise<{ meaning?: string; withdraws?: string; about?: string; refused?: string; cancelled?: string }> };
export const metadata = { title: "Sign" };
const asked = z.object({ meaning: z.enum([...signatureMeanings, ...executionMeanings, "withdrawn"]), withdraws: z.coerce.number().int().positive().optional(), about: aboutText.optional() })
  .refine((r) => (r.meaning === "withdrawn") === (r.withdraws !== undefined)).refine((r) => executionMeanings.some((m) => m === r.meaning) === (r.about !== undefined));

export default async function SignPage({ params, searchParams }: Props) {
  const { site, batch } = await params;
  const query = await searchParams;
  const chosen = asked.safeParse(query);
  if (!chosen.success) notFound();
  const request = chosen.data;
  const { meaning } = request;
  const by = await requirePage("batch.read", site);
  const { actor } = by;
  const now = new Date();
  const { file, execution, sites, means, keys, continuity } = await withSites(by, async (tx) => ({
    file: await readBatchFile(tx, site, decodeURIComponent(batch), publicHalf(installation().signingKey)), execution: await executionOrNone(tx, site, decodeURIComponent(batch)), sites: await sitesById(tx, [site]), means: await signingMeans(tx, actor.id, site, now),
    keys: await passkeysOf(tx, actor.id), continuity: await continuityOf(tx, actor.sessionId, installation().session.idleMinutes, now),
  })).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const { record } = file;
  const address = `/sites/${site}/batches/${encodeURIComponent(record.batch.id)}`;
  const target = file.signatures.find((s) => s.ordinal === request.withdraws);
  if (meaning === "withdrawn" && !target) notFound();
  const plan = signableExecution(file, execution, now).decide(actor, means, request);
  const part = executionMeanings.find((m) => m === meaning);
  const { standing } = candidateOf(site, file, means, request);
  const role = roleFor(actor.rolesBySite.get(site) ?? [], part ? executionSigning[part].permission : permissionFor(target?.meaning ?? meaning));
  const usableKeys = keys.filter((k) => k.revokedAt === null && k.usableFrom <= now).map((k) => `“${k.label}”${k.deviceBound ? "" : ", synced"}`);
  const last = file.signatures.at(-1);
  return (
    <Page actor={actor} sites={sites} siteId={site} now={now} place="/" crumbs={[{ name: "Release queue", address: "/" }, { name: record.batch.id, address }, { name: "Sign" }]}>
      <div className="page-body">
        <section className="dialog" aria-labelledby="sign-title">
          <header><h1 id="sign-title">{signingTitle[meaning]} {record.batch.id}</h1></header>
          {query.refused && plan.ok ? <div className="body pb-0"><p className="problem" role="alert">{query.refused}</p></div> : null}
          {query.cancelled ? <div className="body pb-0"><p className="notice" role="status">You turned back at the identity provider. Nothing was signed.</p></div> : null}
          <div className="body pb-0">
            <div><h2>What you sign</h2><p className="sentence">{part && request.about ? executionSentence(part, request.about, record.batch.id) : sentenceOver(file, request)}</p></div>
            <dl className="facts-list"><dt>Record digest</dt><dd><Digest value={file.digest} /></dd><dt>Record as of</dt><dd>{siteTime(now, record.site.timeZone)}</dd><dt>Before it</dt><dd>{last ? `${meaningName[last.meaning]}, ${last.printedName}` : "No signature yet"}</dd><dt>Site asks for</dt><dd>{policyName[standing.policy]}</dd></dl>
          </div>
          {plan.ok ? (
            <SignForm siteId={site} batchId={record.batch.id} meaning={meaning} withdraws={request.withdraws} about={request.about && JSON.stringify(request.about)} meaningName={meaningName[meaning]} reasons={signingReasons[meaning]} shownDigest={file.digest} address={address} act={signingAct[meaning]} signer={`${actor.printedName} (${actor.userName})${role ? `, ${roleName[role]}` : ""}`}
              open={openCeremonies(standing)} policy={standing.policy} passkeys={usableKeys} cooling={standing.coolingPasskeys} continuity={continuity} />
          ) : (
            <><div className="body"><div className="problem" role="alert"><h2>This cannot be signed now</h2>{query.refused ? <p>{query.refused}</p> : null}<ObstacleList obstacles={plan.refusal} address={address} holders /></div></div>
              <footer><Link className="button primary" href={address}>Back to the batch</Link></footer></>
          )}
        </section>
      </div>
    </Page>
  );
}
