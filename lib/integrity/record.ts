import { excerpts, noRow, wholeRow, type BatchFinding } from "./finding.ts";

/** A row by field; each value as the database's own JSON text, so that no number is read twice and compared in two ways. */
export type FieldTexts = Readonly<Record<string, string>>;

/** A row of a kept table beside the last entry about it. Null: the trail says that there is none, or there is none. */
export type ComparedRow = {
  readonly table: string; readonly recordId: string; readonly batchId: string | null;
  /** Undefined: the trail has no entry about it. */
  readonly recorded: FieldTexts | null | undefined;
  readonly present: FieldTexts | null;
};

/** What columns that came with a later version hold in rows from before it; JSON text, null where nothing is listed. */
export type LaterColumns = Readonly<Record<string, string>>;

/** JSON text as people read it: a text without its quotes. */
const plain = (json: string | undefined): string => {
  if (json === undefined) return "nothing";
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
};

function changedFields({ table, recordId, batchId }: ComparedRow, recorded: FieldTexts, present: FieldTexts, later: LaterColumns): BatchFinding[] {
  return Object.entries(present).flatMap(([field, found]) => {
    const said = recorded[field] ?? later[field] ?? "null";
    return said === found ? [] : [{ table, recordId, batchId, field, ...excerpts(plain(said), plain(found)) }];
  });
}

/**
 * Where a row differs from the last thing the trail says about it: its fields, a row that is gone, one that nobody recorded.
 * A field that is no longer a column is not compared.
 */
export function compareRow(row: ComparedRow, later: LaterColumns = {}): readonly BatchFinding[] {
  const { table, recordId, batchId, recorded, present } = row;
  const whole = { table, recordId, batchId, field: wholeRow };
  if (present === null) return recorded ? [{ ...whole, recorded: "a row", found: noRow }] : [];
  if (recorded === undefined) return [{ ...whole, recorded: "nothing", found: "a row" }];
  if (recorded === null) return [{ ...whole, recorded: "deleted", found: "a row" }];
  return changedFields(row, recorded, present, later);
}

/** A link of a row's history that does not follow on the one before it. */
export type BrokenLink = { readonly entryId: string; readonly batchId: string | null; readonly subject: string };

/** Entries about a row in the order of writing: each one's old is the new of the one before. Where it is not, entries were moved, added or taken out. */
export const compareHistory = (links: readonly BrokenLink[]): readonly BatchFinding[] =>
  links.map(({ entryId, batchId, subject }) => ({ table: "audit_entries", recordId: entryId, batchId, field: "seq", recorded: `follows on the entry before it about ${subject}`, found: "its old value is not the new value before it" }));
