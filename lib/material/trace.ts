import type { BatchState } from "#lib/batch/state.ts";
import type { LotState } from "./lot.ts";
import { balances, trace, type Direction, type LotEdge, type Trace } from "./genealogy.ts";
import { sumOf } from "./amount.ts";

export const traceDirections = ["both", "backward", "forward"] as const;
export type TraceDirection = (typeof traceDirections)[number];
export const directionName: Record<TraceDirection, string> = { both: "Both ways", backward: "Backward", forward: "Forward" };

/**
 * A lot with its mass balance, all in `unit`. `into`: received, made or handed over by another lot; `out`: charged, handed on, sampled, destroyed; `left`: the
 * balance. What remains of `into` is not accounted for (below 0: more was found than there should be). `batch`: the state of the batch it is; null for what is none.
 */
export type GraphLot = {
  readonly id: string; readonly code: string; readonly name: string; readonly product: boolean; readonly unit: string; readonly state: LotState; readonly supplierId: string | null; readonly supplierLot: string | null; readonly expiresAt: Date | null; readonly batch: BatchState | null;
  readonly into: number; readonly out: number; readonly left: number;
};
/** What went from one lot into another. `input`: everything that went into `to` in the same unit, from wherever. */
export type GraphEdge = LotEdge & { readonly input: number };
/** Lots within reach of one and what went from which into which. */
export type LotGraph = { readonly lots: readonly GraphLot[]; readonly edges: readonly GraphEdge[] };

/** How large a lot was: what came in; of a batch whose yield is not known (yet), at least what was taken out of it. */
const sizeOf = ({ into, out }: GraphLot): number => (into > 0 ? into : out);

export const unaccounted = ({ into, out, left }: Pick<GraphLot, "into" | "out" | "left">): number => sumOf([into, -out, -left]);

/** A traced lot. `amount` forward: of the start within it, in the start's unit; backward: of it within the start, in its own unit. `of`: that unit. */
export type TracedRow = GraphLot & { readonly direction: Direction; readonly distance: number; readonly amount: number; readonly of: string };
/** A charge on the way. `share`: of the lot it was taken from, `shareOfInput`: of what went into the other in its unit, both 0 to 1; `carried`: forward, of the start, in the start's unit; backward, of `from` within the start, in the unit of `from`. */
export type TracedEdge = LotEdge & { readonly direction: Direction; readonly unit: string; readonly share: number; readonly shareOfInput: number; readonly carried: number; readonly of: string };
export type FullTrace = { readonly start: GraphLot; readonly rows: readonly TracedRow[]; readonly edges: readonly TracedEdge[]; readonly circular: readonly string[] };

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

function rowsOf(found: Trace, direction: Direction, byId: ReadonlyMap<string, GraphLot>, start: GraphLot): readonly TracedRow[] {
  return found.lots.flatMap(({ id, amount, distance }) => {
    const lot = byId.get(id);
    return lot ? [{ ...lot, direction, distance, amount, of: direction === "forward" ? start.unit : lot.unit }] : [];
  }).sort((a, b) => a.distance - b.distance || b.amount - a.amount || a.id.localeCompare(b.id));
}

function edgesOf(found: Trace, direction: Direction, { edges }: LotGraph, byId: ReadonlyMap<string, GraphLot>, start: GraphLot): readonly TracedEdge[] {
  const inputs = new Map(edges.map((edge) => [`${edge.from}\n${edge.to}`, edge.input]));
  return found.edges.map((edge) => {
    const from = byId.get(edge.from);
    const unit = from?.unit ?? "";
    return { ...edge, direction, unit, share: from ? ratio(edge.quantity, sizeOf(from)) : 0, shareOfInput: ratio(edge.quantity, inputs.get(`${edge.from}\n${edge.to}`) ?? 0), of: direction === "forward" ? start.unit : unit };
  });
}

/** Everything before and after a lot with amounts, the nearest first. Undefined where the lot is not in the graphs. */
export function fullTrace(startId: string, graphs: Partial<Record<Direction, LotGraph>>): FullTrace | undefined {
  const lots = [...(graphs.backward?.lots ?? []), ...(graphs.forward?.lots ?? [])];
  const byId = new Map(lots.map((lot) => [lot.id, lot]));
  const start = byId.get(startId);
  if (!start) return undefined;
  const walked = (["backward", "forward"] as const).flatMap((direction) => {
    const graph = graphs[direction];
    return graph ? [{ direction, graph, found: trace(graph.lots.map((l) => ({ id: l.id, quantity: sizeOf(l) })), graph.edges, startId, direction) }] : [];
  });
  return {
    start, rows: walked.flatMap(({ direction, found }) => rowsOf(found, direction, byId, start)), edges: walked.flatMap(({ direction, graph, found }) => edgesOf(found, direction, graph, byId, start)),
    circular: [...new Set(walked.flatMap(({ found }) => found.circular))],
  };
}

/**
 * Sums over a trace. `batches`: batches after the start, the start itself when it is one; of them `released` (with a condition as well), `rejected`, and the rest, `undecided`.
 * `overdrawn`: lots of which more was charged than there was.
 */
export type TraceFigures = {
  readonly lots: number; readonly before: number; readonly after: number; readonly batches: number; readonly released: number; readonly rejected: number; readonly undecided: number; readonly steps: number; readonly unaccountedLots: number; readonly overdrawn: number;
};

export function traceFigures({ start, rows, edges }: FullTrace): TraceFigures {
  const after = rows.filter((r) => r.direction === "forward");
  const batches = [start, ...after].flatMap((r) => r.batch ?? []);
  const [released, rejected] = [batches.filter((state) => state === "released" || state === "conditional").length, batches.filter((state) => state === "rejected").length];
  const all = new Map([start, ...rows].map((r) => [r.id, r]));
  const once = new Map(edges.map((e) => [`${e.from}\n${e.to}`, e]));
  return {
    lots: rows.length, before: rows.length - after.length, after: after.length, batches: batches.length, released, rejected, undecided: batches.length - released - rejected,
    steps: rows.reduce((most, r) => Math.max(most, r.distance), 0), unaccountedLots: [...all.values()].filter((r) => unaccounted(r) !== 0).length,
    overdrawn: balances([...all.values()].map((r) => ({ id: r.id, quantity: r.into })), [...once.values()]).filter((b) => b.overdrawn > 1e-6).length,
  };
}
