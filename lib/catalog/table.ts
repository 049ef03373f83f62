import { parse } from "csv-parse/sync";
import { accept, refuse, type Result } from "#lib/result.ts";

/** One data line as it stands in the file; `cells` are missing when the line cannot be read as CSV. `line` counts from 1. */
export type TableLine = { readonly line: number; readonly raw: string; readonly cells: readonly string[] | undefined };
export type Table = { readonly header: readonly string[]; readonly lines: readonly TableLine[] };

function cellsOf(text: string, delimiter: string): readonly string[] | undefined {
  try {
    const records: string[][] = parse(text, { delimiter, relax_column_count: true });
    return records[0];
  } catch {
    return undefined;
  }
}

/**
 * Reads UTF-8 bytes as a table with a header line. A record is one line: a quote that is not closed spoils its own line and
 * none of its neighbours. Blank lines are no data. The refusal is a sentence.
 */
export function readTable(bytes: Uint8Array, delimiter: string, needed: readonly string[]): Result<Table, string> {
  const texts = new TextDecoder("utf-8").decode(bytes).split(/\r\n|\n|\r/);
  const header = cellsOf(texts[0] ?? "", delimiter);
  if (!header || header.join("").trim() === "") return refuse("The file has no header line with the names of its columns.");
  const absent = needed.filter((name) => !header.includes(name));
  if (absent.length > 0) return refuse(`The file has no column ${absent.join(", ")}, which the mapping names; it has ${header.join(", ")}.`);
  const twice = needed.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice) return refuse(`The file has the column ${twice} twice, so it is not clear which is meant.`);
  const lines = texts.map((raw, i) => ({ line: i + 1, raw })).slice(1).filter(({ raw }) => raw.trim() !== "");
  if (lines.length === 0) return refuse("The file holds a header and no rows.");
  return accept({ header, lines: lines.map((l) => ({ ...l, cells: cellsOf(l.raw, delimiter) })) });
}
