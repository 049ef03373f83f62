import { Mark } from "../ui/mark.tsx";
import { expiryStanding, type ExpiryStanding } from "#lib/material/expiry.ts";
import { lotStateName, type LotState } from "#lib/material/lot.ts";
import { siteDate, siteTime } from "#lib/site/time.ts";

/** State of a lot as a word; grey, for none of them is by itself a call for somebody. */
export const LotStateChip = ({ state }: { readonly state: LotState }) => <span className="chip">{lotStateName[state]}</span>;

const said: Record<Exclude<ExpiryStanding, "none" | "good">, (days: number) => string> = { soon: (days) => (days === 0 ? "expires within a day" : `expires in ${days} d`), expired: (days) => (days === 0 ? "expired within a day" : `expired ${-days} d ago`) };

/** The day a lot expires at its site; pointed out when it is near or over while there is something left to use. */
export function Expiry({ at, zone, now, usable }: { readonly at: Date | null; readonly zone: string; readonly now: Date; readonly usable: boolean }) {
  const { standing, days } = expiryStanding(at, now);
  if (at === null || standing === "none") return <span className="quiet">none</span>;
  const date = <time className="nowrap" dateTime={at.toISOString()} title={siteTime(at, zone)}>{siteDate(at, zone)}</time>;
  if (standing === "good") return date;
  return usable ? <>{date} <span className={`nowrap ${standing === "expired" ? "p2" : "p3"}`}><Mark priority={standing === "expired" ? 2 : 3} /> {said[standing](days)}</span></> : <>{date} <span className="quiet nowrap">{said[standing](days)}</span></>;
}
