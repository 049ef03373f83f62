import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { specimenBundle, type SpecimenKey } from "#lib/compliance/specimen.ts";
import { bundle as shape } from "#lib/evidence/shape.ts";
import { firstDifference, tamper, tamperings, type AttackerKey, type Tampering } from "./tampering.ts";

const newKey = (): SpecimenKey => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, privateJwk: { ...privateKey.export({ format: "jwk" }) }, publicJwk: { ...publicKey.export({ format: "jwk" }) } };
};
const own = newKey();
const attacker: AttackerKey = { publicKey: new Uint8Array(Buffer.from(own.publicJwk.x ?? "", "base64url")), sign: (message) => new Uint8Array(sign(null, message, own.privateKey)) };
const text = specimenBundle({ newKey, newId: randomUUID, now: new Date("2026-03-02T10:00:00Z") });
const bundle = shape.parse(JSON.parse(text));
const bytes = (written: string) => Buffer.from(written, "utf8");
const { fingerprint } = verifyBundle(bytes(text));
const failing = (written: string, trust?: string): readonly string[] => verifyBundle(bytes(written), { trust }).checks.filter((check) => !check.holds).map((check) => check.name);
const kinds = Object.keys(tamperings) as readonly Tampering[];

describe("a tampered copy in the sandbox", () => {
  it.each(kinds)("REQ-24 (21 CFR 11.30), REQ-01 (21 CFR 11.10(a)) is not verified against the fingerprint one knows: %s", (kind) => {
    const changed = tamper(kind, text, bundle, attacker);
    expect(firstDifference(text, changed)).toBeDefined();
    expect(failing(changed, fingerprint)).not.toEqual([]);
    expect(verifyBundle(bytes(changed), { trust: fingerprint }).verified).toBe(false);
  });

  it("REQ-28 (21 CFR 11.70) fails in the signatures when one was moved or back-dated, also with every digest mended", () => {
    expect(failing(tamper("move-signature", text, bundle, attacker))).toContain("signatures");
    expect(failing(tamper("back-date", text, bundle, attacker))).toContain("signatures");
  });

  it("sealed with a key of one's own is found by the fingerprint alone: without one, nothing vouches for the keys", () => {
    const changed = tamper("own-seal", text, bundle, attacker);
    expect([failing(changed), failing(changed, fingerprint)]).toEqual([[], ["seal"]]);
    expect(verifyBundle(bytes(changed)).trusted).toBe(false);
  });

  it("REQ-24 (21 CFR 11.30) is found at any byte, whatever it becomes", () => {
    const original = bytes(text);
    fc.assert(fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(original);
      changed[at] = (changed[at] ?? 0) ^ mask;
      expect(verifyBundle(changed, { trust: fingerprint }).verified).toBe(false);
    }), { numRuns: 300 });
  });

  it("is told from the untouched one by the first place that differs", () => {
    expect(firstDifference("abc", "abc")).toBeUndefined();
    expect(firstDifference("abcd", "abXd")).toEqual({ at: 2, before: "abcd", after: "abXd" });
    expect(firstDifference("abc", "ab")).toMatchObject({ at: 2 });
  });
});
