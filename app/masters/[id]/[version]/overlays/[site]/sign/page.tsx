import { notFound } from "next/navigation";
import { z } from "zod";
import { Page } from "#components/frame/page.tsx";
import { OverlayTable } from "#components/recipe/overlay-table.tsx";
import { SignDialog } from "#components/signature/sign-dialog.tsx";
import { SignForm } from "#components/signature/sign-form.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { withOwnMeans, type SiteTx } from "#db/scope.ts";
import { NotFound, type Actor } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { installation } from "#lib/installation.ts";
import { overlayName, overlaysOf, readOverlayFile, type OverlayPlace } from "#lib/recipe/overlay-queries.ts";
import { overlaySentence, readSignableOverlay } from "#lib/recipe/overlay-sign-commands.ts";
import { openCeremonies, policyName } from "#lib/signature/ceremony.ts";
import { masterMeanings, meaningName, signingAct, signingReasons, signingTitle } from "#lib/signature/meaning.ts";
import { passkeysOf } from "#lib/signature/overview-queries.ts";
import { continuityOf, signingMeans } from "#lib/signature/standing-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";
import { masterParams } from "../../../../../params.ts";

type Props = { params: Promise<{ id: string; version: string; site: string }>; searchParams: Promise<{ meaning?: string; refused?: string; cancelled?: string }> };
export const metadata = { title: "Sign" };
const asked = z.object({ meaning: z.enum(masterMeanings) });

async function load(tx: SiteTx, actor: Actor, place: OverlayPlace, now: Date) {
  const [newest] = await overlaysOf(tx, place);
  if (!newest) throw new NotFound(`an overlay of ${place.siteId}`);
  return {
    record: await readSignableOverlay(tx, { siteId: place.siteId, recordId: overlayName(newest) }), file: await readOverlayFile(tx, newest), sites: await sitesById(tx, [place.siteId]),
    means: await signingMeans(tx, actor.id, place.siteId, now), keys: await passkeysOf(tx, actor.id), continuity: await continuityOf(tx, actor.sessionId, installation().session.idleMinutes, now),
  };
}

export default async function SignOverlayPage({ params, searchParams }: Props) {
  const { site: siteId, ...rest } = await params;
  const { id: masterId, version: masterVersion } = masterParams(rest);
  const query = await searchParams;
  const chosen = asked.safeParse(query);
  if (!chosen.success) notFound();
  const { meaning } = chosen.data;
  const by = await requirePage("master.read", siteId);
  const { actor } = by;
  const now = new Date();
  const { record, file, sites, means, keys, continuity } = await withOwnMeans(actor, (tx) => load(tx, actor, { siteId, masterId, masterVersion }, now), { reason: "an overlay shown for signing" }, by).catch((error: unknown) => { if (error instanceof NotFound) notFound(); throw error; });
  const decided = record.decide(actor, means, { meaning });
  const policy = means.policies.get(meaning) ?? "either";
  const [site] = sites;
  const name = `overlay ${file.row.version} of ${site?.name ?? siteId}`;
  const masterAddress = `/masters/${encodeURIComponent(masterId)}/${masterVersion}`;
  const address = `${masterAddress}/overlays/${siteId}`;
  const usableKeys = keys.filter((k) => k.revokedAt === null && k.usableFrom <= now).map((k) => `“${k.label}”${k.deviceBound ? "" : ", synced"}`);
  return (
    <Page actor={actor} sites={sites} siteId={siteId} now={now} place="/masters" crumbs={[{ name: `${masterId} version ${masterVersion}`, address: masterAddress }, { name: `Overlay of ${site?.name ?? siteId}`, address }, { name: "Sign" }]}>
      <SignDialog title={`${signingTitle[meaning]} ${name}`} sentence={overlaySentence(meaning, file)} refused={query.refused} cancelled={query.cancelled} address={address} back="Back to the overlay" obstacles={decided.ok ? [] : decided.refusal}
        facts={<><dt>Record digest</dt><dd><Digest value={record.digest} /></dd><dt>Record as of</dt><dd>{siteTime(now, site?.timeZone ?? "UTC")}</dd><dt>Site asks for</dt><dd>{policyName[policy]}</dd></>}
        form={decided.ok ? <SignForm siteId={siteId} recordType="overlay" recordId={record.recordId} what="overlay" meaning={meaning} withdraws={undefined} meaningName={meaningName[meaning]} reasons={signingReasons[meaning]} shownDigest={record.digest} address={address} act={signingAct[meaning]} signer={`${actor.printedName} (${actor.userName}), ${roleName[decided.value.role]}`}
          open={openCeremonies({ ...means, policy })} policy={policy} passkeys={usableKeys} cooling={means.coolingPasskeys} continuity={continuity} /> : undefined}>
        <div className="sign-read stack">
          <section className="card" aria-labelledby="narrowed-title"><header><h2 id="narrowed-title">Limits the site narrows</h2></header>{file.overlay.limits.length === 0 ? <p className="empty">None: every limit stays as the master says.</p> : <OverlayTable master={file.master} overlay={file.overlay} editAt={undefined} ownOnly />}</section>
          <section className="card" aria-labelledby="named-title"><header><h2 id="named-title">Units the site names</h2></header>{file.overlay.units.length === 0 ? <p className="empty">None: any unit of the class may be bound.</p> : <ul className="card-body">{file.overlay.units.map(({ equipment, unitId }) => <li key={equipment}>{file.master.equipment.find((one) => one.id === equipment)?.name ?? equipment}: <b>{unitId}</b></li>)}</ul>}</section>
        </div>
      </SignDialog>
    </Page>
  );
}
