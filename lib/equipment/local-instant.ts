import { localParts } from "#lib/site/time.ts";

/** The value of a date and time field at a site: `2026-03-02T14:05`. */
export function localField(at: Date, timeZone: string): string {
  const { date, time } = localParts(at, timeZone);
  return `${date}T${time}`;
}

/**
 * The instant a date and time field means at a site; undefined when it is no date, or a time that a change of the clock leaves out. Of an hour that comes
 * twice the first is meant.
 */
export function localInstant(text: string, timeZone: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return undefined;
  const wanted = Date.parse(`${text}Z`);
  if (Number.isNaN(wanted)) return undefined;
  const offsetAt = (at: number) => Date.parse(`${localField(new Date(at), timeZone)}Z`) - at;
  const found = [offsetAt(wanted - 86_400_000), offsetAt(wanted + 86_400_000)].map((offset) => new Date(wanted - offset)).filter((at) => localField(at, timeZone) === text);
  return found.sort((a, b) => a.getTime() - b.getTime())[0];
}
