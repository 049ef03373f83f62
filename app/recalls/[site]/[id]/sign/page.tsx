import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { SignDialog } from "#components/signature/sign-dialog.tsx";
import { SignForm } from "#components/signature/sign-form.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { withSites, type SiteTx } from "#db/scope.ts";
import { NotFound, type Actor } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { installation } from "#lib/installation.ts";
import { idIn } from "#lib/material/filter.ts";
import { readRecall } from "#lib/material/recall-queries.ts";
import { readSignableRecall } from "#lib/material/recall-sign-commands.ts";
import { recallSentence } from "#lib/material/recall.ts";
import { openCeremonies, policyName } from "#lib/signature/ceremony.ts";
import { meaningName, signingAct, signingReasons, signingTitle } from "#lib/signature/meaning.ts";
import { passkeysOf } from "#lib/signature/overview-queries.ts";
import { continuityOf, signingMeans } from "#lib/signature/standing-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";

type Props = { params: Promise<{ site: string; id: string }>; searchParams: Promise<{ meaning?: string; refused?: string; cancelled?: string }> };
export const metadata = { title: "Sign" };
const meaning = "recall_reviewed";

async function load(tx: SiteTx, actor: Actor, siteId: string, recordId: string, now: Date) {
  return {
    record: await readSignableRecall(tx, { type: "recall", siteId, recordId }, installation().signingKey), file: await readRecall(tx, siteId, recordId), sites: await sitesById(tx, [siteId]),
    means: await signingMeans(tx, actor.id, siteId, now), keys: await passkeysOf(tx, actor.id), continuity: await continuityOf(tx, actor.sessionId, installation().session.idleMinutes, now),
  };
}

export default async function SignRecallPage({ params, searchParams }: Props) {
  const { site: siteId, id: named } = await params;
  const id = idIn(named);
  if (id === undefined) notFound();
  const query = await searchParams;
  if (query.meaning !== meaning) notFound();
  const by = await requirePage("material.read", siteId);
  const { actor } = by;
  const now = new Date();
  const { record, file, sites, means, keys, continuity } = await withSites(by, (tx) => load(tx, actor, siteId, id, now)).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const decided = record.decide(actor, means, { meaning });
  const policy = means.policies.get(meaning) ?? "either";
  const address = `/recalls/${siteId}/${record.recordId}`;
  const usableKeys = keys.filter((k) => k.revokedAt === null && k.usableFrom <= now).map((k) => `“${k.label}”${k.deviceBound ? "" : ", synced"}`);
  return (
    <Page actor={actor} sites={sites} siteId={siteId} now={now} place="/recalls" crumbs={[{ name: "Mock recalls", address: "/recalls" }, { name: record.recordId, address }, { name: "Sign" }]}>
      <SignDialog title={`${signingTitle[meaning]} ${record.recordId}`} sentence={recallSentence(file.record)} refused={query.refused} cancelled={query.cancelled} address={address} back="Back to the mock recall" obstacles={decided.ok ? [] : decided.refusal}
        facts={<><dt>Record digest</dt><dd><Digest value={record.digest} /></dd><dt>Record as of</dt><dd>{siteTime(new Date(file.record.startedAt), file.record.timeZone)}</dd><dt>Site asks for</dt><dd>{policyName[policy]}</dd></>}
        form={decided.ok ? <SignForm siteId={siteId} recordType="recall" recordId={record.recordId} what="mock recall" meaning={meaning} withdraws={undefined} meaningName={meaningName[meaning]} reasons={signingReasons[meaning]} shownDigest={record.digest} address={address} act={signingAct[meaning]} signer={`${actor.printedName} (${actor.userName}), ${roleName[decided.value.role]}`}
          open={openCeremonies({ ...means, policy })} policy={policy} passkeys={usableKeys} cooling={means.coolingPasskeys} continuity={continuity} /> : undefined} />
    </Page>
  );
}
