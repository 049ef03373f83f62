import { canonical } from "#lib/digest/digest.ts";
import { body, contentWidth, fine, medium, plain, quiet, small, strong, type Block, type Column, type Paragraph, type PrintedDocument, type Row } from "#lib/document/model.ts";
import { meaningName, signedMeanings } from "#lib/signature/meaning.ts";
import { accessChapter } from "./access-chapter.ts";
import type { AccessReview } from "./access-review.ts";
import type { AlcoaCheck } from "./alcoa-queries.ts";
import type { Issue } from "./batch-record.ts";
import { clauseChapter, type PrintedClause } from "./clause-chapter.ts";
import type { ComplianceFacts, CriticalChange } from "./compliance-queries.ts";
import type { Period } from "./export.ts";
import { headLine } from "./head.ts";
import { numerals } from "./numeral.ts";
import { printedTime } from "./printed-time.ts";

/** What a compliance report is made of. `deskWork`: the work that brings deviations, in words. */
export type ComplianceSource = { readonly facts: ComplianceFacts; readonly access: AccessReview; readonly clauses: readonly PrintedClause[]; readonly period: Period; readonly deskWork: string };

const shown = (n: number): string => numerals(String(n));
const cells = (...texts: readonly (readonly Paragraph[])[]): Row => ({ kind: "cells", cells: texts, notes: [], marked: false, withNext: false });
const chapter = (text: string, note: string): Block => ({ kind: "heading", level: "chapter", text, note });
const said = (text: string): Block => ({ kind: "text", paragraphs: [small(text)] });
const table = (columns: readonly Column[], rows: readonly Row[], continued: string): Block => ({ kind: "table", columns, rows, continued, resumed: false });
const zoneOf = ({ sites }: ComplianceFacts, siteId: string): string => sites.find((s) => s.id === siteId)?.zone ?? "UTC";
const nameOf = ({ sites }: ComplianceFacts, siteId: string): string => sites.find((s) => s.id === siteId)?.name ?? siteId;

const kindTitle = { act: "Acts of people and programmes", creation: "Rows created", change: "Rows changed", deletion: "Rows deleted" } as const;

function auditCounts(facts: ComplianceFacts): readonly Block[] {
  const heading = chapter("Audit trail by action", `${shown(facts.entries)} entries in the period`);
  if (facts.entries === 0) return [heading, said("No entry was written at these sites in the period.")];
  const own = Math.min(74, 260 / facts.sites.length);
  const columns: readonly Column[] = [{ title: "Action", width: contentWidth - 70 - own * facts.sites.length, align: "left" }, ...facts.sites.map((s): Column => ({ title: s.name, width: own, align: "right" })), { title: "Together", width: 70, align: "right" }];
  const rows = (["act", "creation", "change", "deletion"] as const).flatMap((kind): Row[] => {
    const counted = facts.actions.filter((a) => a.kind === kind);
    if (counted.length === 0) return [];
    const sum = counted.reduce((total, a) => total + a.total, 0);
    return [{ kind: "group", paragraph: body(strong(kindTitle[kind]), quiet(`  ${shown(sum)}`)) }, ...counted.map((a) => cells([body(a.action)], ...facts.sites.map((s) => [body(shown(a.bySite[s.id] ?? 0))]), [body(strong(shown(a.total)))]))];
  });
  return [heading, table(columns, rows, "Audit trail by action")];
}

const criticalColumns: readonly Column[] = [{ title: "When, site", width: 130, align: "left" }, { title: "Who", width: 96, align: "left" }, { title: "What", width: 150, align: "left" }, { title: "Reason", width: contentWidth - 376, align: "left" }];

function criticalRow(facts: ComplianceFacts, change: CriticalChange): Row {
  return {
    kind: "cells", marked: false, withNext: false, notes: change.changes.map((text) => ({ paragraph: fine(plain(text)), barred: false })),
    cells: [[fine(plain(printedTime(change.at, zoneOf(facts, change.siteId), true))), small(nameOf(facts, change.siteId))], [body(change.who), small(change.role || "no role recorded")], [body(change.what), small(change.record), ...(change.batchId === null || change.record.includes(change.batchId) ? [] : [small(change.batchId)])], [body(change.reason)]],
  };
}

function criticalChanges(facts: ComplianceFacts): readonly Block[] {
  const { total, listed } = facts.critical;
  const heading = chapter("Critical changes", `${shown(total)} acts, changes and deletions that touch a critical value, a limit, a disposition, a signature or somebody's authority`);
  if (total === 0) return [heading, said("None in the period.")];
  const rest = total > listed.length ? [said(`The first ${shown(listed.length)} of ${shown(total)} are printed; the audit trail shows the others with the filter “critical”.`)] : [];
  return [heading, table(criticalColumns, listed.map((change) => criticalRow(facts, change)), "Critical changes"), ...rest];
}

const methodName: Readonly<Record<string, string>> = { "identity-provider": "signed in again", passkey: "passkey, user verified", story: "planted with the demo story" };
const meaningText = (id: string): string => { const known = signedMeanings.find((m) => m === id); return known ? meaningName[known] : id; };

function signing(facts: ComplianceFacts): readonly Block[] {
  const total = facts.signatures.reduce((sum, s) => sum + s.n, 0);
  const failed = facts.failures.reduce((sum, f) => sum + f.n, 0);
  const made: readonly Column[] = [{ title: "Meaning", width: 170, align: "left" }, { title: "Site", width: 110, align: "left" }, { title: "Method", width: 118.8, align: "left" }, { title: "Signatures", width: 60, align: "right" }, { title: "Withdrawn", width: 60, align: "right" }];
  const refused: readonly Column[] = [{ title: "What", width: 150, align: "left" }, { title: "Cause", width: 248.8, align: "left" }, { title: "Times", width: 60, align: "right" }, { title: "People", width: 60, align: "right" }];
  return [
    chapter("Signatures", `${shown(total)} in the period`),
    total === 0 ? said("Nobody signed at these sites in the period.") : table(made, facts.signatures.map((s) => cells([body(strong(meaningText(s.meaning)))], [body(nameOf(facts, s.siteId))], [body(quiet(methodName[s.method] ?? s.method))], [body(shown(s.n))], [body(shown(s.withdrawn))])), "Signatures"),
    { kind: "heading", level: "section", text: "Refused, cancelled and failed signings and sign-ins", note: `${shown(failed)} in the period` },
    failed === 0 ? said("None in the period.") : table(refused, facts.failures.map((f) => cells([body(f.what)], [body(quiet(f.cause || "no cause recorded"))], [body(shown(f.n))], [body(shown(f.people))])), "Refused and failed signings"),
    said("Wrong passwords stay at the identity provider and are counted there, not here."),
  ];
}

const verdictName: Record<AlcoaCheck["verdict"], string> = { holds: "Holds", findings: "Findings", "nothing to check": "Nothing to check" };

function alcoa(facts: ComplianceFacts): readonly Block[] {
  const columns: readonly Column[] = [{ title: "Principle", width: 92, align: "left" }, { title: "Asked of the records", width: contentWidth - 302, align: "left" }, { title: "Examined", width: 64, align: "right" }, { title: "Wrong", width: 56, align: "right" }, { title: "Result", width: 90, align: "left" }];
  const rows = facts.alcoa.map((check): Row => ({
    kind: "cells", marked: check.verdict === "findings", withNext: false, notes: check.evidence.map((text) => ({ paragraph: fine(plain(text)), barred: false })),
    cells: [[body(strong(check.principle))], [body(check.question)], [body(shown(check.examined))], [body(shown(check.wrong))], [body(check.verdict === "holds" ? plain(verdictName.holds) : strong(verdictName[check.verdict]))]],
  }));
  return [chapter("ALCOA+", "each principle by a check over the records, computed when this copy was made"), table(columns, rows, "ALCOA+")];
}

const findingName = { exception: "Exception", integrity: "Integrity", lock: "Signing locked" } as const;

function openFindings({ facts, deskWork }: ComplianceSource): readonly Block[] {
  const columns: readonly Column[] = [{ title: "Kind, site", width: 92, align: "left" }, { title: "Record", width: 130, align: "left" }, { title: "Finding", width: contentWidth - 362, align: "left" }, { title: "Since", width: 140, align: "left" }];
  const rows = facts.open.map((f) => cells([body(strong(findingName[f.kind])), small(nameOf(facts, f.siteId))], [body(f.record)], [body(f.said)], [fine(plain(printedTime(f.since, zoneOf(facts, f.siteId))))]));
  return [
    chapter("Open findings", `${shown(facts.open.length)} open when this copy was made`), facts.open.length === 0 ? said("No exception, no difference in a record and no lock of signing is open.") : table(columns, rows, "Open findings"),
    said(`Deviations and corrective actions are not recorded by this version; “${deskWork}” brings them.`),
  ];
}

function banner({ facts }: ComplianceSource): Block {
  const wrong = facts.alcoa.filter((c) => c.verdict === "findings");
  const idle = facts.alcoa.filter((c) => c.verdict === "nothing to check");
  const word = wrong.length > 0 ? "Findings" : "No finding";
  const names = (checks: readonly AlcoaCheck[]): string => checks.map((c) => c.principle.toLowerCase()).join(", ");
  return { kind: "banner", word, paragraphs: [
    body(`${shown(facts.alcoa.length)} principles checked over ${shown(facts.entries)} audit entries: `, medium(`${shown(facts.alcoa.filter((c) => c.verdict === "holds").length)} hold`), plain(wrong.length > 0 ? `, with findings: ${names(wrong)}` : ""), plain(idle.length > 0 ? `, nothing to check: ${names(idle)}` : ""), plain(".")),
    body(`${shown(facts.critical.total)} critical changes, ${shown(facts.open.length)} open findings. What a finding means is for quality to judge.`),
  ] };
}

function overview({ facts, access, period }: ComplianceSource): Block {
  const value = (text: string) => [body(medium(text))];
  const signed = facts.signatures.reduce((sum, s) => sum + s.n, 0);
  return { kind: "facts", widths: [129.7, 129.7, 129.7, 129.7], facts: [
    { term: "First and last day, UTC", value: value(`${period.from} to ${period.to}`) }, { term: "Sites", value: value(facts.sites.map((s) => s.name).join(", ")) }, { term: "Audit entries", value: value(shown(facts.entries)) }, { term: "Signatures", value: value(shown(signed)) },
    { term: "Accounts reviewed", value: value(shown(access.accounts.length)) }, { term: "Source keys", value: value(shown(access.sources.length)) }, { term: "Critical changes", value: value(shown(facts.critical.total)) }, { term: "Open findings", value: value(shown(facts.open.length)) },
  ] };
}

/** Everything the report says, for machines: what is printed is printed from it. */
export const complianceText = (source: ComplianceSource, issue: Issue): string =>
  canonical(JSON.parse(JSON.stringify({ format: "EBRCOMPLIANCE/1", madeAt: issue.at, madeBy: issue.by, copy: issue.copy, period: source.period, facts: source.facts, access: source.access, clauses: source.clauses })));

/** The compliance report of a period and sites as a document. No figure in it is written by hand. */
export function complianceReport(source: ComplianceSource, issue: Issue): PrintedDocument {
  const { facts, period } = source;
  const names = facts.sites.map((s) => s.name).join(", ");
  const zone = facts.sites.length === 1 ? (facts.sites[0]?.zone ?? "UTC") : "UTC";
  const stamps = [`Copy ${issue.copy}`];
  return {
    title: `Compliance report ${period.from} to ${period.to}, copy ${issue.copy}`, subject: names, author: issue.by, language: "en-GB", createdAt: issue.at,
    header: { title: "Compliance report", subtitle: `${period.from} to ${period.to} UTC, ${names}`, aside: `Exported ${printedTime(issue.at, zone, true)} by ${issue.by}`, stamps },
    footer: { lines: [...facts.sites.map((s) => headLine(s.head, s.zone)), small("Figures are computed from the records; this file holds them as report.json. Times carry their zone, UTC in brackets.")], marks: stamps },
    blocks: [
      banner(source), overview(source), ...alcoa(facts), ...openFindings(source), ...auditCounts(facts), ...signing(facts), ...criticalChanges(facts), ...accessChapter(source.access, facts.sites, issue.at), ...clauseChapter(source.clauses, zone),
      { kind: "text", paragraphs: [fine("Ready for the rules named in the matrix, as far as the software's own tests show it. Whether a process meets a rule is shown by its own validation. Drafts bind nobody yet.")] },
    ],
    attachments: [{ name: "report.json", mimeType: "application/json", description: "Every figure of this report (RFC 8785, EBRCOMPLIANCE/1)", text: complianceText(source, issue) }],
  };
}
