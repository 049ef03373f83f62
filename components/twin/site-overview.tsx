"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";
import { Spark } from "../charts/spark.tsx";
import { figureText } from "../ui/figure.tsx";
import { Mark } from "../ui/mark.tsx";
import { useLive, useNow } from "./live.ts";
import type { TwinView, ValueView } from "./view.ts";
import { siteTime, spanText } from "#lib/site/time.ts";
import { conditionOf, cultureDay, zonePriority, zoneWord } from "#lib/twin/condition.ts";

type Latest = Readonly<Record<string, Readonly<Record<string, ValueView>>>>;
const shortName: Readonly<Record<string, string>> = { ph: "pH", "dissolved-oxygen": "DO", "oxygen-flow": "O₂", "viable-cell-density-online": "VCD" };

type TileProps = { readonly twin: TwinView; readonly latest: Readonly<Record<string, ValueView>>; readonly now: number };
const conditionsOf = ({ twin, latest, now }: TileProps) => twin.tags.map((tag) => ({ tag, condition: conditionOf(latest[tag.tag], tag.limits, tag.staleAfterMs, now) }));

function Tile(props: TileProps) {
  const { twin, latest, now } = props;
  const { batch } = twin;
  const abnormal = conditionsOf(props).flatMap((c) => (c.condition.kind === "abnormal" ? [{ tag: c.tag, condition: c.condition }] : [])).sort((a, b) => zonePriority[a.condition.zone] - zonePriority[b.condition.zone]);
  const suspected = twin.prediction?.alarm === "raised";
  const worst = suspected ? 1 : abnormal[0] ? zonePriority[abnormal[0].condition.zone] : undefined;
  const newest = Math.max(0, ...Object.values(latest).map((v) => v.at));
  const silent = batch && now - newest > 60_000;
  const share = batch ? Math.min(1, (now - batch.inoculatedAt) / (batch.plannedDurationH * 3_600_000)) : 0;
  return (
    <article className={`card tile${worst ? " attention" : ""}`} aria-label={twin.unitId}>
      <header><h2><Link href={`/sites/${twin.siteId}/units/${encodeURIComponent(twin.unitId)}`}>{twin.unitId}</Link></h2><span className="quiet small">{twin.scaleL ? `${figureText(twin.scaleL, 0)} L` : ""}</span>
        <span className={`chip end${worst ? ` attention p${worst}` : ""}`}>{worst ? <><Mark priority={worst} filled />{suspected ? "Contamination suspected" : `${abnormal.length} outside`}</> : silent ? "No data" : batch ? "Running" : "No batch"}</span></header>
      <p className="line">{batch ? <><Link className="mono" href={`/sites/${twin.siteId}/batches/${encodeURIComponent(batch.id)}`}>{batch.id}</Link> {batch.product}</> : <span className="quiet">No batch is running</span>}</p>
      <p className="line quiet">{batch ? `Day ${cultureDay((now - batch.inoculatedAt) / 3_600_000)} of ${batch.plannedDurationH / 24}` : " "}</p>
      <svg className="progress" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width={share * 100} height="4" fill="var(--process-2)" /></svg>
      {silent ? <div className="no-data"><p><b>No data for {newest ? spanText(now - newest) : "this batch"}</b><br />{newest ? `Last value ${siteTime(new Date(newest), twin.zone, true)}. ` : ""}Nothing is carried forward.</p></div> : batch ? Object.keys(shortName).map((id) => {
        const tag = twin.tags.find((t) => t.tag === id);
        if (!tag) return null;
        const value = latest[id];
        const condition = conditionOf(value, tag.limits, tag.staleAfterMs, now);
        const tone = condition.kind === "abnormal" ? `p${zonePriority[condition.zone]}` : condition.kind === "stale" ? "quiet" : "";
        return <div key={id} className="tile-tag"><span className={tone}>{condition.kind === "abnormal" ? <Mark priority={zonePriority[condition.zone]} filled /> : null} {shortName[id]}</span><Spark points={twin.trends[id] ?? []} gapMs={twin.binMs * 3} {...(condition.kind === "abnormal" ? { tone: "abnormal" as const } : {})} /><b className={tone}>{value ? figureText(value.value, tag.precision) : "–"} <span className="quiet tiny font-normal">{tag.unit}</span></b></div>;
      }) : null}
      <footer>{abnormal[0] ? <span className={`p${zonePriority[abnormal[0].condition.zone]}`}>{abnormal[0].tag.name} {abnormal[0].condition.side} {zoneWord[abnormal[0].condition.zone]}</span> : twin.prediction?.outcome === "evaluated" ? `Contamination risk ${twin.prediction.score?.toFixed(3)}, alarm from ${twin.prediction.threshold?.toFixed(3)}` : batch ? "Contamination risk not evaluated" : "Idle"}{newest && !silent ? ` · newest value ${spanText(now - newest)}` : ""}</footer>
    </article>
  );
}

type Props = { readonly site: { readonly id: string; readonly name: string; readonly timeZone: string }; readonly twins: readonly TwinView[]; readonly startedAt: number };

/** A site's units: grey when normal, only the abnormal coloured. */
export function SiteOverview({ site, twins, startedAt }: Props) {
  const router = useRouter();
  const now = useNow(startedAt);
  const [latest, setLatest] = useState<Latest>(Object.fromEntries(twins.map((t) => [t.unitId, t.latest])));
  useLive(site.id, useCallback((frame) => {
    if (frame.kind !== "values") return router.refresh();
    setLatest((before) => ({ ...before, [frame.unit]: { ...before[frame.unit], ...Object.fromEntries(frame.values.map(([tag, at, value, quality]) => [tag, { at, value, quality }])) } }));
  }, [router]), useCallback(() => router.refresh(), [router]));
  const attention = twins.filter((twin) => twin.prediction?.alarm === "raised" || conditionsOf({ twin, latest: latest[twin.unitId] ?? {}, now }).some((c) => c.condition.kind === "abnormal"));
  const running = twins.filter((t) => t.batch).length;
  return (
    <>
      <div className="page-head"><h1>{site.name}: {twins.length} {twins.length === 1 ? "unit" : "units"}, {attention.length === 0 ? "none needs attention" : `${attention.length} ${attention.length === 1 ? "needs" : "need"} attention`}</h1>
        {attention[0] ? <div className="end"><Link className="button primary" href={`/sites/${site.id}/units/${encodeURIComponent(attention[0].unitId)}`}>Open {attention[0].unitId}</Link></div> : null}
        <p className="sub small" style={{ flexBasis: "100%" }}>Local time {siteTime(new Date(now), site.timeZone)} · running {running}, without batch {twins.length - running}</p></div>
      <div className="page-body">{twins.length === 0 ? <div className="empty"><strong>This site has no units yet.</strong>They appear when the site&apos;s equipment is configured.</div> : <div className="tiles">{twins.map((twin) => <Tile key={twin.unitId} twin={twin} latest={latest[twin.unitId] ?? {}} now={now} />)}</div>}</div>
    </>
  );
}
