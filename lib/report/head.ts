import { medium, mono, quiet, small, type Paragraph } from "#lib/document/model.ts";
import { readCheckpoint, readNote } from "#lib/ledger/note.ts";
import { BrokenPromise } from "#lib/result.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";
import type { PrintedHead } from "./report-source.ts";

/** A head out of its signed note. `witnesses`: names of those whose co-signatures it carries. */
export function printedHead(note: string, signedAt: Date, witnesses: readonly string[]): PrintedHead {
  const text = readNote(note)?.text;
  const head = text === undefined ? undefined : readCheckpoint(text);
  if (!head) throw new BrokenPromise("checkpoint-unreadable", "a stored checkpoint is not a signed note");
  return { origin: head.origin, size: head.size, root: Buffer.from(head.root).toString("hex"), signedAt, witnesses };
}

/** First 16 and last 12 digits. */
const shortRoot = (root: string): string => `${root.slice(0, 16)}…${root.slice(-12)}`;

/** Last part of a witness' name: of `veribatch-3f2a91c0/raleigh` the site. */
const shortName = (name: string): string => name.split("/").at(-1) ?? name;

/** The line of the footer that fixes when the ledger stood where: whoever keeps the page can hold it against a later ledger. */
export function headLine(head: PrintedHead | undefined, timeZone: string): Paragraph {
  if (!head) return small("No checkpoint of the ledger was signed yet when this copy was made.");
  const cosigned = head.witnesses.length === 0 ? "not co-signed" : `co-signed by ${head.witnesses.map(shortName).join(", ")}`;
  return small("Checkpoint ", medium(numerals(String(head.size))), quiet(` of ${head.origin}, ${printedTime(head.signedAt, timeZone, true)}, root `), mono(shortRoot(head.root)), quiet(`, ${cosigned}`));
}
