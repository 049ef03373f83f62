import { z } from "zod";
import { canonical, digestOf } from "#lib/digest/digest.ts";
import { lotStates } from "./lot.ts";
import { traceDirections, traceFigures, unaccounted, type FullTrace, type GraphLot, type TraceDirection } from "./trace.ts";

const lot = z.object({ id: z.string(), code: z.string(), name: z.string(), product: z.boolean(), unit: z.string(), state: z.enum(lotStates), batch: z.string().nullable(), supplierLot: z.string().nullable(), into: z.number(), out: z.number(), left: z.number(), unaccounted: z.number() });
const direction = z.enum(["forward", "backward"]);
const count = z.number().int();

/** A mock recall as it is kept, signed and printed. Amounts in the unit beside them; times RFC 3339 UTC. `tookMs`: milliseconds the trace took; `batch`: state of the batch a lot is, null for what is none. */
export const recallRecord = z.object({
  format: z.literal("EBRRCL/1"), siteId: z.string(), site: z.string(), timeZone: z.string(), id: z.string(), direction: z.enum(traceDirections), reason: z.string(), startedAt: z.iso.datetime(), startedBy: z.object({ id: z.string(), name: z.string() }), tookMs: count,
  start: lot, lots: z.array(lot.extend({ direction, distance: count, amount: z.number(), of: z.string() })),
  charges: z.array(z.object({ from: z.string(), to: z.string(), direction, quantity: z.number(), unit: z.string(), carried: z.number(), of: z.string() })),
  sameOrigin: z.array(z.object({ siteId: z.string(), site: z.string(), lot: z.string(), state: z.enum(lotStates), supplier: z.string(), supplierLot: z.string(), as: z.string() })), circular: z.array(z.string()),
  figures: z.object({ lots: count, before: count, after: count, batches: count, released: count, rejected: count, undecided: count, steps: count, unaccountedLots: count, overdrawn: count, elsewhere: count }),
}).strict();
export type RecallRecord = z.infer<typeof recallRecord>;

export type RecallFacts = {
  readonly siteId: string; readonly site: string; readonly timeZone: string; readonly id: string; readonly direction: TraceDirection; readonly reason: string; readonly startedAt: Date; readonly startedBy: { readonly id: string; readonly name: string }; readonly tookMs: number;
  readonly trace: FullTrace; readonly sameOrigin: RecallRecord["sameOrigin"];
};

const lotOf = ({ id, code, name, product, unit, state, batch, supplierLot, into, out, left }: GraphLot): z.infer<typeof lot> => ({ id, code, name, product, unit, state, batch, supplierLot, into, out, left, unaccounted: unaccounted({ into, out, left }) });

/** The record of a mock recall: what the trace found, in the order it was found. */
export const recallOf = ({ trace, startedAt, sameOrigin, ...facts }: RecallFacts): RecallRecord => ({
  format: "EBRRCL/1", ...facts, startedAt: startedAt.toISOString(), start: lotOf(trace.start),
  lots: trace.rows.map((row) => ({ ...lotOf(row), direction: row.direction, distance: row.distance, amount: row.amount, of: row.of })),
  charges: trace.edges.map(({ from, to, direction: way, quantity, unit, carried, of }) => ({ from, to, direction: way, quantity, unit, carried, of })),
  sameOrigin, circular: [...trace.circular], figures: { ...traceFigures(trace), elsewhere: sameOrigin.length },
});

/** Lots whose supplier's lot could be at another site as well: the start, and what stands before it. */
export const originsOf = ({ start, rows }: FullTrace) => [start, ...rows.filter((row) => row.direction === "backward")];

export const recallText = (record: RecallRecord): string => canonical(record);
/** SHA-256 in hex over "EBRRCL/1", a line feed and the canonical text; what a signature signs. */
export const recallDigest = (text: string): string => digestOf("EBRRCL/1", text);

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
/** What is signed, as one sentence. */
export const recallSentence = ({ id, site, start, tookMs, figures: f }: RecallRecord): string =>
  `I have reviewed mock recall ${id} of lot ${start.id}, ${start.name}, in ${site}: ${plural(f.lots, "lot", "lots")} found in ${tookMs} ms, ${f.before} before it and ${f.after} after it, ${plural(f.batches, "batch", "batches")} affected, of which ${f.released} released, ${f.rejected} rejected and ${f.undecided} not decided, ${plural(f.unaccountedLots, "lot", "lots")} whose mass does not balance.`;

export type RecallRefusal = "already-signed" | "altered" | "not-this-meaning" | "no-role" | "own-work";
export const recallRefusalSentence: Record<RecallRefusal, string> = {
  "already-signed": "This mock recall was signed already", altered: "The stored digest of this mock recall does not fit its content", "not-this-meaning": "Only “Mock recall reviewed” is signed over a mock recall", "no-role": "Your roles do not allow signing a mock recall at this site",
  "own-work": "You ran this mock recall, so somebody else reviews and signs it",
};

/** What speaks against signing a mock recall, all of it at once. */
export const recallRefusals = ({ meaning, holds, signed, maySign, ranIt }: { readonly meaning: string; readonly holds: boolean; readonly signed: boolean; readonly maySign: boolean; /** Did this person run it? */ readonly ranIt: boolean }): readonly RecallRefusal[] => [
  ...(meaning === "recall_reviewed" ? [] : ["not-this-meaning" as const]), ...(maySign ? [] : ["no-role" as const]), ...(ranIt ? ["own-work" as const] : []), ...(holds ? [] : ["altered" as const]), ...(signed ? ["already-signed" as const] : []),
];
