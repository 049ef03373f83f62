import { moved, type Mark } from "./mark.ts";

/** A strip of the content as wide as the page's body that pages are filled with. */
export type Piece = {
  readonly height: number;
  readonly marks: readonly Mark[];
  /** Should not be the last of its page. */
  readonly withNext: boolean;
  /** Stands above the piece again when it is the first of a page. */
  readonly head: Piece | undefined;
};

/** A piece without a head. */
export const strip = (marks: readonly Mark[], height: number, withNext = false): Piece => ({ marks, height, withNext, head: undefined });

type Ends = { readonly top: number; readonly bottom: number };
function endsOf(mark: Mark): Ends {
  switch (mark.kind) {
    case "text": return { top: mark.top, bottom: mark.bottom };
    case "rule": return { top: Math.min(mark.y1, mark.y2), bottom: Math.max(mark.y1, mark.y2) };
    case "rect": return { top: mark.y, bottom: mark.y + mark.height };
    case "path": case "dot": return { top: mark.y, bottom: mark.y };
  }
}

/** The parts of a mark above and below `y`; what hangs over it is drawn in both. */
function parted(mark: Mark, y: number): { readonly above: readonly Mark[]; readonly below: readonly Mark[] } {
  const { top, bottom } = endsOf(mark);
  if (bottom <= y) return { above: [mark], below: [] };
  if (top >= y) return { above: [], below: [moved(mark, 0, -y)] };
  if (mark.kind === "rect") return { above: [{ ...mark, height: y - mark.y }], below: [{ ...mark, y: 0, height: mark.y + mark.height - y }] };
  if (mark.kind === "rule") return { above: [{ ...mark, y1: top, y2: y }], below: [{ ...mark, y1: 0, y2: bottom - y }] };
  return { above: [mark], below: [] };
}

/** Parts a piece taller than a page at the lowest place within `height` where no line of text is cut; undefined when there is none. */
export function cut(piece: Piece, height: number): readonly [Piece, Piece] | undefined {
  const lines = piece.marks.flatMap((mark) => (mark.kind === "text" ? [{ top: mark.top, bottom: mark.bottom }] : []));
  const places = lines.map((l) => l.bottom).filter((y) => y > 0 && y <= height && y < piece.height && !lines.some((l) => l.top < y - 0.001 && l.bottom > y + 0.001));
  const y = Math.max(0, ...places);
  if (y === 0) return undefined;
  const parts = piece.marks.map((mark) => parted(mark, y));
  return [
    { ...piece, height: y, marks: parts.flatMap((p) => [...p.above]), withNext: false },
    { ...piece, height: piece.height - y, marks: parts.flatMap((p) => [...p.below]) },
  ];
}
