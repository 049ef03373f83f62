import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Typesetter } from "./face.ts";
import { body, mono, strong, struck } from "./model.ts";
import { setText, wrap } from "./wrap.ts";

/** Every character half as wide as it is high. */
const type: Typesetter = { width: (text, _face, size) => [...text].length * size * 0.5, shown: (text) => text, ascent: () => 1 };
const textOf = (paragraph: Parameters<typeof wrap>[0], width: number) => wrap(paragraph, width, type).map((line) => line.pieces.map((piece) => piece.text).join("|"));

describe("a paragraph", () => {
  it("breaks at spaces and at line feeds, and nowhere else", () => {
    expect(textOf(body("one two three"), 8 * 8.25 * 0.5)).toEqual(["one two", "three"]);
    expect(textOf(body("one\ntwo"), 100)).toEqual(["one", "two"]);
    expect(textOf(body("1\u2009234\u00a0L is"), 8 * 8.25 * 0.5)).toEqual(["1\u2009234\u00a0L", "is"]);
  });
  it("keeps words together that change their tone in the middle", () => expect(textOf(body("value ", strong("4.43"), "."), 7 * 8.25 * 0.5)).toEqual(["value", "4.43|."]));
  it("parts a word that is wider than the line", () => expect(textOf(body("a ", mono("0123456789abcdef")), 5 * 8.25 * 0.5).join("").replaceAll("|", "")).toBe("a0123456789abcdef"));
  it("never makes a line wider than it may be, and never loses a character", () => {
    fc.assert(fc.property(fc.array(fc.string({ minLength: 1, maxLength: 30 }), { maxLength: 20 }), fc.integer({ min: 20, max: 300 }), (words, width) => {
      const text = words.join(" ").replaceAll(/\s/g, " ");
      const lines = wrap(body(text), width, type);
      expect(lines.every((line) => line.width <= width + 0.01)).toBe(true);
      expect(lines.flatMap((line) => line.pieces.map((piece) => piece.text)).join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }));
  });
  it("strikes an old value through", () => {
    const { marks } = setText([body(struck("5.10 g/L"))], { x: 10, y: 0, width: 100, align: "right" }, type);
    expect(marks.map((mark) => mark.kind)).toEqual(["text", "rule"]);
    expect(marks[1]).toMatchObject({ x1: 110 - 33, x2: 110 });
  });
});
