import { and, asc, eq, inArray, isNotNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { batches } from "#db/schema/batch.ts";
import { predictions } from "#db/schema/prediction.ts";
import { exceptions } from "#db/schema/quality.ts";
import { sites } from "#db/schema/site.ts";
import { withProgramme, type SiteTx } from "#db/scope.ts";
import { alarmOfRule, alarmRule, alarmsOf, notEvaluated, type Alarm, type Look } from "./alarm.ts";
import { raiseException } from "./raise-commands.ts";

type Stamp = { readonly now: Date; readonly newId: () => string };
type Running = Pick<typeof batches.$inferSelect, "siteId" | "id" | "inoculatedAt" | "completedAt">;
/** What a look at the alarms of one batch found: alarms kept, exceptions written now, quarter-hours no model judged. */
export type AlarmCount = { readonly siteId: string; readonly batchId: string; readonly alarms: number; readonly raised: readonly string[]; readonly notEvaluated: number };

const plant = { id: "programme:plant", name: "plant", role: "programme" };
/** States in which an alarm still becomes part of the record: afterwards it is signed. */
const open = ["in_progress", "held", "complete"] as const;

/** Batches that are executed here from a full master: they were issued by somebody. */
const executedBatches = (tx: SiteTx, siteId: string): Promise<Running[]> =>
  tx.select({ siteId: batches.siteId, id: batches.id, inoculatedAt: batches.inoculatedAt, completedAt: batches.completedAt }).from(batches)
    .where(and(eq(batches.siteId, siteId), inArray(batches.state, [...open]), isNotNull(batches.issuedBy), isNotNull(batches.inoculatedAt))).orderBy(asc(batches.id));

const looksAt = (tx: SiteTx, { siteId, id }: Running): Promise<Look[]> =>
  tx.select({ at: predictions.at, unitId: predictions.unitId, model: predictions.model, modelVersion: predictions.modelVersion, outcome: predictions.outcome, alarm: predictions.alarm, score: predictions.score, threshold: predictions.threshold })
    .from(predictions).where(and(eq(predictions.siteId, siteId), eq(predictions.batchId, id))).orderBy(asc(predictions.at));

async function unknownTo(tx: SiteTx, { siteId, id }: Running, alarms: readonly Alarm[]): Promise<readonly Alarm[]> {
  const rows = await tx.select({ rule: exceptions.rule }).from(exceptions).where(and(eq(exceptions.siteId, siteId), eq(exceptions.batchId, id), eq(exceptions.type, "model_alert")));
  const known = new Set(rows.map(({ rule }) => alarmOfRule(rule)));
  return alarms.filter((alarm) => !known.has(alarm.id));
}

const digits = (value: number | null): string => (value === null ? "not known" : value.toFixed(3));

const raiseAlarm = (tx: SiteTx, { siteId, id: batchId }: Running, alarm: Alarm, stamp: Stamp): Promise<string> => raiseException(tx, {
  siteId, batchId, stepId: null, parameter: null, type: "model_alert", title: `Alarm of the ${alarm.model} model on ${alarm.unitId}`, rule: alarmRule(alarm.id), planned: `score below ${digits(alarm.threshold)}`, actual: digits(alarm.score), unit: null,
  window: { from: alarm.at, to: alarm.at }, raisedBy: null,
}, plant, stamp);

/** Writes what is new of one batch, under its lock, so that two looks at once never write an alarm twice. */
async function write(tx: SiteTx, batch: Running, alarms: readonly Alarm[], stamp: Stamp): Promise<readonly string[]> {
  const place = and(eq(batches.siteId, batch.siteId), eq(batches.id, batch.id), inArray(batches.state, [...open]));
  if ((await tx.select({ id: batches.id }).from(batches).where(place).for("update")).length === 0) return [];
  const ids: string[] = [];
  for (const alarm of await unknownTo(tx, batch, alarms)) ids.push(await raiseAlarm(tx, batch, alarm, stamp));
  return ids;
}

async function alarmsOfSite(database: Database, siteId: string, stamp: Stamp): Promise<readonly AlarmCount[]> {
  const found = await withProgramme(database, "plant", [siteId], async (tx) => {
    const seen = [];
    for (const batch of await executedBatches(tx, siteId)) {
      const looks = await looksAt(tx, batch);
      const alarms = alarmsOf(looks);
      seen.push({ batch, alarms, fresh: await unknownTo(tx, batch, alarms), missing: notEvaluated(looks, batch.inoculatedAt ?? stamp.now, batch.completedAt ?? stamp.now) });
    }
    return seen;
  });
  const counts: AlarmCount[] = [];
  for (const { batch, alarms, fresh, missing } of found) {
    const raised = fresh.length === 0 ? [] : await withProgramme(database, "plant", [siteId], (tx) => write(tx, batch, fresh, stamp), { reason: "alarm of a model on the unit of a running batch" });
    counts.push({ siteId, batchId: batch.id, alarms: alarms.length, raised, notEvaluated: missing });
  }
  return counts;
}

/**
 * Makes every stored alarm on a unit an exception of the batch that is executed on it, with the alarm's id, time and value: once for each alarm, however often this
 * is done. Values outside limits are judged when their step is captured (`lib/execution/capture-commands.ts`) and are none of this. `database`: the portal's.
 */
export async function raiseAlarms(database: Database, stamp: Stamp): Promise<readonly AlarmCount[]> {
  const plants = await database.select({ id: sites.id }).from(sites).where(eq(sites.kind, "site")).orderBy(asc(sites.id));
  const counts: AlarmCount[] = [];
  for (const { id } of plants) counts.push(...await alarmsOfSite(database, id, stamp));
  return counts;
}
