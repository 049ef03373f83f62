import { and, eq, sql } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import { processValues } from "#db/schema/telemetry.ts";
import type { SiteTx } from "#db/scope.ts";
import { valueKey, type Stored } from "./import-plan.ts";
import type { Reading } from "./reading.ts";

/** Class of the vessels that imported runs bring with them. */
export const importedClass = "Vessel of an imported run";

/** A list of any length as one parameter. */
const listed = (ids: readonly string[]) => sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;

/** Ids of the sites where runs can be imported. */
export async function importSites(tx: SiteTx): Promise<readonly string[]> {
  const rows = await tx.select({ id: sites.id }).from(sites).where(eq(sites.kind, "site")).orderBy(sites.id);
  return rows.map((row) => row.id);
}

export async function storedProduct(tx: SiteTx, id: string): Promise<typeof products.$inferSelect | undefined> {
  const [row] = await tx.select().from(products).where(eq(products.id, id));
  return row;
}

/** What the site holds of the runs and vessels the readings name. */
export async function storedRuns(tx: SiteTx, siteId: string, readings: readonly Reading[]): Promise<Stored> {
  const batchIds = [...new Set(readings.map((r) => r.batchId))];
  const unitIds = [...new Set(readings.map((r) => r.unitId))];
  const ownBatches = await tx.select().from(batches).where(and(eq(batches.siteId, siteId), sql`${batches.id} in ${listed(batchIds)}`));
  const ownUnits = await tx.select().from(units).where(and(eq(units.siteId, siteId), sql`${units.id} in ${listed(unitIds)}`));
  const imported = ownUnits.filter((u) => u.equipmentClass === importedClass).map((u) => u.id);
  const values = await tx.select().from(processValues).where(and(eq(processValues.siteId, siteId), sql`${processValues.unitId} in ${listed(imported)}`));
  return {
    batches: new Map(ownBatches.map((b) => [b.id, { id: b.id, origin: b.origin, productId: b.productId, unitId: b.unitId, start: b.inoculatedAt?.getTime(), end: b.harvestedAt?.getTime() }])),
    units: new Map(ownUnits.map((u) => [u.id, { id: u.id, imported: u.equipmentClass === importedClass }])),
    values: new Map(values.map((v) => [valueKey(v.unitId, v.tag, v.at.getTime()), v.value])),
  };
}

export async function storedTags(tx: SiteTx, siteId: string, unitIds: readonly string[]): Promise<readonly (typeof tags.$inferSelect)[]> {
  return tx.select().from(tags).where(and(eq(tags.siteId, siteId), sql`${tags.unitId} in ${listed(unitIds)}`));
}
