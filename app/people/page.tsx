import { RevokeForm } from "#components/access/revoke-form.tsx";
import { Page } from "#components/frame/page.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withSites } from "#db/scope.ts";
import { may } from "#lib/access/actor.ts";
import { requirePage } from "#lib/access/current.ts";
import { roleName } from "#lib/access/permission.ts";
import { accounts, type HeldRole } from "#lib/access/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "People" };

const stateOf = (role: HeldRole): string => (role.revokedAt ? "revoked here" : role.endedAt ? "ended at the provider" : "");

export default async function PeoplePage() {
  const by = await requirePage("account.read");
  const now = new Date();
  const { list, sites } = await withSites(by, async (tx) => ({ list: await accounts(tx), sites: await sitesById(tx, by.sites) }));
  const manage = may(by.actor, "account.manage");
  return (
    <Page actor={by.actor} sites={sites} now={now} place="/people" crumbs={[{ name: "Administration" }, { name: "People" }]}>
      <div className="page-head"><h1>People</h1><span className="sub">{list.length} accounts; roles come from the identity provider&apos;s groups at each sign-in, a revocation here wins at once</span></div>
      <div className="table-box" tabIndex={0} role="region" aria-label="People"><table className="dense">
        <thead><tr>{["Person", "User name", "State", "Roles per site", "Enrolled", "Last active"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>{list.map((p) => (
          <tr key={p.id}><th scope="row">{p.printedName}</th><td className="mono">{p.userName}</td><td>{p.state === "active" ? "Active" : <b>Suspended</b>}</td>
            <td>{p.roles.length === 0 ? <span className="quiet">none</span> : <ul>{p.roles.map((r) => <li key={`${r.siteId}${r.role}`}>{roleName[r.role]}, {r.siteName} {stateOf(r) ? <b className="tiny">{stateOf(r)}</b> : manage ? <RevokeForm siteId={r.siteId} personId={p.id} role={r.role} label={`${roleName[r.role]} at ${r.siteName} of ${p.printedName}`} /> : null}</li>)}</ul>}</td>
            <td><SiteTime at={p.createdAt} zone="UTC" /></td><td>{p.lastSeenAt ? <SiteTime at={p.lastSeenAt} zone="UTC" /> : <span className="quiet">never</span>}</td></tr>
        ))}</tbody></table></div>
    </Page>
  );
}
