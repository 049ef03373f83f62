import type { Typesetter } from "./face.ts";
import { filled, moved, rule, type Mark } from "./mark.ts";
import { contentWidth, small, strong, type Block, type Column, type Row } from "./model.ts";
import { strip, type Piece } from "./piece.ts";
import { setText, wrap } from "./wrap.ts";

type Table = Extract<Block, { kind: "table" }>;
type Cells = Extract<Row, { kind: "cells" }>;
type Laid = { readonly marks: readonly Mark[]; readonly height: number };

/** Space between a column and the next, points. */
const gutter = 6;
const padding = 3;
const bar = 8;

const withEdges = (columns: readonly Column[]): readonly (Column & { readonly x: number })[] =>
  columns.map((column, i) => ({ ...column, x: columns.slice(0, i).reduce((sum, c) => sum + c.width, 0) }));

/** Titles of the columns over a rule, standing on one line. */
function columnHead(columns: readonly Column[], type: Typesetter): Laid {
  const set = withEdges(columns).map(({ title, x, width, align }) => ({ x, width, align, lines: wrap(small({ text: title, tone: "medium" }), width - gutter, type) }));
  const lines = Math.max(...set.map((s) => s.lines.length));
  const height = lines * 9.75 + 5;
  const marks = set.flatMap(({ x, width, align, lines: own }) => [...setText([small({ text: own.map((l) => l.pieces.map((p) => p.text).join(" ")).join("\n"), tone: "quiet" })], { x, y: 1 + (lines - own.length) * 9.75, width: width - gutter, align }, type).marks]);
  return { marks: [...marks, rule(0, height - 1, contentWidth, height - 1, 0.75, "ink")], height };
}

function notesOf(row: Cells, x: number, y: number, type: Typesetter): Laid {
  const marks: Mark[] = [];
  let top = y;
  for (const { paragraph, barred } of row.notes) {
    const indent = barred ? bar : 0;
    const set = setText([paragraph], { x: x + indent, y: top + 1, width: contentWidth - x - indent, align: "left" }, type);
    marks.push(...set.marks, ...(barred ? [rule(x + 1, top + 1.5, x + 1, top + set.height + 0.5, 1.1, "edge")] : []));
    top += set.height + 1;
  }
  return { marks, height: top - y };
}

function cellsRow(row: Cells, columns: readonly (Column & { readonly x: number })[], type: Typesetter): Piece {
  const set = columns.map(({ x, width, align }, i) => setText(row.cells[i] ?? [], { x, y: padding, width: width - gutter, align }, type));
  const cells = Math.max(0, ...set.map((s) => s.height));
  const notes = notesOf(row, columns[1]?.x ?? 0, padding + cells, type);
  const height = padding + cells + notes.height + (row.withNext ? 0 : padding);
  const marks = [...set.flatMap((s) => [...s.marks]), ...notes.marks, ...(row.marked ? [filled(-7, 0, 2.2, height, "ink")] : []), ...(row.withNext ? [] : [rule(0, height, contentWidth, height, 0.75, "line")])];
  return strip(marks, height, row.withNext);
}

function groupRow(row: Extract<Row, { kind: "group" }>, type: Typesetter): Piece {
  const set = setText([row.paragraph], { x: 0, y: 5, width: contentWidth, align: "left" }, type);
  const height = set.height + 8;
  return strip([...set.marks, rule(0, height, contentWidth, height, 0.75, "line")], height, true);
}

/** The column head, then one piece per row; each row knows the head that stands over it on a further page. */
export function tablePieces(table: Table, type: Typesetter): readonly Piece[] {
  const columns = withEdges(table.columns);
  const head = columnHead(table.columns, type);
  const again = setText([{ size: "small", runs: [strong(table.continued), { text: ", continued", tone: "quiet" }] }], { x: 0, y: 0, width: contentWidth, align: "left" }, type);
  const repeated = strip([...again.marks, ...head.marks.map((mark) => moved(mark, 0, again.height + 2))], again.height + 2 + head.height, true);
  const rows = table.rows.map((row) => ({ ...(row.kind === "group" ? groupRow(row, type) : cellsRow(row, columns, type)), head: repeated }));
  return [strip(head.marks, head.height, true), ...rows];
}
