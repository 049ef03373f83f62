import { z } from "zod";
import { batchStates, type BatchState } from "./state.ts";

/** Columns a list of batches can be sorted by. */
export const batchSorts = ["waiting", "id", "product", "site", "unit", "state", "exceptions", "titer", "yield", "inoculated", "completed", "due", "age"] as const;
export type BatchSort = (typeof batchSorts)[number];
export const pageSizes = [25, 50, 100] as const;

/** Text that PostgreSQL can hold: no NUL, no half of a surrogate pair. */
export const storable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

const oneOrMany = z.union([z.string(), z.array(z.string())]).optional().transform((v) => (v === undefined ? [] : Array.isArray(v) ? v : [v]).filter(storable));

/** The state of a list as it stands in the address; anything it does not know is dropped, never an error. */
export const batchFilter = z.object({
  q: z.string().trim().max(80).refine(storable).catch("").default(""),
  site: oneOrMany.catch([]),
  state: oneOrMany.transform((v) => v.filter((s): s is BatchState => (batchStates as readonly string[]).includes(s))).catch([]),
  product: oneOrMany.catch([]),
  origin: z.enum(["executed", "imported"]).optional().catch(undefined),
  sort: z.enum(batchSorts).catch("waiting").default("waiting"),
  dir: z.enum(["asc", "desc"]).catch("asc").default("asc"),
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
  size: z.coerce.number().refine((n) => (pageSizes as readonly number[]).includes(n)).catch(25).default(25),
  hide: oneOrMany.catch([]),
});
export type BatchFilter = z.infer<typeof batchFilter>;

/** The address of the list with some of its state changed; what stands at its default is left out. */
export function listAddress(path: string, filter: BatchFilter, change: Partial<BatchFilter>): string {
  const next = { ...filter, page: 1, ...change };
  const params = new URLSearchParams();
  if (next.q) params.set("q", next.q);
  for (const key of ["site", "state", "product", "hide"] as const) for (const value of next[key]) params.append(key, value);
  if (next.origin) params.set("origin", next.origin);
  if (next.sort !== "waiting") params.set("sort", next.sort);
  if (next.dir !== "asc") params.set("dir", next.dir);
  if (next.page !== 1) params.set("page", String(next.page));
  if (next.size !== 25) params.set("size", String(next.size));
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}
