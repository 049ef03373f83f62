import { sha256 } from "@noble/hashes/sha2.js";
import { isTime, type ProvedEntry } from "#lib/evidence/shape.ts";
import { fromBase64 } from "#lib/ledger/note.ts";
import { merkle } from "#lib/ledger/tree.ts";
import { utf8 } from "../bytes.ts";
import { isObject, objectOf, readCanonical } from "../canonical.ts";
import { checkOf, type Check, type Evidence, type ReadEntry } from "../check.ts";

const tree = merkle(sha256);
const texts = ["actorId", "actorName", "client", "event", "id", "kind", "reason", "request", "role", "siteId", "subjectId", "subjectType", "zone"] as const;
const members = [...texts, "at", "authorisedBy", "batchId", "critical", "detail", "format"].sort().join();

/** The entry of a canonical text; undefined when the text has not exactly an entry's form. */
export function readEntry({ canonical, position }: ProvedEntry): ReadEntry | undefined {
  const entry = objectOf(canonical, readCanonical);
  if (!entry || Object.keys(entry).sort().join() !== members || !texts.every((name) => typeof entry[name] === "string")) return undefined;
  const { at, authorisedBy, batchId, critical, detail, format } = entry;
  if (!isTime(at) || (authorisedBy !== null && typeof authorisedBy !== "string") || (batchId !== null && typeof batchId !== "string") || typeof critical !== "boolean" || !isObject(detail) || format !== "EBRLEAF/1") return undefined;
  const said = (name: (typeof texts)[number]) => String(entry[name]);
  return { position, at, detail, id: said("id"), event: said("event"), kind: said("kind"), siteId: said("siteId"), batchId, subjectType: said("subjectType"), subjectId: said("subjectId") };
}

type LeafHead = { readonly size: number; readonly root: Uint8Array };

/** Does the entry's audit path lead to the root of this head? */
export function isProved({ canonical, position, proof }: ProvedEntry, head: LeafHead | undefined): boolean {
  const path = proof.map(fromBase64).filter((hash) => hash !== undefined);
  return head !== undefined && path.length === proof.length && tree.verifyInclusion({ leafHash: tree.leafHash(utf8(`EBRLEAF/1\n${canonical}`)), position, size: head.size, path, root: head.root });
}

/** Every entry: form, site and batch, order, and its way to the root of the last checkpoint. */
export function checkEntries({ bundle: { manifest, content }, entries, checkpoints }: Evidence): Check {
  const head = checkpoints.at(-1)?.head;
  const ids = new Set<string>();
  const faults = content.entries.flatMap((entry, i) => {
    const [read, before] = [entries[i], content.entries[i - 1]];
    const named = `the entry at position ${entry.position}`;
    const found: string[] = [];
    if (!read) found.push(`${named} is not the canonical text of an entry`);
    else if (read.siteId !== manifest.siteId || read.batchId !== manifest.batchId) found.push(`${named} is of another batch or site`);
    if (read && ids.has(read.id)) found.push(`${named} is there twice`);
    if (read) ids.add(read.id);
    if (before && before.position >= entry.position) found.push(`${named} is out of order`);
    if (!isProved(entry, head)) found.push(`the proof of ${named} does not lead to the last checkpoint`);
    return found;
  });
  return checkOf("entries", content.entries.length, faults, `each is a leaf of the ledger of ${head?.size ?? 0} under the last checkpoint`);
}
