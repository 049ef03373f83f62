import type { Typesetter } from "#lib/document/face.ts";
import type { Block, PrintedDocument, Row } from "#lib/document/model.ts";
import { bodiesOf, pagesOf } from "#lib/document/page.ts";
import { BrokenPromise } from "#lib/result.ts";

type Table = Extract<Block, { kind: "table" }>;
/** A block, or one row of a table. */
type Unit = { readonly block: Block } | { readonly table: Table; readonly row: Row };

const unitsOf = (blocks: readonly Block[]): readonly Unit[] => blocks.flatMap((block): Unit[] => (block.kind === "table" ? block.rows.map((row) => ({ table: block, row })) : [{ block }]));

function blocksOf(units: readonly Unit[]): readonly Block[] {
  const blocks: Block[] = [];
  let open: { of: Table; rows: Row[] } | undefined;
  for (const unit of units) {
    if ("block" in unit) blocks.push(unit.block);
    else if (open?.of === unit.table && blocks.at(-1)?.kind === "table") open.rows.push(unit.row);
    else {
      open = { of: unit.table, rows: [unit.row] };
      blocks.push({ ...unit.table, rows: open.rows });
    }
  }
  return blocks;
}

const pagesIn = (document: PrintedDocument, type: Typesetter): number => [...bodiesOf(document, type)].length;

/**
 * A record of exactly `pages` pages: the chapters of a real one, one time after the other, cut off between two rows. It carries the
 * attachments as often as it repeats the record.
 */
export function recordOfPages(real: PrintedDocument, pages: number, type: Typesetter): PrintedDocument {
  const once = unitsOf(real.blocks);
  const perRecord = pagesIn(real, type);
  const times = Math.ceil(pages / perRecord) + 1;
  const units = Array.from({ length: times }, () => once).flat();
  const attachments = Array.from({ length: Math.max(1, Math.round(pages / perRecord)) }, (_, i) => real.attachments.map((a) => ({ ...a, name: i === 0 ? a.name : `${i + 1}-${a.name}` }))).flat();
  let count = Math.round((units.length * pages) / (perRecord * times));
  for (let tries = 0; tries < 60; tries += 1) {
    const document = { ...real, blocks: blocksOf(units.slice(0, count)), attachments };
    const made = pagesIn(document, type);
    if (made === pages) return document;
    const step = Math.trunc(((pages - made) * once.length) / perRecord / 2);
    count += step === 0 ? Math.sign(pages - made) : step;
  }
  throw new BrokenPromise("bench-pages", `no record of exactly ${pages} pages could be cut`);
}

/** A line of a table: its cells with where they begin and how wide they are, points. */
export type PlainRow = readonly { readonly x: number; readonly width: number; readonly text: string }[];

/** What stands on each page as lines of a plain table, from top to bottom. */
export const plainRows = (document: PrintedDocument, type: Typesetter): readonly (readonly PlainRow[])[] => pagesOf(document, type).map((page) => {
  const text = page.flatMap((mark) => (mark.kind === "text" ? [mark] : []));
  const lines = Map.groupBy(text, (mark) => Math.round(mark.y));
  return [...lines].sort(([a], [b]) => a - b).map(([, marks]) => marks.map((mark) => ({ x: mark.x, width: mark.width + 8, text: mark.text })));
});
