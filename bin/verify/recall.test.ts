import { PDF } from "@libpdf/core";
import { beforeAll, describe, expect, it } from "vitest";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { joined } from "#lib/document/seal.ts";
import type { RecallProof } from "#lib/evidence/shape.ts";
import { recallDigest, recallOf, recallText, type RecallRecord } from "#lib/material/recall.ts";
import { fullTrace, type FullTrace, type GraphEdge, type GraphLot } from "#lib/material/trace.ts";
import { sealKey, type SealKey } from "#tests/evidence/sealed-pdf.ts";
import { attested, testKey } from "#tests/evidence/synthetic.ts";
import { verifyFile } from "./pdf.ts";
import { linesOf } from "./report.ts";

const exportedAt = "2026-03-03T10:00:00.000Z";
const signedAt = "2026-03-02T13:00:00.000Z";
const [runner, reviewer] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"];
const lot = (id: string, change: Partial<GraphLot> = {}): GraphLot => ({ id, code: "RM-1", name: "Glucose", product: false, unit: "kg", state: "released", supplierId: "S", supplierLot: "X-1", expiresAt: null, batch: null, into: 100, out: 60, left: 40, ...change });
const edges: readonly GraphEdge[] = [{ from: "RM-1-BAS-0001", to: "BAS-201-2601", quantity: 60, input: 60 }];
const lots = [lot("RM-1-BAS-0001"), lot("BAS-201-2601", { product: true, batch: "released", unit: "L", into: 2000, out: 0, left: 1999 })];
const record = recallOf({ siteId: "basel", site: "Basel", timeZone: "Europe/Zurich", id: "MR-BAS-0001", direction: "forward", reason: "Yearly exercise", startedAt: new Date("2026-03-02T12:00:00Z"), startedBy: { id: runner, name: "Miriam Keller" }, tookMs: 12, trace: fullTrace("RM-1-BAS-0001", { forward: { lots, edges } }) as FullTrace, sameOrigin: [] });

const attestation = testKey("enterprise", "attestation");
let key: SealKey;
beforeAll(async () => { key = await sealKey("2026-03-01T00:00:00.000Z"); });

type Change = { readonly record?: RecallRecord; readonly text?: string; readonly statement?: Readonly<Record<string, unknown>>; readonly claims?: Readonly<Record<string, unknown>>; readonly proof?: Partial<RecallProof>; readonly files?: readonly string[] };

function signatureOver(text: string, { statement: changed = {}, claims = {} }: Change): RecallProof["signatures"][number] {
  const statement = canonical({
    format: "EBRSIG/1", recordType: "recall", recordId: record.id, recordDigest: recallDigest(text), previousDigest: null, meaning: "recall_reviewed", sentence: "I have reviewed it.", reason: "Complete", comment: "All found.", signerId: reviewer, subject: "qa.second@demo",
    userName: "qa.second@demo", printedName: "Jonas Meier", role: "qa-manager", site: "basel", openedAt: "2026-03-02T12:59:00.000Z", nonce: "n", ...changed,
  });
  const digest = digestOf("EBRSIG/1", statement);
  return { ordinal: 1, statement, digest, method: "identity-provider", signedAt, attestation: attested({ digest, signedAt, method: "identity-provider", evidence: {}, ...claims }, attestation), assertion: null, withdraws: null };
}

/** A document of one page that carries a mock recall with its signature, joined and sealed as the portal does. */
async function recallPdf(change: Change = {}): Promise<Uint8Array> {
  const text = change.text ?? recallText(change.record ?? record);
  const keys = [attestation.row, key.row].sort((a, b) => (a.id < b.id ? -1 : 1));
  const proof = canonical({ format: "EBRRCLP/1", exportedAt, keys, signatures: [signatureOver(recallText(change.record ?? record), change)], ...change.proof });
  const page = PDF.create();
  page.addPage({ size: "a4" });
  const [recall = "recall.json", proofName = "proof.json"] = change.files ?? [];
  const attachments = [{ name: recall, text }, { name: proofName, text: proof }].map((file) => ({ ...file, mimeType: "application/json", description: "Part of a mock recall" }));
  return joined({ stage: "join", parts: [new Uint8Array(await page.save())], about: { title: "Mock recall", subject: "A lot", author: "Somebody", language: "en-GB", createdAt: new Date(exportedAt), attachments }, seal: { key: { privateKey: key.stored.privateKey, certificate: key.stored.certificate ?? "" }, at: new Date(exportedAt) } });
}
const failing = async (bytes: Uint8Array): Promise<readonly string[]> => (await verifyFile(bytes)).checks.filter((check) => !check.holds).map((check) => check.name);

describe("the PDF of a signed mock recall REQ-47 (21 CFR 211.150(b), 11.70)", () => {
  it("is verified with no server: its form, its keys, its figures, its signature and its seal", async () => {
    const report = await verifyFile(await recallPdf());
    expect(report.checks.map((check) => [check.name, check.holds, check.count])).toEqual([["container", true, 1], ["seal", true, 1], ["record", true, 1], ["signatures", true, 1], ["pdf", true, 1]]);
    expect(report.verified).toBe(true);
    expect(linesOf(report).at(-1)).toBe("VERIFIED");
    expect(linesOf(report).join("\n")).toContain("Mock recall MR-BAS-0001 of Basel");
    expect((await verifyFile(await recallPdf(), { trust: report.fingerprint })).trusted).toBe(true);
    expect((await verifyFile(await recallPdf(), { trust: "0".repeat(64) })).verified).toBe(false);
  });
  it.each<[string, Change, readonly string[]]>([
    ["a lot that was left out after signing", { text: recallText({ ...record, lots: [] }) }, ["record", "signatures"]],
    ["a number of batches that its lots do not give", { record: { ...record, figures: { ...record.figures, batches: 0, released: 0 } } }, ["record"]],
    ["a lot that balances on paper only", { record: { ...record, lots: record.lots.map((l) => ({ ...l, left: 2000 })) } }, ["record"]],
    ["no signature", { proof: { signatures: [] } }, ["signatures"]],
    ["the signature of who ran it", { statement: { signerId: runner } }, ["signatures"]],
    ["a signature over another record", { statement: { recordId: "MR-BAS-0002" } }, ["signatures"]], ["a signature of another site", { statement: { site: "raleigh" } }, ["signatures"]], ["another meaning", { statement: { meaning: "approved_for_release" } }, ["signatures"]],
    ["a time that was not attested", { claims: { signedAt: "2026-03-02T13:00:01.000Z" } }, ["signatures"]],
    ["no keys", { proof: { keys: [] } }, ["signatures", "pdf"]],
    ["text that is not canonical", { text: `${recallText(record)} ` }, ["container", "pdf"]], ["no proof", { files: ["recall.json", "other.json"] }, ["container", "pdf"]],
  ])("is not verified with %s", async (_, change, expected) => expect(await failing(await recallPdf(change))).toEqual(expected));
  it("is not verified wherever a bit of it was flipped", async () => {
    const pdf = await recallPdf();
    const verified: number[] = [];
    for (let bit = Math.floor(Math.random() * 4999); bit < pdf.length * 8; bit += 4999) {
      const flipped = Uint8Array.from(pdf);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if ((await verifyFile(flipped)).verified) verified.push(bit);
    }
    expect(verified).toEqual([]);
  });
});
