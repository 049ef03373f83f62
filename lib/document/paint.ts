import { createElement as h, type ReactElement } from "react";
import { Circle, Document, Page as Sheet, Path, Rect, Svg, Text, View, type DocumentProps } from "@react-pdf/renderer";
import { faces, features, inks, type Typesetter } from "./face.ts";
import type { Mark } from "./mark.ts";
import { paper, type Page } from "./page.ts";

type Drawing = Exclude<Mark, { kind: "text" }>;

function drawn(mark: Drawing, key: number): ReactElement {
  switch (mark.kind) {
    case "rule": return h(Path, { key, d: `M${mark.x1} ${mark.y1}L${mark.x2} ${mark.y2}`, stroke: inks[mark.ink], strokeWidth: mark.weight, ...(mark.dash ? { strokeDasharray: mark.dash } : {}) });
    case "rect": return h(Rect, { key, x: mark.x, y: mark.y, width: mark.width, height: mark.height, fill: mark.fill ? inks[mark.fill] : "none", ...(mark.stroke ? { stroke: inks[mark.stroke], strokeWidth: mark.weight } : {}) });
    case "path": return h(Path, { key, d: mark.d, transform: `translate(${mark.x} ${mark.y})`, fill: "none", stroke: inks[mark.ink], strokeWidth: mark.weight, strokeLinejoin: "round" });
    case "dot": return h(Circle, { key, cx: mark.x, cy: mark.y, r: mark.radius, fill: inks[mark.ink] });
  }
}

/** A line of text stands alone at its place: the renderer neither wraps nor breaks pages. */
function written(mark: Extract<Mark, { kind: "text" }>, key: number, type: Typesetter): ReactElement {
  const { family, weight } = faces[mark.face];
  const style = {
    position: "absolute", left: mark.x, top: mark.y - type.ascent(mark.face) * mark.size, width: mark.width + 8, fontFamily: family, fontWeight: weight, fontSize: mark.size, color: inks[mark.ink],
    fontFeatureSettings: features,
  } as const;
  return h(Text, { key, wrap: false, style }, mark.text);
}

function sheet(page: Page, key: number, type: Typesetter): ReactElement {
  const drawing = page.flatMap((mark, i) => (mark.kind === "text" ? [] : [drawn(mark, i)]));
  const text = page.flatMap((mark, i) => (mark.kind === "text" ? [written(mark, i, type)] : []));
  const ground = { position: "absolute", left: 0, top: 0, ...paper } as const;
  // A page that does not wrap is as high as what stands in its flow: the empty view gives it the paper's height.
  return h(Sheet, { key, size: [paper.width, paper.height], wrap: false }, h(View, { style: paper }), h(Svg, { style: ground, viewBox: `0 0 ${paper.width} ${paper.height}` }, drawing), text);
}

/** Pages as elements of @react-pdf/renderer. */
export const painted = (pages: readonly Page[], type: Typesetter): ReactElement<DocumentProps> => h(Document, {}, pages.map((page, i) => sheet(page, i, type)));
