import { localParts, siteDate } from "#lib/site/time.ts";

const day = 86_400_000;
/** A lot that expires within this many days is pointed out. */
export const expiryWarningDays = 30;

/** The last millisecond of a day on a label, at the site: a lot may be used on the day it expires (USP 659). Undefined for what is no day. */
export function endOfDay(date: string, timeZone: string): Date | undefined {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const guess = midnight + day - 1;
  const offset = (at: number): number => { const p = localParts(new Date(at), timeZone); return Date.parse(`${p.date}T${p.time}:${p.seconds}.999Z`) - at; };
  return new Date(guess - offset(guess - offset(guess)));
}

export type ExpiryStanding = "none" | "good" | "soon" | "expired";
/** How a lot stands to its expiry, and whole days that are left; below 0 since. */
export function expiryStanding(expiresAt: Date | null, now: Date): { readonly standing: ExpiryStanding; readonly days: number } {
  if (expiresAt === null) return { standing: "none", days: Infinity };
  const left = expiresAt.getTime() - now.getTime();
  return { standing: left <= 0 ? "expired" : left <= expiryWarningDays * day ? "soon" : "good", days: left > 0 ? Math.floor(left / day) : -Math.floor(-left / day) };
}

/** Last day a lot may be used, at its site with its zone: `use until 2026-04-30 CEST`; a lot without expiry says so. */
export const expiryText = (expiresAt: Date | null, timeZone: string): string => (expiresAt === null ? "no expiry" : `use until ${siteDate(expiresAt, timeZone)}`);
