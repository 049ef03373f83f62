import { recordKind } from "#lib/audit/record-name.ts";

/** Where a stored record differs from what was recorded. `recorded` and `found` are shown to people and may be cut. */
export type Finding = { readonly table: string; readonly recordId: string; readonly field: string; readonly recorded: string; readonly found: string };
/** With the batch it belongs to, where it belongs to one. */
export type BatchFinding = Finding & { readonly batchId: string | null };

/** The field of a finding about a whole row. */
export const wholeRow = "row";
export const noRow = "no such row";

const keyOf = ({ table, recordId, field }: Finding): string => JSON.stringify([table, recordId, field]);
/** Each difference once; of two about the same field the first. */
export function distinct<F extends Finding>(findings: readonly F[]): readonly F[] {
  const seen = new Map<string, F>();
  for (const finding of findings) if (!seen.has(keyOf(finding))) seen.set(keyOf(finding), finding);
  return [...seen.values()];
}

export type StoredFinding = Finding & { readonly id: string };
export type Comparison<F extends Finding> = { readonly fresh: readonly F[]; readonly seen: readonly StoredFinding[]; readonly gone: readonly StoredFinding[] };
/** What a round makes of what it found and what was open before: new ones, those that are still there, those that are gone. */
export function compareRounds<F extends Finding>(found: readonly F[], open: readonly StoredFinding[]): Comparison<F> {
  const [now, before] = [new Set(found.map(keyOf)), new Set(open.map(keyOf))];
  return { fresh: distinct(found).filter((f) => !before.has(keyOf(f))), seen: open.filter((f) => now.has(keyOf(f))), gone: open.filter((f) => !now.has(keyOf(f))) };
}

const longest = 160;
const lead = 48;

/** The two texts around their first difference, where they are long. */
export function excerpts(recorded: string, found: string): { readonly recorded: string; readonly found: string } {
  if (recorded.length <= longest && found.length <= longest) return { recorded, found };
  let at = 0;
  while (at < recorded.length && recorded[at] === found[at]) at++;
  const from = Math.max(0, at - lead);
  const cut = (text: string) => `${from > 0 ? "…" : ""}${text.slice(from, from + longest)}${from + longest < text.length ? "…" : ""}`.toWellFormed();
  return { recorded: cut(recorded), found: cut(found) };
}

/** Kinds of record that the trail does not name. */
const ledgerKinds: Readonly<Record<string, string>> = {
  audit_entries: "Audit entry", ledger_leaves: "Ledger position", ledger_nodes: "Ledger subtree", checkpoints: "Signed head of the ledger", cosignatures: "Co-signature", witness: "Head the witness has seen", process_values: "Process value", segments: "Sealed time series",
};
/** Kind of the record of a finding, in words. */
export const findingKind = (table: string): string => ledgerKinds[table] ?? recordKind(table);

/** Findings of these tables concern everything a site has recorded. */
export const ledgerTables = ["ledger_leaves", "ledger_nodes", "checkpoints", "cosignatures", "witness"] as const;

/** The finding as one sentence: table, row and field, what was recorded and what is there. */
export function findingSentence({ table, recordId, field, recorded, found }: Finding): string {
  const kind = findingKind(table);
  if (field === wholeRow && found === noRow) return `${kind} ${recordId} (table ${table}) was recorded and is gone.`;
  if (field === wholeRow) return `${kind} ${recordId} (table ${table}) is there, and nobody recorded it.`;
  return `${kind} ${recordId} (table ${table}), field ${field}: recorded ${recorded}, found ${found}.`;
}
