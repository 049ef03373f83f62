import type { Chance } from "./tamper-chance.ts";
import { draftOf, placeIn, twoPlaces, type Draft, type Subject } from "./tamper-subject.ts";

/**
 * One way to damage a bundle. `change` answers false where there is nothing to damage. `sealed`: what must become of it even when whoever did
 * it holds the portal's attestation key: "refused", or "either" where only that key stands behind the changed part.
 */
export type Tampering = {
  readonly name: string; readonly sealed: "refused" | "either";
  readonly change: (draft: Draft, subject: Subject, chance: Chance) => boolean;
};

type ListName = "entries" | "signatures" | "segments" | "checkpoints" | "keys" | "documents" | "files" | "related";
const lists: readonly ListName[] = ["entries", "signatures", "segments", "checkpoints", "keys", "documents", "files", "related"];
/** A list of a draft, items of whatever kind; empty where the form of the bundle has no such list. */
const listOf = (draft: Draft, name: ListName): unknown[] => draft.content[name] ?? [];

function swap(list: unknown[], chance: Chance): boolean {
  const places = twoPlaces(list, chance);
  if (!places) return false;
  const [a, b] = places;
  [list[a], list[b]] = [list[b], list[a]];
  return true;
}

function duplicate(list: unknown[], chance: Chance): boolean {
  const at = placeIn(list, chance);
  if (at === undefined) return false;
  list.splice(at + 1, 0, structuredClone(list[at]));
  return true;
}

function remove(list: unknown[], chance: Chance): boolean {
  const at = placeIn(list, chance);
  if (at === undefined) return false;
  list.splice(at, 1);
  return true;
}

function truncate(list: unknown[], chance: Chance): boolean {
  if (list.length < 2) return false;
  list.length = chance.below(list.length);
  return true;
}

function reverse(list: unknown[]): boolean {
  list.reverse();
  return list.length > 1;
}

/** Parts of one item that are put in place of the same parts of another. */
const parts: Record<ListName, readonly string[]> = {
  entries: ["canonical", "proof", "position"], signatures: ["statement", "digest", "attestation", "assertion", "signedAt", "ordinal"], segments: ["text", "digest", "readings", "day", "tag"], documents: ["text", "digest", "id", "kind"], files: ["content", "digest", "size"], related: ["owner", "note", "entries"],
  checkpoints: ["note"], keys: ["id", "publicKey", "owner", "purpose", "name"],
};

function copyPart(from: readonly unknown[], to: readonly unknown[], name: ListName, chance: Chance): boolean {
  if (from.length === 0 || to.length === 0) return false;
  const [source, target, part] = [chance.pick(from) as Record<string, unknown>, chance.pick(to) as Record<string, unknown>, chance.pick(parts[name])];
  target[part] = structuredClone(source[part]);
  return true;
}

/**
 * What the attestation key alone can do unseen: leave out an entry that tells of no signing, and rename or give away a key that vouched
 * for nothing (a fingerprint covers ids and bytes).
 */
const free = (name: ListName, kind: string): Tampering["sealed"] =>
  (name === "entries" && (kind === "delete" || kind === "truncate")) || (name === "keys" && kind.startsWith("copy a part")) ? "either" : "refused";

function ofList(name: ListName): readonly Tampering[] {
  const other = (subject: Subject) => listOf(draftOf(subject.other), name);
  const kinds: readonly [string, (list: unknown[], chance: Chance, subject: Subject) => boolean][] = [
    ["swap", swap], ["duplicate", duplicate], ["delete", remove], ["truncate", truncate], ["reverse", reverse],
    ["append one of another bundle to", (list, chance, subject) => list.push(chance.pick(other(subject))) > 0],
    ["put one of another bundle among", (list, chance, subject) => { list.splice(chance.below(list.length + 1), 0, chance.pick(other(subject))); return true; }],
    ["replace one by another bundle's of", (list, chance, subject) => { const at = placeIn(list, chance); if (at !== undefined) list[at] = chance.pick(other(subject)); return at !== undefined; }],
    ["copy a part within", (list, chance) => copyPart(list, list, name, chance)],
    ["copy a part of another bundle into", (list, chance, subject) => copyPart(other(subject), list, name, chance)],
  ];
  return kinds.map(([kind, change]) => ({ name: `${kind} ${name}`, sealed: free(name, kind), change: (draft, subject, chance) => draft.content[name] !== undefined && change(listOf(draft, name), chance, subject) }));
}

/** Swap, duplicate, delete, truncate, append and copy, of every list a bundle has. */
export const listTamperings: readonly Tampering[] = lists.flatMap(ofList);
