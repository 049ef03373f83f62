import { describe, expect, it } from "vitest";
import { verifyBundle } from "#bin/verify/bundle.ts";
import { BrokenPromise } from "#lib/result.ts";
import { synthetic } from "#tests/evidence/synthetic.ts";
import { bundleText } from "./bundle.ts";
import { sealBundle } from "./seal-commands.ts";

describe("a bundle", () => {
  it("REQ-02 (21 CFR 11.10(b)) of two weeks of dense readings is written in a thread, with the same bytes as without one", async () => {
    const { content, facts, keys } = synthetic({ readings: 14_000 });
    const made = await sealBundle(content, facts, keys.attestation.jwk);
    expect(made.text.length).toBeGreaterThan(2_000_000);
    expect(made.text === bundleText(content, facts, keys.attestation.jwk)).toBe(true);
    expect(made.text).toContain(`"recordDigest":"${made.recordDigest}"`);
  });
  it("REQ-28 (21 CFR 11.70) is sealed by no key that the register does not name as in force", async () => {
    const { content, facts, keys } = synthetic();
    const ended = { ...content, keys: content.keys.map((key) => (key.purpose === "attestation" ? { ...key, validTo: "2026-03-02T00:00:00.000Z" } : key)) };
    await expect(sealBundle(ended, facts, keys.attestation.jwk)).rejects.toThrow(BrokenPromise);
    await expect(sealBundle(content, facts, keys.basel.jwk)).rejects.toThrow(BrokenPromise);
    expect(verifyBundle(Buffer.from((await sealBundle(content, facts, keys.attestation.jwk)).text)).verified).toBe(true);
  });
});
