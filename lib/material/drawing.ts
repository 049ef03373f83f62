import type { FullTrace, GraphLot, TracedEdge, TracedRow } from "./trace.ts";

/** A lot with its place, in drawing units. `column` is 0 for the start, negative before it, positive after it. */
export type DrawnLot = { readonly lot: GraphLot; readonly column: number; readonly amount: { readonly value: number; readonly unit: string } | undefined; readonly x: number; readonly y: number };
export type DrawnEdge = { readonly edge: TracedEdge; readonly from: DrawnLot; readonly to: DrawnLot };
export type DrawnColumn = { readonly column: number; readonly x: number; readonly shown: number; readonly hidden: number };
export type Drawing = { readonly width: number; readonly height: number; readonly lots: readonly DrawnLot[]; readonly edges: readonly DrawnEdge[]; readonly columns: readonly DrawnColumn[]; readonly hidden: number; readonly farther: number };

export const boxWidth = 168;
export const boxHeight = 44;
const columnStep = 292;
const rowStep = 64;
const top = 34;
/** Lots drawn in one column, and columns on each side of the start: what fits a screen. The table has all of them. */
export const columnLots = 8;
export const sideColumns = 4;

const columnOf = ({ direction, distance }: TracedRow): number => (direction === "forward" ? distance : -distance);

/** A trace by layers of production steps: before the lot at the left, after it at the right, the greatest amounts of each step; and how many lots are not drawn. */
export function drawing({ start, rows, edges }: FullTrace): Drawing {
  const byColumn = Map.groupBy(rows.filter((r) => r.distance <= sideColumns), columnOf);
  const used = [...byColumn.keys(), 0].sort((a, b) => a - b);
  const [first, tallest] = [used[0] ?? 0, Math.min(columnLots, Math.max(1, ...[...byColumn.values()].map((c) => c.length)))];
  const height = top + tallest * rowStep;
  const xOf = (column: number): number => (column - first) * columnStep;
  const placed = (lot: GraphLot, column: number, index: number, of: number, amount: DrawnLot["amount"]): DrawnLot => ({ lot, column, amount, x: xOf(column), y: top + ((tallest - of) * rowStep) / 2 + index * rowStep });
  const lots = used.flatMap((column): DrawnLot[] => {
    if (column === 0) return [placed(start, 0, 0, 1, undefined)];
    const shown = (byColumn.get(column) ?? []).slice(0, columnLots);
    return shown.map((row, i) => placed(row, column, i, shown.length, { value: row.amount, unit: row.of }));
  });
  const at = new Map(lots.map((l) => [`${l.column < 0 ? "backward" : "forward"} ${l.lot.id}`, l]));
  const middle = at.get(`forward ${start.id}`);
  const place = (edge: TracedEdge, id: string) => (id === start.id ? middle : at.get(`${edge.direction} ${id}`));
  const drawnEdges = edges.flatMap((edge) => {
    const [from, to] = [place(edge, edge.from), place(edge, edge.to)];
    return from && to ? [{ edge, from, to }] : [];
  });
  const columns = used.map((column) => { const all = column === 0 ? 1 : (byColumn.get(column)?.length ?? 0); return { column, x: xOf(column), shown: Math.min(all, columnLots), hidden: Math.max(0, all - columnLots) }; });
  return { width: ((used.at(-1) ?? 0) - first) * columnStep + boxWidth, height, lots, edges: drawnEdges, columns, hidden: columns.reduce((sum, c) => sum + c.hidden, 0), farther: rows.filter((r) => r.distance > sideColumns).length };
}
