import { z } from "zod";
import { sampleStates } from "./state.ts";

/** What the worklist can be narrowed to: what is open, what is out of specification, one state, or everything. */
export const worklistShows = ["open", "oos", ...sampleStates, "all"] as const;
export type WorklistShow = (typeof worklistShows)[number];
export const worklistPageSize = 50;

/** The state of the worklist as it stands in the address; anything it does not know is dropped, never an error. */
export const worklistFilter = z.object({ show: z.enum(worklistShows).catch("open").default("open"), page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1) });
export type WorklistFilter = z.infer<typeof worklistFilter>;

/** The address of the worklist; what stands at its default is left out. */
export function worklistAddress(path: string, { show, page }: WorklistFilter): string {
  const params = new URLSearchParams({ ...(show === "open" ? {} : { show }), ...(page === 1 ? {} : { page: String(page) }) });
  return params.size > 0 ? `${path}?${params.toString()}` : path;
}

const hour = 3_600_000;
const storedFor = /(\d+(?:\.\d+)?) (h|d)$/;

/** Until when the test of a sample should begin: as long after drawing as its storage words end with, e.g. "2 to 8 °C, 24 h"; undefined where they name no time. */
export function testBy(drawnAt: Date, storage: string): Date | undefined {
  const found = storedFor.exec(storage.trim());
  return found?.[1] ? new Date(drawnAt.getTime() + Number(found[1]) * (found[2] === "d" ? 24 : 1) * hour) : undefined;
}
