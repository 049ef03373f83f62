import type { Bundle, RegisterKey } from "#lib/evidence/shape.ts";
import { fromBase64 } from "#lib/ledger/note.ts";
import { sameBytes } from "#lib/ledger/tree.ts";
import { judge, type Judged, type Report, type VerifyOptions } from "./bundle.ts";
import { joined } from "./bytes.ts";
import { checkOf, validAt, type Check } from "./check.ts";
import { verifySignedData } from "./cms.ts";
import { derAt } from "./der.ts";
import { charactersOf, PdfFile } from "./pdf-file.ts";
import { PdfUnreadable } from "./pdf-syntax.ts";
import { judgeRecall, recallFiles, type JudgedRecall } from "./recall.ts";

const evidenceName = "evidence.json";
const isPdf = (bytes: Uint8Array): boolean => charactersOf(bytes.slice(0, 5)) === "%PDF-";

type Sealed = { readonly signature: Uint8Array; readonly content: Uint8Array };

/** The two ranges a seal covers and the signature between them; a sentence where anything of the file is left out. */
export function sealedPartsOf(bytes: Uint8Array): Sealed | string {
  const text = charactersOf(bytes);
  const ranges = [...text.matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)];
  const [range] = ranges;
  if (!range) return "the document is not sealed";
  const [start, before, after, rest] = range.slice(1).map(Number);
  if (ranges.length > 1) return "the document has more than one seal";
  if (start !== 0 || before === undefined || after === undefined || rest === undefined || before >= after || after + rest !== bytes.length) return "the seal does not cover the whole document";
  const hex = /^<([0-9a-f]*|[0-9A-F]*)>$/.exec(text.slice(before, after))?.[1];
  if (hex === undefined || hex.length % 2 !== 0) return "the seal is not written as hexadecimal digits of one case";
  const written = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const signature = derAt(written)?.bytes;
  if (!signature || written.slice(signature.length).some((byte) => byte !== 0)) return "the seal is followed by something else than zeros";
  return { signature, content: joined(bytes.slice(0, before), bytes.slice(after)) };
}

type Register = { readonly keys: readonly RegisterKey[]; readonly exportedAt: string };
const registerOf = ({ content, manifest }: Bundle): Register => ({ keys: content.keys, exportedAt: manifest.exportedAt });

function faultOfSeal(bytes: Uint8Array, register: Register | undefined): string | undefined {
  const parts = sealedPartsOf(bytes);
  if (typeof parts === "string") return parts;
  const certificate = verifySignedData(parts.signature, parts.content);
  if (typeof certificate === "string") return certificate;
  if (!register) return "the bundle inside is not readable, so that nothing names the seal's key";
  const key = register.keys.find((k) => k.purpose === "seal" && k.algorithm === "RSA-3072" && sameBytes(fromBase64(k.publicKey) ?? new Uint8Array(), certificate));
  return key && validAt(key, Date.parse(register.exportedAt)) ? undefined : "the seal's certificate is no seal key of the register that was valid at the export";
}

/** The PDF's own seal. `register`: the keys that are readable inside. */
const checkSealed = (bytes: Uint8Array, register: Register | undefined): Check => checkOf("pdf", 1, [faultOfSeal(bytes, register)].filter((fault) => fault !== undefined), "the company's seal covers the whole document");
/** The PDF's own seal. `bundle`: the readable bundle inside. */
const checkPdf = (bytes: Uint8Array, bundle: Bundle | undefined): Check => checkSealed(bytes, bundle && registerOf(bundle));

/** The embedded evidence of a PDF; undefined when it has none, or cannot be read. */
async function evidenceIn(bytes: Uint8Array, name: string = evidenceName): Promise<Uint8Array | undefined> {
  try {
    return await (await PdfFile.open(bytes)).embeddedFile(name);
  } catch (error) {
    // A document that cannot be followed, or a stream that cannot be inflated (a TypeError): there is nothing to check.
    if (error instanceof PdfUnreadable || error instanceof TypeError) return undefined;
    throw error;
  }
}

const empty = {
  report: { verified: false, checks: [checkOf("container", 1, [`the document holds no readable ${evidenceName}`], "")], fingerprint: "", trusted: false }, bundle: undefined,
} satisfies Judged;

function judgeRecallPdf(bytes: Uint8Array, { report, proof }: JudgedRecall): Judged {
  const pdf = checkSealed(bytes, proof);
  return { report: { ...report, verified: report.verified && pdf.holds, checks: [...report.checks, pdf] }, bundle: undefined };
}

async function judgePdf(bytes: Uint8Array, options: VerifyOptions): Promise<Judged> {
  const evidence = await evidenceIn(bytes);
  const [recall, proof] = evidence ? [] : await Promise.all(recallFiles.map((name) => evidenceIn(bytes, name)));
  if (recall && proof) return judgeRecallPdf(bytes, judgeRecall(recall, proof, options));
  const { report, bundle } = evidence ? judge(evidence, options) : empty;
  const pdf = checkPdf(bytes, bundle);
  return { report: { ...report, verified: report.verified && pdf.holds, checks: [...report.checks, pdf] }, bundle };
}

/** Checks a bundle as it is; of a PDF the bundle inside as any other, or the mock recall inside, and then the PDF's own seal. */
export const judgeFile = async (bytes: Uint8Array, options: VerifyOptions = {}): Promise<Judged> => (isPdf(bytes) ? judgePdf(bytes, options) : judge(bytes, options));

/** The report about a bundle, or a PDF that carries one. */
export const verifyFile = async (bytes: Uint8Array, options: VerifyOptions = {}): Promise<Report> => (await judgeFile(bytes, options)).report;
