import { Page } from "#components/frame/page.tsx";
import { Checks, Findings, type CheckedSite } from "#components/integrity/checks.tsx";
import { withSites } from "#db/scope.ts";
import { enterprise } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { checkState } from "#lib/integrity/check.ts";
import { findingsOfSites, integrityOfSites } from "#lib/integrity/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Integrity" };

export default async function IntegrityPage() {
  const by = await requirePage("integrity.read");
  const now = new Date();
  const { states, findings, sites } = await withSites(by, async (tx) => ({ states: await integrityOfSites(tx, by.sites), findings: await findingsOfSites(tx), sites: await sitesById(tx, by.sites) }));
  const checked = states.map((state): CheckedSite => {
    const site = sites.find((s) => s.id === state.siteId);
    return { ...state, name: site?.name ?? (state.siteId === enterprise ? "Accounts and configuration" : state.siteId), zone: site?.timeZone ?? "UTC", state: checkState(state.last, state.open, now) };
  }).sort((a, b) => a.name.localeCompare(b.name));
  const open = states.reduce((n, state) => n + state.open, 0);
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/integrity" crumbs={[{ name: "Records" }, { name: "Integrity" }]}>
      <div className="page-head"><h1>Integrity</h1><span className="chip">{open === 0 ? "No open finding" : `${open} open`}</span><span className="sub">Every stored record against what was recorded about it, round after round</span></div>
      <section aria-labelledby="checks-title"><h2 id="checks-title" className="section-title">Last rounds</h2><Checks sites={checked} now={now} /></section>
      <section aria-labelledby="findings-title"><h2 id="findings-title" className="section-title">Findings</h2><Findings findings={findings} sites={checked} /></section>
      <section aria-labelledby="proves-title" className="integrity-words"><h2 id="proves-title">What this proves, and what not</h2>
        <ul>
          <li>Each row of a record is compared with the last thing the audit trail says about it. Each audit entry is compared with its own bytes, its place in the ledger, the signed heads, the other sites&apos; co-signatures and the heads kept outside the database.</li>
          <li>Readings of a tag are compared where a batch&apos;s time series were sealed. Readings that are not sealed yet, sessions and unfinished signings are not compared.</li>
          <li>Before a signature the batch is looked at anew, not as of the last round.</li>
          <li>Who owns the database alone cannot rewrite history unnoticed. Who owns the database, the portal&apos;s keys and the witness file together can. All sites of one installation are one administration: an outside witness, or a head printed on paper, goes beyond that.</li>
          <li>Who owns the database can add records as if the application had written them, in the name of somebody else. What was recorded before stays provable; a signature cannot be made that way.</li>
        </ul>
      </section>
    </Page>
  );
}
