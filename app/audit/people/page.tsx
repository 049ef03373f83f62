import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { withSites, type Programme } from "#db/scope.ts";
import { everybody } from "#lib/audit/storyline-queries.ts";
import { sitesById } from "#lib/site/queries.ts";
import { trailReader } from "../reader.ts";

export const metadata = { title: "One person, one month" };
const programmes: readonly Programme[] = ["sign-in", "ingest", "plant", "import", "story", "installation", "ledger", "integrity", "export"];

export default async function PeoplePage() {
  const by = await trailReader();
  const { people, sites } = await withSites(by, async (tx) => ({ people: await everybody(tx), sites: await sitesById(tx, by.sites) }));
  return (
    <Page actor={by.actor} sites={sites} now={new Date()} place="/audit" crumbs={[{ name: "Records" }, { name: "Audit trail", address: "/audit" }, { name: "One person, one month" }]}>
      <div className="page-head"><h1>One person, one month</h1><span className="sub">everything somebody did at your sites</span></div>
      <div className="room">
        <section className="card"><header><h2>People</h2></header><ul className="body">{people.map((p) => <li key={p.id}><Link href={`/audit/people/${p.id}`}>{p.name}</Link> <span className="quiet small">{p.user_name}</span></li>)}</ul></section>
        <section className="card"><header><h2>Programmes that act by themselves</h2></header><ul className="body">{programmes.map((name) => <li key={name}><Link href={`/audit/people/programme:${name}`}>{name}</Link></li>)}</ul></section>
      </div>
    </Page>
  );
}
