import { beforeAll, describe, expect, it } from "vitest";
import { loadFaces, type Typesetter } from "./face.ts";
import type { Mark } from "./mark.ts";
import { body, contentWidth, fine, mono, small, strong, struck, type Block, type PrintedDocument, type Row } from "./model.ts";
import { pagesOf, paper, type Page } from "./page.ts";
import { render } from "./render.ts";

let type: Typesetter;
beforeAll(async () => void (type = await loadFaces(process.cwd())));

const row = (i: number, words: string): Row => ({
  kind: "cells", marked: i % 9 === 0, withNext: i % 3 === 0, notes: i % 4 === 0 ? [{ paragraph: fine(`Changed by somebody because ${words}`), barred: true }] : [],
  cells: [[body(strong(`5.3.${i}`))], [body(`Action ${i} ${words}`), small("instrument")], [body(struck("5.10 g/L")), body(strong(`${i}.43 g/L`))], [body("2.00 to 8.00")]],
});
const table = (rows: number, words = "of the day"): Block => ({
  kind: "table", continued: "5.3 Production", resumed: false, rows: Array.from({ length: rows }, (_, i) => row(i, words)),
  columns: [{ title: "Step", width: 40, align: "left" }, { title: "Action", width: 250, align: "left" }, { title: "Value", width: 100, align: "right" }, { title: "Limits", width: contentWidth - 390, align: "left" }],
});
const documentOf = (...blocks: readonly Block[]): PrintedDocument => ({
  title: "Title", subject: "Subject", author: "Somebody", language: "en-GB", createdAt: new Date("2026-03-16T13:05:41Z"), attachments: [],
  header: { title: "Electronic batch record BAS-101-2607", subtitle: "mAb", aside: "Exported 2026-03-16 14:05:41 CET (13:05:41Z)", stamps: ["Not released", "Copy 2"] },
  footer: { lines: [small("Record digest ", mono("0123456789abcdef".repeat(4)))], marks: ["Copy 2"] }, blocks,
});

type Written = Extract<Mark, { kind: "text" }>;
const written = (page: Page): readonly Written[] => page.filter((mark) => mark.kind === "text");
/** Pairs of texts whose ink would touch: their lines overlap by more than half a point each way. */
const touching = (page: Page) => {
  const texts = written(page);
  return texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0.5 && Math.min(a.y, b.y) > Math.max(a.y - a.size * 0.7, b.y - b.size * 0.7) + 0.5).map((b) => [a.text, b.text]));
};
const outside = (page: Page) => written(page).filter((m) => m.x < 30 || m.x + m.width > paper.width - 30 || m.top < 20 || m.bottom > paper.height - 15);

describe("a document's pages", () => {
  it("carry header, stamps, footer and number on each", () => {
    const pages = pagesOf(documentOf(table(120)), type);
    expect(pages.length).toBeGreaterThan(3);
    for (const [i, page] of pages.entries()) {
      const texts = written(page).map((m) => m.text);
      for (const wanted of ["Electronic batch record BAS-101-2607", "Not released", "Copy 2", "0123456789abcdef".repeat(4), `Page ${i + 1} of ${pages.length}`, "Step", "Limits"]) expect(texts).toContain(wanted);
      expect(texts.includes("5.3 Production")).toBe(i > 0);
    }
  });
  it("let nothing overlap and nothing leave the paper, whatever the words", () => {
    const long = "x".repeat(400);
    const words = `${"word ".repeat(300)}${long} 张伟 \u0007 ${"Donaudampfschifffahrtsgesellschaft".repeat(4)}`;
    const blocks: readonly Block[] = [
      { kind: "heading", level: "chapter", text: `5 Production ${"very ".repeat(40)}long`, note: "note" }, { kind: "banner", word: "Not released", paragraphs: [body(words)] },
      { kind: "facts", widths: [86, 138, 147.4, 147.4], facts: [{ term: "Long", value: [body(words)] }, { term: "Short", value: [body("1")] }] }, table(30, words),
      { kind: "box", title: `Exception ${"title ".repeat(30)}`, aside: "rule R-04 v4, closed", paragraphs: [body(words.repeat(9))], facts: [{ term: "Operator", value: [body(words.repeat(9))] }] }, { kind: "text", paragraphs: [body(words)] },
    ];
    for (const page of pagesOf(documentOf(...blocks), type)) {
      expect(touching(page)).toEqual([]);
      expect(outside(page)).toEqual([]);
    }
  });
  it("write a character the fonts lack as its code point", () => {
    const texts = pagesOf(documentOf({ kind: "text", paragraphs: [body("张\u0007ü")] }), type).flatMap((page) => written(page).map((m) => m.text));
    expect(texts).toContain("[U+5F20][U+0007]ü");
  });
  it("draw the measured widths: digits are of one width", () => expect(type.width("111", "regular", 8)).toBeCloseTo(type.width("808", "regular", 8), 6));
});

describe("rendering", () => {
  it("takes time in proportion to the pages", { timeout: 120_000 }, async () => {
    const timed = async (rows: number) => {
      const start = performance.now();
      const { pages } = await render(documentOf(table(rows)));
      return { pages, ms: performance.now() - start };
    };
    const [few, many] = [await timed(300), await timed(1200)];
    expect(many.pages / few.pages).toBeGreaterThan(3.7);
    expect(many.pages / few.pages).toBeLessThan(4.1);
    // Four times the pages; twice that leaves room for a busy machine, and is far below the sixteenfold of quadratic growth.
    expect(many.ms / few.ms).toBeLessThan(8);
  });
});
