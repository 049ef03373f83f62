import { and, asc, desc, eq, inArray } from "drizzle-orm";
import { batches } from "#db/schema/batch.ts";
import { tags, units } from "#db/schema/equipment.ts";
import { predictions } from "#db/schema/prediction.ts";
import { masterBatchRecords, products } from "#db/schema/recipe.ts";
import { sites } from "#db/schema/site.ts";
import type { SiteTx } from "#db/scope.ts";
import { NotFound } from "#lib/access/actor.ts";
import type { Limits } from "#lib/quantity/limit.ts";
import { limitsOfTag, readMaster, type MasterContent } from "#lib/recipe/master.ts";
import { latestValues, tagsOf, trends, type Latest, type Trend } from "#lib/telemetry/queries.ts";

/** One measured point of a unit as it stands now, with the limits the running batch's master gives it. */
export type TwinTag = { readonly tag: string; readonly name: string; readonly unit: string; readonly precision: number; readonly staleAfterMs: number; readonly limits: Limits | undefined; readonly class: string | undefined; readonly latest: Latest | undefined };
export type TwinPrediction = typeof predictions.$inferSelect;
export type Twin = {
  readonly site: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly unit: typeof units.$inferSelect;
  readonly batch: (typeof batches.$inferSelect & { readonly productName: string }) | undefined;
  readonly tags: readonly TwinTag[];
  readonly trends: ReadonlyMap<string, Trend>;
  readonly prediction: TwinPrediction | undefined;
  readonly scores: readonly { readonly at: number; readonly score: number | null }[];
};

async function contentOf(tx: SiteTx, batch: typeof batches.$inferSelect): Promise<MasterContent | undefined> {
  if (batch.masterId === null || batch.masterVersion === null) return undefined;
  const [master] = await tx.select({ canonical: masterBatchRecords.canonical }).from(masterBatchRecords).where(and(eq(masterBatchRecords.id, batch.masterId), eq(masterBatchRecords.version, batch.masterVersion)));
  return master && readMaster(master.canonical);
}

type Asked = { readonly now: Date; readonly tags?: readonly string[]; readonly most: number; readonly hours?: number | undefined };

async function twinOf(tx: SiteTx, site: Twin["site"], unit: typeof units.$inferSelect, { now, tags: wanted, most, hours }: Asked): Promise<Twin> {
  const [row] = await tx.select().from(batches).innerJoin(products, eq(products.id, batches.productId))
    .where(and(eq(batches.siteId, site.id), eq(batches.unitId, unit.id), inArray(batches.state, ["in_progress", "held"]))).orderBy(desc(batches.inoculatedAt)).limit(1);
  const batch = row && { ...row.batches, productName: row.products.name };
  const content = batch && (await contentOf(tx, batch));
  const known = await tagsOf(tx, site.id, unit.id);
  const latest = await latestValues(tx, site.id, unit.id);
  const from = batch?.inoculatedAt ?? new Date(now.getTime() - 86_400_000);
  const shown = wanted ?? known.map((t) => t.tag);
  const since = hours === undefined ? from : new Date(now.getTime() - hours * 3_600_000);
  const history = await trends(tx, site.id, unit.id, shown, { from: since, to: now }, most);
  const recent = await tx.select().from(predictions).where(and(eq(predictions.siteId, site.id), eq(predictions.unitId, unit.id), ...(batch ? [eq(predictions.batchId, batch.id)] : []))).orderBy(desc(predictions.at)).limit(300);
  return {
    site, unit, batch, trends: history, prediction: recent[0], scores: recent.map((p) => ({ at: p.at.getTime(), score: p.score })).reverse(),
    tags: known.map((t): TwinTag => {
      const parameter = content && limitsOfTag(content, t.tag);
      return { tag: t.tag, name: t.name, unit: t.unit, precision: t.precision, staleAfterMs: t.staleAfterS * 1000, limits: parameter?.limits, class: parameter?.class, latest: batch ? newerThan(latest.get(t.tag), from) : latest.get(t.tag) };
    }),
  };
}

/** A value from before the batch says nothing about it. */
const newerThan = (value: Latest | undefined, from: Date): Latest | undefined => (value && value.at >= from.getTime() ? value : undefined);

async function siteOf(tx: SiteTx, siteId: string): Promise<Twin["site"]> {
  const [site] = await tx.select({ id: sites.id, name: sites.name, timeZone: sites.timeZone }).from(sites).where(and(eq(sites.id, siteId), eq(sites.kind, "site")));
  if (!site) throw new NotFound(`site ${siteId}`);
  return site;
}

/** One unit with its running batch, current values, history (since inoculation, or of the last `hours`) and the newest model result. Throws `NotFound`. */
export async function unitTwin(tx: SiteTx, siteId: string, unitId: string, now: Date, hours?: number): Promise<Twin> {
  const site = await siteOf(tx, siteId);
  const [unit] = await tx.select().from(units).where(and(eq(units.siteId, siteId), eq(units.id, unitId)));
  if (!unit) throw new NotFound(`unit ${unitId}`);
  return twinOf(tx, site, unit, { now, most: 500, hours });
}

/** The tags shown on a unit's tile of the overview. */
export const tileTags = ["ph", "dissolved-oxygen", "oxygen-flow", "viable-cell-density-online"] as const;

/** Units that measure what a tile shows, or are used for a batch now: a plant has many vessels and skids beside them that nothing is told of here. */
async function unitsWithTiles(tx: SiteTx, siteId: string): Promise<ReadonlySet<string>> {
  const measuring = await tx.selectDistinct({ id: tags.unitId }).from(tags).where(and(eq(tags.siteId, siteId), inArray(tags.tag, [...tileTags])));
  const used = await tx.selectDistinct({ id: batches.unitId }).from(batches).where(and(eq(batches.siteId, siteId), inArray(batches.state, ["in_progress", "held"])));
  return new Set([...measuring, ...used].map((row) => row.id));
}

/** Every unit of a site that has instruments of a production bioreactor or holds a running batch, for the overview. */
export async function siteTwins(tx: SiteTx, siteId: string, now: Date): Promise<{ readonly site: Twin["site"]; readonly twins: readonly Twin[] }> {
  const site = await siteOf(tx, siteId);
  const all = await tx.select().from(units).where(eq(units.siteId, siteId)).orderBy(asc(units.id));
  const shown = await unitsWithTiles(tx, siteId);
  const live = all.filter((unit) => shown.has(unit.id) && unit.parentId === null && !unit.equipmentClass.startsWith("Vessel of an imported run"));
  const twins: Twin[] = [];
  for (const unit of live) twins.push(await twinOf(tx, site, unit, { now, tags: tileTags, most: 120 }));
  return { site, twins };
}
