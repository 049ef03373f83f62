import { moved, type Mark } from "./mark.ts";
import { cut, type Piece } from "./piece.ts";

/** Marks of one page's body, from its top. */
export type PageBody = readonly Mark[];

/** Pieces that should stand on one page: each but the last wants to be with the next. */
function* chains(pieces: Iterable<Piece>): Generator<readonly Piece[]> {
  let chain: Piece[] = [];
  for (const piece of pieces) {
    if (chain.length > 0 && !chain.at(-1)?.withNext) {
      yield chain;
      chain = [];
    }
    chain.push(piece);
  }
  if (chain.length > 0) yield chain;
}

const heightOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, piece) => sum + piece.height, 0);

/** One page after the other; a page is handed out when the next one begins. */
class Filling {
  #marks: Mark[] = [];
  #y = 0;
  readonly #height: number;
  constructor(height: number) {
    this.#height = height;
  }
  /** Ends the page and hands it out. */
  turn(): PageBody {
    const page = this.#marks;
    [this.#marks, this.#y] = [[], 0];
    return page;
  }
  #put(piece: Piece): void {
    for (const mark of piece.marks) this.#marks.push(moved(mark, 0, this.#y));
    this.#y += piece.height;
  }
  /** Does the chain fit a page of its own, but not what is left of this one? */
  wantsNewPage(chain: readonly Piece[]): boolean {
    const tall = heightOf(chain);
    return tall + (chain[0]?.head?.height ?? 0) <= this.#height && this.#y > 0 && this.#y + tall > this.#height;
  }
  *place(whole: Piece): Generator<PageBody> {
    for (let piece: Piece | undefined = whole; piece; ) {
      const head = this.#y === 0 ? (piece.head?.height ?? 0) : 0;
      if (this.#y + head + piece.height > this.#height && this.#y > 0) yield this.turn();
      if (this.#y === 0 && piece.head) this.#put(piece.head);
      const parts: readonly [Piece, Piece] | undefined = this.#y + piece.height > this.#height ? cut(piece, this.#height - this.#y) : undefined;
      this.#put(parts ? parts[0] : piece);
      if (parts) yield this.turn();
      piece = parts?.[1];
    }
  }
}

/**
 * Fills pages of `height` points. What belongs together moves to the next page together; what is taller than a page alone is
 * parted between two lines of text. Time grows with the number of pieces, never with its square; a page is handed out as soon as
 * it is full, so that memory does not grow with their number.
 */
export function* pageBodies(pieces: Iterable<Piece>, height: number): Generator<PageBody> {
  const filling = new Filling(height);
  for (const chain of chains(pieces)) {
    if (filling.wantsNewPage(chain)) yield filling.turn();
    for (const piece of chain) yield* filling.place(piece);
  }
  yield filling.turn();
}

/** All pages at once. */
export const paginate = (pieces: Iterable<Piece>, height: number): readonly PageBody[] => [...pageBodies(pieces, height)];
