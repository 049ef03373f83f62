import type { FieldChange } from "#lib/audit/record-name.ts";
import { canonical } from "#lib/digest/digest.ts";
import { body, contentWidth, fine, mono, plain, quiet, small, type Block, type Column, type Row } from "#lib/document/model.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";

/** An entry of the audit trail as the report prints it; `detail` follows the event of an act, `fields` are those of a changed row. */
export type TrailRow = {
  readonly id: string; readonly at: Date; readonly actorName: string; readonly role: string; readonly kind: "act" | "change" | "deletion"; readonly event: string; readonly reason: string;
  readonly authorisedBy: string | null; readonly record: string; readonly fields: readonly FieldChange[]; readonly detail: Readonly<Record<string, unknown>>; readonly digest: string;
};
/** Acts and changes of rows, oldest first, and how many rows of each kind of record were created. */
export type Trail = { readonly rows: readonly TrailRow[]; readonly created: readonly { readonly kind: string; readonly n: number }[] };

const columns: readonly Column[] = [{ title: "When", width: 136, align: "left" }, { title: "Who", width: 110, align: "left" }, { title: "What", width: 130, align: "left" }, { title: "Reason", width: contentWidth - 376, align: "left" }];

const detailText = (detail: TrailRow["detail"]): string => Object.entries(detail).map(([name, value]) => `${name} ${typeof value === "string" ? value : canonical(value)}`).join("; ");
const changeText = ({ name, old, new: now }: FieldChange): string => `${name}: ${old ?? "none"} → ${now ?? "none"}`;
const kindName = { change: "Row changed", deletion: "Row deleted" } as const;

function row(entry: TrailRow, timeZone: string): Row {
  const said = entry.kind === "act" ? [fine(detailText(entry.detail))] : entry.fields.map((field) => fine(plain(changeText(field))));
  const what = entry.kind === "act" ? [body(entry.event)] : [body(entry.record), small(kindName[entry.kind])];
  return {
    kind: "cells", marked: false, withNext: false,
    cells: [[fine(plain(printedTime(entry.at, timeZone, true)))], [body(entry.actorName), small(entry.role)], what, [body(entry.reason), ...(entry.authorisedBy ? [small(`authorised by ${entry.authorisedBy}`)] : [])]],
    notes: [...said.map((paragraph) => ({ paragraph, barred: false })), { paragraph: fine("Entry digest ", mono(entry.digest)), barred: false }],
  };
}

/** What the audit trail holds about this batch: acts and changes, oldest first; the entry of this export is written after it was made. */
export function auditTrail({ rows, created }: Trail, timeZone: string): readonly Block[] {
  const note = rows.length === 0 ? "holds no act and no change about this batch yet; the entry of this export follows it" : `${numerals(String(rows.length))} acts and changes about this batch, oldest first; the entry of this export follows them`;
  const heading: Block = { kind: "heading", level: "chapter", text: "Audit trail", note };
  const total = created.reduce((sum, { n }) => sum + n, 0);
  const counted = total === 0 ? "No row was created." : `${numerals(String(total))} rows were created and are part of the record, not listed here: ${created.map(({ kind, n }) => `${kind.toLowerCase()} ${numerals(String(n))}`).join(", ")}.`;
  const creations: Block = { kind: "text", paragraphs: [small(quiet(counted))] };
  return rows.length === 0 ? [heading, creations] : [heading, { kind: "table", columns, rows: rows.map((entry) => row(entry, timeZone)), continued: "Audit trail", resumed: false }, creations];
}
