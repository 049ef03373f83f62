import type { BatchRecord } from "#lib/batch/record.ts";
import { body, contentWidth, fine, medium, mono, plain, quiet, small, strong, type Block, type Column, type Paragraph, type PrintedDocument, type Row } from "#lib/document/model.ts";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";
import { signPlace } from "./blank.ts";
import { headLine } from "./head.ts";
import { billOfMaterials, equipmentList, samplingPlan, yieldList } from "./master-list.ts";
import { numerals, quantityText } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";
import { blankProcedure } from "./procedure.ts";
import type { FrozenMaster, PrintedHead } from "./report-source.ts";

/** What an issued record is printed from. */
export type IssuedSource = { readonly record: BatchRecord; readonly master: FrozenMaster; readonly head: PrintedHead | undefined };
type Issue = { readonly at: Date; readonly by: string; readonly copy: number };

/** Steps as they were when the batch was issued, whatever was done since. */
export const asIssued = ({ steps }: Pick<BatchRecord, "steps">): BatchRecord["steps"] => steps.map((step) => ({
  ...step, state: "waiting", startedBy: null, startedAt: null, performedBy: null, performedAt: null, verifiedBy: null, verifiedAt: null, reason: null, verification: step.verification === "not-needed" || step.automatic ? "not-needed" : "open",
}));

/** Where the batch's steps are not those of its master: number, name, instruction, kind or verification. Empty: the record reproduces the master (21 CFR 211.188(a)). */
export function reproductionFaults({ steps }: Pick<BatchRecord, "steps">, master: MasterRecord): readonly string[] {
  const placed = placedSteps(master);
  const differing = placed.filter(({ number, step, unitProcedure, operation, phase }, i) => {
    const own = steps[i];
    return own?.id !== number || own.masterStep !== step.id || own.title !== step.title || own.detail !== step.instruction || own.kind !== step.kind || own.unitProcedure !== unitProcedure || own.operation !== operation || own.phase !== phase
      || (own.verification === "not-needed") === step.verified;
  }).map(({ number }) => number);
  return [...differing, ...steps.slice(placed.length).map((step) => step.id)];
}

const count = (n: number, one: string, many = `${one}s`): string => `${numerals(String(n))} ${n === 1 ? one : many}`;

function banner({ master: { full }, record }: IssuedSource): Block {
  const faults = full ? reproductionFaults(record, full) : [];
  const said = faults.length === 0
    ? body(`Reproduced from the master frozen at issue and checked when this copy was made: the digest computed over its text is the one that was frozen${full ? `, and the ${count(record.steps.length, "step")} of the batch are its steps` : ""}.`)
    : body(strong(`Not an accurate reproduction: step ${faults.slice(0, 8).join(", ")} differs from the frozen master. Do not execute from this copy.`));
  return { kind: "banner", word: "Issued", paragraphs: [said, body("To be executed and filled in as written. Values of a batch that is executed here stand in its batch record, not on this copy.")] };
}

function facts({ record, master }: IssuedSource): Block {
  const { batch, site, product, names } = record;
  const at = (instant: Date | null): readonly Paragraph[] => [body(instant ? medium(printedTime(instant, site.timeZone)) : quiet("not recorded"))];
  const said = (text: string): readonly Paragraph[] => [body(medium(text))];
  const full = master.full;
  return {
    kind: "facts", widths: [86, 138, 147.4, 147.4],
    facts: [
      { term: "Batch", value: said(batch.id) }, { term: "Master batch record", value: [...said(`${batch.masterId} version ${batch.masterVersion}`), ...(master.effectiveAt ? [fine(`effective ${printedTime(master.effectiveAt, site.timeZone)}`)] : [])] },
      { term: "Issued", value: [...at(batch.issuedAt), ...(batch.issuedBy ? [small(`by ${names.get(batch.issuedBy) ?? batch.issuedBy}`)] : [])] }, { term: "Planned start", value: at(batch.plannedStartAt) },
      { term: "Site and unit", value: said(`${site.name}, ${batch.unitId}`) }, { term: "Product", value: [...said(`${product.id} ${product.name}`), small(product.strength)] },
      { term: "Batch size", value: said(full ? quantityText(String(full.batchSize.quantity), full.batchSize.unit) : batch.scaleL === null ? "not recorded" : `${numerals(String(batch.scaleL))} L`) },
      { term: "Overlay of the site", value: master.overlay ? [...said(`version ${master.overlay.version}`), ...(master.overlay.effectiveAt ? [fine(`effective ${printedTime(master.overlay.effectiveAt, site.timeZone)}`)] : [])] : [body(quiet("none: the master counts as it is"))] },
      { term: "Steps", value: said(count(record.steps.length, "step")) }, { term: "Parameters", value: said(count(master.content.parameters.length, "parameter")) }, { term: "Planned time", value: said(batch.plannedDurationH === null ? "not planned" : `${numerals(String(batch.plannedDurationH))} h`) }, { term: "Due", value: at(batch.dueAt) },
    ],
  };
}

const digests = ({ record: { batch }, master }: IssuedSource): Block => ({
  kind: "text", paragraphs: [small("Digest of the frozen master, SHA-256 ", mono(batch.masterDigest ?? "none")), ...(master.overlay ? [small("Digest of the frozen overlay, SHA-256 ", mono(master.overlay.digest))] : [])],
});

/** Purpose and precautions of the whole procedure. */
export const masterWords = (full: MasterRecord): readonly Block[] =>
  [{ kind: "text", paragraphs: [body(strong("Purpose. "), full.purpose), ...(full.precautions ? [body(strong("Precautions. "), full.precautions)] : [])] }];

/** Bill of materials, equipment, samples and yield of a master, to be filled in. */
export const blankLists = (full: MasterRecord, timeZone: string): readonly Block[] => {
  const source = { master: full, record: undefined, timeZone };
  return [...billOfMaterials(source), ...equipmentList(source), ...samplingPlan(source), ...yieldList(source)];
};

function signOff({ record: { batch, names, site } }: IssuedSource): readonly Block[] {
  const columns: readonly Column[] = [{ title: "Act", width: 250, align: "left" }, { title: "Name, date and time", width: contentWidth - 250, align: "left" }];
  const row = (act: string, by: readonly Paragraph[]): Row => ({ kind: "cells", notes: [], marked: false, withNext: false, cells: [[body(act)], by] });
  const issued = batch.issuedBy && batch.issuedAt ? [body(plain(names.get(batch.issuedBy) ?? batch.issuedBy)), fine(`${printedTime(batch.issuedAt, site.timeZone)}, recorded in the audit trail`)] : signPlace();
  return [
    { kind: "heading", level: "section", text: "Issue and completion", note: "21 CFR 211.188(a), (b)(11)" },
    { kind: "table", columns, continued: "Issue and completion", resumed: false, rows: [row("Issued", issued), row("This copy compared with the master, page by page", signPlace()), row("Executed and complete", signPlace()), row("Reviewed by the quality unit", signPlace())] },
  ];
}

export const legend: Block = { kind: "text", paragraphs: [fine("Ranges from the inside outwards: normal, alert, action, proven acceptable, absolute. A value outside a range is an exception and is told with its reason. A wrong entry is struck through once, dated and signed; the first value stays readable. Digits are grouped by thin spaces (ISO 80000-1).")] };

/** The issued, blank batch record: the frozen master as it is to be executed, in ISA-88 order, with a field for everything that is written down. */
export function issuedRecord(source: IssuedSource, { at, by, copy }: Issue): PrintedDocument {
  const { record, master, head } = source;
  const { batch, site, product } = record;
  const stamps = ["Issued, blank", `Copy ${copy}`];
  return {
    title: `Issued batch record ${batch.id}, copy ${copy}`, subject: `Master ${batch.masterId} version ${batch.masterVersion}, digest ${batch.masterDigest}`, author: by, language: "en-GB", createdAt: at,
    header: { title: `Issued batch record ${batch.id}`, subtitle: `${product.id} ${product.name}, ${batch.masterId} version ${batch.masterVersion}`, aside: `Exported ${printedTime(at, site.timeZone, true)} by ${by}`, stamps },
    footer: { lines: [small("Digest of the frozen master, SHA-256 ", mono(batch.masterDigest ?? "none")), headLine(head, site.timeZone), small(`Times are those of ${site.timeZone}, UTC in brackets. This file holds the frozen master as master.json.`)], marks: [`Copy ${copy}`] },
    blocks: [banner(source), facts(source), digests(source), ...(master.full ? [...masterWords(master.full), ...blankLists(master.full, site.timeZone)] : []), ...blankProcedure({ master, steps: asIssued(record), timeZone: site.timeZone }), ...signOff(source), legend],
    attachments: [
      { name: "master.json", mimeType: "application/json", description: "The frozen master (RFC 8785) whose SHA-256 digest stands on each page", text: master.canonical },
      ...(master.overlay ? [{ name: "overlay.json", mimeType: "application/json", description: "The overlay of the site that was frozen with it (RFC 8785, EBROVL/1)", text: master.overlay.canonical }] : []),
    ],
  };
}
