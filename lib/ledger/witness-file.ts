import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { readCheckpoint, readNote, type Head } from "./note.ts";

/** The witness' memory outside PostgreSQL: one append-only file per log, each head a signed note between two lines of dashes. */
export type WitnessFile = {
  /** The last head that was witnessed, with its note. */
  readonly last: () => { readonly head: Head; readonly note: string } | undefined;
  /** Every head of the file, oldest first. */
  readonly heads: () => readonly { readonly head: Head; readonly note: string }[];
  /** Appends a note; durable when this returns. */
  readonly append: (note: string) => void;
};

const separator = "----\n";
const tailBytes = 64 * 1024;

function parse(text: string): { head: Head; note: string }[] {
  return text.split(separator).flatMap((note) => {
    const signed = note === "" ? undefined : readNote(note);
    const head = signed && readCheckpoint(signed.text);
    return head ? [{ head, note }] : [];
  });
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
  return {
    last: () => parse(tail(path)).at(-1),
    heads: () => parse(readFileSync(path, "utf8")),
    append: (note) => {
      const bytes = Buffer.from(note + separator, "utf8");
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      fsyncSync(handle);
    },
  };
}

/** Reads what a log's witness holds; nothing when there is no file. For those who check, beside the one who writes. */
export function readWitness(directory: string, logId: string): readonly { readonly head: Head; readonly note: string }[] {
  const path = witnessPath(directory, logId);
  return existsSync(path) ? parse(readFileSync(path, "utf8")) : [];
}
