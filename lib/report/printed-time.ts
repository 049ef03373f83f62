import { siteDate, siteTime } from "#lib/site/time.ts";

/** No line ends between a time and its zone. */
const held = (text: string): string => text.replaceAll(" ", "\u00a0");

/** `2026-03-02 14:05 CET (13:05Z)`; a line may end only before the bracket. */
export const printedTime = (at: Date, timeZone: string, seconds = false): string => held(siteTime(at, timeZone, seconds)).replace("\u00a0(", " (");

/** `2026-03-18 CET`, held together. */
export const printedDate = (at: Date, timeZone: string): string => held(siteDate(at, timeZone));
