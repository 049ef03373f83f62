import type { ImportReceipt } from "#lib/catalog/commands.ts";

const line = (label: string, count: number, note = ""): string => `  ${label.padEnd(34)}${String(count).padStart(7)}${note ? `  ${note}` : ""}`;
const shownLines = 10;

/** The table people read after an import, line by line. */
export function summary(fileName: string, siteId: string, { importId, plan }: ImportReceipt): readonly string[] {
  const { read, stored, unchanged, quarantined, runs, values } = plan;
  const byCause = [...Map.groupBy(quarantined, (q) => q.fault.cause)].sort(([, a], [, b]) => b.length - a.length);
  const fresh = runs.filter((run) => !run.known);
  return [
    `Import ${importId} of ${fileName} at ${siteId}`,
    line("rows read", read),
    line("stored", stored, values.length > 0 ? `${values.length} values` : ""),
    line("unchanged", unchanged),
    line("quarantined", quarantined.length),
    ...byCause.map(([cause, lines]) => line(`  ${cause}`, lines.length)),
    line("batches", runs.length, `${fresh.length} new, ${runs.length - fresh.length} known`),
    ...quarantined.slice(0, shownLines).map((q) => `  line ${q.line}: ${q.fault.cause}: ${q.fault.detail}`),
    ...(quarantined.length > shownLines ? [`  and ${quarantined.length - shownLines} more; all of them stand in the import's quarantine`] : []),
    quarantined.length === 0 ? "Imported. No row was set aside."
      : `Imported, but ${quarantined.length} ${quarantined.length === 1 ? "row was" : "rows were"} set aside and not stored. Correct the source and import the file again: what is stored stays as it is.`,
  ];
}
