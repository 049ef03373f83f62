import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "#lib/digest/digest.ts";
import { composeSourceKey, keyMatches, parseSourceKey, sourceKeyDigest } from "./source-key.ts";

const secret = fc.uint8Array({ minLength: 24, maxLength: 48 });
const key = fc.tuple(fc.stringMatching(/^[a-z0-9-]{1,40}$/), fc.stringMatching(/^[A-Za-z0-9-]{1,60}$/), secret);

describe("the key of a source", () => {
  it("REQ-20 (21 CFR 11.10(h)) says which source of which site it is, and matches its own digest and no other's", () => {
    fc.assert(fc.property(key, secret, ([site, source, bytes], others) => {
      const text = composeSourceKey(site, source, bytes);
      expect(parseSourceKey(`Bearer ${text}`)).toEqual({ siteId: site, sourceId: source, text });
      expect(keyMatches(text, sourceKeyDigest(text))).toBe(true);
      fc.pre(!Buffer.from(bytes).equals(Buffer.from(others)));
      expect(keyMatches(composeSourceKey(site, source, others), sourceKeyDigest(text))).toBe(false);
    }));
  });
  it("REQ-65 is kept as the SHA-256 of the whole key, so that the secret fits no other site or source", () => {
    const text = composeSourceKey("basel", "line-1", new Uint8Array(24));
    expect(text).toBe(`vbk.basel.line-1.${"A".repeat(32)}`);
    expect(sourceKeyDigest(text)).toBe(sha256(text));
    expect(keyMatches(text.replace("basel", "raleigh"), sourceKeyDigest(text))).toBe(false);
  });
  it.each<[string, string | undefined]>([
    ["no header", undefined], ["an empty one", ""], ["no scheme", `vbk.basel.line-1.${"A".repeat(32)}`], ["another scheme", `Basic vbk.basel.line-1.${"A".repeat(32)}`], ["another prefix", `Bearer vb.basel.line-1.${"A".repeat(32)}`],
    ["a short secret", `Bearer vbk.basel.line-1.${"A".repeat(31)}`], ["two sites", `Bearer vbk.basel,raleigh.line-1.${"A".repeat(32)}`], ["a site with a quote", `Bearer vbk.ba'sel.line-1.${"A".repeat(32)}`], ["no source", `Bearer vbk.basel..${"A".repeat(32)}`],
    ["a line after it", `Bearer vbk.basel.line-1.${"A".repeat(32)}\nx`], ["a fifth part", `Bearer vbk.basel.line-1.${"A".repeat(32)}.x`],
  ])("REQ-20 (21 CFR 11.10(h)) is none in %s", (_, header) => expect(parseSourceKey(header)).toBeUndefined());
});
