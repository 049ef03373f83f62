import { capital, sizes, tones, type Face, type Typesetter } from "./face.ts";
import { rule, type Mark } from "./mark.ts";
import type { Paragraph, Size, Tone } from "./model.ts";

type Fragment = { readonly text: string; readonly tone: Tone };
/** What stays together on a line; `breaks` when a line feed stands before it. */
type Word = { readonly fragments: readonly Fragment[]; readonly breaks: boolean };
export type Line = { readonly pieces: readonly (Fragment & { readonly x: number; readonly width: number })[]; readonly width: number; readonly size: Size };

const faceOf = (tone: Tone): Face => tones[tone].face;
const sizeOf = (tone: Tone, size: Size): number => sizes[size].size * tones[tone].scale;

/** Words of a paragraph. Only the ordinary space and the line feed part words; thin and no-break spaces hold them together. */
function wordsOf(paragraph: Paragraph, type: Typesetter): readonly Word[] {
  const words: { fragments: Fragment[]; breaks: boolean }[] = [{ fragments: [], breaks: false }];
  for (const { text, tone } of paragraph.runs) {
    for (const part of type.shown(text, faceOf(tone)).split(/([ \n])/)) {
      if (part === " " || part === "\n") words.push({ fragments: [], breaks: part === "\n" });
      else if (part !== "") words.at(-1)?.fragments.push({ text: part, tone });
    }
  }
  return words.filter((word) => word.fragments.length > 0 || word.breaks);
}

/** A word wider than the line, in parts that fit. */
function partsOf(word: Word, width: number, measure: (fragment: Fragment) => number): readonly Word[] {
  const parts: { fragments: Fragment[]; breaks: boolean }[] = [{ fragments: [], breaks: word.breaks }];
  let used = 0;
  for (const { text, tone } of word.fragments) {
    let held = "";
    for (const character of text) {
      if (held !== "" && used + measure({ text: held + character, tone }) > width) {
        parts.at(-1)?.fragments.push({ text: held, tone });
        parts.push({ fragments: [], breaks: false });
        [held, used] = ["", 0];
      }
      held += character;
    }
    if (held !== "") parts.at(-1)?.fragments.push({ text: held, tone });
    used += measure({ text: held, tone });
  }
  return parts;
}

/** Fragments of one line with neighbours of one tone joined, each where it stands. */
function lineOf(words: readonly Word[], size: Size, measure: (fragment: Fragment) => number): Line {
  const joined: { text: string; tone: Tone }[] = [];
  for (const word of words) {
    const first = joined.length === 0;
    for (const [k, { text, tone }] of word.fragments.entries()) {
      const before = joined.at(-1);
      const space = !first && k === 0 ? " " : "";
      if (before?.tone === tone) before.text += space + text;
      else joined.push({ text: space + text, tone });
    }
  }
  let x = 0;
  const pieces = joined.map(({ text, tone }) => {
    const lead = text.length - text.trimStart().length;
    const indent = lead > 0 ? measure({ text: text.slice(0, lead), tone }) : 0;
    const piece = { text: text.slice(lead), tone, x: x + indent, width: measure({ text: text.slice(lead), tone }) };
    x = piece.x + piece.width;
    return piece;
  });
  return { pieces, width: x, size };
}

/** The lines of a paragraph, none wider than `width` points. A word that is wider alone is parted between characters. */
export function wrap(paragraph: Paragraph, width: number, type: Typesetter): readonly Line[] {
  const { size } = paragraph;
  const measure = ({ text, tone }: Fragment) => type.width(text, faceOf(tone), sizeOf(tone, size));
  const widthOf = (word: Word) => word.fragments.reduce((sum, fragment) => sum + measure(fragment), 0);
  const lines: Word[][] = [[]];
  let used = 0;
  for (const word of wordsOf(paragraph, type).flatMap((w) => (widthOf(w) > width ? partsOf(w, width, measure) : [w]))) {
    const first = word.fragments[0];
    const space = used > 0 && first ? measure({ text: " ", tone: first.tone }) : 0;
    const length = widthOf(word);
    // A thousandth of a point covers the rounding of sums.
    if ((word.breaks || used + space + length > width + 0.001) && (used > 0 || word.breaks)) {
      lines.push([word]);
      used = length;
    } else {
      lines.at(-1)?.push(word);
      used += space + length;
    }
  }
  return lines.map((words) => lineOf(words, size, measure));
}

export type Place = { readonly x: number; readonly y: number; readonly width: number; readonly align: "left" | "right" };

/** Sets lines from `place.y` downwards. */
export function setLines(lines: readonly Line[], place: Place): { readonly marks: readonly Mark[]; readonly height: number } {
  const marks: Mark[] = [];
  let top = place.y;
  for (const line of lines) {
    const { size, line: height } = sizes[line.size];
    // Capitals stand in the middle of their line.
    const baseline = top + (height + size * capital) / 2;
    const left = place.align === "right" ? place.x + place.width - line.width : place.x;
    for (const { text, tone, x, width } of line.pieces) {
      if (text === "") continue;
      marks.push({ kind: "text", x: left + x, y: baseline, top, bottom: top + height, width, text, face: faceOf(tone), size: sizeOf(tone, line.size), ink: tones[tone].ink });
      if (tone === "struck") marks.push(rule(left + x, baseline - size * 0.27, left + x + width, baseline - size * 0.27, 0.6, "second"));
    }
    top += height;
  }
  return { marks, height: top - place.y };
}

/** Wraps and sets paragraphs one below the other. */
export const setText = (paragraphs: readonly Paragraph[], place: Place, type: Typesetter): { readonly marks: readonly Mark[]; readonly height: number } =>
  setLines(paragraphs.flatMap((p) => wrap(p, place.width, type)), place);
