import { roleName } from "#lib/access/permission.ts";
import { body, contentWidth, fine, medium, mono, plain, small, strong, type Block, type Column, type Paragraph, type PrintedDocument, type Row } from "#lib/document/model.ts";
import { meaningName } from "#lib/signature/meaning.ts";
import type { Verification } from "#lib/signature/attestation.ts";
import type { Role } from "#lib/access/permission.ts";
import type { SignedMeaning } from "#lib/signature/meaning.ts";
import { siteTime } from "#lib/site/time.ts";
import { amountText } from "./amount.ts";
import { lotStateName } from "./lot.ts";
import { directionName } from "./trace.ts";
import type { RecallRecord } from "./recall.ts";

/** A signature as the document shows it (21 CFR 11.50). */
export type PrintedSignature = {
  readonly ordinal: number; readonly meaning: SignedMeaning; readonly printedName: string; readonly userName: string; readonly role: Role; readonly signedAt: Date; readonly method: "identity-provider" | "passkey" | "story"; readonly reason: string; readonly comment: string;
  readonly digest: string; readonly recordDigest: string; readonly statement: string; readonly attestation: string; readonly verification: Verification;
};
export type PrintedRecall = { readonly record: RecallRecord; readonly canonical: string; readonly digest: string; readonly holds: boolean; readonly signatures: readonly PrintedSignature[]; /** Keys and signatures for a check without a server (EBRRCLP/1). */ readonly proof: string };
type Issue = { readonly at: Date; readonly by: string; readonly copy: number };

/** Lots and charges that are printed; all of them are in the attachment. */
const printedRows = 2000;
const cells = (...texts: readonly (readonly Paragraph[])[]): Row => ({ kind: "cells", cells: texts, notes: [], marked: false, withNext: false });
const chapter = (text: string, note: string): Block => ({ kind: "heading", level: "chapter", text, note });
const said = (text: string): Block => ({ kind: "text", paragraphs: [small(text)] });
const table = (columns: readonly Column[], rows: readonly Row[], continued: string): Block => ({ kind: "table", columns, rows, continued, resumed: false });
const column = (title: string, width: number, align: Column["align"] = "left"): Column => ({ title, width, align });
const held = (text: string): string => text.replaceAll(" ", "\u00a0");
const timeOf = (at: Date, zone: string): string => held(siteTime(at, zone, true)).replace("\u00a0(", " (");
const amount = (value: number, unit: string): string => `${amountText(value)} ${unit}`;
const rest = (n: number, what: string): readonly Block[] => (n > printedRows ? [said(`The first ${amountText(printedRows)} of ${amountText(n)} ${what} are printed; the attached file holds all of them.`)] : []);

function banner({ record: { figures: f, start }, holds }: PrintedRecall): Block {
  const balanced = f.unaccountedLots === 0 && f.overdrawn === 0;
  return { kind: "banner", word: !holds ? "Altered" : balanced ? "Balanced" : "Not balanced", paragraphs: [
    body(medium(`${amountText(f.lots)} lots`), plain(` found: ${amountText(f.before)} before lot ${start.id}, ${amountText(f.after)} after it, at most ${f.steps} steps away.`)),
    body(`${amountText(f.batches)} batches affected: ${amountText(f.released)} released, ${amountText(f.rejected)} rejected, ${amountText(f.undecided)} not decided. ${amountText(f.unaccountedLots)} lots whose mass does not balance, ${amountText(f.overdrawn)} of which more was charged than there was. ${amountText(f.elsewhere)} lots of the same origin at other sites.`),
  ] };
}

function overview({ record }: PrintedRecall): Block {
  const { start, tookMs, startedAt, startedBy, timeZone, reason, direction } = record;
  const value = (text: string) => [body(medium(text))];
  return { kind: "facts", widths: [172.9, 172.9, 173], facts: [
    { term: "Lot", value: [body(medium(start.id)), small(`${start.code} ${start.name}`)] }, { term: "State of the lot", value: value(lotStateName[start.state]) }, { term: "Direction", value: value(directionName[direction]) },
    { term: "Run", value: [small(plain(timeOf(new Date(startedAt), timeZone)))] }, { term: "By", value: value(startedBy.name) }, { term: "Time the trace took", value: value(`${amountText(tookMs)} ms`) },
    { term: "In", value: value(amount(start.into, start.unit)) }, { term: "Out, left", value: value(`${amount(start.out, start.unit)}, ${amount(start.left, start.unit)}`) }, { term: "Reason", value: [body(reason)] },
  ] };
}

/** State of a lot, and of the batch it is. */
const standing = ({ state, batch }: RecallRecord["start"]): string => `${lotStateName[state].toLowerCase()}${batch === null ? "" : `, batch ${batch.replaceAll("_", " ")}`}`;

function lotTable({ record }: PrintedRecall, direction: "forward" | "backward"): readonly Block[] {
  const found = record.lots.filter((l) => l.direction === direction);
  const title = direction === "forward" ? "What the lot went into" : "What the lot was made of";
  const heading = chapter(title, direction === "forward" ? "amount: how much of the lot is in each" : "amount: how much of each is in the lot");
  if (found.length === 0) return record.direction === "both" || record.direction === direction ? [heading, said("No lot was found in this direction.")] : [];
  const columns = [column("Lot", 132), column("Steps", 34, "right"), column("Amount", 88, "right"), column("In", 78, "right"), column("Out, left", 94, "right"), column("Not accounted", contentWidth - 426, "right")];
  const rows = found.slice(0, printedRows).map((l): Row => ({
    ...cells([body(strong(l.id)), small(`${l.code} ${l.name}, ${standing(l)}`)], [body(String(l.distance))], [body(amount(l.amount, l.of))], [body(amount(l.into, l.unit))], [body(amount(l.out, l.unit)), small(amount(l.left, l.unit))], [body(l.unaccounted === 0 ? plain("0") : strong(amount(l.unaccounted, l.unit)))]),
    ...(l.unaccounted === 0 ? {} : { marked: true }),
  }) as Row);
  return [heading, table(columns, rows, title), ...rest(found.length, "lots")];
}

function chargeTable({ record }: PrintedRecall): readonly Block[] {
  if (record.charges.length === 0) return [];
  const columns = [column("From", 140), column("Into", 140), column("Charged", 110, "right"), column("Of the lot that is traced", contentWidth - 390, "right")];
  const rows = record.charges.slice(0, printedRows).map((c) => cells([body(c.from)], [body(c.to)], [body(amount(c.quantity, c.unit))], [body(amount(c.carried, c.of))]));
  return [chapter("Charges between them", "backward: how much of it is in the lot that is traced"), table(columns, rows, "Charges between them"), ...rest(record.charges.length, "charges")];
}

function originTable({ record }: PrintedRecall): readonly Block[] {
  const heading = chapter("Same origin at other sites", "lots of the same lot of the same supplier, at sites the person may read");
  if (record.sameOrigin.length === 0) return [heading, said("None was found.")];
  const columns = [column("Site", 90), column("Lot", 150), column("State", 80), column("Supplier and its lot", contentWidth - 320)];
  return [heading, table(columns, record.sameOrigin.map((o) => cells([body(o.site)], [body(strong(o.lot)), small(`same as ${o.as}`)], [body(lotStateName[o.state])], [body(o.supplier), small(o.supplierLot)])), "Same origin at other sites")];
}

const methodName: Record<PrintedSignature["method"], string> = { "identity-provider": "Signed in again at the identity provider", passkey: "Signed with a passkey, user verified", story: "Planted with the demo story; nobody re-authenticated" };

function signatureRow(s: PrintedSignature, { record, digest }: PrintedRecall): Row {
  const failed = s.verification.checked.filter((check) => !check.holds).map((check) => check.statement);
  return {
    kind: "cells", marked: failed.length > 0, withNext: false,
    cells: [[body(strong(meaningName[s.meaning])), small(s.recordDigest === digest ? "covers this record" : strong("covers another record"))], [body(s.printedName), small(roleName[s.role]), small(s.userName)], [small(plain(timeOf(s.signedAt, record.timeZone)))], [small(methodName[s.method]), failed.length === 0 ? small(`Verification holds, ${s.verification.checked.length} of ${s.verification.checked.length} checks`) : small(strong(`Verification fails: not true that “${failed.join("”, “")}”`))]],
    notes: [{ paragraph: fine(`Reason: ${s.reason}. Comment: “${s.comment}”`), barred: false }, { paragraph: fine("Signature digest ", mono(s.digest)), barred: false }],
  };
}

function signing(printed: PrintedRecall): readonly Block[] {
  const columns = [column("Meaning", 122), column("Name and role", 116), column("Signed", 128), column("Method and verification", contentWidth - 366)];
  const heading = chapter("Signatures", printed.signatures.length === 0 ? "nobody has signed this mock recall" : "over the record by its digest");
  return [heading, ...(printed.signatures.length === 0 ? [said("This copy was made before anybody signed. It shows what the trace found and nothing else.")] : [table(columns, printed.signatures.map((s) => signatureRow(s, printed)), "Signatures")])];
}

/** A mock recall as a document, with its signatures; the record and what was signed go with it as files, so that both digests can be computed again. */
export function recallDocument(printed: PrintedRecall, { at, by, copy }: Issue): PrintedDocument {
  const { record, digest, canonical, signatures, proof } = printed;
  const stamps = [...(signatures.length === 0 ? ["Not signed"] : []), `Copy ${copy}`];
  return {
    title: `Mock recall ${record.id}, copy ${copy}`, subject: `Lot ${record.start.id}`, author: by, language: "en-GB", createdAt: at,
    header: { title: `Mock recall ${record.id}`, subtitle: `Lot ${record.start.id}, ${record.site}`, aside: `Exported ${timeOf(at, record.timeZone)} by ${by}`, stamps },
    footer: { lines: [small("Record digest ", mono(digest)), small("SHA-256 over “EBRRCL/1”, a line feed and the attached recall.json. This file is checked without our server by npm run verify, or the page verifier.html. Times carry their zone, UTC in brackets.")], marks: stamps },
    blocks: [banner(printed), overview(printed), ...signing(printed), ...lotTable(printed, "backward"), ...lotTable(printed, "forward"), ...originTable(printed), ...chargeTable(printed), ...(record.circular.length === 0 ? [] : [chapter("Lots that are part of themselves", "a fault of the data; their amounts are left out"), said(record.circular.join(", "))])],
    attachments: [
      { name: "recall.json", mimeType: "application/json", description: "The mock recall as it was signed (RFC 8785, EBRRCL/1)", text: canonical },
      { name: "proof.json", mimeType: "application/json", description: "Signatures on it and the register's keys (RFC 8785, EBRRCLP/1)", text: proof },
    ],
  };
}
