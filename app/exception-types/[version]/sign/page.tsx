import { notFound } from "next/navigation";
import { Page } from "#components/frame/page.tsx";
import { ConfigurationChanges } from "#components/quality/configuration-changes.tsx";
import { SignDialog } from "#components/signature/sign-dialog.tsx";
import { SignForm } from "#components/signature/sign-form.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { enterprise, NotFound, type Actor } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { installation } from "#lib/installation.ts";
import { configurationId, readConfigurationVersion } from "#lib/quality/configuration-queries.ts";
import { configurationMeaning as meaning, configurationSentence, readSignableConfiguration } from "#lib/quality/configuration-sign-commands.ts";
import { openCeremonies, policyName } from "#lib/signature/ceremony.ts";
import { meaningName, signingAct, signingReasons, signingTitle } from "#lib/signature/meaning.ts";
import { passkeysOf } from "#lib/signature/overview-queries.ts";
import { continuityOf, signingMeans } from "#lib/signature/standing-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { versionParam } from "../../params.ts";
import { zoneFor } from "../../zone.ts";

type Props = { params: Promise<{ version: string }>; searchParams: Promise<{ refused?: string; cancelled?: string }> };
export const metadata = { title: "Sign" };

async function load(tx: SiteTx, actor: Actor, { number, sites, now }: { readonly number: number; readonly sites: readonly string[]; readonly now: Date }) {
  return {
    record: await readSignableConfiguration(tx, { recordId: configurationId(number) }), version: await readConfigurationVersion(tx, number), sites: await sitesById(tx, sites),
    means: await signingMeans(tx, actor.id, enterprise, now), keys: await passkeysOf(tx, actor.id), continuity: await continuityOf(tx, actor.sessionId, installation().session.idleMinutes, now),
  };
}

export default async function SignConfigurationPage({ params, searchParams }: Props) {
  const number = versionParam((await params).version);
  const query = await searchParams;
  const by = await requirePage("exception.configure");
  const { actor } = by;
  const now = new Date();
  const { record, version, sites, means, keys, continuity } = await withOwnMeans(actor, (tx) => load(tx, actor, { number, sites: by.sites, now }), { reason: "a configuration of exceptions shown for signing" }, by).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const decided = record.decide(actor, means, { meaning });
  const policy = means.policies.get(meaning) ?? "either";
  const address = `/exception-types/${number}`;
  const usableKeys = keys.filter((k) => k.revokedAt === null && k.usableFrom <= now).map((k) => `“${k.label}”${k.deviceBound ? "" : ", synced"}`);
  return (
    <Page actor={actor} sites={sites} now={now} place="/exception-types" crumbs={[{ name: "Exception types", address: "/exception-types" }, { name: `Version ${number}`, address }, { name: "Sign" }]}>
      <SignDialog title={`${signingTitle[meaning]} exception types, version ${number}`} sentence={configurationSentence(version)} refused={query.refused} cancelled={query.cancelled} address={address} back="Back to the version" obstacles={decided.ok ? [] : decided.refusal}
        facts={<><dt>Record digest</dt><dd><Digest value={record.digest} /></dd><dt>Record as of</dt><dd>{siteTime(now, zoneFor(sites))}</dd><dt>Its reason</dt><dd>{version.row.reason}</dd><dt>Asked for</dt><dd>{policyName[policy]}</dd></>}
        form={decided.ok ? <SignForm siteId={enterprise} recordType="exception-configuration" recordId={record.recordId} what="version" meaning={meaning} withdraws={undefined} meaningName={meaningName[meaning]} reasons={signingReasons[meaning]} shownDigest={record.digest} address={address} act={signingAct[meaning]} signer={`${actor.printedName} (${actor.userName}), ${roleName[decided.value.role]}`}
          open={openCeremonies({ ...means, policy })} policy={policy} passkeys={usableKeys} cooling={means.coolingPasskeys} continuity={continuity} /> : undefined}><ConfigurationChanges changes={version.changes} before={`version ${version.before?.row.version ?? 0}`} /></SignDialog>
    </Page>
  );
}
