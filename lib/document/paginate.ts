import { moved, type Mark } from "./mark.ts";
import { cut, type Piece } from "./piece.ts";

/** Marks of one page's body, from its top. */
export type PageBody = readonly Mark[];

/** Pieces that should stand on one page: each but the last wants to be with the next. */
function chains(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const made: Piece[][] = [];
  for (const [i, piece] of pieces.entries()) {
    if (i > 0 && pieces[i - 1]?.withNext) made.at(-1)?.push(piece);
    else made.push([piece]);
  }
  return made;
}

const heightOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, piece) => sum + piece.height, 0);

/**
 * Fills pages of `height` points. What belongs together moves to the next page together; what is taller than a page alone is
 * parted between two lines of text. Time grows with the number of pieces, never with its square.
 */
export function paginate(pieces: readonly Piece[], height: number): readonly PageBody[] {
  const pages: Mark[][] = [[]];
  let y = 0;
  const turn = () => {
    pages.push([]);
    y = 0;
  };
  const put = (piece: Piece) => {
    pages.at(-1)?.push(...piece.marks.map((mark) => moved(mark, 0, y)));
    y += piece.height;
  };
  const headOf = (piece: Piece | undefined): number => (y === 0 ? (piece?.head?.height ?? 0) : 0);
  const place = (piece: Piece): void => {
    if (y + headOf(piece) + piece.height > height && y > 0) turn();
    if (y === 0 && piece.head) put(piece.head);
    const parts = y + piece.height > height ? cut(piece, height - y) : undefined;
    if (!parts) return put(piece);
    put(parts[0]);
    turn();
    place(parts[1]);
  };
  for (const chain of chains(pieces)) {
    const tall = heightOf(chain);
    const fitsAlone = tall + (chain[0]?.head?.height ?? 0) <= height;
    if (fitsAlone && y > 0 && y + tall > height) turn();
    for (const piece of chain) place(piece);
  }
  return pages;
}
