import fc from "fast-check";
import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { attest, attestationKeyOf, publicHalf, verifyChain, verifySignature, type AttestationKey, type SignatureRow } from "./attestation.ts";
import { signatureMeanings } from "./meaning.ts";
import { statementDigest, statementText, type SignatureStatement } from "./statement.ts";

const newKey = async (): Promise<JWK> => exportJWK((await generateKeyPair("Ed25519", { extractable: true })).privateKey);
let key: JWK;
let chain: readonly SignatureRow[];

async function signedAfter(previous: SignatureRow | undefined, change: Partial<SignatureStatement> = {}): Promise<SignatureRow> {
  const ordinal = (previous?.ordinal ?? 0) + 1;
  const statement: SignatureStatement = {
    format: "EBRSIG/1", recordType: "batch", recordId: "B-1", recordDigest: "a".repeat(64), previousDigest: previous?.digest ?? null, meaning: signatureMeanings[ordinal - 1] ?? "rejected", sentence: "I have reviewed batch B-1.", reason: "Complete", comment: "Reviewed, ä.",
    signerId: "p-1", subject: "qa", userName: "qa@demo", printedName: "Miriam Keller", role: "qa-manager", site: "basel", openedAt: "2026-03-01T10:00:00.000Z", nonce: `n${ordinal}`, ...change,
  };
  const text = statementText(statement);
  const [digest, signedAt] = [statementDigest(text), new Date(`2026-03-0${ordinal}T10:01:00Z`)];
  const { recordId: batchId, site: siteId, meaning, withdraws, reason, comment, sentence, recordDigest, previousDigest, signerId, printedName, userName, role } = statement;
  const attestation = await attest({ digest, signedAt: signedAt.toISOString(), method: "identity-provider", evidence: { acr: "password" } }, key);
  return { batchId, siteId, ordinal, meaning, reason, comment, sentence, statement: text, digest, recordDigest, previousDigest, signerId, printedName, userName, role, method: "identity-provider", signedAt, attestation, withdraws: withdraws ?? null, assertion: null };
}
beforeAll(async () => {
  key = await newKey();
  const first = await signedAfter(undefined);
  const second = await signedAfter(first);
  const third = await signedAfter(second);
  chain = [first, second, third, await signedAfter(third)];
});

const allHold = async (rows: readonly SignatureRow[], by: readonly AttestationKey[] = [attestationKeyOf(key)]) => (await verifyChain(rows, by)).every((v) => v.holds);
const place = (n: number): SignatureRow => { const row = chain[n]; if (!row) throw new Error("no such signature"); return row; };
const holds = async (n: number, change: Partial<SignatureRow> = {}) => (await verifySignature({ ...place(n), ...change }, chain[n - 1], [attestationKeyOf(key)])).holds;

describe("a chain of signatures", () => {
  it("REQ-37 verifies as it was made, and each part of it from the first on", async () => {
    for (const n of [0, 1, 2, 3, 4]) expect(await allHold(chain.slice(0, n))).toBe(true);
  });
  it("REQ-37 no longer verifies when signatures are taken out, doubled or moved, also when they are numbered anew", async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 6 }), fc.boolean(), async (order, renumbered) => {
      fc.pre(!order.every((n, i) => n === i));
      expect(await allHold(order.map((n, i) => ({ ...place(n), ...(renumbered ? { ordinal: i + 1 } : {}) })))).toBe(false);
    }));
  });
  it("REQ-37 takes no signature in between that was made over another one", async () => {
    const between = await signedAfter(place(0));
    expect(await allHold([place(0), between, { ...place(1), ordinal: 3 }])).toBe(false);
    expect(await allHold([place(0), between])).toBe(true);
  });
  it("REQ-28 (21 CFR 11.70) verifies under the portal's key and under no other", async () => {
    expect((await verifyChain(chain, [attestationKeyOf(await newKey())])).some((v) => v.holds)).toBe(false);
  });
});

describe("a signature", () => {
  it("REQ-28 (21 CFR 11.70) no longer holds when any byte of statement, digests or attestation is changed", async () => {
    const fields = fc.constantFrom("statement", "digest", "attestation", "recordDigest", "previousDigest");
    await fc.assert(fc.asyncProperty(fc.nat(3), fields, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), async (n, field, at, to) => {
      const text = place(n)[field] ?? "";
      const i = at % Math.max(1, text.length);
      fc.pre(text[i] !== to);
      expect(await holds(n, { [field]: `${text.slice(0, i)}${to}${text.slice(i + 1)}` })).toBe(false);
    }), { numRuns: 500 });
  });
  it("REQ-28 (21 CFR 11.70) no longer holds when the last character of its attestation is written in another way", async () => {
    const { attestation } = place(3);
    const others = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="].filter((c) => !attestation.endsWith(c));
    const held = await Promise.all(others.map((c) => holds(3, { attestation: attestation.slice(0, -1) + c })));
    expect(others.filter((_, i) => held[i])).toEqual([]);
  });
  it.each<Partial<SignatureRow>>([
    { batchId: "B-2" }, { siteId: "raleigh" }, { meaning: "rejected" }, { reason: "Other" }, { comment: "Other" }, { sentence: "I did nothing" }, { signerId: "p-2" }, { printedName: "Somebody Else" }, { userName: "other@demo" }, { role: "operator" },
    { method: "story" }, { method: "passkey" }, { withdraws: 1 }, { assertion: { credentialId: "a", publicKey: "b", authenticatorData: "c", clientDataJson: "d", signature: "e" } }, { signedAt: new Date("2026-03-02T10:01:00.001Z") }, { ordinal: 3 }, { recordDigest: "0".repeat(64) }, { previousDigest: null }, { previousDigest: "0".repeat(64) },
  ])("REQ-28 (21 CFR 11.70) no longer holds when a column beside the statement is changed: %j", async (change) => {
    expect(await holds(1)).toBe(true);
    expect(await holds(1, change)).toBe(false);
  });
  it("REQ-28 (21 CFR 11.70) does not hold with another signature's attestation, nor with one for another digest made by the portal itself", async () => {
    expect(await holds(1, { attestation: place(2).attestation })).toBe(false);
    expect(await holds(1, { attestation: await attest({ digest: place(2).digest, signedAt: place(1).signedAt.toISOString(), method: "identity-provider", evidence: {} }, key) })).toBe(false);
  });
  it.each(["", "{", "null", "[]", "{}", '"text"'])("REQ-01 (21 CFR 11.10(a)) does not hold, and does not fail, when its stored statement became %j", async (statement) => {
    expect(await holds(1, { statement })).toBe(false);
    expect(await holds(1, { statement, digest: statementDigest(statement) })).toBe(false);
  });
  it("REQ-28 (21 CFR 11.70) does not hold when its statement says more than a statement does, however well digested and attested", async () => {
    const row = place(1);
    const statement = `${row.statement.slice(0, -1)},"zusatz":"x"}`;
    const digest = statementDigest(statement);
    const attestation = await attest({ digest, signedAt: row.signedAt.toISOString(), method: "identity-provider", evidence: {} }, key);
    expect(await holds(1, { statement, digest, attestation })).toBe(false);
  });
  it("says which of the four things was found wrong", async () => {
    const { checked } = await verifySignature({ ...place(1), printedName: "Somebody Else" }, place(0), [attestationKeyOf(key)]);
    expect(checked.map((c) => c.holds)).toEqual([false, true, true, true]);
  });
});

describe("a key that attests", () => {
  const at = (day: number) => new Date(`2026-03-0${day}T00:00:00Z`);
  const known = (): AttestationKey => attestationKeyOf(key);
  const held = (row: SignatureRow, keys: readonly AttestationKey[]) => verifySignature(row, chain[row.ordinal - 2], keys).then((v) => v.holds);

  it("REQ-32 (21 CFR 11.300(a)) counts for what was signed while it was valid, and for nothing before or after", async () => {
    expect(await held(place(1), [{ ...known(), validFrom: at(1), validTo: at(3) }])).toBe(true);
    expect(await held(place(1), [{ ...known(), validFrom: at(3), validTo: null }])).toBe(false);
    expect(await held(place(1), [{ ...known(), validFrom: at(1), validTo: at(2) }])).toBe(false);
    expect(await held(place(1), [{ ...known(), validFrom: at(1), validTo: new Date("2026-03-02T10:01:00Z") }])).toBe(true);
  });
  it("REQ-32 (21 CFR 11.300(a)) verifies after a rotation beside the new key, and not without the old one", async () => {
    const next = { ...attestationKeyOf(await newKey()), validFrom: at(3) };
    expect(await held(place(1), [{ ...known(), validTo: at(3) }, next])).toBe(true);
    expect(await held(place(1), [next])).toBe(false);
  });
  it("is named in the header by the first 16 digits of its public bytes' digest; under another name it is not taken", async () => {
    expect(known().id).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.parse(Buffer.from(place(0).attestation.split(".")[0] ?? "", "base64url").toString())).toEqual({ alg: "EdDSA", kid: known().id });
    expect(await held(place(1), [{ ...known(), id: "0".repeat(16) }])).toBe(false);
  });
  it("still counts where the header is of before the register and names its thumbprint", async () => {
    const claims = { digest: place(1).digest, signedAt: place(1).signedAt.toISOString(), method: "identity-provider", evidence: {} };
    const attestation = await new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: "EdDSA", kid: await calculateJwkThumbprint(key) }).sign(await importJWK(key, "EdDSA"));
    const old = { ...place(1), attestation };
    expect(await held(old, [attestationKeyOf(await newKey()), { ...known(), validFrom: at(5) }])).toBe(true);
    expect(await held(old, [attestationKeyOf(await newKey())])).toBe(false);
    expect(await held(old, [{ ...known(), validTo: at(2) }])).toBe(false);
  });
});

describe("a withdrawal", () => {
  it("REQ-38 is a signature of its own, and names exactly the one it takes back", async () => {
    const withdrawal = await signedAfter(place(3), { meaning: "withdrawn", withdraws: 4 });
    expect(await allHold([...chain, withdrawal])).toBe(true);
    expect(await allHold([...chain, { ...withdrawal, withdraws: 3 }])).toBe(false);
    expect(await allHold([...chain, { ...withdrawal, withdraws: null }])).toBe(false);
    expect(await allHold([...chain, await signedAfter(place(3), { meaning: "withdrawn" })])).toBe(false);
    expect(await allHold([...chain, await signedAfter(place(3), { meaning: "rejected", withdraws: 4 })])).toBe(false);
  });
});

describe("the public half of the portal's key", () => {
  it("holds nothing of the private one", () => {
    expect(key.d).toBeDefined();
    expect(Object.keys(publicHalf({ ...key, kid: "k" })).sort()).toEqual(["crv", "kid", "kty", "x"]);
  });
});
