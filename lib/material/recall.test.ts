import { describe, expect, it } from "vitest";
import { recallDigest, recallOf, recallRecord, recallRefusals, recallSentence, recallText } from "./recall.ts";
import { recallDocument, type PrintedSignature } from "./recall-document.ts";
import { fullTrace, type FullTrace, type GraphEdge, type GraphLot } from "./trace.ts";

const lot = (id: string, change: Partial<GraphLot> = {}): GraphLot => ({ id, code: "RM-1", name: "Glucose", product: false, unit: "kg", state: "released", supplierId: "S", supplierLot: "X-1", expiresAt: null, batch: null, into: 100, out: 60, left: 40, ...change });
const edges: readonly GraphEdge[] = [{ from: "a", to: "b", quantity: 60, input: 60 }];
const forward = { lots: [lot("a"), lot("b", { product: true, batch: "released", unit: "L", into: 2000, out: 0, left: 1999 })], edges };
const trace = fullTrace("a", { backward: { lots: [lot("a")], edges: [] }, forward }) as FullTrace;
const record = recallOf({ siteId: "basel", site: "Basel", timeZone: "Europe/Zurich", id: "MR-BAS-0001", direction: "both", reason: "Yearly exercise", startedAt: new Date("2026-03-02T12:00:00Z"), startedBy: { id: "p", name: "Miriam Keller" }, tookMs: 12, trace, sameOrigin: [{ siteId: "raleigh", site: "Raleigh", lot: "r", state: "released", supplier: "S", supplierLot: "X-1", as: "a" }] });
const signature: PrintedSignature = {
  ordinal: 1, meaning: "recall_reviewed", printedName: "Miriam Keller", userName: "qa.manager@demo", role: "qa-manager", signedAt: new Date("2026-03-02T13:00:00Z"), method: "passkey", reason: "Mock recall complete", comment: "All lots found.", digest: "d".repeat(64), recordDigest: recallDigest(recallText(record)), statement: "{}", attestation: "a",
  verification: { holds: true, checked: [{ statement: "x", holds: true }] },
};
const printed = { record, canonical: recallText(record), digest: recallDigest(recallText(record)), holds: true, signatures: [signature], proof: "{}" };
const issue = { at: new Date("2026-03-02T14:00:00Z"), by: "Miriam Keller", copy: 2 };

describe("the record of a mock recall (REQ-47, 21 CFR 211.150)", () => {
  it("reads back as it was written, to the byte", () => expect(recallText(recallRecord.parse(JSON.parse(recallText(record))))).toBe(recallText(record)));
  it("has another digest when anything in it is another", () => expect(recallDigest(recallText({ ...record, lots: record.lots.map((l) => ({ ...l, amount: l.amount + 0.000001 })) }))).not.toBe(printed.digest));
  it("says in one sentence what was found", () => expect(recallSentence(record)).toBe("I have reviewed mock recall MR-BAS-0001 of lot a, Glucose, in Basel: 1 lot found in 12 ms, 0 before it and 1 after it, 1 batch affected, of which 1 released, 0 rejected and 0 not decided, 1 lot whose mass does not balance."));
});

describe("who signs a mock recall", () => {
  const may = { meaning: "recall_reviewed", holds: true, signed: false, maySign: true, ranIt: false };
  it.each<[string, Partial<typeof may>, readonly string[]]>([["signs once", {}, []], ["does not sign twice", { signed: true }, ["already-signed"]], ["signs nothing that was altered", { holds: false }, ["altered"]], ["does not sign what he ran himself", { ranIt: true }, ["own-work"]], ["needs the role", { maySign: false }, ["no-role"]], ["signs its own meaning only", { meaning: "rejected" }, ["not-this-meaning"]]])("%s", (_, change, reasons) => expect(recallRefusals({ ...may, ...change })).toEqual(reasons));
});

describe("the document of a mock recall", () => {
  const text = (doc: ReturnType<typeof recallDocument>) => JSON.stringify(doc.blocks);
  it("shows the signature with name, meaning and time with its zone (21 CFR 11.50)", () => expect(["Miriam Keller", "Mock recall reviewed", "13:00:00Z", "QA manager", "All lots found."].filter((part) => !text(recallDocument(printed, issue)).includes(part))).toEqual([]));
  it("carries the very bytes that were signed", () => expect(recallDigest(recallDocument(printed, issue).attachments.find((a) => a.name === "recall.json")?.text ?? "")).toBe(signature.recordDigest));
  it("is stamped as not signed until it is", () => expect([recallDocument({ ...printed, signatures: [] }, issue).header.stamps, recallDocument(printed, issue).header.stamps]).toEqual([["Not signed", "Copy 2"], ["Copy 2"]]));
  it("says when the record was altered, and when mass is missing", () => expect([recallDocument({ ...printed, holds: false }, issue), recallDocument(printed, issue)].map((d) => (d.blocks[0]?.kind === "banner" ? d.blocks[0].word : ""))).toEqual(["Altered", "Not balanced"]));
});
