import { beforeAll, describe, expect, it } from "vitest";
import { sameBytes } from "#lib/ledger/tree.ts";
import { sealedPdf, sealKey, type SealKey } from "#tests/evidence/sealed-pdf.ts";
import { synthetic, type Made } from "#tests/evidence/synthetic.ts";
import { verifySignedData } from "./cms.ts";
import { sealedPartsOf, verifyFile } from "./pdf.ts";

let key: SealKey;
let made: Made;
let pdf: Uint8Array;
const withKeys = (...rows: readonly SealKey["row"][]): string => made.sealed({ ...made.content, keys: [...made.content.keys, ...rows].sort((a, b) => (a.id < b.id ? -1 : 1)) });
const failing = async (bytes: Uint8Array): Promise<readonly string[]> => (await verifyFile(bytes)).checks.filter((check) => !check.holds).map((check) => check.name);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bytesOf = (written: string): Uint8Array => new Uint8Array(Buffer.from(written, "latin1"));
/** Begin and end of the hexadecimal digits between the two sealed ranges. */
const gap = (): readonly [number, number] => { const [, a, b] = /\/ByteRange\s*\[\s*\d+\s+(\d+)\s+(\d+)/.exec(text(pdf)) ?? []; return [Number(a) + 1, Number(b) - 1]; };

beforeAll(async () => {
  made = synthetic();
  key = await sealKey("2026-03-01T00:00:00.000Z");
  pdf = await sealedPdf(withKeys(key.row), key);
});

describe("a sealed document", () => {
  it("REQ-26 (EU Annex 11 17) is verified with the evidence it carries", async () => {
    const report = await verifyFile(pdf);
    expect(report.checks.filter((check) => !check.holds)).toEqual([]);
    expect(report.checks.map((check) => check.name).at(-1)).toBe("pdf");
    expect(report.verified).toBe(true);
  });
  it("REQ-26 (EU Annex 11 17) is not verified with anything after its end, or without its last byte", async () => {
    expect(await failing(Uint8Array.from([...pdf, 0x0a]))).toEqual(["pdf"]);
    expect(await failing(pdf.slice(0, -1))).toContain("pdf");
  });
  it("REQ-26 (EU Annex 11 17) is not verified when the spare digits of its seal, their case or the seal itself was changed", async () => {
    const [from, to] = gap();
    const change = (at: number, write: (char: string) => string): Uint8Array => { const all = text(pdf); return bytesOf(all.slice(0, at) + write(all[at] ?? "") + all.slice(at + 1)); };
    const letter = from + text(pdf).slice(from, to).search(/[a-f]/i);
    expect(await failing(change(to - 1, () => "1"))).toEqual(["pdf"]);
    expect(await failing(change(letter, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())))).toEqual(["pdf"]);
    expect(await failing(change(to, () => " "))).toEqual(["pdf"]);
    const { signature } = sealedPartsOf(pdf) as Exclude<ReturnType<typeof sealedPartsOf>, string>;
    const unseen: number[] = [];
    for (let bit = 0; bit < signature.length * 8; bit += 29) {
      const flipped = Uint8Array.from(signature);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const hex = Buffer.from(flipped).toString("hex");
      const cased = /[A-F]/.test(text(pdf).slice(from, to)) ? hex.toUpperCase() : hex;
      const all = text(pdf);
      if (sealedPartsHold(bytesOf(all.slice(0, from) + cased + all.slice(from + cased.length)))) unseen.push(bit);
    }
    expect(unseen).toEqual([]);
  });
  it("REQ-26 (EU Annex 11 17) is not verified when a bit of the document was flipped", async () => {
    const unseen: number[] = [];
    for (let bit = 5; bit < pdf.length * 8; bit += 409) {
      const flipped = Uint8Array.from(pdf);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (sealedPartsHold(flipped)) unseen.push(bit);
    }
    expect(unseen).toEqual([]);
  });
  it("REQ-26 (EU Annex 11 17) is not verified under a seal that the register does not name, or names for a later time", async () => {
    expect(await failing(await sealedPdf(made.text, key))).toEqual(["pdf"]);
    expect(await failing(await sealedPdf(withKeys({ ...key.row, validFrom: "2026-03-03T10:00:00.001Z" }), key))).toEqual(["pdf"]);
  });
  it("is not verified without evidence inside", async () => {
    const report = await verifyFile(await sealedPdf(withKeys(key.row), key, "other.json"));
    expect(report.checks.map((check) => [check.name, check.holds])).toEqual([["container", false], ["pdf", false]]);
  });
  it("is not verified, and nothing breaks, wherever in the file or in the packed evidence a bit was flipped", async () => {
    const verified: number[] = [];
    for (let bit = Math.floor(Math.random() * 3989); bit < pdf.length * 8; bit += 3989) {
      const flipped = Uint8Array.from(pdf);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if ((await verifyFile(flipped)).verified) verified.push(bit);
    }
    expect(verified).toEqual([]);
  });
  it("is not verified when it is no document at all", async () => expect(await failing(bytesOf("%PDF-1.7\nnothing"))).toEqual(["container", "pdf"]));
});

/** Does the seal alone still hold, under the certificate of the register? The evidence inside is checked elsewhere. */
function sealedPartsHold(bytes: Uint8Array): boolean {
  const parts = sealedPartsOf(bytes);
  const certificate = typeof parts === "string" ? parts : verifySignedData(parts.signature, parts.content);
  return typeof certificate !== "string" && sameBytes(certificate, key.certificate);
}
