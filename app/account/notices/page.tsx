import Link from "next/link";
import { Page } from "#components/frame/page.tsx";
import { Empty } from "#components/ui/empty.tsx";
import { SiteTime } from "#components/ui/time.tsx";
import { withOwnMeans } from "#db/scope.ts";
import { sitesWith } from "#lib/access/actor.ts";
import { requireActor } from "#lib/access/current.ts";
import { readNoticesAction } from "#lib/notice/actions.ts";
import { noticesOf } from "#lib/notice/queries.ts";
import { sitesById } from "#lib/site/queries.ts";

export const metadata = { title: "Notices" };

export default async function NoticesPage() {
  const actor = await requireActor();
  const now = new Date();
  const { list, sites } = await withOwnMeans(actor, async (tx) => ({ list: await noticesOf(tx, actor.id), sites: await sitesById(tx, sitesWith(actor, "site.read")) }));
  const unread = list.filter((n) => n.readAt === null).length;
  const zone = sites[0]?.timeZone ?? "UTC";
  return (
    <Page actor={actor} sites={sites} now={now} place="/account/notices" crumbs={[{ name: "My account", address: "/account" }, { name: "Notices" }]}>
      <div className="page-head"><h1>Notices</h1><span className="sub">{unread} unread of {list.length}, newest first</span>
        {unread > 0 ? <div className="end"><form action={readNoticesAction}><button type="submit" className="button">Mark all as read</button></form></div> : null}</div>
      {list.length === 0 ? <Empty title="Nothing has been told to you yet.">You read here when a passkey is enrolled or revoked in your name and when signing is locked.</Empty> : (
        <div className="table-box" tabIndex={0} role="region" aria-label="Notices"><table className="dense"><thead><tr>{["When", "What", "State"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
          <tbody>{list.map((n) => <tr key={n.id}><td><SiteTime at={n.at} zone={zone} /></td><td><Link href={n.address}>{n.readAt ? n.title : <b>{n.title}</b>}</Link><small>{n.body}</small></td><td>{n.readAt ? <span className="quiet">read</span> : <b>unread</b>}</td></tr>)}</tbody></table></div>
      )}
    </Page>
  );
}
