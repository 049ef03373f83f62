import { describe, expect, it } from "vitest";
import { sha256 } from "#lib/digest/digest.ts";
import { longestPrinted, printedValue } from "./long-value.ts";

describe("a value in a list of changes (REQ-08)", () => {
  it("is printed whole up to its longest, and is named by length and digest beyond", () => {
    const [whole, long] = ["a".repeat(longestPrinted), "b".repeat(longestPrinted + 1)];
    expect(printedValue(whole)).toBe(whole);
    expect(printedValue(long)).toBe(`401 characters, SHA-256 ${sha256(long)}`);
    expect([printedValue(null), printedValue(undefined), printedValue("")]).toEqual(["none", "none", ""]);
  });
});
