import { siteTime } from "#lib/site/time.ts";

/** An instant in a site's zone, with UTC: `2026-03-02 14:05 CET (13:05Z)`. */
export function SiteTime({ at, zone, seconds = false }: { at: Date | null | undefined; zone: string; seconds?: boolean }) {
  return at ? <time className="nowrap" dateTime={at.toISOString()}>{siteTime(at, zone, seconds)}</time> : <span className="quiet">–</span>;
}
