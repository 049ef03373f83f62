/** A lot that came in or was made: how much of it there was, in its own unit; 0 where that is not known. */
export type TracedLot = { readonly id: string; readonly quantity: number };
/** `quantity` of lot `from`, in its unit, went into lot `to`. Several charges of one lot into another are several edges. */
export type LotEdge = { readonly from: string; readonly to: string; readonly quantity: number };
export type Direction = "forward" | "backward";

/** A lot that was reached. `amount`: forward, how much of the start is in it; backward, how much of it is in the start; in the unit of the lot the amount is of. `distance`: fewest steps of production between them. */
export type TracedAmount = { readonly id: string; readonly amount: number; readonly distance: number };
/** An edge on the way. `carried`: forward, how much of the start it brings; backward, how much of it is in the start; in the unit of the lot the amount is of. */
export type CarryingEdge = LotEdge & { readonly carried: number };
export type Trace = { readonly lots: readonly TracedAmount[]; readonly edges: readonly CarryingEdge[]; /** Lots that are, by a fault of the data, part of themselves; their amounts are left out. */ readonly circular: readonly string[] };

/** Who stands next to whom, in the direction of a walk. */
function neighbours(edges: readonly LotEdge[], direction: Direction): ReadonlyMap<string, readonly LotEdge[]> {
  const next = new Map<string, LotEdge[]>();
  for (const edge of edges) {
    const at = direction === "forward" ? edge.from : edge.to;
    const known = next.get(at);
    if (known) known.push(edge);
    else next.set(at, [edge]);
  }
  return next;
}

const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
const far = (edge: LotEdge, direction: Direction): string => (direction === "forward" ? edge.to : edge.from);

/** Fewest steps from `start` to each lot it reaches, nearest first. */
function distances(start: string, next: ReadonlyMap<string, readonly LotEdge[]>, direction: Direction): ReadonlyMap<string, number> {
  const found = new Map([[start, 0]]);
  const queue = [start];
  for (let i = 0; i < queue.length; i += 1) {
    const at = queue[i] as string;
    for (const edge of next.get(at) ?? []) {
      const to = far(edge, direction);
      if (found.has(to)) continue;
      found.set(to, (found.get(at) ?? 0) + 1);
      queue.push(to);
    }
  }
  return found;
}

/**
 * Everything a lot went into (forward) or was made of (backward), with amounts: a charge of a share of a lot carries the same share of
 * what is in it, for lots are taken as mixed. Each lot and edge is visited once, so the time goes with their number. Backward, everything that was charged into the start is in
 * it, whether its own quantity is known or not: a batch that is running, held or aborted holds what it was given. Any other lot without quantity carries nothing on.
 */
export function trace(lots: readonly TracedLot[], edges: readonly LotEdge[], start: string, direction: Direction): Trace {
  const quantity = new Map(lots.map((lot) => [lot.id, lot.quantity]));
  const next = neighbours(edges, direction);
  const reached = distances(start, next, direction);
  const walked = edges.filter((edge) => reached.has(edge.from) && reached.has(edge.to));
  const waiting = new Map<string, number>();
  for (const edge of walked) waiting.set(far(edge, direction), (waiting.get(far(edge, direction)) ?? 0) + 1);
  const amounts = new Map([[start, quantity.get(start) ?? 0]]);
  const shareOf = (id: string): number => (id === start ? 1 : ratio(amounts.get(id) ?? 0, quantity.get(id) ?? 0));
  const carriedBy = (edge: LotEdge): number => (direction === "forward" ? (amounts.get(edge.from) ?? 0) * ratio(edge.quantity, quantity.get(edge.from) ?? 0) : shareOf(edge.to) * edge.quantity);
  // A lot is done when all its edges from reached lots are; what never gets done is part of itself.
  const done = waiting.has(start) ? [] : [start];
  for (let i = 0; i < done.length; i += 1) {
    const at = done[i] as string;
    for (const edge of next.get(at) ?? []) {
      const to = far(edge, direction);
      amounts.set(to, (amounts.get(to) ?? 0) + carriedBy(edge));
      const left = (waiting.get(to) ?? 0) - 1;
      waiting.set(to, left);
      if (left === 0) done.push(to);
    }
  }
  const settled = new Set(done);
  return {
    lots: [...reached].filter(([id]) => id !== start && settled.has(id)).map(([id, distance]) => ({ id, amount: amounts.get(id) ?? 0, distance })),
    edges: walked.map((edge) => ({ ...edge, carried: settled.has(direction === "forward" ? edge.from : edge.to) ? carriedBy(edge) : 0 })), circular: [...reached.keys()].filter((id) => !settled.has(id)),
  };
}

/** What became of a lot: charged elsewhere, left, and charged beyond what there was, which is a fault of the record. */
export type LotBalance = { readonly id: string; readonly quantity: number; readonly charged: number; readonly left: number; readonly overdrawn: number };

/** Mass balance of each lot over all its charges, in the lot's unit. */
export function balances(lots: readonly TracedLot[], edges: readonly LotEdge[]): readonly LotBalance[] {
  const charged = new Map<string, number>();
  for (const { from, quantity } of edges) charged.set(from, (charged.get(from) ?? 0) + quantity);
  return lots.map(({ id, quantity }) => {
    const out = charged.get(id) ?? 0;
    return { id, quantity, charged: out, left: Math.max(0, quantity - out), overdrawn: Math.max(0, out - quantity) };
  });
}
