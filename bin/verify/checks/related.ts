import type { RelatedEntries } from "#lib/evidence/shape.ts";
import { isObject, type JsonObject } from "../canonical.ts";
import { checkOf, plural, type Check, type Evidence, type ReadRelated } from "../check.ts";
import { witnessFault } from "./checkpoints.ts";
import { isProved } from "./entries.ts";
import { recordOf, rowsOf } from "./record.ts";

function faultsOfHead({ note }: RelatedEntries, { owner, checkpoint }: ReadRelated, evidence: Evidence): readonly string[] {
  const { manifest, content } = evidence.bundle;
  if (!checkpoint) return [`the checkpoint of ${owner} has not the form of a signed note`];
  const unwitnessed = witnessFault(evidence, checkpoint, owner);
  return [
    ...checkpoint.faults, ...(unwitnessed ? [unwitnessed] : []), ...(checkpoint.head.size < 1 ? [`the checkpoint of ${owner} covers nothing`] : []),
    ...(owner === manifest.siteId && note !== content.checkpoints.at(-1)?.note ? ["the checkpoint of the site is not the last one of its ledger that is here"] : []),
  ];
}

/** `ids`: of all entries of the file so far. */
function faultsOfEntries({ owner, entries }: RelatedEntries, { checkpoint, entries: read }: ReadRelated, ids: Set<string>, batchId: string): readonly string[] {
  return entries.flatMap((entry, i) => {
    const [found, before] = [read[i], entries[i - 1]];
    const named = `the entry at position ${entry.position} of ${owner}`;
    const faults: string[] = [];
    if (!found) faults.push(`${named} is not the canonical text of an entry`);
    else if (found.siteId !== owner || found.batchId === batchId) faults.push(`${named} is of another ledger, or of the batch itself`);
    if (found && ids.has(found.id)) faults.push(`${named} is there twice`);
    if (found) ids.add(found.id);
    if (before && before.position >= entry.position) faults.push(`${named} is out of order`);
    if (!isProved(entry, checkpoint?.head)) faults.push(`the proof of ${named} does not lead to its checkpoint`);
    return faults;
  });
}

/** Rows the record names as having been used, by table and id; undefined where the record does not say it in its own way. */
function usedBy(record: JsonObject): readonly (readonly [table: string, id: unknown])[] | undefined {
  const [materials, equipment, batch] = [rowsOf(record, "materials"), rowsOf(record, "equipment"), record["batch"]];
  if (!materials || !equipment || !isObject(batch)) return undefined;
  const containers = materials.map((use) => use["containerId"] ?? null).filter((id) => id !== null);
  return [...materials.map((use) => ["lots", use["lotId"]] as const), ...containers.map((id) => ["containers", id] as const), ...[batch, ...equipment].map((use) => ["units", use["unitId"]] as const)];
}

function faultsOfUse({ bundle, related }: Evidence): readonly string[] {
  const record = recordOf(bundle);
  const used = record && usedBy(record);
  if (!used) return ["the record does not say what was used"];
  const own = related.filter((one) => one.owner === bundle.manifest.siteId).flatMap((one) => one.entries);
  const told = new Set(own.flatMap((entry) => (entry && (entry.event === "row.created" || entry.event === "row.changed") ? [`${entry.subjectType}\n${entry.subjectId}`] : [])));
  return used.filter(([table, id]) => typeof id !== "string" || !told.has(`${table}\n${id}`)).map(([table, id]) => `nothing here tells of ${table} ${String(id)}, which the record names`);
}

/** Entries about lots, containers, units, their logs and calibrations and the documents: each in its owner's ledger, and all the record names told of. */
export function checkRelated(evidence: Evidence): Check {
  const { manifest, content: { related } } = evidence.bundle;
  if (!related) return checkOf("related", 0, [], "EBRBUNDLE/1 holds no entries about what was used");
  const ids = new Set(evidence.entries.flatMap((entry) => (entry ? [entry.id] : [])));
  const faults = related.flatMap((group, i) => {
    const [read, before] = [evidence.related[i], related[i - 1]];
    const misplaced = (group.owner !== manifest.siteId && group.owner !== "enterprise") || (before && before.owner >= group.owner) || group.entries.length === 0;
    return [...(misplaced ? [`the entries of ${group.owner} are out of place`] : []), ...(read ? [...faultsOfHead(group, read, evidence), ...faultsOfEntries(group, read, ids, manifest.batchId)] : [])];
  });
  const count = related.reduce((n, { entries }) => n + entries.length, 0);
  return checkOf("related", count, [...faults, ...faultsOfUse(evidence)], `each is a leaf of its ledger: ${related.map(({ owner, entries }) => `${plural(entries.length, "entry", "entries")} of ${owner}`).join(", ")}`);
}
