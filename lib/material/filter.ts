import { z } from "zod";
import { storable } from "./form.ts";
import { lotStates } from "./lot.ts";

const words = z.string().trim().max(80).refine(storable).catch("").default("");
export const materialKinds = ["raw", "buffer", "medium", "intermediate", "consumable", "packaging"] as const;
export const kindName: Record<(typeof materialKinds)[number], string> = { raw: "Raw material", buffer: "Buffer", medium: "Medium", intermediate: "Intermediate", consumable: "Consumable", packaging: "Packaging" };
export const expiryChoices = ["expired", "soon", "good"] as const;
export const expiryName: Record<(typeof expiryChoices)[number], string> = { expired: "Expired", soon: "Within 30 days", good: "Later or never" };
export const lotSorts = ["expiry", "received", "id", "balance"] as const;
export const lotsPerPage = 50;

/** The state of a list of lots as it stands in the address; what it does not know is dropped, never an error. */
export const lotFilter = z.object({
  q: words, material: words, state: z.enum(lotStates).optional().catch(undefined), expiry: z.enum(expiryChoices).optional().catch(undefined),
  sort: z.enum(lotSorts).catch("expiry").default("expiry"), dir: z.enum(["asc", "desc"]).catch("asc").default("asc"), page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
});
export type LotFilter = z.infer<typeof lotFilter>;

export const materialFilter = z.object({ q: words, kind: z.enum(materialKinds).optional().catch(undefined) });
export type MaterialFilter = z.infer<typeof materialFilter>;

const address = (path: string, members: Readonly<Record<string, string | number | undefined>>, defaults: Readonly<Record<string, string | number>>): string => {
  const query = new URLSearchParams(Object.entries(members).flatMap(([name, value]) => (value === undefined || value === "" || defaults[name] === value ? [] : [[name, String(value)]])));
  return query.size > 0 ? `${path}?${query.toString()}` : path;
};
/** The address of a list of lots with some of its state changed, on its first page; what stands at its default is left out. */
export const lotsAddress = (siteId: string, filter: LotFilter, change: Partial<LotFilter>): string => address(`/sites/${siteId}/lots`, { ...filter, page: 1, ...change }, { sort: "expiry", dir: "asc", page: 1 });
export const materialsAddress = (filter: MaterialFilter, change: Partial<MaterialFilter>): string => address("/materials", { ...filter, ...change }, {});
export const lotAddress = (siteId: string, lotId: string): string => `/sites/${siteId}/lots/${encodeURIComponent(lotId)}`;
export const traceAddress = (siteId: string, lotId: string): string => `/trace?${new URLSearchParams({ site: siteId, lot: lotId }).toString()}`;

export const traceViews = ["lots", "charges"] as const;
/** The state of the trace as it stands in the address. */
export const traceFilter = z.object({ site: words, lot: words, direction: z.enum(["both", "backward", "forward"]).catch("both").default("both"), view: z.enum(traceViews).catch("lots").default("lots"), page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1) });
export type TraceFilter = z.infer<typeof traceFilter>;
export const traceRowsPerPage = 50;
export const traceFilterAddress = (filter: TraceFilter, change: Partial<TraceFilter>): string => address("/trace", { ...filter, page: 1, ...change }, { direction: "both", view: "lots", page: 1 });

/** The id a part of an address names; undefined where it can be none, so that the page is not found rather than broken. */
export function idIn(part: string): string | undefined {
  try {
    const id = decodeURIComponent(part);
    return id !== "" && id.length <= 80 && storable(id) ? id : undefined;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
