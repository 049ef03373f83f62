import { sha256 } from "#lib/digest/digest.ts";
import { numerals } from "./numeral.ts";

/** Longest value of a changed field that a report prints whole, characters. */
export const longestPrinted = 400;

/** A value of a changed field as a report prints it: whole, or, where it is a document of its own such as a master, by its length and SHA-256; the audit trail holds it whole. */
export function printedValue(value: string | null | undefined): string {
  if (value === null || value === undefined) return "none";
  return value.length <= longestPrinted ? value : `${numerals(String(value.length))} characters, SHA-256 ${sha256(value)}`;
}
