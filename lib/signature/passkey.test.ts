import fc from "fast-check";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { Authenticator, type Answering, type KeyKind } from "#tests/authenticator.ts";
import { attest, attestationKeyOf, verifySignature, type SignatureRow } from "./attestation.ts";
import { coseMapOf } from "./cose.ts";
import { challengeOf, passkeyDigest, verifyAssertion, type AssertionFault, type PasskeyAssertion } from "./passkey.ts";
import { statementDigest, statementText, type SignatureStatement } from "./statement.ts";

const kinds: readonly KeyKind[] = ["ES256", "EdDSA", "RS256"];
const origin = "https://veribatch.example";
const digest = "ab".repeat(32);
const keys = Object.fromEntries(kinds.map((kind) => [kind, new Authenticator(kind)])) as Record<KeyKind, Authenticator>;
const answer = (kind: KeyKind, change: Partial<Answering> = {}) => keys[kind].assert({ challenge: challengeOf(digest), origin, ...change });
const parts = ["credentialId", "publicKey", "authenticatorData", "clientDataJson", "signature"] as const;
const flip = (text: string, bit: number): string => {
  const bytes = Buffer.from(text, "base64url");
  const at = bit % (bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
  return bytes.toString("base64url");
};

describe.each(kinds)("a passkey's answer under %s", (kind) => {
  it("REQ-28 (21 CFR 11.70) holds for the digest it was given for, and says what the authenticator said", () => {
    expect(verifyAssertion(answer(kind, { count: 7, flags: 0x1d }), digest, origin)).toEqual({ ok: true, value: { signCount: 7, backupEligible: true, backedUp: true } });
    expect(verifyAssertion(answer(kind, { count: 0 }), digest, origin)).toEqual({ ok: true, value: { signCount: 0, backupEligible: false, backedUp: false } });
  });
  it.each<[string, Partial<Answering>, AssertionFault]>([
    ["REQ-33 without user verification", { flags: 0x01 }, "not-verified"], ["REQ-33 without anybody present", { flags: 0x04 }, "not-present"], ["REQ-28 for another statement", { challenge: challengeOf("cd".repeat(32)) }, "wrong-challenge"],
    ["REQ-28 for another statement, written as text", { challenge: digest }, "wrong-challenge"], ["REQ-31 on another site", { origin: "https://veribatch.example.evil", relyingParty: "veribatch.example" }, "wrong-origin"], ["REQ-31 on another port", { origin: `${origin}:8443` }, "wrong-origin"], ["REQ-31 inside another site's page", { crossOrigin: true }, "wrong-origin"],
    ["REQ-31 for another relying party", { relyingParty: "example" }, "foreign-relying-party"], ["REQ-31 that registers instead of signing", { type: "webauthn.create" }, "wrong-type"],
  ])("%s is refused", (_, change, fault) => expect(verifyAssertion(answer(kind, change), digest, origin)).toEqual({ ok: false, refusal: fault }));
  it("REQ-31 under another key is refused", () => expect(verifyAssertion({ ...answer(kind), publicKey: new Authenticator(kind).publicKey }, digest, origin)).toEqual({ ok: false, refusal: "bad-signature" }));
  it("REQ-28 (21 CFR 11.70) no longer holds when any bit of key, authenticator data, client data or signature is flipped", () => {
    const good = answer(kind);
    fc.assert(fc.property(fc.constantFrom("publicKey", "authenticatorData", "clientDataJson", "signature" as const), fc.nat(), (part, bit) => {
      expect(verifyAssertion({ ...good, [part]: flip(good[part], bit) }, digest, origin).ok).toBe(false);
    }), { numRuns: 300 });
  });
});

describe("the stored parts of an answer", () => {
  it.each(parts)("REQ-28 in another spelling of the same bytes, cut off or empty are refused: %s", (part) => {
    const good = answer("ES256");
    // The credential's number is not under the passkey's signature: the portal's attestation binds it (below), here only its spelling counts.
    const bytesChanged = part === "credentialId" ? [] : [`${good[part]}A`, good[part].slice(0, -2)];
    for (const bad of ["", `${good[part]}=`, ` ${good[part]}`, "*", ...bytesChanged]) expect(verifyAssertion({ ...good, [part]: bad }, digest, origin).ok, bad).toBe(false);
  });
  it("never make the verification fail, whatever they are", () => {
    fc.assert(fc.property(fc.record({ credentialId: fc.string(), publicKey: fc.base64String(), authenticatorData: fc.base64String(), clientDataJson: fc.string(), signature: fc.string() }), (assertion) => { expect(verifyAssertion(assertion, digest, origin).ok).toBe(false); }));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void coseMapOf(bytes)));
  });
  it("hold a key with nothing after it: bytes that follow the map are refused", () => {
    const good = answer("EdDSA");
    expect(verifyAssertion({ ...good, publicKey: Buffer.concat([Buffer.from(good.publicKey, "base64url"), Buffer.from([0])]).toString("base64url") }, digest, origin)).toEqual({ ok: false, refusal: "malformed" });
  });
});

describe("a signature made with a passkey", () => {
  let key: JWK;
  let row: SignatureRow & { readonly assertion: PasskeyAssertion };
  const passkey = new Authenticator("ES256");

  beforeAll(async () => {
    key = await exportJWK((await generateKeyPair("Ed25519", { extractable: true })).privateKey);
    const statement: SignatureStatement = {
      format: "EBRSIG/1", recordType: "batch", recordId: "B-1", recordDigest: "a".repeat(64), previousDigest: null, meaning: "rejected", sentence: "I reject batch B-1.", reason: "Contamination", comment: "Discarded.",
      signerId: "p-1", subject: "qa", userName: "qa@demo", printedName: "Miriam Keller", role: "qa-manager", site: "basel", openedAt: "2026-03-01T10:00:00.000Z", nonce: "n",
    };
    const text = statementText(statement);
    const signed = statementDigest(text);
    const assertion = passkey.assert({ challenge: challengeOf(signed), origin });
    const signedAt = new Date("2026-03-01T10:01:00Z");
    const { recordId: batchId, site: siteId, meaning, reason, comment, sentence, recordDigest, previousDigest, signerId, printedName, userName, role } = statement;
    const attestation = await attest({ digest: signed, signedAt: signedAt.toISOString(), method: "passkey", evidence: { origin, credentialId: passkey.credentialId, publicKeyDigest: passkeyDigest(passkey.publicKey) } }, key);
    row = { batchId, siteId, ordinal: 1, meaning, reason, comment, sentence, statement: text, digest: signed, recordDigest, previousDigest, signerId, printedName, userName, role, method: "passkey", signedAt, attestation, withdraws: null, assertion };
  });
  const holds = async (change: Partial<SignatureRow> = {}) => (await verifySignature({ ...row, ...change }, undefined, [attestationKeyOf(key)])).holds;

  it("REQ-34 verifies for ever from what is stored with it: statement, answer, enrolled key and attestation", async () => expect(await holds()).toBe(true));
  it("REQ-28 (21 CFR 11.70) no longer holds when a bit of any stored part of the answer is flipped", async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...parts), fc.nat(), async (part, bit) => {
      expect(await holds({ assertion: { ...row.assertion, [part]: flip(row.assertion[part], bit) } })).toBe(false);
    }), { numRuns: 200 });
  });
  it("REQ-31 does not hold with an answer of another key to the same statement, however valid by itself", async () => {
    const foreign = new Authenticator("ES256");
    expect(await holds({ assertion: foreign.assert({ challenge: challengeOf(row.digest), origin }) })).toBe(false);
    expect(await holds({ assertion: { ...foreign.assert({ challenge: challengeOf(row.digest), origin }), credentialId: passkey.credentialId } })).toBe(false);
  });
  it("REQ-28 does not hold without its answer, nor as another method", async () => {
    expect(await holds({ assertion: null })).toBe(false);
    expect(await holds({ method: "identity-provider" })).toBe(false);
    expect(await holds({ method: "identity-provider", assertion: null })).toBe(false);
  });
});
