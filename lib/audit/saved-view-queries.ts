import { and, asc, eq } from "drizzle-orm";
import { savedViews } from "#db/schema/audit.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";

export type SavedView = { readonly id: string; readonly name: string; readonly query: string };
/** Page of the explorer in the table of saved views. */
export const explorer = "audit";

/** The views of the trail this person keeps, by name. */
export const savedViewsOf = (tx: SiteTx, personId: string): Promise<readonly SavedView[]> =>
  tx.select({ id: savedViews.id, name: savedViews.name, query: savedViews.query }).from(savedViews).where(and(eq(savedViews.personId, personId), eq(savedViews.page, explorer))).orderBy(asc(savedViews.name));

/** Every log there is, the enterprise's among them, by name: names are no secret between sites. */
export const logs = (tx: SiteTx): Promise<readonly { readonly id: string; readonly name: string; readonly timeZone: string }[]> =>
  tx.select({ id: sites.id, name: sites.name, timeZone: sites.timeZone }).from(sites).orderBy(asc(sites.name));
