import { sizes, type Typesetter } from "./face.ts";
import { filled, moved, rule, type Mark } from "./mark.ts";
import { contentWidth, small, strong, type Block, type Column, type Row } from "./model.ts";
import { strip, type Piece } from "./piece.ts";
import { setLines, setText, wrap } from "./wrap.ts";

type Table = Extract<Block, { kind: "table" }>;
type Cells = Extract<Row, { kind: "cells" }>;
type Laid = { readonly marks: readonly Mark[]; readonly height: number };

/** Space between a column and the next, points; figures keep further from what follows them. */
const gutterOf = (align: Column["align"]): number => (align === "right" ? 12 : 6);
const padding = 3;
const bar = 8;

type Edged = Column & { readonly x: number; /** Without the gutter. */ readonly room: number };

const withEdges = (columns: readonly Column[]): readonly Edged[] =>
  columns.map((column, i) => ({ ...column, x: columns.slice(0, i).reduce((sum, c) => sum + c.width, 0), room: column.width - (i === columns.length - 1 ? 0 : gutterOf(column.align)) }));

/** A cell may reach over the empty ones to its right. */
function roomOf(row: Cells, columns: readonly Edged[], i: number): number {
  const column = columns[i];
  if (!column || column.align === "right") return column?.room ?? 0;
  const end = row.cells.findIndex((cell, k) => k > i && cell.length > 0);
  const last = columns[(end === -1 ? columns.length : end) - 1];
  return last ? last.x + (last === column ? column.room : last.width) - column.x : column.room;
}

/** Titles of the columns over a rule, standing on one line. */
function columnHead(columns: readonly Column[], type: Typesetter): Laid {
  const set = withEdges(columns).map(({ title, x, room, align }) => ({ x, room, align, lines: wrap(small(title), room, type) }));
  const lines = Math.max(...set.map((s) => s.lines.length));
  const { line } = sizes.small;
  const height = lines * line + 5;
  const marks = set.flatMap(({ x, room, align, lines: own }) => [...setLines(own, { x, y: 1 + (lines - own.length) * line, width: room, align }).marks]);
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

function cellsRow(row: Cells, columns: readonly Edged[], type: Typesetter): Piece {
  const set = columns.map(({ x, align }, i) => setText(row.cells[i] ?? [], { x, y: padding, width: roomOf(row, columns, i), align }, type));
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

const below = (piece: Piece, gap: number): Piece => ({ ...piece, height: piece.height + gap, marks: piece.marks.map((mark) => moved(mark, 0, gap)) });

/** The column head, then one piece per row; each row knows the head that stands over it on a further page. */
export function tablePieces(table: Table, type: Typesetter): readonly Piece[] {
  const columns = withEdges(table.columns);
  const head = columnHead(table.columns, type);
  const again = setText([{ size: "small", runs: [strong(table.continued), { text: ", continued", tone: "quiet" }] }], { x: 0, y: 0, width: contentWidth, align: "left" }, type);
  const repeated = strip([...again.marks, ...head.marks.map((mark) => moved(mark, 0, again.height + 2))], again.height + 2 + head.height, true);
  const rows = table.rows.map((row) => ({ ...(row.kind === "group" ? groupRow(row, type) : cellsRow(row, columns, type)), head: repeated }));
  return [table.resumed ? below(repeated, 6) : strip(head.marks, head.height, true), ...rows];
}
