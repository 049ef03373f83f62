import type { Limits } from "#lib/quantity/limit.ts";
import type { Twin } from "#lib/twin/queries.ts";

/** What the browser gets of a unit: plain values, times as epoch milliseconds. */
export type TagView = { readonly tag: string; readonly name: string; readonly unit: string; readonly precision: number; readonly staleAfterMs: number; readonly limits?: Limits; readonly class?: string };
export type ValueView = { readonly at: number; readonly value: number; readonly quality: "good" | "uncertain" | "bad" };
export type PredictionView = { readonly at: number; readonly outcome: "evaluated" | "not_evaluated"; readonly score: number | null; readonly alarm: "none" | "raised" | null; readonly reason: string | null; readonly model: string; readonly modelVersion: string; readonly threshold: number | null };
export type TwinView = {
  readonly siteId: string; readonly siteName: string; readonly zone: string; readonly unitId: string; readonly unitName: string; readonly scaleL: number | null;
  readonly batch: { readonly id: string; readonly product: string; readonly inoculatedAt: number; readonly plannedDurationH: number } | undefined;
  readonly tags: readonly TagView[]; readonly latest: Readonly<Record<string, ValueView>>; readonly trends: Readonly<Record<string, readonly { readonly at: number; readonly value: number }[]>>; readonly binMs: number;
  readonly prediction: PredictionView | undefined; readonly scores: readonly { readonly at: number; readonly score: number | null }[];
};

/** The view of a twin. */
export function twinView({ site, unit, batch, tags, trends, prediction: p, scores }: Twin): TwinView {
  return {
    siteId: site.id, siteName: site.name, zone: site.timeZone, unitId: unit.id, unitName: unit.name, scaleL: unit.scaleL,
    batch: batch?.inoculatedAt ? { id: batch.id, product: `${batch.productId} ${batch.productName}`, inoculatedAt: batch.inoculatedAt.getTime(), plannedDurationH: batch.plannedDurationH ?? 336 } : undefined,
    tags: tags.map(({ tag, name, unit: u, precision, staleAfterMs, limits, class: kind }) => ({ tag, name, unit: u, precision, staleAfterMs, ...(limits ? { limits } : {}), ...(kind ? { class: kind } : {}) })),
    latest: Object.fromEntries(tags.flatMap((t) => (t.latest ? [[t.tag, { at: t.latest.at, value: t.latest.value, quality: t.latest.quality }]] : []))),
    trends: Object.fromEntries([...trends].map(([tag, t]) => [tag, t.points.map(({ at, value }) => ({ at, value }))])), binMs: [...trends.values()][0]?.binMs ?? 60_000,
    prediction: p && { at: p.at.getTime(), outcome: p.outcome, score: p.score, alarm: p.alarm, reason: p.reason, model: p.model, modelVersion: p.modelVersion, threshold: p.threshold }, scores,
  };
}
