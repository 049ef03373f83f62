import Link from "next/link";

/** The same page of the person's other sites; nothing for who works at one. */
export function SiteLinks({ sites, siteId, page }: { sites: readonly { readonly id: string; readonly name: string }[]; siteId: string; page: string }) {
  if (sites.length < 2) return null;
  return <nav className="segments" aria-label="Site">{sites.map((site) => <Link key={site.id} href={`/sites/${site.id}/${page}`} aria-current={site.id === siteId ? "page" : undefined}>{site.name}</Link>)}</nav>;
}
