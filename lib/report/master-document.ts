import type { BatchRecord, SiteRow, StepRow } from "#lib/batch/record.ts";
import { body, fine, medium, mono, quiet, small, type Block, type Paragraph, type PrintedDocument } from "#lib/document/model.ts";
import { placedSteps, type MasterRecord } from "#lib/recipe/master-record.ts";
import type { MasterContent } from "#lib/recipe/master.ts";
import { masterStateName, type MasterState } from "#lib/recipe/state.ts";
import { headLine } from "./head.ts";
import { blankLists, legend, masterWords } from "./issued-record.ts";
import { numerals, quantityText } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";
import { blankProcedure } from "./procedure.ts";
import type { PrintedHead } from "./report-source.ts";

/** A version of a master, and the site a copy of it is taken at. */
export type MasterCopySource = {
  readonly full: MasterRecord; readonly content: MasterContent; readonly canonical: string; readonly digest: string; readonly state: MasterState; readonly effectiveAt: Date | null; readonly reason: string | null;
  readonly site: SiteRow; readonly product: BatchRecord["product"]; readonly head: PrintedHead | undefined;
  /** Printed names. */
  readonly authors: readonly string[]; readonly reviewedBy: string | null; readonly approvedBy: string | null;
};
type Issue = { readonly at: Date; readonly by: string; readonly copy: number };

/** The steps a batch of the master would have. */
const stepsOf = (master: MasterRecord): readonly StepRow[] => placedSteps(master).map(({ number, unitProcedure, operation, phase, step }, i) => ({
  siteId: "", batchId: "", id: number, position: i + 1, unitProcedure, operation, phase, title: step.title, detail: step.instruction, kind: step.kind, masterStep: step.id, after: null, verification: step.verified ? "open" : "not-needed",
  startedBy: null, startedAt: null, reason: null, dueAt: null, state: "waiting", automatic: false, performedBy: null, performedAt: null, verifiedBy: null, verifiedAt: null,
}));

function facts({ full, product, state, effectiveAt, site, authors, reviewedBy, approvedBy }: MasterCopySource): Block {
  const said = (text: string | null): readonly Paragraph[] => [body(text === null || text === "" ? quiet("nobody yet") : medium(text))];
  return {
    kind: "facts", widths: [86, 138, 147.4, 147.4],
    facts: [
      { term: "Version", value: said(String(full.version)) }, { term: "Product", value: [...said(`${product.id} ${product.name}`), small(product.strength)] }, { term: "State", value: said(masterStateName[state]) }, { term: "Effective", value: effectiveAt ? said(printedTime(effectiveAt, site.timeZone)) : [body(quiet("not yet"))] },
      { term: "Batch size", value: said(quantityText(String(full.batchSize.quantity), full.batchSize.unit)) }, { term: "Written by", value: said(authors.join(", ")) }, { term: "Reviewed by", value: said(reviewedBy) }, { term: "Approved by", value: said(approvedBy) },
      { term: "Duration", value: said(`${numerals(String(full.durationH))} h`) }, { term: "Steps", value: said(numerals(String(placedSteps(full).length))) }, { term: "Parameters", value: said(numerals(String(full.parameters.length))) }, { term: "Materials", value: said(numerals(String(full.materials.length))) },
    ],
  };
}

/** A version of a master as a document (21 CFR 211.186): the layout a batch is issued and executed in. It is no record of a batch, and says so on each page. */
export function masterDocument(source: MasterCopySource, { at, by, copy }: Issue): PrintedDocument {
  const { full, content, canonical, digest, state, site, product, head, reason } = source;
  const name = `${full.id} version ${full.version}`;
  const stamps = [...(state === "effective" ? [] : [masterStateName[state]]), "Not a batch record", `Copy ${copy}`];
  return {
    title: `Master batch record ${name}, copy ${copy}`, subject: `${full.title}. Digest ${digest}`, author: by, language: "en-GB", createdAt: at,
    header: { title: `Master batch record ${name}`, subtitle: `${product.id} ${product.name}, ${full.title}`, aside: `Exported ${printedTime(at, site.timeZone, true)} by ${by}`, stamps },
    footer: { lines: [small("Digest of the master, SHA-256 ", mono(digest)), headLine(head, site.timeZone), small(`Times are those of ${site.timeZone}, UTC in brackets. This file holds the master as master.json. Nothing is executed from this copy.`)], marks: [`Copy ${copy}`] },
    blocks: [
      facts(source), ...(reason ? [{ kind: "text", paragraphs: [fine(`Why there is this version: ${reason}`)] } as const] : []), ...masterWords(full), ...blankLists(full, site.timeZone),
      ...blankProcedure({ master: { content, full }, steps: stepsOf(full), timeZone: site.timeZone }), legend,
    ],
    attachments: [{ name: "master.json", mimeType: "application/json", description: "The master (RFC 8785) whose SHA-256 digest stands on each page", text: canonical }],
  };
}
