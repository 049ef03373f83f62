import { shortSiteTime, siteTime } from "#lib/site/time.ts";

/** An instant in a site's zone, with UTC: `2026-03-02 14:05 CET (13:05Z)`. */
export function SiteTime({ at, zone, seconds = false }: { at: Date | null | undefined; zone: string; seconds?: boolean }) {
  return at ? <time className="nowrap" dateTime={at.toISOString()}>{siteTime(at, zone, seconds)}</time> : <span className="quiet">–</span>;
}

/** The short form in dense tables; the whole of it, with UTC, on hover. */
export function ShortTime({ at, zone }: { at: Date; zone: string }) {
  return <time className="nowrap" dateTime={at.toISOString()} title={siteTime(at, zone, true)}>{shortSiteTime(at, zone)}</time>;
}
