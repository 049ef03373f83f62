import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { roleName, type Role } from "#lib/access/permission.ts";
import { Bell } from "./bell.tsx";
import { Clock } from "./clock.tsx";
import { SearchKey } from "./search-key.tsx";

type Site = { readonly id: string; readonly name: string; readonly timeZone: string };
export type FrameProps = {
  readonly map: readonly { readonly name: string; readonly places: readonly { readonly name: string; readonly address: string }[] }[];
  /** Address of the rail entry this page belongs to. */
  readonly place: string;
  readonly crumbs: readonly { readonly name: string; readonly address?: string }[];
  readonly person: { readonly name: string; readonly roles: readonly Role[] };
  readonly sites: readonly Site[];
  /** The site the page is about; undefined on pages across sites. */
  readonly site?: Site | undefined;
  readonly now: Date;
  readonly maySearch: boolean;
  readonly children: React.ReactNode;
};

const Brand = () => (
  <Link className="brand" href="/">
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><rect x="1" y="1" width="16" height="16" rx="3" fill="var(--ink)" /><path d="m4.500 5.200 4.500 8 4.500-8" fill="none" stroke="var(--surface)" strokeWidth="1.900" strokeLinecap="round" strokeLinejoin="round" /></svg>
    Veribatch
  </Link>
);

function Rail({ map, place }: Pick<FrameProps, "map" | "place">) {
  return (
    <div className="rail">
      <nav aria-label="Main">
        <Brand />
        {map.map((group) => (
          <div key={group.name}>
            <h2>{group.name}</h2>
            <ul>{group.places.map((p) => <li key={p.address}><Link href={p.address} aria-current={p.address === place ? "page" : undefined}>{p.name}</Link></li>)}</ul>
          </div>
        ))}
        <footer>Times are shown with their zone.</footer>
      </nav>
    </div>
  );
}

function SiteMenu({ sites, site }: Pick<FrameProps, "sites" | "site">) {
  if (sites.length === 0) return null;
  return (
    <details className="menu" name="top-menu">
      <summary aria-label={`Site: ${site?.name ?? "all of mine"}. Choose a site`}><Icon name="site" />{site?.name ?? (sites.length === 1 ? sites[0]?.name : `All sites (${sites.length})`)}<Icon name="chevron" /></summary>
      <div className="menu-list">
        {sites.map((s) => <Link key={s.id} href={`/sites/${s.id}`} aria-current={s.id === site?.id ? "true" : undefined}>{s.name}</Link>)}
        {sites.length > 1 ? <Link href="/batches">All sites, batches</Link> : null}
      </div>
    </details>
  );
}

function PersonMenu({ person }: Pick<FrameProps, "person">) {
  return (
    <details className="menu" name="top-menu">
      <summary className="bare"><span className="who">{person.name}<small>{person.roles.map((r) => roleName[r]).slice(0, 1).join()}</small></span><Icon name="chevron" /></summary>
      <div className="menu-list">
        <p>{person.roles.map((r) => roleName[r]).join(", ") || "No role"}</p>
        <Link href="/account"><Icon name="key" />My account and passkeys</Link>
        <form method="post" action="/api/sign-out"><button type="submit"><Icon name="enter" />Sign out</button></form>
      </div>
    </details>
  );
}

/** What stands around every page: the rail, where one is, the sites, the search, the clock and who is signed in. */
export function Frame(props: FrameProps) {
  const clockSite = props.site ?? props.sites[0];
  return (
    <>
      <a className="skip" href="#main">Skip to content</a>
      <div className="app">
        <Rail map={props.map} place={props.place} />
        <div>
          <header className="topbar">
            <nav className="crumbs" aria-label="Breadcrumb">
              <ol>{props.crumbs.map((c, i) => <li key={c.name} aria-current={i === props.crumbs.length - 1 ? "page" : undefined}>{c.address && i < props.crumbs.length - 1 ? <Link href={c.address}>{c.name}</Link> : c.name}</li>)}</ol>
            </nav>
            <SiteMenu sites={props.sites} site={props.site} />
            {props.maySearch ? (
              <form className="search" role="search" action="/batches"><Icon name="search" /><input id="search" name="q" aria-label="Search batch, unit or product" placeholder="Batch, unit, product" /><kbd>⌘K</kbd><SearchKey /></form>
            ) : null}
            <Bell />
            <Clock startedAt={props.now.getTime()} zone={clockSite?.timeZone ?? "UTC"} place={clockSite?.name ?? "UTC"} />
            <PersonMenu person={props.person} />
          </header>
          <main id="main">{props.children}</main>
        </div>
      </div>
    </>
  );
}
