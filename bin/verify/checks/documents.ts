import type { ExportedDocument } from "#lib/evidence/shape.ts";
import { digestOf } from "../bytes.ts";
import { isObject, objectOf, readCanonical, type JsonObject } from "../canonical.ts";
import { checkOf, plural, type Check, type Evidence, type ReadEntry } from "../check.ts";
import { recordOf, rowsOf } from "./record.ts";
import { faultsOfSignature, isRowOf, isSignatureRow } from "./signatures.ts";

/** A document as its text says what it is: id, the row that holds it, and whose it is. */
type Named = { readonly id: string; readonly table: string; readonly row: string; readonly owner: string; readonly content: JsonObject };

const enterprise = "enterprise";
const isVersion = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 999_999;
const formats: Record<ExportedDocument["kind"], readonly string[]> = { master: ["EBRMBR/1", "EBRMBR/2"], overlay: ["EBROVL/1"], "exception-configuration": ["EBREXC/1"] };
const configurationVersion = (id: string): string | undefined => /^exceptions v([1-9][0-9]{0,5})$/.exec(id)?.[1];

function masterOf(content: JsonObject): Named | undefined {
  const { id, version } = content;
  return typeof id === "string" && isVersion(version) ? { id: `${id} v${version}`, table: "master_batch_records", row: `${id}/${version}`, owner: enterprise, content } : undefined;
}

function overlayOf(content: JsonObject): Named | undefined {
  const { siteId, masterId, masterVersion, version } = content;
  if (typeof siteId !== "string" || typeof masterId !== "string" || !isVersion(masterVersion) || !isVersion(version)) return undefined;
  return { id: `${siteId} ${masterId} v${masterVersion} overlay ${version}`, table: "site_overlays", row: `${masterId}/${masterVersion}/${version}`, owner: siteId, content };
}

function namedBy({ kind, id, text, digest }: ExportedDocument): Named | undefined {
  const content = objectOf(text, readCanonical);
  const format = content?.["format"];
  if (!content || typeof format !== "string" || !formats[kind].includes(format) || digestOf(format, text) !== digest) return undefined;
  if (kind === "master") return masterOf(content);
  if (kind === "overlay") return overlayOf(content);
  const version = configurationVersion(id);
  return version === undefined ? undefined : { id, table: "exception_configurations", row: version, owner: enterprise, content };
}

/** Readable entries about what the owner has, in their order. */
const writtenOf = ({ related }: Evidence, owner: string): readonly ReadEntry[] => related.filter((one) => one.owner === owner).flatMap((one) => one.entries).filter((entry) => entry !== undefined);

function faultOfTrail({ digest }: ExportedDocument, { table, row, owner }: Named, evidence: Evidence): string | undefined {
  const last = writtenOf(evidence, owner).filter((entry) => (entry.event === "row.created" || entry.event === "row.changed") && entry.subjectType === table && entry.subjectId === row).at(-1);
  const held = last && typeof last.detail["new"] === "string" ? objectOf(last.detail["new"]) : undefined;
  return held?.["digest"] === digest ? undefined : "is not what the audit trail says of it";
}

function faultsOfSigned({ kind, signatures }: ExportedDocument, { id, owner }: Named, evidence: Evidence): readonly string[] {
  const rows = writtenOf(evidence, owner).filter(isSignatureRow);
  return signatures.flatMap((signature, i) => {
    const untold = rows.filter((entry) => isRowOf(entry, signature, id)).length === 1 ? [] : ["is not in the row history exactly once"];
    return [...faultsOfSignature(signature, signatures[i - 1], { type: kind, id, owner }, evidence.bundle), ...untold].map((fault) => `has a signature ${i + 1} that ${fault}`);
  });
}

function faultsOf(document: ExportedDocument, evidence: Evidence): readonly string[] {
  const named = namedBy(document);
  if (!named || named.id !== document.id) return [`${document.id} is not the canonical text of such a document, or has another digest`];
  const untold = faultOfTrail(document, named, evidence);
  return [...(untold ? [untold] : []), ...faultsOfSigned(document, named, evidence)].map((fault) => `${document.id} ${fault}`);
}

/** Is the one document of a kind what the batch froze: there when a digest was frozen, and by that digest; not there when none was? */
function faultOfFrozen(kind: "master" | "overlay", documents: readonly ExportedDocument[], batch: JsonObject): string | undefined {
  const own = documents.filter((document) => document.kind === kind);
  const frozen = batch[kind === "master" ? "masterDigest" : "overlayDigest"] ?? null;
  if (frozen === null) return own.length === 0 ? undefined : `the batch was issued without the ${kind} that is there`;
  const [document] = own;
  const content = document && objectOf(document.text);
  if (!document || !content || own.length > 1 || document.digest !== frozen) return `the ${kind} is not the one that was frozen into the batch`;
  const said = kind === "master" ? [content["id"], content["version"]] : [content["masterId"], content["masterVersion"], content["version"]];
  const wanted = [batch["masterId"], batch["masterVersion"], batch["overlayVersion"]];
  return said.every((value, i) => value === wanted[i]) ? undefined : `the ${kind} is of another version than the one that was frozen into the batch`;
}

/** The configurations that weighed the batch's exceptions, all of them and no other. */
function faultOfConfigurations(documents: readonly ExportedDocument[], record: JsonObject): string | undefined {
  const versions = rowsOf(record, "exceptions")?.map((one) => one["configurationVersion"] ?? null).filter((version) => version !== null);
  if (!versions || !versions.every(isVersion)) return "the record does not say which configuration weighed its exceptions";
  const own = documents.filter((document) => document.kind === "exception-configuration").map((document) => document.id);
  const wanted = [...new Set(versions.map((version) => `exceptions v${version}`))];
  return own.length === wanted.length && wanted.every((id) => own.includes(id)) ? undefined : "the configurations of exceptions are not those that weighed the exceptions of the record";
}

function faultsOfRecord({ bundle }: Evidence, documents: readonly ExportedDocument[]): readonly (string | undefined)[] {
  const record = recordOf(bundle);
  const batch = record?.["batch"];
  if (!record || !isObject(batch)) return ["the record cannot be read"];
  const foreign = documents.some((document) => document.kind === "overlay" && objectOf(document.text)?.["siteId"] !== bundle.manifest.siteId) ? "the overlay is of another site" : undefined;
  return [faultOfFrozen("master", documents, batch), faultOfFrozen("overlay", documents, batch), faultOfConfigurations(documents, record), foreign];
}

/** What the batch was made by: the frozen master and overlay, the configurations that weighed its exceptions, each with its signatures. */
export function checkDocuments(evidence: Evidence): Check {
  const { documents } = evidence.bundle.content;
  if (!documents) return checkOf("documents", 0, [], "EBRBUNDLE/1 holds no documents");
  const signed = documents.reduce((n, { signatures }) => n + signatures.length, 0);
  const told = evidence.related.flatMap((one) => one.entries).filter((entry) => entry !== undefined && isSignatureRow(entry)).length;
  const faults = [
    ...documents.flatMap((document) => faultsOf(document, evidence)), ...faultsOfRecord(evidence, documents),
    ...documents.map((document, i) => { const before = documents[i - 1]; return before && (before.kind > document.kind || (before.kind === document.kind && before.id >= document.id)) ? `${document.id} is out of order` : undefined; }),
    told === signed ? undefined : "the audit trail tells of a signature on a document that is not in the file",
  ].filter((fault) => fault !== undefined);
  return checkOf("documents", documents.length, faults, `the digests the batch froze, ${plural(signed, "signature")} on them: ${documents.map((document) => document.id).join(", ")}`);
}
