import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Mark } from "./mark.ts";
import { paginate } from "./paginate.ts";
import { strip, type Piece } from "./piece.ts";

const line = (text: string, top = 0): Mark => ({ kind: "text", x: 0, y: top + 8, top, bottom: top + 10, width: 50, text, face: "regular", size: 8, ink: "ink" });
const row = (text: string, height = 10, withNext = false, head?: Piece): Piece => ({ ...strip([line(text)], height, withNext), head });
const tall = (lines: number): Piece => strip(Array.from({ length: lines }, (_, i) => line(`line ${i}`, i * 10)), lines * 10);
const textsOf = (pieces: readonly Piece[], height: number) => paginate(pieces, height).map((page) => page.flatMap((mark) => (mark.kind === "text" ? [mark.text] : [])));

describe("pages", () => {
  it("repeat the head of a table that goes on", () => {
    const head = row("head");
    expect(textsOf([head, ...["a", "b", "c", "d"].map((text) => row(text, 10, false, head))], 30)).toEqual([["head", "a", "b"], ["head", "c", "d"]]);
  });
  it("never end with a heading", () => expect(textsOf([row("a"), row("heading", 10, true), row("b")], 20)).toEqual([["a"], ["heading", "b"]]));
  it("keep what belongs together on one page", () => expect(textsOf([row("a"), row("b", 10, true), row("c", 10, true), row("d")], 30)).toEqual([["a"], ["b", "c", "d"]]));
  it("part what belongs together when it is taller than a page", () => expect(textsOf([row("a", 10, true), row("b", 10, true), row("c")], 20)).toEqual([["a", "b"], ["c"]]));
  it("part a strip taller than a page between two lines", () => expect(textsOf([tall(5)], 25)).toEqual([["line 0", "line 1"], ["line 2", "line 3"], ["line 4"]]));
  it("hold every line once, whole, and in order", () => {
    fc.assert(fc.property(fc.array(fc.record({ lines: fc.integer({ min: 1, max: 30 }), withNext: fc.boolean() }), { maxLength: 60 }), (shapes) => {
      const pieces = shapes.map(({ lines, withNext }, i): Piece => strip(Array.from({ length: lines }, (_, k) => line(`${i}/${k}`, k * 10)), lines * 10, withNext));
      const pages = paginate(pieces, 100);
      expect(pages.flatMap((page) => page.flatMap((m) => (m.kind === "text" ? [m.text] : [])))).toEqual(pieces.flatMap((p) => p.marks.map((m) => (m.kind === "text" ? m.text : ""))));
      expect(pages.every((page) => page.every((m) => m.kind !== "text" || m.bottom <= 100.001))).toBe(true);
    }));
  });
});
