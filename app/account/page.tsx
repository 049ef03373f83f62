import Link from "next/link";
import { EnrolForm } from "#components/signature/enrol-form.tsx";
import { PasskeyList } from "#components/signature/passkey-list.tsx";
import { UndertakingForm } from "#components/signature/undertaking-form.tsx";
import { Page } from "#components/frame/page.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withOwnMeans } from "#db/scope.ts";
import { sitesWith } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { failureLimit } from "#lib/signature/lockout.ts";
import { passkeysOf, sessionsOf, undertakingsOf, type SessionView, type UndertakingView } from "#lib/signature/overview-queries.ts";
import { undertakingText, undertakingVersion } from "#lib/signature/personal.ts";
import { lockedSince } from "#lib/signature/standing-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { siteTime } from "#lib/site/time.ts";

export const metadata = { title: "My account" };
type Props = { searchParams: Promise<{ refused?: string; cancelled?: string; accepted?: string; enrolled?: string }> };

function Undertaking({ accepted, zone }: { accepted: UndertakingView | undefined; zone: string }) {
  return (
    <section className="card" id="undertaking" aria-labelledby="undertaking-title">
      <header><h2 id="undertaking-title">Signature accountability</h2><span className="tiny quiet">version {undertakingVersion}</span></header>
      <div className="card-body"><p className="sentence">{undertakingText}</p>
        {accepted ? <p className="small"><Icon name="check" /> Accepted {siteTime(accepted.acceptedAt, zone, true)}, statement <Digest value={accepted.digest} /></p> : <><p className="small">You accept it once, by proving it is you, before your first signature.</p><UndertakingForm /></>}</div>
    </section>
  );
}

function SignIns({ sessions, current, zone }: { sessions: readonly SessionView[]; current: string | undefined; zone: string }) {
  return (
    <section className="card" aria-labelledby="sessions-title">
      <header><h2 id="sessions-title">Sign-ins</h2><span className="tiny quiet">the last {sessions.length}</span></header>
      <div className="table-box" tabIndex={0} role="region" aria-label="Sign-ins"><table className="dense in-card"><thead><tr>{["Started", "Last active", "Last signature", "Ended"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>{sessions.map((s) => <tr key={s.id}><th scope="row"><SiteTime at={s.startedAt} zone={zone} />{s.id === current ? <small>this session</small> : null}</th><td><SiteTime at={s.lastSeenAt} zone={zone} /></td><td><SiteTime at={s.lastSignedAt} zone={zone} /></td><td><SiteTime at={s.endedAt} zone={zone} /></td></tr>)}</tbody></table></div>
    </section>
  );
}

export default async function AccountPage({ searchParams }: Props) {
  const query = await searchParams;
  const actor = await requireActor();
  const now = new Date();
  const { sites, keys, accepted, locked, sessions } = await withOwnMeans(actor, async (tx) => ({
    sites: await sitesById(tx, sitesWith(actor, "site.read")), keys: await passkeysOf(tx, actor.id), accepted: await undertakingsOf(tx, actor.id), locked: await lockedSince(tx, actor.id), sessions: await sessionsOf(tx, actor.id),
  }));
  const zone = sites[0]?.timeZone ?? "UTC";
  const wait = installation().coolOffHours;
  return (
    <Page actor={actor} sites={sites} now={now} place="/account" crumbs={[{ name: "My account" }]}>
      <div className="page-head"><h1>My account</h1><span className="sub">{actor.printedName}, {actor.userName}</span><div className="end"><Link className="button" href="/account/notices"><Icon name="bell" />Notices</Link></div></div>
      <div className="page-body stack">
        {query.refused ? <p className="problem" role="alert">{query.refused}</p> : null}
        {query.cancelled ? <p className="notice" role="status">You turned back at the identity provider. Nothing was changed.</p> : null}
        {query.accepted ? <p className="notice" role="status">You have accepted the statement. You can sign now.</p> : null}
        {query.enrolled ? <p className="notice" role="status">The passkey is enrolled.</p> : null}
        {locked ? <p className="problem" role="alert"><b>Your signing is locked</b> since {siteTime(locked, zone)}, after {failureLimit} failed proofs of presence. An administrator unlocks it. If it was not you, report it at once.</p> : null}
        <Undertaking accepted={accepted.find((u) => u.version === undertakingVersion)} zone={zone} />
        <section className="card" id="passkeys" aria-labelledby="passkeys-title">
          <header><h2 id="passkeys-title">Passkeys</h2><span className="tiny quiet">sign with a key of your own instead of the company password</span></header>
          {keys.length > 0 ? <PasskeyList passkeys={keys} now={now} zone={zone} of="me" mayRevoke /> : null}
          <div className="card-body">
            {keys.length === 0 ? <p className="small">You have no passkey. Enrol one to sign by touching a key or a fingerprint reader.</p> : null}
            <EnrolForm />
            <p className="tiny quiet">You prove who you are at the company sign-in first, then the authenticator registers, with PIN or biometric. {wait > 0 ? `A new passkey may sign after ${wait} h; until then you can object to one you did not enrol.` : "A new passkey may sign at once."} Prefer one that stays on its device.</p>
          </div>
        </section>
        <SignIns sessions={sessions} current={actor.sessionId} zone={zone} />
        <p className="small quiet">A wrong password stays at the identity provider, which locks accounts by its own rule. {failureLimit} failed answers that reach this portal lock your signing here.</p>
      </div>
    </Page>
  );
}
