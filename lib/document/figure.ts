import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { sizes, type Typesetter } from "./face.ts";
import { filled, moved, rule, type Mark } from "./mark.ts";
import { contentWidth, fine, medium, plain, quiet, small, type Block, type Panel, type Paragraph } from "./model.ts";
import { strip, type Piece } from "./piece.ts";
import { setText, type Place } from "./wrap.ts";

type Figure = Extract<Block, { kind: "figure" }>;
type Frame = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
type Scale = (value: number) => number;

const titleHeight = 13;
const axisHeight = 13;
const plotHeight = { one: 78, several: 66 };
const between = 16;
const above = 9;

/** Labels from the lowest upwards, pushed apart so that none covers another; `least` points between. */
function spread<Label extends { readonly y: number }>(labels: readonly Label[], least: number): readonly Label[] {
  const placed: Label[] = [];
  for (const label of [...labels].sort((a, b) => b.y - a.y)) placed.push({ ...label, y: Math.min(label.y, (placed.at(-1)?.y ?? Infinity) - least) });
  return placed;
}

const words = (paragraph: Paragraph, place: Place, type: Typesetter): readonly Mark[] => setText([paragraph], place, type).marks;

function yAxis(panel: Panel, frame: Frame, y: Scale, type: Typesetter): readonly Mark[] {
  return panel.y.ticks.flatMap(({ at, label }) => [rule(frame.left, y(at), frame.right, y(at), 0.6, "line"), ...words(fine(label), { x: frame.left - 34, y: y(at) - 4.5, width: 30, align: "right" }, type)]);
}

/** Tick labels below the axis; one that would touch its neighbour is left out, its tick stays. */
function xAxis(panel: Panel, frame: Frame, x: Scale, type: Typesetter): readonly Mark[] {
  let free = -Infinity;
  const ticks = panel.x.ticks.flatMap(({ at, label }) => {
    const width = type.width(label, "regular", sizes.fine.size);
    const left = Math.min(Math.max(x(at) - width / 2, frame.left - 10), frame.right + 8 - width);
    const mark = rule(x(at), frame.bottom, x(at), frame.bottom + 2.5, 0.6, "edge");
    if (left < free) return [mark];
    free = left + width + 5;
    return [mark, ...words(fine(label), { x: left, y: frame.bottom + 3, width: width + 1, align: "left" }, type)];
  });
  return [rule(frame.left, frame.bottom, frame.right, frame.bottom, 0.75, "edge"), ...ticks];
}

/** Which end of the plot the curve leaves free for a label at this limit. */
function freeEnd(panel: Panel, limit: number): "left" | "right" {
  const [first, last] = [panel.stretches[0]?.[0], panel.stretches.at(-1)?.at(-1)];
  return first && last && Math.abs(first.value - limit) > Math.abs(last.value - limit) ? "left" : "right";
}

/** Limit lines with their names: right of the plot, or where that has no room, on the line itself. */
function limitMarks(panel: Panel, frame: Frame, y: Scale, inside: boolean, type: Typesetter): readonly Mark[] {
  const { limits } = panel;
  const labels = spread(limits.map(({ at, label }) => ({ y: inside ? y(at) - 9 : y(at) - 4.5, label, end: freeEnd(panel, at) })), 8.5);
  const lines = limits.map(({ at }) => rule(frame.left, y(at), frame.right, y(at), 0.75, "second", "1.5 2.2"));
  if (!inside) return [...lines, ...labels.flatMap(({ y: top, label }) => [...words(fine(label), { x: frame.right + 6, y: top, width: contentWidth - frame.right - 6, align: "left" }, type)])];
  const named = labels.flatMap(({ y: top, label, end }) => {
    const width = type.width(label, "regular", sizes.fine.size) + 3;
    const x = end === "left" ? frame.left : frame.right - width;
    return [filled(x, top + 0.5, width, 8, "paper"), ...words(fine(label), { x, y: top, width, align: end }, type)];
  });
  return [...lines, ...named];
}

function curveMarks(panel: Panel, x: Scale, y: Scale): readonly Mark[] {
  const draw = line<{ readonly at: number; readonly value: number }>((p) => x(p.at), (p) => y(p.value)).digits(2);
  return panel.stretches.flatMap((stretch): readonly Mark[] => {
    const dots = panel.dots || stretch.length === 1 ? stretch.map((p): Mark => ({ kind: "dot", x: x(p.at), y: y(p.value), radius: 1.5, ink: "process" })) : [];
    return stretch.length > 1 ? [{ kind: "path", x: 0, y: 0, d: draw(stretch) ?? "", weight: panel.dots ? 0.7 : 1, ink: "process" }, ...dots] : dots;
  });
}

function panelMarks(panel: Panel, left: number, width: number, several: boolean, type: Typesetter): readonly Mark[] {
  const height = several ? plotHeight.several : plotHeight.one;
  const frame: Frame = { left: left + 28, right: left + width - (several ? 2 : 86), top: titleHeight + 2, bottom: titleHeight + 2 + height };
  const x = scaleLinear([panel.x.from, panel.x.to], [frame.left, frame.right]);
  const y = scaleLinear([panel.y.from, panel.y.to], [frame.bottom, frame.top]);
  const share = several ? 0.72 : 0.4;
  const title = small(medium(panel.title), quiet(` ${panel.unit}`));
  const shade = panel.window ? [filled(x(panel.window.from), frame.top, Math.max(1.5, x(panel.window.to) - x(panel.window.from)), height, "shade")] : [];
  const empty = panel.stretches.length === 0 ? words(fine("no values stored"), { x: frame.left, y: frame.top + height / 2 - 5, width: frame.right - frame.left, align: "left" }, type) : [];
  return [
    ...words(title, { x: left, y: 0, width: width * share, align: "left" }, type), ...words(small(plain(panel.aside)), { x: left + width * share, y: 0, width: frame.right - left - width * share, align: "right" }, type),
    ...shade, ...yAxis(panel, frame, y, type), ...limitMarks(panel, frame, y, several, type), ...curveMarks(panel, x, y), ...xAxis(panel, frame, x, type), ...empty,
  ];
}

/** The panels side by side with their caption, in one piece. */
export function figurePiece(figure: Figure, type: Typesetter): Piece {
  const several = figure.panels.length > 1;
  const width = (contentWidth - between * (figure.panels.length - 1)) / figure.panels.length;
  const plot = titleHeight + 2 + (several ? plotHeight.several : plotHeight.one) + axisHeight;
  const caption = setText([figure.caption], { x: 0, y: plot + 3, width: contentWidth, align: "left" }, type);
  const marks = figure.panels.flatMap((panel, i) => [...panelMarks(panel, i * (width + between), width, several, type)]);
  return strip([...marks, ...caption.marks].map((mark) => moved(mark, 0, above)), above + plot + 3 + caption.height + 3, figure.withNext);
}
