import type { BatchFile } from "#lib/release/file-queries.ts";
import { currentEntries, recordText } from "#lib/batch/record.ts";
import { batchStateName, type BatchState } from "#lib/batch/state.ts";
import { canonical } from "#lib/digest/digest.ts";
import { body, contentWidth, fine, medium, mono, plain, quiet, small, strong, type Block, type Column, type Paragraph, type PrintedDocument } from "#lib/document/model.ts";
import { isOpen, severities } from "#lib/quality/exception.ts";
import { limitsOf, limitsOfTag } from "#lib/recipe/master.ts";
import { auditTrail } from "./audit-trail.ts";
import { exceptionIndex } from "./exception-box.ts";
import { headLine } from "./head.ts";
import { masterWords } from "./issued-record.ts";
import { billOfMaterials, equipmentList, samplingPlan, yieldList } from "./master-list.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";
import { procedure } from "./procedure.ts";
import type { ReportSource } from "./report-source.ts";
import { manifest } from "./signature-manifest.ts";
import { overviewFigure } from "./trend.ts";
import { unitFigures } from "./unit-trend.ts";

/** Who takes a copy, when, and the how manieth it is. */
export type Issue = { readonly at: Date; readonly by: string; readonly copy: number };

const releaseWord = (state: BatchState): string => (state === "released" ? "Released" : state === "rejected" ? "Rejected" : "Not released");

type Held = Pick<ReportSource, "file" | "master">;
const integrityHolds = ({ file: { checks }, master }: Held): boolean => checks.every((check) => check.id !== "integrity" || check.done) && master?.holds !== false;

/** Boxed on each page. A batch that is not released says so; a broken record says that first. */
const stampsOf = (source: Held, copy: number): readonly string[] => [
  ...(integrityHolds(source) ? [] : ["Integrity failed"]), source.file.record.batch.state === "released" ? "Released" : "Not released", `Copy ${copy}`,
];

function banner({ file, master }: ReportSource): Block {
  const { batch, site } = file.record;
  const closing = file.signatures.filter((s) => ["approved_for_release", "rejected"].includes(s.meaning)).at(-1);
  const open = file.record.exceptions.filter((x) => isOpen(x.state)).length;
  const missing = file.checks.filter((check) => !check.done);
  const said = closing
    ? `${closing.meaning === "rejected" ? "Rejected" : "Approved for release"} by ${closing.printedName}, ${printedTime(closing.signedAt, site.timeZone, true)}.`
    : `Nobody has signed a release or a rejection. ${missing.length === 0 ? "Every check is closed." : `Open: ${missing.map((check) => check.name.toLowerCase()).join(", ")}.`} ${open === 0 ? "Every exception is decided." : `${open} of ${file.record.exceptions.length} exceptions are not decided.`}`;
  const broken = integrityHolds({ file, master }) ? [] : [body(strong("Integrity failed: a stored digest or signature does not fit its content, or the master is not the one that was frozen. Do not use this record; see the signatures at the end."))];
  return { kind: "banner", word: releaseWord(batch.state), paragraphs: [body("State: ", medium(batchStateName[batch.state])), ...broken, body(said)] };
}

const count = (n: number, one: string, many = `${one}s`): string => `${numerals(String(n))} ${n === 1 ? one : many}`;

type Term = Extract<Block, { kind: "facts" }>["facts"][number];
const said = (text: string): readonly Paragraph[] => [body(medium(text))];

/** When the batch began and ended, and what came of it: in the words of a culture for the thin master, else of any process. */
function course({ file: { record }, master }: ReportSource): { readonly began: Term; readonly ended: Term; readonly planned: Term; readonly outcome: Term } {
  const { batch, site } = record;
  const at = (instant: Date | null): readonly Paragraph[] => [body(instant ? medium(printedTime(instant, site.timeZone)) : quiet("not recorded"))];
  const decimal = (value: number | null, unit: string, digits: number) => [value === null ? quiet("–") : medium(`${numerals(value.toFixed(digits))} ${unit}`)];
  if (master?.full) return { began: { term: "Started", value: at(batch.startedAt) }, planned: { term: "Planned start", value: at(batch.plannedStartAt) }, ended: { term: "Completed", value: at(batch.completedAt) }, outcome: { term: "Yield", value: [body(...decimal(batch.yieldPercent, "%", 1))] } };
  return {
    began: { term: "Inoculated", value: at(batch.inoculatedAt) }, planned: { term: "Harvested", value: at(batch.harvestedAt) }, ended: { term: "Completed", value: at(batch.completedAt) },
    outcome: { term: "Harvest, titer, yield", value: [body(...decimal(batch.quantityL, "L", 0), plain(", "), ...decimal(batch.titerGL, "g/L", 2), plain(", "), ...decimal(batch.yieldPercent, "%", 1))] },
  };
}

function masterFact({ file: { record }, master }: ReportSource): readonly Paragraph[] {
  const { master: head, site } = record;
  if (!head) return [body(quiet("none: taken over from another system"))];
  return [...said(`${head.id} version ${head.version}`), ...(master?.effectiveAt ? [fine(`effective ${printedTime(master.effectiveAt, site.timeZone)}`)] : []), ...(master?.overlay ? [fine(`with overlay ${master.overlay.version} of the site`)] : [])];
}

function facts(source: ReportSource): Block {
  const { batch, site, product, steps, entries, exceptions, names } = source.file.record;
  const { began, ended, planned, outcome } = course(source);
  const issued = batch.issuedAt ? [body(medium(printedTime(batch.issuedAt, site.timeZone))), ...(batch.issuedBy ? [small(`by ${names.get(batch.issuedBy) ?? batch.issuedBy}`)] : [])] : [body(quiet("not recorded"))];
  const bySeverity = severities.flatMap((severity) => { const n = exceptions.filter((x) => x.severity === severity).length; return n > 0 ? [`${n} ${severity}`] : []; });
  const current = currentEntries(entries);
  return {
    kind: "facts", widths: [86, 138, 147.4, 147.4],
    facts: [
      { term: "Site and unit", value: said(`${site.name}, ${batch.unitId}`) }, { term: "Master batch record", value: masterFact(source) }, { term: "Issued", value: issued }, began,
      { term: "Steps", value: said(`${steps.filter((s) => s.state === "done").length} of ${steps.length} done`) }, { term: "Product", value: [...said(`${product.id} ${product.name}`), small(product.strength)] }, planned, ended,
      { term: "Corrections", value: said(count(entries.length - current.length, "earlier value")) }, { term: "Exceptions in batch", value: said(exceptions.length === 0 ? "none" : `${exceptions.length}: ${bySeverity.join(", ")}`) },
      { term: "Entries", value: said(`${count(current.length, "entry", "entries")}, ${current.filter((e) => e.evaluation === "not_evaluated").length} not evaluated`) }, outcome,
    ],
  };
}

/** Bill of materials, equipment, samples and yield: planned beside done. Nothing for the thin master, which has none. */
function lists({ file: { record }, master }: ReportSource): readonly Block[] {
  if (!master?.full) return [];
  const source = { master: master.full, record, timeZone: record.site.timeZone };
  return [...masterWords(master.full), ...billOfMaterials(source), ...equipmentList(source), ...samplingPlan(source), ...yieldList(source)];
}

function checks({ file }: ReportSource): readonly Block[] {
  const columns: readonly Column[] = [{ title: "Check", width: 150, align: "left" }, { title: "Finding", width: contentWidth - 320, align: "left" }, { title: "Whose", width: 90, align: "left" }, { title: "At export", width: 80, align: "left" }];
  const rows = file.checks.map((check) => ({
    kind: "cells", notes: [], marked: false, withNext: false,
    cells: [[body(check.name)], [body(check.finding)], [body(quiet(check.owner))], [body(check.done ? quiet("closed") : strong("open"))]],
  }) as const);
  return [{ kind: "heading", level: "section", text: "Release checks", note: "as they stood when this copy was made" }, { kind: "table", columns, rows, continued: "Release checks", resumed: false }];
}

function overview({ file: { record }, overview: segments, master }: ReportSource): readonly Block[] {
  const { inoculatedAt } = record.batch;
  if (!inoculatedAt || segments.length === 0) return [];
  const limits = (tag: string) => { const parameter = master && limitsOfTag(master.content, tag); return parameter && limitsOf(parameter); };
  return [overviewFigure(segments, limits, inoculatedAt, record.site.timeZone)];
}

/** The signatures with everything needed to check them without our server. */
const signaturesText = ({ signatures }: BatchFile): string =>
  canonical({ format: "EBRSIG/1", signatures: signatures.map(({ ordinal, statement, digest, method, signedAt, attestation }) => ({ ordinal, statement, digest, method, signedAt: signedAt.toISOString(), attestation })) });

const footerLines = ({ file, head }: ReportSource): PrintedDocument["footer"]["lines"] => [
  small("Record digest, SHA-256 ", mono(file.digest)), headLine(head, file.record.site.timeZone),
  small(`Times are those of ${file.record.site.timeZone}, UTC in brackets. Paper is a copy; the signed record, inside as record.json, is the original.`),
];

const evidenceNote = (evidence: string | undefined): string =>
  evidence === undefined
    ? "The evidence for a check without our server (evidence.json) is not in this file: the ledger had not yet given every entry about the batch its place under a co-signed head. Export again."
    : "The evidence for a check without our server is in this file as evidence.json: give the file to the verifier (npm run verify, or the page verifier.html).";

/** `evidence`: the bundle that goes into the file; undefined where the ledger did not cover the batch yet. */
export type Inside = { readonly evidence: string | undefined };

/** The batch record as a document: what was done, what went otherwise, what was decided and who signed, in ISA-88 order. */
export function printedRecord(source: ReportSource, issue: Issue, { evidence }: Inside = { evidence: undefined }): PrintedDocument {
  const { record, digest } = source.file;
  const { batch, site, product } = record;
  const exported = `Exported ${printedTime(issue.at, site.timeZone, true)} by ${issue.by}`;
  const stamps = stampsOf(source, issue.copy);
  const overlay = source.master?.overlay ? [small("Digest of the overlay of the site, SHA-256 ", mono(source.master.overlay.digest))] : [];
  const master = record.master ? [small("Digest of the master batch record, SHA-256 ", mono(record.master.digest)), ...overlay] : [];
  return {
    title: `Electronic batch record ${batch.id}, copy ${issue.copy}`, subject: `${releaseWord(batch.state)}. Record digest ${digest}`, author: issue.by, language: "en-GB", createdAt: issue.at,
    header: { title: `Electronic batch record ${batch.id}`, subtitle: `${product.id} ${product.name}${batch.scaleL === null ? "" : `, ${numerals(String(batch.scaleL))} L`}`, aside: exported, stamps },
    footer: { lines: footerLines(source), marks: stamps.filter((s) => s.startsWith("Copy")) },
    blocks: [
      banner(source), facts(source), ...(master.length > 0 ? [{ kind: "text", paragraphs: master } as const] : []), ...overview(source), ...checks(source), ...exceptionIndex(record), ...lists(source), ...procedure(source), ...unitFigures(source.units, source.master?.full, site.timeZone), ...manifest(source.file, source.passkeys), ...auditTrail(source.trail, site.timeZone),
      { kind: "text", paragraphs: [fine("Values are shown as entered; a corrected value is struck through with who, when and why beside it, and both are part of the record digest. Digits are grouped by thin spaces (ISO 80000-1). Bar at the left: step with an exception."), fine(evidenceNote(evidence))] },
    ],
    attachments: [
      { name: "record.json", mimeType: "application/json", description: "The canonical record (RFC 8785, EBRREC/1) whose SHA-256 digest stands on each page", text: recordText(record) },
      { name: "signatures.json", mimeType: "application/json", description: "The signatures: statements as signed, digests and attestations", text: signaturesText(source.file) },
      ...(evidence === undefined ? [] : [{ name: "evidence.json", mimeType: "application/json", description: "The evidence bundle (EBRBUNDLE/2): record, what it was made by, attached files, what was used, sealed time series, signatures, audit entries with proofs, checkpoints, keys", text: evidence }]),
    ],
  };
}
