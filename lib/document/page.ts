import type { Typesetter } from "./face.ts";
import { layOut } from "./layout.ts";
import { moved, outlined, rule, type Mark } from "./mark.ts";
import { contentWidth, quiet, strong, type PrintedDocument } from "./model.ts";
import { pageBodies, type PageBody } from "./paginate.ts";
import type { Piece } from "./piece.ts";
import { setText } from "./wrap.ts";

/** A4, points. */
export const paper = { width: 595.28, height: 841.89 };
const margin = { left: 42, top: 28, bottom: 24 };
/** What a page shows, from the top left corner of the paper. */
export type Page = readonly Mark[];
type Laid = { readonly marks: readonly Mark[]; readonly height: number };

function stampMarks(stamps: readonly string[], type: Typesetter): Laid {
  let right = contentWidth;
  const marks = stamps.flatMap((stamp) => {
    const set = setText([{ size: "section", runs: [strong(stamp)] }], { x: 0, y: 2, width: 200, align: "left" }, type);
    const width = type.width(stamp, "semibold", 9.4) + 13;
    right -= width;
    const placed = [...set.marks.map((m) => moved(m, right + 6.5, 0)), outlined(right + 0.5, 0.5, width - 1, set.height + 3, 1.1)];
    right -= 6;
    return placed;
  });
  return { marks, height: 17 };
}

function headerOf({ header }: Pick<PrintedDocument, "header">, type: Typesetter): Laid {
  const stamps = stampMarks([...header.stamps].reverse(), type);
  const title = setText([{ size: "title", runs: [strong(header.title)] }], { x: 0, y: 0, width: contentWidth - 190, align: "left" }, type);
  const second = Math.max(stamps.height, title.height) + 2;
  const subtitle = setText([{ size: "body", runs: [quiet(header.subtitle)] }], { x: 0, y: second, width: contentWidth * 0.46, align: "left" }, type);
  const aside = setText([{ size: "body", runs: [quiet(header.aside)] }], { x: contentWidth * 0.46, y: second, width: contentWidth * 0.54, align: "right" }, type);
  const height = second + Math.max(subtitle.height, aside.height) + 6;
  return { marks: [...stamps.marks, ...title.marks, ...subtitle.marks, ...aside.marks, rule(0, height, contentWidth, height, 1.1, "ink")], height: height + 6 };
}

function footerOf({ footer }: Pick<PrintedDocument, "footer">, page: string, type: Typesetter): Laid {
  const said = setText(footer.lines, { x: 0, y: 5, width: contentWidth - 96, align: "left" }, type);
  const marks = setText([{ size: "section", runs: [strong(page)] }, ...footer.marks.map((mark) => ({ size: "section", runs: [strong(mark)] }) as const)], { x: contentWidth - 92, y: 4, width: 92, align: "right" }, type);
  return { marks: [rule(0, 0, contentWidth, 0, 1.1, "ink"), ...said.marks, ...marks.marks], height: Math.max(said.height, marks.height) + 5 };
}

/** What stands on every page of a document. */
export type Frame = Pick<PrintedDocument, "header" | "footer">;

function* pieces(blocks: PrintedDocument["blocks"], type: Typesetter): Generator<Piece> {
  for (const block of blocks) yield* layOut(block, type);
}

/** Bodies of the pages, one after the other: blocks laid out and broken into pages. */
export function bodiesOf(document: Frame & Pick<PrintedDocument, "blocks">, type: Typesetter): Generator<PageBody> {
  const foot = paper.height - margin.bottom - footerOf(document, "", type).height;
  return pageBodies(pieces(document.blocks, type), foot - 8 - margin.top - headerOf(document, type).height);
}

const shift = (marks: readonly Mark[], top: number) => marks.map((mark) => moved(mark, margin.left, top));

/** Puts header, footer and "Page x of y" around bodies; `number` from 1. */
export function framed(frame: Frame, total: number, type: Typesetter): (body: PageBody, number: number) => Page {
  const header = headerOf(frame, type);
  const head = shift(header.marks, margin.top);
  const foot = paper.height - margin.bottom - footerOf(frame, "", type).height;
  return (body, number) => [...head, ...shift(body, margin.top + header.height), ...shift(footerOf(frame, `Page ${number} of ${total}`, type).marks, foot)];
}

/** All pages of a document at once. */
export function pagesOf(document: Frame & Pick<PrintedDocument, "blocks">, type: Typesetter): readonly Page[] {
  const bodies = [...bodiesOf(document, type)];
  const page = framed(document, bodies.length, type);
  return bodies.map((body, i) => page(body, i + 1));
}
