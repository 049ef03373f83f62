import { capital, sizes, type Typesetter } from "./face.ts";
import { figurePiece } from "./figure.ts";
import { filled, moved, outlined, rule, type Mark } from "./mark.ts";
import { contentWidth, quiet, small, strong, type Block, type Fact } from "./model.ts";
import { strip, type Piece } from "./piece.ts";
import { tablePieces } from "./table.ts";
import { setText } from "./wrap.ts";

type Of<Kind extends Block["kind"]> = Extract<Block, { kind: Kind }>;

function heading({ level, text, note }: Of<"heading">, type: Typesetter): Piece {
  const above = level === "chapter" ? 12 : 8;
  const words = { size: level, runs: [strong(text)] } as const;
  const set = setText([words], { x: 0, y: above, width: contentWidth, align: "left" }, type);
  const last = set.marks.at(-1);
  const end = last?.kind === "text" ? last.x + last.width + 6 : 0;
  // The note stands on the heading's last line, or below when that is full.
  const fits = contentWidth - end > 120;
  const drop = (sizes[level].line + sizes[level].size * capital - sizes.small.line - sizes.small.size * capital) / 2;
  const top = above + set.height + (fits ? drop - sizes[level].line : 0);
  const beside = note === "" ? { marks: [], height: 0 } : setText([small(note)], { x: fits ? end : 0, y: top, width: contentWidth - (fits ? end : 0), align: "left" }, type);
  return strip([...set.marks, ...beside.marks], Math.max(above + set.height, top + beside.height) + 3, true);
}

/** The state in large letters beside what it means, in a frame. */
function banner({ word, paragraphs }: Of<"banner">, type: Typesetter): Piece {
  const large = setText([{ size: "display", runs: [strong(word)] }], { x: 12, y: 8, width: 180, align: "left" }, type);
  const said = setText(paragraphs, { x: 204, y: 9, width: contentWidth - 216, align: "left" }, type);
  const inner = Math.max(large.height, said.height);
  const height = inner + 16;
  return strip([...large.marks.map((m) => moved(m, 0, (inner - large.height) / 2)), ...said.marks.map((m) => moved(m, 0, (inner - said.height) / 2)), filled(0, 0, 4, height, "ink"), outlined(0, 0, contentWidth, height, 1)], height + 6);
}

function facts({ widths, facts: all }: Of<"facts">, type: Typesetter): Piece {
  const columns = widths.map((width, i) => ({ width: width - 6, x: widths.slice(0, i).reduce((sum, w) => sum + w, 0) }));
  const marks: Mark[] = [];
  let top = 4;
  for (let i = 0; i < all.length; i += columns.length) {
    const row = columns.flatMap(({ x, width }, k) => { const fact = all[i + k]; return fact ? [setText([small(fact.term), ...fact.value], { x, y: top, width, align: "left" }, type)] : []; });
    marks.push(...row.flatMap((cell) => [...cell.marks]));
    top += Math.max(...row.map((cell) => cell.height)) + 4;
  }
  return strip([...marks, rule(0, top + 2, contentWidth, top + 2, 0.75, "edge")], top + 6);
}

function boxFacts(all: readonly Fact[], x: number, y: number, width: number, type: Typesetter): { readonly marks: readonly Mark[]; readonly height: number } {
  const marks: Mark[] = [];
  let top = y;
  for (const { term, value } of all) {
    const name = setText([{ size: "body", runs: [quiet(term)] }], { x, y: top, width: 46, align: "left" }, type);
    const said = setText(value, { x: x + 50, y: top, width: width - 50, align: "left" }, type);
    marks.push(...name.marks, ...said.marks);
    top += Math.max(name.height, said.height) + 1;
  }
  return { marks, height: top - y };
}

function box(block: Of<"box">, type: Typesetter): Piece {
  const [inset, right] = [8, 226];
  const left = contentWidth - right - 3 * inset;
  const title = setText([{ size: "body", runs: [strong(block.title)] }], { x: inset, y: 6, width: left + 40, align: "left" }, type);
  const aside = setText([{ size: "body", runs: [quiet(block.aside)] }], { x: inset + left + 46, y: 6, width: contentWidth - left - 46 - 2 * inset, align: "right" }, type);
  const top = 6 + Math.max(title.height, aside.height) + 2;
  const said = setText(block.paragraphs, { x: inset, y: top, width: left, align: "left" }, type);
  const beside = boxFacts(block.facts, left + 2 * inset, top, right, type);
  const height = top + Math.max(said.height, beside.height) + 5;
  const marks = [...title.marks, ...aside.marks, ...said.marks, ...beside.marks];
  return strip([...marks, outlined(0, 0, contentWidth, height, 0.75)].map((mark) => moved(mark, 0, 5)), height + 11);
}

function text({ paragraphs }: Of<"text">, type: Typesetter): readonly Piece[] {
  return paragraphs.map((paragraph) => {
    const set = setText([paragraph], { x: 0, y: 3, width: contentWidth, align: "left" }, type);
    return strip(set.marks, set.height + 3);
  });
}

/** The strips a block becomes, from top to bottom. */
export function layOut(block: Block, type: Typesetter): readonly Piece[] {
  switch (block.kind) {
    case "heading": return [heading(block, type)];
    case "banner": return [banner(block, type)];
    case "facts": return [facts(block, type)];
    case "table": return tablePieces(block, type);
    case "figure": return [figurePiece(block, type)];
    case "box": return [box(block, type)];
    case "text": return text(block, type);
  }
}
