import { z } from "zod";
import { regulations } from "./clause.ts";
import { checkStates, type ClauseRow } from "./matrix.ts";

/** What of the matrix is shown, as it stands in the address; what it does not know is dropped. */
export const clauseFilter = z.object({ regulation: z.enum(regulations).optional().catch(undefined), state: z.enum(checkStates).optional().catch(undefined) });
export type ClauseFilter = z.infer<typeof clauseFilter>;

/** The address of the matrix with this filter. */
export function clausesAddress({ regulation, state }: ClauseFilter): string {
  const query = new URLSearchParams({ ...(regulation ? { regulation } : {}), ...(state ? { state } : {}) });
  return query.size > 0 ? `/compliance?${query}` : "/compliance";
}

export const filteredRows = (rows: readonly ClauseRow[], { regulation, state }: ClauseFilter): readonly ClauseRow[] =>
  rows.filter((row) => (!regulation || row.regulations.includes(regulation)) && (!state || row.state === state));

/** A row's number in an address: 1 to 75 without leading zeros; undefined for anything else. */
export const rowNumber = (text: string): number | undefined => (/^[1-9]\d?$/.test(text) ? Number(text) : undefined);
