import { asc, eq, inArray } from "drizzle-orm";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";

export type SiteView = { readonly id: string; readonly name: string; readonly timeZone: string };

/** The named sites in order of their name, the enterprise left out. */
export async function sitesById(tx: SiteTx, ids: readonly string[]): Promise<readonly SiteView[]> {
  if (ids.length === 0) return [];
  const rows = await tx.select().from(sites).where(inArray(sites.id, [...ids])).orderBy(asc(sites.name));
  return rows.filter((s) => s.kind === "site").map(({ id, name, timeZone }) => ({ id, name, timeZone }));
}

/** Name of the enterprise the sites belong to, as it was configured. */
export async function enterpriseName(tx: SiteTx): Promise<string> {
  const [row] = await tx.select({ name: sites.name }).from(sites).where(eq(sites.kind, "enterprise")).limit(1);
  return row?.name ?? "Enterprise";
}

/** One site, or undefined. */
export async function siteById(tx: SiteTx, id: string): Promise<SiteView | undefined> {
  const [row] = await tx.select().from(sites).where(eq(sites.id, id));
  return row && { id: row.id, name: row.name, timeZone: row.timeZone };
}
