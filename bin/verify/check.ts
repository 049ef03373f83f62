import type { Bundle, RegisterKey } from "#lib/evidence/shape.ts";
import type { Head, SignedNote } from "#lib/ledger/note.ts";
import type { JsonObject } from "./canonical.ts";

export type CheckName = "container" | "seal" | "record" | "documents" | "files" | "segments" | "signatures" | "entries" | "related" | "checkpoints" | "times" | "pdf";

/** One line of the report. `count`: how many things were looked at; `finding`: a sentence for people. */
export type Check = { readonly name: CheckName; readonly count: number; readonly holds: boolean; readonly finding: string };

/** The line of a check: what it found when nothing is wrong, else the first fault and how many more there are. */
export function checkOf(name: CheckName, count: number, faults: readonly string[], found: string): Check {
  const [first, ...more] = faults;
  const finding = first === undefined ? found : more.length === 0 ? first : `${first}; and ${more.length} more`;
  return { name, count, holds: first === undefined, finding };
}

/** An entry whose canonical text has the form of one, read. */
export type ReadEntry = {
  readonly position: number; readonly id: string; readonly at: string; readonly event: string; readonly kind: string; readonly siteId: string; readonly batchId: string | null;
  readonly subjectType: string; readonly subjectId: string; readonly detail: JsonObject;
};

/** A co-signature line that verifies: whose, and when, milliseconds since the epoch. */
export type ReadCosignature = { readonly owner: string; readonly at: number };
export type ReadCheckpoint = { readonly note: SignedNote; readonly head: Head; readonly cosignatures: readonly ReadCosignature[]; readonly faults: readonly string[] };

/** Entries about what the batch used, of one owner, with the head of the owner's ledger; each undefined where it cannot be read. */
export type ReadRelated = { readonly owner: string; readonly checkpoint: ReadCheckpoint | undefined; readonly entries: readonly (ReadEntry | undefined)[] };

/** A bundle with everything the checks share, read once. */
export type Evidence = {
  readonly bundle: Bundle;
  /** In the order of the bundle; undefined where the text is not that of an entry. */
  readonly entries: readonly (ReadEntry | undefined)[];
  /** In the order of the bundle; undefined where the note is not that of a checkpoint. */
  readonly checkpoints: readonly (ReadCheckpoint | undefined)[];
  /** In the order of the bundle; none in EBRBUNDLE/1. */
  readonly related: readonly ReadRelated[];
  readonly exportedAt: number;
};

/** A key's validity holds its first and its last instant. */
export const validAt = (key: RegisterKey, at: number): boolean => Date.parse(key.validFrom) <= at && (key.validTo === null || at <= Date.parse(key.validTo));

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
