import { PasskeyList } from "#components/signature/passkey-list.tsx";
import { Locks } from "#components/signature/locks.tsx";
import { Policies } from "#components/signature/policies.tsx";
import { Page } from "#components/frame/page.tsx";
import { withOwnMeans } from "#db/scope.ts";
import { sitesWith } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { allPasskeys, locksOfSigning, policiesOf } from "#lib/signature/overview-queries.ts";
import { failureLimit } from "#lib/signature/lockout.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Signing" };

export default async function SigningPage() {
  const by = await requirePage("account.read");
  const { actor } = by;
  const now = new Date();
  const { sites, policies, keys, locks } = await withOwnMeans(actor, async (tx) => {
    const own = await sitesById(tx, by.sites);
    return { sites: own, policies: await policiesOf(tx, own.map((s) => s.id)), keys: await allPasskeys(tx), locks: await locksOfSigning(tx) };
  }, undefined, by);
  const manage = sitesWith(actor, "account.manage");
  const inUse = keys.filter((k) => k.revokedAt === null).length;
  const open = locks.filter((l) => l.releasedAt === null).length;
  return (
    <Page actor={actor} sites={sites} now={now} place="/people/signing" crumbs={[{ name: "Administration" }, { name: "Signing" }]}>
      <div className="page-head"><h1>Signing</h1><span className="sub">{open === 0 ? "nobody is locked" : `${open} ${open === 1 ? "person is" : "people are"} locked`}, {inUse} {inUse === 1 ? "passkey" : "passkeys"} in use</span></div>
      <div className="page-body stack">
        <section className="card" id="locks" aria-labelledby="locks-title"><header><h2 id="locks-title">Locked signing</h2><span className="tiny quiet">{failureLimit} failed proofs of presence that reach the portal within 24 h; wrong passwords stay at the identity provider</span></header>
          <Locks locks={locks} zone="UTC" actorId={actor.id} manage={manage.length > 0} /></section>
        <section className="card" aria-labelledby="policy-title"><header><h2 id="policy-title">What each site asks for</h2><span className="tiny quiet">counts for every signing that is opened or finished from then on</span></header>
          <Policies policies={policies} sites={sites} manage={manage} /></section>
        <section className="card" aria-labelledby="passkeys-title"><header><h2 id="passkeys-title">Passkeys</h2><span className="tiny quiet">a person enrols his own; you can revoke, never enrol for somebody</span></header>
          {keys.length === 0 ? <p className="empty">Nobody has enrolled a passkey.</p> : <PasskeyList passkeys={keys} now={now} zone="UTC" of="everybody" mayRevoke={manage.length > 0} />}</section>
      </div>
    </Page>
  );
}
