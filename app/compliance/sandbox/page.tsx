import { BundleSandbox } from "#components/compliance/bundle-sandbox.tsx";
import { LedgerSandbox } from "#components/compliance/ledger-sandbox.tsx";
import { Page } from "#components/frame/page.tsx";
import { withSites } from "#db/scope.ts";
import { requirePage } from "#lib/access/current.ts";
import { freshSandbox } from "#lib/compliance/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Try to break it" };

export default async function SandboxPage() {
  const by = await requirePage("compliance.read");
  const now = new Date();
  const sites = await withSites(by, (tx) => sitesById(tx, by.sites));
  const { bundle, ledgerSecret } = freshSandbox(now);
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/compliance" crumbs={[{ name: "Records" }, { name: "Compliance", address: "/compliance" }, { name: "Try to break it" }]}>
      <div className="sandbox">
        <p className="sandbox-band"><b>Sandbox</b><span>A specimen made for this visit, in this browser. Nothing here reads or touches a record, and nothing is kept.</span></p>
        <div className="page-head"><h1>Try to break it</h1><span className="sub">Tamper with a copy and watch what finds it</span></div>
        <div className="page-body stack">
          <section className="card" aria-labelledby="bundle"><header><h2 id="bundle">An evidence bundle, and the verifier an inspector takes home</h2></header>
            <p className="small quiet sandbox-words">The file is of the same form as an export of a batch, sealed with keys made for this visit. The checks are those of the verifier itself, at work in your browser, with no question to the server.</p>
            <BundleSandbox text={bundle} /></section>
          <section className="card" aria-labelledby="ledger"><header><h2 id="ledger">A ledger, and whoever owns its database</h2></header>
            <p className="small quiet sandbox-words">Eight entries with their stored hashes, a signed head over all of them, and the head a witness keeps outside the database, over the first six. Rewrite an entry or take one out, then choose what else you hold.</p>
            <LedgerSandbox secret={ledgerSecret} /></section>
          <section className="notice sandbox-limits" aria-labelledby="limits"><h2 id="limits">What this does not show</h2>
            <ul>
              <li>That the real keys are the company&apos;s: compare the fingerprint of a real bundle with one you got another way.</li>
              <li>That the verifier you were given is honest: this page comes from the same server. Take the verifier from a release you trust, or write your own from the format.</li>
              <li>That what was recorded was true when it was recorded. A proof shows that nothing was changed since.</li>
              <li>How your installation is run: who holds its database, its keys and its witness.</li>
            </ul></section>
        </div>
      </div>
    </Page>
  );
}
