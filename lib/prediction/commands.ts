import { and, desc, eq, sql } from "drizzle-orm";
import { modelVersions, predictions } from "#db/schema/prediction.ts";
import type { SiteTx } from "#db/scope.ts";
import { canonical } from "#lib/digest/digest.ts";
import { BrokenPromise } from "#lib/result.ts";
import { liveChannel } from "#lib/telemetry/frame.ts";
import type { ModelCard } from "./card.ts";
import { contaminationFeatures } from "./features.ts";
import { lastQuarter, onQuarters, quarterTime, quarterTolerance, windowOf, type StoredValue } from "./live-window.ts";
import { risk } from "./risk.ts";
import type { Scorer } from "./scorer.ts";
import { notEvaluatedSentence } from "./sentence.ts";
import { modelTags } from "./window.ts";

/** A running culture the model looks at. */
export type Culture = { readonly siteId: string; readonly unitId: string; readonly batchId: string; readonly inoculatedAt: Date };

/** Keeps the card of a model version; a version that is known must be the same artefact. */
export async function registerModel(tx: SiteTx, card: ModelCard, now: Date): Promise<void> {
  const place = and(eq(modelVersions.name, card.name), eq(modelVersions.version, card.version));
  const [known] = await tx.select().from(modelVersions).where(place);
  if (!known) await tx.insert(modelVersions).values({ name: card.name, version: card.version, artefactDigest: card.sha256, card, registeredAt: now });
  else if (known.artefactDigest !== card.sha256 || canonical(known.card) !== canonical(card)) throw new BrokenPromise("model-changed", `${card.name} ${card.version} is registered with another artefact or card; a changed model needs a new version`);
}

const daysMs = 86_400_000;

async function storedValues(tx: SiteTx, culture: Culture, from: Date, to: Date): Promise<readonly StoredValue[]> {
  const tolerance = quarterTolerance / 1000;
  const rows = await tx.execute<{ tag: string; at: string; value: number }>(sql`
    select tag, (extract(epoch from at) * 1000)::bigint as at, value from process_values
    where site_id = ${culture.siteId} and unit_id = ${culture.unitId} and quality <> 'bad' and tag in (select jsonb_array_elements_text(${JSON.stringify(modelTags)}::jsonb))
      and at between ${from.toISOString()}::timestamptz and ${to.toISOString()}::timestamptz
      and mod(extract(epoch from at - ${culture.inoculatedAt.toISOString()}::timestamptz)::numeric + ${tolerance}::numeric, 900) <= ${2 * tolerance}::numeric`);
  return rows.map((r) => ({ tag: r.tag, at: Number(r.at), value: Number(r.value) }));
}

type Row = typeof predictions.$inferInsert;

/** The model, and why it must not be used at present, if there is a reason. */
export type Model = { readonly card: ModelCard; readonly scorer: Scorer; readonly unfit?: string | undefined };

async function evaluate(culture: Culture, grid: ReadonlyMap<string, number>, quarter: number, before: readonly (number | null)[], { card, scorer, unfit }: Model): Promise<Row> {
  const features = contaminationFeatures(windowOf(grid, quarter));
  const base = { siteId: culture.siteId, unitId: culture.unitId, batchId: culture.batchId, at: new Date(quarterTime(culture.inoculatedAt.getTime(), quarter)), model: card.name, modelVersion: card.version };
  if (unfit !== undefined) return { ...base, outcome: "not_evaluated", reason: unfit, features: {} };
  if (features.kind === "not-evaluated") return { ...base, outcome: "not_evaluated", reason: notEvaluatedSentence(features.reason), features: {} };
  const score = await scorer.score(features.values);
  const level = risk([...before, score], card.threshold, card.persistence).level;
  return { ...base, outcome: "evaluated", score, threshold: card.threshold, alarm: level === "alarm" ? "raised" : "none", features: Object.fromEntries(card.featureNames.map((name, i) => [name, features.values[i]])) };
}

/** How far back missing quarter-hours are evaluated after the plant was away. */
const catchUpQuarters = 24;

/**
 * Scores every quarter-hour of the culture that has none yet, oldest first, at most the last six hours, and announces the newest.
 * Returns how many were written. A quarter-hour is scored once; what was known then stays.
 */
export async function evaluateContamination(tx: SiteTx, culture: Culture, model: Model, now: Date): Promise<number> {
  const { card } = model;
  const inoculated = culture.inoculatedAt.getTime();
  const newest = lastQuarter(inoculated, now.getTime() - quarterTolerance);
  const [last] = await tx.select({ at: predictions.at }).from(predictions).where(and(eq(predictions.siteId, culture.siteId), eq(predictions.unitId, culture.unitId), eq(predictions.batchId, culture.batchId))).orderBy(desc(predictions.at)).limit(1);
  const first = Math.max(0, newest - catchUpQuarters + 1, last ? lastQuarter(inoculated, last.at.getTime()) + 1 : 0);
  if (first > newest) return 0;
  const grid = onQuarters(await storedValues(tx, culture, new Date(quarterTime(inoculated, first) - daysMs - quarterTolerance), now), inoculated);
  const recent = await tx.select({ score: predictions.score }).from(predictions).where(and(eq(predictions.siteId, culture.siteId), eq(predictions.unitId, culture.unitId), eq(predictions.batchId, culture.batchId))).orderBy(desc(predictions.at)).limit(card.persistence.outOf);
  const scores: (number | null)[] = recent.map((r) => r.score).reverse();
  const rows: Row[] = [];
  for (let quarter = first; quarter <= newest; quarter++) {
    const row = await evaluate(culture, grid, quarter, scores, model);
    scores.push(row.score ?? null);
    rows.push(row);
  }
  await tx.insert(predictions).values(rows).onConflictDoNothing();
  const shown = rows.at(-1);
  if (shown) {
    const frame = { kind: "prediction", site: shown.siteId, unit: shown.unitId, at: shown.at.getTime(), outcome: shown.outcome, score: shown.score ?? null, alarm: shown.alarm ?? null, reason: shown.reason ?? null, model: shown.model, modelVersion: shown.modelVersion, threshold: shown.threshold ?? null };
    await tx.execute(sql`select pg_notify(${liveChannel}, jsonb_set(${JSON.stringify(frame)}::jsonb, '{id}', to_jsonb(nextval('live_seq')))::text)`);
  }
  return rows.length;
}
