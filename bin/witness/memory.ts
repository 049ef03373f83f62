import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { nativeCrypto } from "#lib/ledger/native.ts";
import { readCheckpoint, readNote, verifyCosignature, type Head, type NoteKey } from "#lib/ledger/note.ts";
import { openWitnessFile, witnessPath } from "#lib/ledger/witness-file.ts";
import { BrokenPromise } from "#lib/result.ts";
import { StartRefused } from "../portal/refusal.ts";

/** The newest head of a log, the note the witness keeps of it and when it co-signed it. */
export type Remembered = { readonly head: Head; readonly note: string; readonly seenAt: Date };

/** What the witness has seen: one append-only file per log. */
export type Memory = {
  readonly last: (origin: string) => Remembered | undefined;
  /** Makes a head the newest one; durable when it returns. After a throw the program must end: the file may end in half a head. */
  readonly remember: (note: string) => void;
  /** File of all heads of a log, oldest first, a line of dashes after each. */
  readonly pathOf: (origin: string) => string;
};

/** A name of a file: origins hold slashes. */
const fileOf = encodeURIComponent;
const separator = "----\n";

function remembered(note: string, origin: string, own: NoteKey): Remembered | undefined {
  const signed = readNote(note);
  const head = signed && readCheckpoint(signed.text);
  const seconds = signed && verifyCosignature(signed, own, nativeCrypto);
  return head?.origin === origin && seconds !== undefined ? { head, note, seenAt: new Date(seconds * 1000) } : undefined;
}

/** The last head of a file, after a look at all of them: a head that is missing, altered or smaller than the one before is no memory to go on with. */
function lastOf(path: string, origin: string, own: NoteKey): Remembered | undefined {
  const altered = (which: string) => new StartRefused(`The witness' memory ${path} was altered: ${which}. Nothing is co-signed with it. Put the file back from its backup, or find out who changed it.`);
  const notes = readFileSync(path, "utf8").split(separator).slice(0, -1);
  let size = 0;
  for (const [n, note] of notes.entries()) {
    const signed = readNote(note);
    const head = signed && readCheckpoint(signed.text);
    if (head?.origin !== origin) throw altered(`head ${n + 1} cannot be read`);
    if (head.size < size) throw altered(`head ${n + 1} is smaller than the one before`);
    size = head.size;
  }
  const note = notes.at(-1);
  const last = note === undefined ? undefined : remembered(note, origin, own);
  if (note !== undefined && !last) throw altered("its last head does not carry this witness' own co-signature");
  return last;
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Opens the files of all logs in `directory`. `own`: the witness' key, which signed every head it kept. */
export function openMemory(directory: string, origins: readonly string[], own: NoteKey): Memory {
  const files = new Map(origins.map((origin) => [origin, openWitnessFile(directory, fileOf(origin))]));
  const pathOf = (origin: string): string => witnessPath(directory, fileOf(origin));
  const newest = new Map<string, Remembered>();
  let broken = false;
  for (const origin of origins) {
    const last = lastOf(pathOf(origin), origin, own);
    if (last) newest.set(origin, last);
  }
  syncDirectory(directory); // so that new files outlive a loss of power
  return {
    last: (origin) => newest.get(origin),
    pathOf,
    remember: (note) => {
      const signed = readNote(note);
      const origin = (signed && readCheckpoint(signed.text)?.origin) ?? "";
      const next = remembered(note, origin, own);
      const file = files.get(origin);
      if (!next || !file) throw new BrokenPromise("witness-memory", `no head of a known log: ${origin}`);
      if (broken) throw new BrokenPromise("witness-memory", "a head could not be kept before"); // the file may end in half a head: nothing may follow it
      broken = true;
      file.append(note);
      broken = false;
      newest.set(origin, next);
    },
  };
}

function runsWitness(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("witness");
  } catch {
    return false; // nobody has this number, or it is another person's process
  }
}

/** One witness per directory: two would co-sign two histories. Returns what gives the directory free again. */
export function lockMemory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, "witness.pid");
  const pid = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (pid > 0 && pid !== process.pid && runsWitness(pid)) throw new StartRefused(`A witness (process ${pid}) already uses ${directory}. Stop it, or set WITNESS_DIR to another folder.`);
  if (pid > 0) rmSync(file, { force: true });
  try {
    const handle = openSync(file, "wx", 0o600); // of two that start at once, one is told here
    writeSync(handle, String(process.pid));
    closeSync(handle);
  } catch (cause) {
    throw new StartRefused(`Another witness has just started in ${directory}.`, { cause });
  }
  return () => rmSync(file, { force: true });
}
