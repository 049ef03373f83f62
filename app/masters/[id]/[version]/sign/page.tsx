import Link from "next/link";
import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { DifferenceCard } from "#components/recipe/difference-card.tsx";
import { GapList } from "#components/recipe/gap-list.tsx";
import { SignDialog } from "#components/signature/sign-dialog.tsx";
import { SignForm } from "#components/signature/sign-form.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { enterprise, NotFound, type Actor } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { installation } from "#lib/installation.ts";
import { differenceOf, masterName, readMasterFile, signaturesOfRecord, versionsOf } from "#lib/recipe/queries.ts";
import { masterSentence, readSignableMaster } from "#lib/recipe/sign-commands.ts";
import { openCeremonies, policyName } from "#lib/signature/ceremony.ts";
import { masterMeanings, meaningName, signingAct, signingReasons, signingTitle } from "#lib/signature/meaning.ts";
import { passkeysOf } from "#lib/signature/overview-queries.ts";
import { continuityOf, signingMeans } from "#lib/signature/standing-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { masterParams } from "../../../params.ts";
import { zoneFor } from "../../../zone.ts";

type Props = { params: Promise<{ id: string; version: string }>; searchParams: Promise<{ meaning?: string; refused?: string; cancelled?: string; against?: string | string[] }> };
export const metadata = { title: "Sign" };
const asked = z.object({ meaning: z.enum(masterMeanings), against: z.coerce.number().int().positive().max(999_999).optional().catch(undefined) });

type Shown = { readonly id: string; readonly version: number; readonly sites: readonly string[]; readonly now: Date; readonly against: number | undefined };
async function load(tx: SiteTx, actor: Actor, { id, version, sites, now, against }: Shown) {
  const recordId = masterName({ id, version });
  const record = await readSignableMaster(tx, { recordId });
  const file = await readMasterFile(tx, id, version);
  return {
    record, file, difference: await differenceOf(tx, file, await versionsOf(tx, id), against), signatures: await signaturesOfRecord(tx, "master", recordId), sites: await sitesById(tx, sites),
    means: await signingMeans(tx, actor.id, enterprise, now), keys: await passkeysOf(tx, actor.id), continuity: await continuityOf(tx, actor.sessionId, installation().session.idleMinutes, now),
  };
}

export default async function SignMasterPage({ params, searchParams }: Props) {
  const { id, version } = masterParams(await params);
  const query = await searchParams;
  const chosen = asked.safeParse(query);
  if (!chosen.success) notFound();
  const { meaning, against } = chosen.data;
  const by = await requirePage("master.read");
  const { actor } = by;
  const now = new Date();
  const { record, file, difference, signatures, sites, means, keys, continuity } = await withOwnMeans(actor, (tx) => load(tx, actor, { id, version, sites: by.sites, now, against }), { reason: "a master shown for signing" }, by).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const decided = record.decide(actor, means, { meaning });
  const policy = means.policies.get(meaning) ?? "either";
  const name = `${id} version ${version}`;
  const address = `/masters/${encodeURIComponent(id)}/${version}`;
  const usableKeys = keys.filter((k) => k.revokedAt === null && k.usableFrom <= now).map((k) => `“${k.label}”${k.deviceBound ? "" : ", synced"}`);
  const last = signatures.at(-1);
  return (
    <Page actor={actor} sites={sites} now={now} place="/masters" crumbs={[{ name: "Masters", address: "/masters" }, { name, address }, { name: "Sign" }]}>
      <SignDialog title={`${signingTitle[meaning]} ${name}`} sentence={masterSentence(meaning, file)} refused={query.refused} cancelled={query.cancelled} address={address} back="Back to the master" obstacles={decided.ok ? [] : decided.refusal}
        facts={<><dt>Record digest</dt><dd><Digest value={record.digest} /></dd><dt>Record as of</dt><dd>{siteTime(now, zoneFor(sites))}</dd><dt>Before it</dt><dd>{last ? `${meaningName[last.meaning]}, ${last.printedName}` : "No signature yet"}</dd><dt>Asked for</dt><dd>{policyName[policy]}</dd></>}
        form={decided.ok ? <SignForm siteId={enterprise} recordType="master" recordId={record.recordId} what="master" meaning={meaning} withdraws={undefined} meaningName={meaningName[meaning]} reasons={signingReasons[meaning]} shownDigest={record.digest} address={address} act={signingAct[meaning]} signer={`${actor.printedName} (${actor.userName}), ${roleName[decided.value.role]}`}
          open={openCeremonies({ ...means, policy })} policy={policy} passkeys={usableKeys} cooling={means.coolingPasskeys} continuity={continuity} /> : undefined}>
        <div className="sign-read stack">
          {file.gaps.length > 0 ? <section className="card" id="gaps" aria-labelledby="gaps-title"><header><h2 id="gaps-title">{`${file.gaps.length} ${file.gaps.length === 1 ? "gap" : "gaps"}: nothing can be signed`}</h2></header><div className="card-body"><GapList gaps={file.gaps.map((gap) => ({ ...gap, part: undefined }))} /></div></section> : null}
          <DifferenceCard difference={difference} compareAt={(other) => `${address}/sign?meaning=${meaning}&against=${other}#difference`} />
          <p className="small"><Link href={address}>Read the whole record</Link>: parameters, materials and the procedure step by step.</p>
        </div>
      </SignDialog>
    </Page>
  );
}
