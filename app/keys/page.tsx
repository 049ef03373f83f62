import { Page } from "#components/frame/page.tsx";
import { Heads, type LogState } from "#components/ledger/heads.tsx";
import { RotateForm } from "#components/ledger/rotate-form.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withSites } from "#db/scope.ts";
import { enterprise, may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { installation } from "#lib/installation.ts";
import { headOf, keyRegister } from "#lib/ledger/queries.ts";
import { readWitness } from "#lib/ledger/witness-file.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Ledger and keys" };

const purposeName = { attestation: "Attests signatures and seals exports", ledger: "Signs the heads of its ledger, co-signs the others", seal: "Seals documents (PDF)" } as const;

export default async function KeysPage() {
  const by = await requirePage("key.read");
  const now = new Date();
  const { witnessDirectory } = installation();
  const { register, logs, sites } = await withSites(by, async (tx) => {
    const found = await sitesById(tx, by.sites);
    const states: LogState[] = [];
    const accounts = by.sites.includes(enterprise) ? [{ id: enterprise, name: "Accounts and configuration", timeZone: "UTC" }] : [];
    for (const site of [...accounts, ...found]) states.push({ siteId: site.id, name: site.name, zone: site.timeZone, head: await headOf(tx, site.id), witnessedSize: readWitness(witnessDirectory, site.id).at(-1)?.head.size });
    return { register: await keyRegister(tx), logs: states, sites: found };
  });
  const rotates = may(by.actor, "key.rotate", enterprise);
  const inForce = register.filter((key) => key.validTo === null).length;
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/keys" crumbs={[{ name: "Records" }, { name: "Ledger and keys" }]}>
      <div className="page-head"><h1>Ledger and keys</h1><span className="sub">Each site&apos;s audit trail is one log; its heads are signed, co-signed by the other sites and kept outside the database</span></div>
      <section aria-labelledby="heads"><h2 id="heads" className="section-title">Heads of the logs</h2><Heads logs={logs} />
        <p className="small quiet px-6 py-3">What this proves: nobody who owns the database alone can change or drop an entry unnoticed. Who owns database, keys and witness file together can forge; a witness elsewhere, or a head printed on paper, goes beyond that.</p>
      </section>
      <section aria-labelledby="register"><h2 id="register" className="section-title">Key register</h2><p className="small quiet px-6 pb-3">{inForce} keys in force, {register.length - inForce} ended. Old signatures verify against the key that was in force then. Private halves never reach the database.</p>
        <div className="table-box" tabIndex={0} role="region" aria-label="Key register"><table className="dense">
          <thead><tr>{["Key", "Owner", "What it is for", "Name", "In force from", "Until"].map((h) => <th key={h} scope="col">{h}</th>)}{rotates ? <th scope="col">Rotation</th> : null}</tr></thead>
          <tbody>{register.map((key) => (
            <tr key={key.id}><th scope="row" className="mono">{key.id}</th><td>{key.owner}</td><td>{purposeName[key.purpose]}, {key.algorithm}</td><td className="mono">{key.name}</td><td><SiteTime at={key.validFrom} zone="UTC" /></td>
              <td>{key.validTo ? <><SiteTime at={key.validTo} zone="UTC" /><small className="quiet">{key.endReason}</small></> : "in force"}</td>
              {rotates ? <td>{key.validTo === null && key.purpose !== "seal" ? <RotateForm purpose={key.purpose} owner={key.owner} label={`${key.purpose} key of ${key.owner}`} /> : null}</td> : null}</tr>
          ))}</tbody></table></div>
      </section>
    </Page>
  );
}
