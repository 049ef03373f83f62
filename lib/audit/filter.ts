import { z } from "zod";
import { auditEventNames, type AuditEventName } from "./event.ts";

/** Text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
const storable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const words = (max: number) => z.string().trim().min(1).max(max).refine(storable).optional().catch(undefined);
const day = z.string().regex(/^(19|20)\d{2}-\d{2}-\d{2}$/).refine((text) => !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)).optional().catch(undefined);
const flag = z.enum(["1"]).optional().catch(undefined).transform((set) => set === "1");

/** Which entries by what they are. Creations are hidden unless asked for: they say nothing was changed. */
export const auditKinds = ["no-creations", "acts", "changes", "creations", "all"] as const;
export type AuditKind = (typeof auditKinds)[number];
export const auditClasses = ["critical", "all"] as const;

/** Events of a signing that failed. */
export const failedSignings: readonly AuditEventName[] = ["signing.refused", "signing.cancelled", "passkey.refused", "signing.locked"];

/** Place in the list: the entry next to which a page begins, as milliseconds since the epoch and the entry's id. */
const cursor = z.string().regex(/^\d{1,14}~[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/).optional().catch(undefined);

/** The state of the explorer as it stands in the address; what it does not know is dropped, never an error. */
export const auditFilter = z.object({
  /** First and last day, in the zone of the chosen site, else UTC. */
  from: day, to: day,
  site: words(60),
  /** Part of a person's name or user name, or an exact id of a person or programme. */
  actor: words(80),
  batch: words(60),
  /** Kind of record as the trail names it: a table or the subject of an act. */
  record: words(60),
  /** Exact key of one record of that kind. */
  subject: words(200),
  event: z.enum(auditEventNames as [AuditEventName, ...AuditEventName[]]).optional().catch(undefined),
  kind: z.enum(auditKinds).catch("no-creations").default("no-creations"),
  class: z.enum(auditClasses).catch("critical").default("critical"),
  after: flag, off: flag, late: flag, failed: flag,
  /** Part of the reason. */
  reason: words(80),
  older: cursor, newer: cursor,
  /** Selected entry. */
  entry: z.uuid().optional().catch(undefined),
});
export type AuditFilter = z.infer<typeof auditFilter>;

/** What narrows the list, without place and selection. */
export const filterKeys = ["from", "to", "site", "actor", "batch", "record", "subject", "event", "kind", "class", "after", "off", "late", "failed", "reason"] as const;
export type FilterKey = (typeof filterKeys)[number];
export const noFilter: AuditFilter = auditFilter.parse({});

type Change = Partial<AuditFilter>;

/** The filter as text of an address; what stands at its default is left out. */
export function filterQuery(filter: AuditFilter, change: Change = {}): string {
  const next = { ...filter, ...change };
  const params = new URLSearchParams();
  for (const key of [...filterKeys, "older", "newer", "entry"] as const) {
    const value = next[key];
    if (value === undefined || value === false || value === noFilter[key]) continue;
    params.set(key, value === true ? "1" : value);
  }
  return params.toString();
}

/** Address of the list with something changed. A changed filter starts at the newest entry with nothing selected. */
export function auditAddress(filter: AuditFilter, change: Change = {}): string {
  const stays = Object.keys(change).every((key) => key === "entry");
  const query = filterQuery(filter, { ...(stays ? {} : { older: undefined, newer: undefined, entry: undefined }), ...change });
  return query ? `/audit?${query}` : "/audit";
}

/** Tabs of the explorer: each keeps date, site, person, batch and record, and sets the rest. */
export const auditViews = {
  critical: { kind: "no-creations", class: "critical", after: false, off: false, late: false, failed: false, event: undefined, reason: undefined },
  after: { kind: "no-creations", class: "critical", after: true, off: false, late: false, failed: false, event: undefined, reason: undefined },
  off: { kind: "no-creations", class: "critical", after: false, off: true, late: false, failed: false, event: undefined, reason: undefined },
  late: { kind: "all", class: "all", after: false, off: false, late: true, failed: false, event: undefined, reason: undefined },
  failed: { kind: "acts", class: "all", after: false, off: false, late: false, failed: true, event: undefined, reason: undefined },
} as const satisfies Record<string, Change>;
export type AuditView = keyof typeof auditViews;

/** The tab whose settings the filter has, if any. */
export function viewOf(filter: AuditFilter): AuditView | undefined {
  const names = Object.keys(auditViews) as readonly AuditView[];
  return names.find((name) => Object.entries(auditViews[name]).every(([key, value]) => filter[key as FilterKey] === value));
}

/** Cursor text of an entry. */
export const cursorOf = (entry: { readonly at: Date; readonly id: string }): string => `${entry.at.getTime()}~${entry.id}`;
export function placeOf(text: string): { readonly at: Date; readonly id: string } {
  const [at = "0", id = ""] = text.split("~");
  return { at: new Date(Number(at)), id };
}
