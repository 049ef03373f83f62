/**
 * Times as people read them in records: `2026-03-02 14:05 CET (13:05Z)`, in the site's zone (PIC/S PI 041 9.8).
 * Zone abbreviations come from the platform's locale data; where it knows none, the offset stands (`GMT+8`).
 */
const abbreviations: Record<string, Record<string, string>> = {
  "Asia/Singapore": { "GMT+8": "SGT" },
};

const cache = new Map<string, Intl.DateTimeFormat>();
function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = cache.get(timeZone);
  if (known) return known;
  // British English names European zones (CET, GMT); American English names American ones (EST, EDT).
  const locale = timeZone.startsWith("America/") ? "en-US" : "en-GB";
  const made = new Intl.DateTimeFormat(locale, {
    timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    timeZoneName: "short",
  });
  cache.set(timeZone, made);
  return made;
}

type Parts = { readonly date: string; readonly time: string; readonly seconds: string; readonly zone: string };

/** Local date, `HH:MM`, seconds and zone abbreviation of an instant at a site. */
export function localParts(at: Date, timeZone: string): Parts {
  const parts = Object.fromEntries(formatter(timeZone).formatToParts(at).map(({ type, value }) => [type, value]));
  const shown = parts["timeZoneName"] ?? "UTC";
  return {
    date: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
    time: `${parts["hour"]}:${parts["minute"]}`,
    seconds: parts["second"] ?? "00",
    zone: abbreviations[timeZone]?.[shown] ?? shown,
  };
}

/** `2026-03-02 14:05 CET (13:05Z)`; with `seconds`, `14:05:12 CET (13:05:12Z)`. The UTC date is added when it differs. */
export function siteTime(at: Date, timeZone: string, seconds = false): string {
  const local = localParts(at, timeZone);
  const utc = at.toISOString();
  const utcClock = utc.slice(11, seconds ? 19 : 16);
  const utcDate = utc.slice(0, 10) === local.date ? "" : `${utc.slice(5, 10)} `;
  return `${local.date} ${local.time}${seconds ? `:${local.seconds}` : ""} ${local.zone} (${utcDate}${utcClock}Z)`;
}

/** Without UTC and year, for tables whose heading or tooltip has the rest: `03-02 14:05 CET`. */
export function shortSiteTime(at: Date, timeZone: string): string {
  const local = localParts(at, timeZone);
  return `${local.date.slice(5)} ${local.time} ${local.zone}`;
}

/** Without UTC, for lists: `2026-03-02 14:05 CET`. */
export function listSiteTime(at: Date, timeZone: string): string {
  const local = localParts(at, timeZone);
  return `${local.date} ${local.time} ${local.zone}`;
}

/** Date and zone alone, for dates that are due: `2026-03-18 CET`. */
export const siteDate = (at: Date, timeZone: string): string => {
  const { date, zone } = localParts(at, timeZone);
  return `${date} ${zone}`;
};

/** A span in words: `12 s`, `4 min 10 s`, `5 h 47 min`, `11 d 20 h`. Negative spans count as zero. */
export function spanText(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [d, h, m, s] = [Math.floor(total / 86_400), Math.floor((total % 86_400) / 3600), Math.floor((total % 3600) / 60), total % 60];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return m > 0 ? `${h} h ${m} min` : `${h} h`;
  if (m > 0) return s > 0 && m < 10 ? `${m} min ${s} s` : `${m} min`;
  return `${s} s`;
}
