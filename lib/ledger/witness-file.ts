import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { BrokenPromise } from "#lib/result.ts";
import { readCheckpoint, readNote, type Head } from "./note.ts";

/** The witness' memory outside PostgreSQL: one append-only file per log, each head a signed note between two lines of dashes. */
export type WitnessFile = {
  /** The last head that was witnessed, with its note. */
  readonly last: () => Witnessed | undefined;
  /** Every head of the file, oldest first. */
  readonly heads: () => readonly Witnessed[];
  /** Appends a note; durable when this returns. */
  readonly append: (note: string) => void;
};

const separator = "----\n";
const tailBytes = 64 * 1024;

type Witnessed = { readonly head: Head; readonly note: string };

/** Notes between the marks; what stands behind the last mark is still being written. */
const notesOf = (text: string): readonly string[] => text.split(separator).slice(0, -1);

function headOf(note: string): Witnessed | undefined {
  const signed = readNote(note);
  const head = signed && readCheckpoint(signed.text);
  return head && { head, note };
}

const parse = (text: string): readonly Witnessed[] => notesOf(text).flatMap((note) => headOf(note) ?? []);

/** The last head; an unreadable one would set the memory back unnoticed and breaks the promise `witness-altered` instead. */
function lastHead(text: string): Witnessed | undefined {
  const note = notesOf(text).at(-1);
  if (note === undefined) return undefined;
  const last = headOf(note);
  if (!last) throw new BrokenPromise("witness-altered", "the last head of the witness file cannot be read: the file was altered");
  return last;
}

/** A kill in the middle of a write leaves a head without its end mark; it was never acknowledged and is cut off. */
function cutUnfinished(path: string): void {
  const text = readFileSync(path, "utf8");
  const whole = text.lastIndexOf(separator) + separator.length;
  if (text.length === 0 || text.endsWith(separator)) return;
  const handle = openSync(path, "r+");
  try {
    ftruncateSync(handle, text.includes(separator) ? Buffer.byteLength(text.slice(0, whole)) : 0);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function tail(path: string): string {
  const { size } = statSync(path);
  const handle = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString("utf8");
    return size > tailBytes ? text.slice(text.indexOf(separator) + separator.length) : text;
  } finally {
    closeSync(handle);
  }
}

export const witnessPath = (directory: string, logId: string): string => join(directory, `${logId}.checkpoints`);

/** Opens the witness file of a log for writing. One process at a time writes it: the one that owns the log. */
export function openWitnessFile(directory: string, logId: string): WitnessFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = witnessPath(directory, logId);
  if (existsSync(path)) cutUnfinished(path);
  const handle = openSync(path, "a", 0o600);
  syncDirectory(directory);
  let failed = false;
  return {
    last: () => lastHead(tail(path)),
    heads: () => parse(readFileSync(path, "utf8")),
    append: (note) => {
      if (failed) throw new BrokenPromise("witness-unwritten", "an earlier head could not be written whole; the witness file has to be opened anew");
      failed = true;
      const bytes = Buffer.from(note + separator, "utf8");
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      fsyncSync(handle);
      failed = false;
    },
  };
}

/** A new file is there for good only when its directory is. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** How many heads of a log's witness file cannot be read: more than none says that the file was altered. */
export function alteredHeads(directory: string, logId: string): number {
  const path = witnessPath(directory, logId);
  return existsSync(path) ? notesOf(readFileSync(path, "utf8")).filter((note) => !headOf(note)).length : 0;
}

/** Reads what a log's witness holds; nothing when there is no file. For those who check, beside the one who writes. */
export function readWitness(directory: string, logId: string): readonly Witnessed[] {
  const path = witnessPath(directory, logId);
  return existsSync(path) ? parse(readFileSync(path, "utf8")) : [];
}
