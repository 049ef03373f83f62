import { describe, expect, it } from "vitest";
import { synthetic } from "#tests/evidence/synthetic.ts";
import { verifyBundle } from "./bundle.ts";

/** Every 61st bit: each of the eight positions in a byte comes up, and the full run of `npm run tamper` has them all. */
const step = 61;

describe("a bundle with one bit flipped", () => {
  it("REQ-26 (EU Annex 11 17) is not verified, wherever the bit stands", () => {
    const bytes = new TextEncoder().encode(synthetic().text);
    const start = Math.floor(Math.random() * step);
    const unseen: number[] = [];
    let flips = 0;
    for (let bit = start; bit < bytes.length * 8; bit += step, flips += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (verifyBundle(flipped).verified) unseen.push(bit);
    }
    expect(unseen).toEqual([]);
    expect(flips).toBeGreaterThan(1_500);
  });
});
