import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nativeCrypto, nativeSha256, tree } from "./native.ts";
import { checkpointText, readCheckpoint, readNote, signatureLine, signatureType, writeNote, type Head, type NoteKey } from "./note.ts";
import { consistencyRanges } from "./tree.ts";
import { readRequest, refusalStatus, witnessDecision, writeRequest, type WitnessRequest } from "./witness.ts";
import vectors from "./vectors/witness-requests.json" with { type: "json" };

/** A witness without a disk: it takes what the rule accepts. */
function rememberingWitness(logKeys: ReadonlyMap<string, readonly NoteKey[]>) {
  const heads = new Map<string, Head>();
  return {
    heads,
    ask: (request: WitnessRequest | undefined): { status: number; knownSize?: number } => {
      if (!request) return { status: refusalStatus.form };
      const decided = witnessDecision((origin) => heads.get(origin), request, logKeys, nativeCrypto);
      if (decided.ok) heads.set(decided.value.head.origin, decided.value.head);
      return decided.ok ? { status: 200 } : { status: refusalStatus[decided.refusal.reason], ...("knownSize" in decided.refusal ? { knownSize: decided.refusal.knownSize } : {}) };
    },
  };
}

describe("a witness, against published requests", () => {
  const keys = new Map([[vectors.origin, [{ name: vectors.origin, publicKey: Buffer.from(vectors.logKey, "hex") }]]]);

  it("REQ-1 answers each request in turn with the published code, and forgets nothing by a refusal", () => {
    const witness = rememberingWitness(keys);
    expect(vectors.requests.length).toBeGreaterThan(8);
    for (const { what, body, status, knownSize } of vectors.requests) expect(witness.ask(readRequest(body)), what).toEqual({ status, ...(knownSize === undefined ? {} : { knownSize }) });
    expect(witness.heads.get(vectors.origin)?.size).toBe(5);
  });

  it("REQ-1 takes a later head first, and then not the one that was overtaken", () => {
    const witness = rememberingWitness(keys);
    expect(witness.ask(readRequest(vectors.requests[0]?.body ?? ""))).toEqual({ status: 200 });
    expect(witness.ask(readRequest(vectors.skipping.body))).toEqual({ status: 200 });
    expect(witness.ask(readRequest(vectors.requests[5]?.body ?? ""))).toEqual({ status: 409, knownSize: 5 });
  });

  it("REQ-1 reads the request the specification prints and writes it back byte for byte", () => {
    const { body, oldSize, proofLines, size } = vectors.example;
    const request = readRequest(body);
    expect(request?.oldSize).toBe(oldSize);
    expect(request?.proof).toHaveLength(proofLines);
    expect(readCheckpoint(readNote(request?.note ?? "")?.text ?? "")?.size).toBe(size);
    expect(request && writeRequest(request)).toBe(body);
  });
});

const pair = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");
const publicOf = ({ publicKey }: typeof pair): Uint8Array => Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
const log: NoteKey = { name: "example.com/log", publicKey: publicOf(pair) };
const logKeys = new Map([[log.name, [log]]]);

function noteOver(head: Head, by: { readonly key: NoteKey; readonly pair: typeof pair } = { key: log, pair }): string {
  const text = checkpointText(head);
  return writeNote(text, [signatureLine(by.key, signatureType.note, sign(null, Buffer.from(text), by.pair.privateKey), nativeSha256)]);
}
const leafOf = (history: string, n: number): Uint8Array => tree.leafHash(Buffer.from(`${history} ${n}`));
/** A history: leaves up to `shared` are the common ones, those after it its own. */
const leavesOf = (history: string, size: number, shared = 0): readonly Uint8Array[] => Array.from({ length: size }, (_, n) => leafOf(n < shared ? "common" : history, n));
const headOf = (leaves: readonly Uint8Array[]): Head => ({ origin: log.name, size: leaves.length, root: tree.rootOf(leaves) });
const requestOf = (leaves: readonly Uint8Array[], oldSize: number): WitnessRequest => ({
  oldSize, note: noteOver(headOf(leaves)), proof: oldSize > 0 && oldSize < leaves.length ? consistencyRanges(oldSize, { from: 0, to: leaves.length }).map(({ from, to }) => tree.rootOf(leaves.slice(from, to))) : [],
});

describe("a witness' rule", () => {
  const empty = tree.rootOf([]);
  const one = leafOf("common", 0);
  // The table of sizes of zero follows FiloSottile/torchwood, internal/witness/witness_test.go, TestZeroSize.
  it.each([
    ["an empty tree", { known: 0, oldSize: 0, size: 0, root: empty, proof: [], status: 200 }],
    ["an empty tree with another root", { known: 0, oldSize: 0, size: 0, root: one, proof: [], status: 422 }],
    ["an empty tree with a root of zeros", { known: 0, oldSize: 0, size: 0, root: new Uint8Array(32), proof: [], status: 422 }],
    ["an empty tree with a proof", { known: 0, oldSize: 0, size: 0, root: empty, proof: [one], status: 422 }],
    ["a first tree", { known: 0, oldSize: 0, size: 1, root: one, proof: [], status: 200 }],
    ["a first tree with a proof", { known: 0, oldSize: 0, size: 1, root: one, proof: [one], status: 422 }],
    ["another old size than the known one", { known: 1, oldSize: 0, size: 1, root: one, proof: [one], status: 409 }],
    ["an old size larger than the tree", { known: 1, oldSize: 1, size: 0, root: empty, proof: [], status: 400 }],
    ["the known tree again", { known: 1, oldSize: 1, size: 1, root: one, proof: [], status: 200 }],
    ["the known tree again with a proof", { known: 1, oldSize: 1, size: 1, root: one, proof: [one], status: 422 }],
    ["another tree of the known size", { known: 1, oldSize: 1, size: 1, root: empty, proof: [], status: 409 }],
  ])("REQ-1 answers %s with the specification's code", (_what, { known, oldSize, size, root, proof, status }) => {
    const seen: Head | undefined = known === 0 ? undefined : { origin: log.name, size: known, root: one };
    const decided = witnessDecision(() => seen, { oldSize, proof, note: noteOver({ origin: log.name, size, root }) }, logKeys, nativeCrypto);
    expect(decided.ok ? 200 : refusalStatus[decided.refusal.reason]).toBe(status);
  });

  it("REQ-1 takes a head only from a key that is trusted for this very log", () => {
    const head = headOf(leavesOf("common", 3));
    const said = (note: string, keys: ReadonlyMap<string, readonly NoteKey[]> = logKeys) => {
      const decided = witnessDecision(() => undefined, { oldSize: 0, proof: [], note }, keys, nativeCrypto);
      return decided.ok ? "accepted" : decided.refusal.reason;
    };
    const other: NoteKey = { name: "example.com/other", publicKey: publicOf(stranger) };
    expect(said(noteOver(head))).toBe("accepted");
    expect(said(noteOver(head, { key: log, pair: stranger }))).toBe("signature");
    expect(said(noteOver(head, { key: other, pair: stranger }), new Map([[log.name, [log]], [other.name, [other]]]))).toBe("signature");
    expect(said(noteOver({ ...head, origin: "example.com/unknown" }))).toBe("unknown-log");
    expect(said(noteOver(head, { key: other, pair: stranger }), new Map([[log.name, [log, other]]]))).toBe("accepted"); // after a rotation: both keys are listed
    expect(said(checkpointText(head))).toBe("form");
    expect(said(noteOver(head).slice(0, -1))).toBe("form");
  });

  it("REQ-1 whatever heads of two histories are shown to it in whatever order, all it accepts lie on one history and never shrink", () => {
    const shown = fc.array(fc.record({ history: fc.constantFrom("a", "b"), size: fc.integer({ min: 0, max: 40 }), from: fc.oneof(fc.constant("known"), fc.integer({ min: 0, max: 40 })) }), { minLength: 1, maxLength: 25 });
    fc.assert(fc.property(fc.integer({ min: 0, max: 20 }), shown, (shared, requests) => {
      const witness = rememberingWitness(logKeys);
      const accepted: { history: string; size: number }[] = [];
      for (const { history, size, from } of requests) {
        const known = witness.heads.get(log.name)?.size ?? 0;
        const { status } = witness.ask(requestOf(leavesOf(history, size, shared), from === "known" ? known : Number(from)));
        if (status === 200) accepted.push({ history, size });
      }
      const beyond = new Set(accepted.filter(({ size }) => size > shared).map(({ history }) => history));
      expect(beyond.size).toBeLessThanOrEqual(1);
      expect(accepted.map(({ size }) => size)).toEqual(accepted.map(({ size }) => size).toSorted((a, b) => a - b));
    }), { numRuns: 300 });
  });

  it("REQ-1 follows an honest log through every size", () => {
    const witness = rememberingWitness(logKeys);
    const leaves = leavesOf("common", 70);
    for (let size = 1; size <= 70; size++) expect(witness.ask(requestOf(leaves.slice(0, size), size - 1))).toEqual({ status: 200 });
    expect(witness.ask(requestOf(leaves.slice(0, 40), 40))).toEqual({ status: 409, knownSize: 70 });
  });
});

describe("the body of a request", () => {
  const good = writeRequest(requestOf(leavesOf("common", 5), 3));
  it.each([
    ["nothing", ""], ["no old size", good.slice(good.indexOf("\n") + 1)], ["another word", good.replace("old", "new")], ["two spaces", good.replace("old ", "old  ")], ["a leading zero", good.replace("old 3", "old 03")], ["no number", good.replace("old 3", "old x")],
    ["a number past 2^53", good.replace("old 3", "old 9007199254740993")], ["a carriage return", good.replace("\n", "\r\n")], ["a short hash", good.replace(/\n[^\n]{4}/, "\n")], ["a hash without padding", good.replace("=\n", "\n")], ["no blank line", good.replace("\n\n", "\n")],
  ])("REQ-1 is refused with %s", (_what, body) => {
    const request = readRequest(body);
    expect(request === undefined || !witnessDecision(() => undefined, request, logKeys, nativeCrypto).ok).toBe(true);
  });
});
