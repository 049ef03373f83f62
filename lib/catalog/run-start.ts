import { Temporal } from "temporal-polyfill";

/** How a file may write its dates. */
export const dateFormats = ["yyyyMMdd", "yyyy-MM-dd", "dd.MM.yyyy", "dd/MM/yyyy", "MM/dd/yyyy"] as const;
export type DateFormat = (typeof dateFormats)[number];

const forms: Record<DateFormat, RegExp> = {
  "yyyyMMdd": /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)$/,
  "yyyy-MM-dd": /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)$/,
  "dd.MM.yyyy": /^(?<d>\d\d)\.(?<m>\d\d)\.(?<y>\d{4})$/,
  "dd/MM/yyyy": /^(?<d>\d\d)\/(?<m>\d\d)\/(?<y>\d{4})$/,
  "MM/dd/yyyy": /^(?<m>\d\d)\/(?<d>\d\d)\/(?<y>\d{4})$/,
};

/** `2024-02-12`, or undefined when the text is no date of the calendar between 1950 and 2199. */
export function parseDate(text: string, format: DateFormat): string | undefined {
  const { y, m, d } = forms[format].exec(text)?.groups ?? {};
  if (!y || !m || !d || Number(y) < 1950 || Number(y) > 2199) return undefined;
  try {
    return Temporal.PlainDate.from({ year: Number(y), month: Number(m), day: Number(d) }, { overflow: "reject" }).toString();
  } catch {
    return undefined;
  }
}

/** At what time of day runs start, and where. */
export type StartClock = { readonly startClock: string; readonly zone: string };

const dayMs = 86_400_000;

/** The start of a run on `date`, epoch milliseconds; undefined when a change of the clocks makes that time of day missing or double. */
export function startOn(date: string, { startClock, zone }: StartClock): number | undefined {
  try {
    return Temporal.PlainDateTime.from(`${date}T${startClock}`).toZonedDateTime(zone, { disambiguation: "reject" }).epochMilliseconds;
  } catch {
    return undefined;
  }
}

const localDate = (at: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();

/**
 * The starts of the run that a line allows by itself: those from which `elapsedMs` leads into the line's own `date`. Mostly one.
 * Two when that date has 25 hours and the line lies in the hour that fits both; none when the date fits no start. A run's own start
 * is among those of each of its lines, so a missing first line does not shift the others.
 */
export function impliedStarts(date: string, elapsedMs: number, clock: StartClock): readonly number[] {
  const [hours = 0, minutes = 0] = clock.startClock.split(":").map(Number);
  const days = Math.floor((elapsedMs + hours * 3_600_000 + minutes * 60_000) / dayMs);
  const latest = Temporal.PlainDate.from(date);
  return [days, days - 1, days + 1].flatMap((back) => {
    const start = startOn(latest.subtract({ days: back }).toString(), clock);
    return start !== undefined && localDate(start + elapsedMs, clock.zone) === date ? [start] : [];
  });
}
