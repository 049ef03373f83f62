import { generateKeyPairSync, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { specimenBundle, type SpecimenKey } from "./specimen.ts";

const newKey = (): SpecimenKey => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { privateKey, privateJwk: { ...privateKey.export({ format: "jwk" }) }, publicJwk: { ...publicKey.export({ format: "jwk" }) } };
};

describe("the specimen of the sandbox", () => {
  it("is a bundle that the inspectors' own verifier accepts, on any day, in every check that its format has something for", () => {
    for (const now of ["2026-03-02T00:00:00.001Z", "2026-12-31T23:59:59.999Z"]) {
      const report = verifyBundle(Buffer.from(specimenBundle({ newKey, newId: randomUUID, now: new Date(now) }), "utf8"));
      expect(report.checks.filter((check) => !check.holds)).toEqual([]);
      // The specimen is of the first format: of a batch that had neither a full master nor files, and says nothing of what was used.
      expect(report.checks.filter((check) => check.count === 0).map((check) => check.name)).toEqual(["documents", "files", "related"]);
      expect(report.verified).toBe(true);
    }
  });
  it("never has the same keys twice", () => {
    const fingerprints = [0, 1, 2].map(() => verifyBundle(Buffer.from(specimenBundle({ newKey, newId: randomUUID, now: new Date("2026-03-02T10:00:00Z") }), "utf8")).fingerprint);
    expect(new Set(fingerprints).size).toBe(3);
  });
});
