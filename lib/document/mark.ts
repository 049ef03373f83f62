import type { Face, Ink } from "./face.ts";

/** What ink does on a page. Points from the top left; `y` of a text is its baseline, `top` and `bottom` the edges of its line. */
export type Mark =
  | { readonly kind: "text"; readonly x: number; readonly y: number; readonly top: number; readonly bottom: number; readonly width: number; readonly text: string; readonly face: Face; readonly size: number; readonly ink: Ink }
  | { readonly kind: "rule"; readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number; readonly weight: number; readonly ink: Ink; readonly dash: string | undefined }
  | { readonly kind: "rect"; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly fill: Ink | undefined; readonly stroke: Ink | undefined; readonly weight: number }
  /** `d`: SVG path data relative to (x, y). */
  | { readonly kind: "path"; readonly x: number; readonly y: number; readonly d: string; readonly weight: number; readonly ink: Ink }
  | { readonly kind: "dot"; readonly x: number; readonly y: number; readonly radius: number; readonly ink: Ink };

export const rule = (x1: number, y1: number, x2: number, y2: number, weight: number, ink: Ink, dash?: string): Mark => ({ kind: "rule", x1, y1, x2, y2, weight, ink, dash });
export const filled = (x: number, y: number, width: number, height: number, fill: Ink): Mark => ({ kind: "rect", x, y, width, height, fill, stroke: undefined, weight: 0 });
export const outlined = (x: number, y: number, width: number, height: number, weight: number): Mark => ({ kind: "rect", x, y, width, height, fill: undefined, stroke: "ink", weight });

/** The mark moved by (dx, dy). */
export function moved(mark: Mark, dx: number, dy: number): Mark {
  switch (mark.kind) {
    case "text": return { ...mark, x: mark.x + dx, y: mark.y + dy, top: mark.top + dy, bottom: mark.bottom + dy };
    case "rule": return { ...mark, x1: mark.x1 + dx, y1: mark.y1 + dy, x2: mark.x2 + dx, y2: mark.y2 + dy };
    case "rect": case "path": case "dot": return { ...mark, x: mark.x + dx, y: mark.y + dy };
  }
}
