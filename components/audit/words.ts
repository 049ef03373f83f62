import { roleName, roles } from "#lib/access/permission.ts";
import { auditAddress, type AuditFilter, type AuditKind, type FilterKey } from "#lib/audit/filter.ts";
import { actChange, recordKind } from "#lib/audit/record-name.ts";
import type { AuditRow } from "#lib/audit/queries.ts";
import { meaningName, signatureMeanings } from "#lib/signature/meaning.ts";
import { figureText } from "../ui/figure.tsx";
import { saidBy } from "./detail.ts";

/** A role as people call it; programmes and old entries have words of their own. */
export const roleWord = (id: string): string => { const known = roles.find((r) => r === id); return known ? roleName[known] : id; };

/** What one count limit and one more reads like. */
export const boundedCount = (n: number, limit: number): string => (n > limit ? `more than ${figureText(limit, 0)}` : figureText(n, 0));

export const kindName: Record<AuditKind, string> = { "no-creations": "acts and changes", acts: "acts", changes: "changes of rows", creations: "creations", all: "all" };
/** What the heading counts. */
export const kindNoun: Record<AuditKind, readonly [string, string]> = { "no-creations": ["change", "changes"], acts: ["act", "acts"], changes: ["change of a row", "changes of rows"], creations: ["creation", "creations"], all: ["entry", "entries"] };

export type Chip = { readonly key: string; readonly name: string; readonly value: string; readonly without: string };
type Named = { readonly site: (id: string) => string; readonly zone: string };

/** The filters that are set, each with the address without it. Hiding creations and what is not critical are filters like others. */
export function chipsOf(filter: AuditFilter, named: Named): readonly Chip[] {
  const without = (change: Partial<AuditFilter>): string => auditAddress(filter, change);
  const days = filter.from || filter.to ? `${filter.from ? (filter.to ? `${filter.from} to ${filter.to}` : `from ${filter.from}`) : `to ${filter.to ?? ""}`}, ${named.zone}` : undefined;
  const simple: readonly (readonly [FilterKey, string, string | undefined])[] = [
    ["site", "Site", filter.site && named.site(filter.site)], ["batch", "Batch", filter.batch], ["actor", "Person", filter.actor], ["record", "Record", filter.record && recordKind(filter.record)], ["subject", "Key", filter.subject],
    ["event", "Event", filter.event], ["after", "After completion", filter.after ? "only" : undefined], ["off", "Nights and weekends", filter.off ? "only" : undefined], ["late", "Late entries", filter.late ? "only" : undefined],
    ["failed", "Failed signings", filter.failed ? "only" : undefined], ["reason", "Reason", filter.reason],
  ];
  return [
    ...simple.flatMap(([key, name, value]) => (value ? [{ key, name, value, without: without({ [key]: undefined }) }] : [])),
    ...(days ? [{ key: "date", name: "Date", value: days, without: without({ from: undefined, to: undefined }) }] : []),
    ...(filter.kind === "all" ? [] : [{ key: "kind", name: "Kind", value: kindName[filter.kind], without: without({ kind: "all" }) }]),
    ...(filter.class === "all" ? [] : [{ key: "class", name: "Class", value: "critical: CPP, CQA, limits, dispositions, signatures, authority", without: without({ class: "all" }) }]),
  ];
}

/** Words beside an entry's number that make it worth a look. */
export const flagsOf = (row: AuditRow): readonly string[] => [...(row.completedBefore ? ["after"] : []), ...(row.weekend ? ["weekend"] : []), ...(row.night ? ["night"] : []), ...(row.late ? ["late"] : [])];

export type Told = { readonly field: string; readonly from: string | undefined; readonly to: string | undefined };

/** What a row of the list says: the field, old and new. */
export function toldBy(row: AuditRow): Told {
  const [field, ...others] = row.fields;
  if (field) return { field: others.length > 0 && row.kind !== "creation" ? `${field.name} +${others.length}` : row.kind === "creation" ? "created" : field.name, from: field.old ?? undefined, to: row.kind === "deletion" ? undefined : (field.new ?? undefined) };
  const said = row.said && saidBy(row.said);
  const change = said?.change ?? actChange(row.said?.detail);
  return { field: said ? [said.title, said.more].filter(Boolean).join(": ") : "cannot be read", from: change?.from, to: change?.to };
}

/** Meaning of the signature an entry tells of. */
export function meaningOf(row: AuditRow): string | undefined {
  const detail: Readonly<Record<string, unknown>> = row.said && (row.said.event === "record.signed" || row.said.event === "signature.withdrawn") ? row.said.detail : {};
  const known = signatureMeanings.find((m) => m === detail["meaning"]);
  return known && meaningName[known];
}

/** Number of an entry: its position in the ledger of its site. */
export const entryNumber = (position: number | null): string => (position === null ? "not yet in the ledger" : figureText(position, 0));

export const shortHash = (hex: string): string => `${hex.slice(0, 4)}…${hex.slice(-4)}`;
