import { canonical } from "#lib/digest/digest.ts";
import { body, contentWidth, fine, mono, plain, small, type Block, type Column, type Row } from "#lib/document/model.ts";
import { printedTime } from "./printed-time.ts";

/** An entry of the audit trail as the report prints it; `detail` follows the event. */
export type AuditRow = { readonly id: string; readonly at: Date; readonly actorName: string; readonly role: string; readonly event: string; readonly reason: string; readonly detail: Readonly<Record<string, unknown>>; readonly digest: string };

const columns: readonly Column[] = [{ title: "When", width: 136, align: "left" }, { title: "Who", width: 110, align: "left" }, { title: "Event", width: 110, align: "left" }, { title: "Reason", width: contentWidth - 356, align: "left" }];

const detailText = (detail: AuditRow["detail"]): string => Object.entries(detail).map(([name, value]) => `${name} ${typeof value === "string" ? value : canonical(value)}`).join("; ");

const row = (entry: AuditRow, timeZone: string): Row => ({
  kind: "cells", marked: false, withNext: false,
  cells: [[fine(plain(printedTime(entry.at, timeZone, true)))], [body(entry.actorName), small(entry.role)], [body(entry.event)], [body(entry.reason)]],
  notes: [{ paragraph: fine(detailText(entry.detail)), barred: false }, { paragraph: fine("Entry digest ", mono(entry.digest)), barred: false }],
});

/** What the audit trail holds about this batch, oldest first; the entry of this export is written after it was made. */
export function auditTrail(entries: readonly AuditRow[], timeZone: string): readonly Block[] {
  const note = entries.length === 0 ? "holds no entry about this batch yet; the entry of this export follows it" : "entries about this batch, oldest first; the entry of this export follows them";
  const heading: Block = { kind: "heading", level: "chapter", text: "Audit trail", note };
  return entries.length === 0 ? [heading] : [heading, { kind: "table", columns, rows: entries.map((entry) => row(entry, timeZone)), continued: "Audit trail", resumed: false }];
}
