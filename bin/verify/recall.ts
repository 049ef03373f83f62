import { recallProof, type ExportedSignature, type RecallProof } from "#lib/evidence/shape.ts";
import type { Report, VerifyOptions } from "./bundle.ts";
import { digestOf, textOf } from "./bytes.ts";
import { isObject, objectOf, parseJson, readCanonical, writeCanonical, type JsonObject } from "./canonical.ts";
import { checkOf, plural, type Check } from "./check.ts";
import { faultsOfKeys, fingerprintOfKeys, vouched } from "./checks/seal.ts";
import { faultsOfSignature } from "./checks/signatures.ts";

/** The files a mock recall's document carries: the record as it was signed, and what its signatures are checked by. */
export const recallFiles = ["recall.json", "proof.json"] as const;
type Read = { readonly text: string; readonly record: JsonObject; readonly proof: RecallProof };

function read(recall: Uint8Array, proof: Uint8Array): Read | string {
  const [text, proofText] = [textOf(recall), textOf(proof)];
  const record = text === undefined ? undefined : objectOf(text, readCanonical);
  if (text === undefined || !record || record["format"] !== "EBRRCL/1") return "recall.json is not a canonical EBRRCL/1 text";
  const shaped = recallProof.safeParse(proofText === undefined ? undefined : parseJson(proofText));
  if (!shaped.success) return "proof.json has not the shape of EBRRCLP/1";
  return writeCanonical(shaped.data) === proofText ? { text, record, proof: shaped.data } : "proof.json is not written in its one canonical form";
}

const numberOf = (of: JsonObject, name: string): number => (typeof of[name] === "number" ? of[name] : Number.NaN);
const listOf = (of: JsonObject, name: string): readonly JsonObject[] => { const list = of[name]; return Array.isArray(list) ? list.filter(isObject) : []; };
const sixDigits = (amount: number): number => Math.round(amount * 1e6) / 1e6;

/** What the figures of a record say that its own lots do not, and lots whose balance is another than theirs. */
function faultsOfFigures(record: JsonObject): readonly string[] {
  const [lots, figures, start] = [listOf(record, "lots"), record["figures"], record["start"]];
  if (!isObject(figures) || !isObject(start)) return ["the record has no figures or no lot it starts from"];
  const before = lots.filter((lot) => lot["direction"] === "backward");
  const after = lots.filter((lot) => lot["direction"] === "forward");
  const batches = [start, ...after].flatMap((lot) => (typeof lot["batch"] === "string" ? [lot["batch"]] : []));
  const all = new Map([start, ...lots].map((lot) => [String(lot["id"]), lot]));
  const counted: Readonly<Record<string, number>> = {
    lots: lots.length, before: before.length, after: after.length, batches: batches.length, released: batches.filter((state) => state === "released" || state === "conditional").length, rejected: batches.filter((state) => state === "rejected").length,
    elsewhere: listOf(record, "sameOrigin").length, unaccountedLots: [...all.values()].filter((lot) => numberOf(lot, "unaccounted") !== 0).length,
  };
  const wrong = Object.entries(counted).filter(([name, n]) => figures[name] !== n).map(([name, n]) => `the record says ${String(figures[name])} of ${name}, its lots give ${n}`);
  const unbalanced = [...all.values()].filter((lot) => sixDigits(numberOf(lot, "into") - numberOf(lot, "out") - numberOf(lot, "left") - numberOf(lot, "unaccounted")) !== 0);
  return [...wrong, ...unbalanced.map((lot) => `lot ${String(lot["id"])} is out of balance by another amount than the record says`)];
}

function checkRecall({ text, record }: Read): Check {
  return checkOf("record", 1, faultsOfFigures(record), `mock recall ${String(record["id"])} of ${String(record["site"])}, digest ${digestOf("EBRRCL/1", text)}; its figures are those of its lots`);
}

/** What a statement must say beyond its form: this very record, its meaning, and somebody else than who ran it. */
function faultOfReview(signature: ExportedSignature, { text, record }: Read): string | undefined {
  const statement = objectOf(signature.statement, readCanonical) ?? {};
  const ranBy = record["startedBy"];
  if (statement["recordDigest"] !== digestOf("EBRRCL/1", text)) return "covers another record than recall.json";
  if (statement["meaning"] !== "recall_reviewed") return "does not mean that the mock recall was reviewed";
  return isObject(ranBy) && ranBy["id"] === statement["signerId"] ? "is of the person who ran the mock recall" : undefined;
}

function checkReview(all: Read): Check {
  const { record, proof } = all;
  const of = { type: "recall", id: String(record["id"]), owner: String(record["siteId"]) };
  const faults = proof.signatures.flatMap((signature, i) => [...faultsOfSignature(signature, proof.signatures[i - 1], of, { content: proof }), ...[faultOfReview(signature, all)].filter((fault) => fault !== undefined)].map((fault) => `signature ${i + 1} ${fault}`));
  return checkOf("signatures", proof.signatures.length, proof.signatures.length === 0 ? ["nobody has signed this mock recall"] : faults, `${plural(proof.signatures.length, "review")} over exactly this record, by somebody else than who ran it`);
}

export type JudgedRecall = { readonly report: Report; readonly proof: RecallProof | undefined };

/** Checks a mock recall as docs/evidence-format.md says: its form, the keys, its figures, its signatures. The PDF's own seal is checked beside it. */
export function judgeRecall(recall: Uint8Array, proof: Uint8Array, { trust }: VerifyOptions = {}): JudgedRecall {
  const found = read(recall, proof);
  if (typeof found === "string") return { report: { verified: false, checks: [checkOf("container", 1, [found], "")], fingerprint: "", trusted: false }, proof: undefined };
  const fingerprint = fingerprintOfKeys(found.proof.keys);
  const checks = [
    checkOf("container", 1, [], "recall.json and proof.json in canonical form"), checkOf("seal", 1, faultsOfKeys(found.proof.keys, fingerprint, trust), `each of ${plural(found.proof.keys.length, "key")} has the bytes its id is made of; ${vouched(fingerprint, trust)}`),
    checkRecall(found), checkReview(found),
  ];
  return { report: { verified: checks.every((check) => check.holds), checks, fingerprint, trusted: trust === fingerprint }, proof: found.proof };
}
