import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BrokenPromise } from "#lib/result.ts";
import { canonical, digestOf, sha256, shortDigest, type DigestTag } from "./digest.ts";

const shuffled = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(shuffled) : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).reverse().map(([k, v]) => [k, shuffled(v)])) : value;

describe("canonical text (RFC 8785)", () => {
  it.each<[string, unknown, string]>([
    ["the numbers, strings and literals of RFC 8785 3.2.2", { numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 1e-27], string: "€$\u000f\nA'B\"\\\\\"/", literals: [null, true, false] }, `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`],
    ["names in order of their UTF-16 units, as in RFC 8785 3.2.3", { "\u20ac": "Euro", "\r": "CR", "\ufb33": "Dalet", "1": "One", "\ud83d\ude00": "Smile", "\u0080": "Control", "ö": "o" }, `{"\\r":"CR","1":"One","\u0080":"Control","ö":"o","€":"Euro","\ud83d\ude00":"Smile","\ufb33":"Dalet"}`],
    ["a negative zero", -0, "0"], ["absent members", { a: undefined, b: null }, `{"b":null}`], ["dates as JSON has them", new Date(0), `"1970-01-01T00:00:00.000Z"`],
  ])("writes %s", (_, value, text) => expect(canonical(value)).toBe(text));

  it("is one text for one value, in whatever order its names were written", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(canonical(shuffled(value))).toBe(canonical(value));
      expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
    }));
  });
  it("is another text for another value", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(canonical(a) === canonical(b)).toBe(JSON.stringify(JSON.parse(canonical(a))) === JSON.stringify(JSON.parse(canonical(b))));
    }));
  });
  it.each<[string, unknown]>([["nothing", undefined], ["no number", Number.NaN], ["infinity", { a: [Infinity] }]])("is refused for %s as a broken promise", (_, value) => {
    expect(() => canonical(value)).toThrow(BrokenPromise);
  });
});

describe("a digest", () => {
  it("is SHA-256 over tag, line feed and text, lower-case hex", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(digestOf("EBRSIG/1", "{}")).toBe(sha256("EBRSIG/1\n{}"));
    expect(digestOf("EBRREC/1", "ä")).toBe(sha256(new Uint8Array([...Buffer.from("EBRREC/1\n"), 0xc3, 0xa4])));
  });
  it("REQ-28 (21 CFR 11.70) of one kind of bytes never stands for another", () => {
    const tags: readonly DigestTag[] = ["EBRREC/1", "EBRSIG/1", "EBRLEAF/1", "EBRMBR/1", "EBRSEG/1", "EBRBUN/1", "EBRSEAL/1"];
    expect(new Set(tags.map((tag) => digestOf(tag, "{}"))).size).toBe(tags.length);
  });
  it("is shortened for reading only, to both ends", () => expect(shortDigest(sha256("abc"))).toBe("ba7816bf…f20015ad"));
});
