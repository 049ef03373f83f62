"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";
import { clockTicks, dayTicks } from "../charts/ticks.ts";
import { Trend } from "../charts/trend.tsx";
import { figureText } from "../ui/figure.tsx";
import { Mark } from "../ui/mark.tsx";
import { useLive, useNow } from "./live.ts";
import { Reading } from "./reading.tsx";
import { Risk } from "./risk.tsx";
import type { PredictionView, TwinView, ValueView } from "./view.ts";
import { siteTime, spanText } from "#lib/site/time.ts";
import type { LiveFrame } from "#lib/telemetry/frame.ts";
import { conditionOf, cultureDay, zonePriority, zoneWord } from "#lib/twin/condition.ts";

type Props = { readonly twin: TwinView; readonly startedAt: number; readonly hours: number | undefined; readonly address: string; readonly batchAddress: string | undefined };
const windows = [{ hours: undefined, name: "Whole batch" }, { hours: 24, name: "24 h" }, { hours: 1, name: "1 h" }] as const;
const day = 86_400_000;

type State = { readonly latest: Readonly<Record<string, ValueView>>; readonly added: Readonly<Record<string, readonly { at: number; value: number }[]>>; readonly prediction: PredictionView | undefined };

function take(state: State, frame: LiveFrame): State {
  if (frame.kind === "prediction") {
    const { at, outcome, score, alarm, reason, model, modelVersion, threshold } = frame;
    return { ...state, prediction: { at, outcome, score, alarm, reason, model, modelVersion, threshold } };
  }
  const latest = { ...state.latest };
  const added = { ...state.added };
  for (const [tag, at, value, quality] of frame.values) {
    if ((latest[tag]?.at ?? 0) <= at) latest[tag] = { at, value, quality };
    if (quality === "good") added[tag] = [...(added[tag] ?? []).slice(-2000), { at, value }];
  }
  return { ...state, latest, added };
}

function Attention({ twin, latest, now }: { twin: TwinView; latest: State["latest"]; now: number }) {
  const conditions = twin.tags.map((tag) => ({ tag, condition: conditionOf(latest[tag.tag], tag.limits, tag.staleAfterMs, now) }));
  const abnormal = conditions.flatMap(({ tag, condition }) => (condition.kind === "abnormal" ? [{ tag, condition }] : []));
  const stale = conditions.filter(({ condition, tag }) => condition.kind === "stale" && tag.staleAfterMs < 60_000);
  const worst = abnormal.sort((a, b) => zonePriority[a.condition.zone] - zonePriority[b.condition.zone])[0];
  if (worst) return <div><h2 className={`p${zonePriority[worst.condition.zone]}`}><Mark priority={zonePriority[worst.condition.zone]} filled /> {abnormal.length} outside {abnormal.length === 1 ? "its" : "their"} range</h2><p className="figure">{worst.tag.name} {figureText(latest[worst.tag.tag]?.value ?? 0, worst.tag.precision)} {worst.tag.unit}</p><p>{worst.condition.side} the {zoneWord[worst.condition.zone]}</p></div>;
  if (stale.length > 0) return <div><h2>Measured values</h2><p className="figure quiet">{stale.length} stale</p><p>No new value; nothing is carried forward.</p></div>;
  return <div><h2>Measured values</h2><p className="figure">Within normal</p><p>{conditions.filter((c) => c.tag.limits).length} values with limits, {conditions.filter((c) => c.condition.kind === "none").length} not measured yet</p></div>;
}

/** One bioreactor, live: current values beside their limits, trends since inoculation, the contamination model. */
export function UnitTwin({ twin, startedAt, hours, address, batchAddress }: Props) {
  const router = useRouter();
  const now = useNow(startedAt);
  const [state, setState] = useState<State>({ latest: twin.latest, added: {}, prediction: twin.prediction });
  const connection = useLive(`${twin.siteId}/${encodeURIComponent(twin.unitId)}`, useCallback((frame) => setState((s) => take(s, frame)), []), useCallback(() => router.refresh(), [router]));
  const { batch, zone } = twin;
  const from = hours === undefined ? (batch?.inoculatedAt ?? now - day) : now - hours * 3_600_000;
  const to = hours === undefined && batch ? Math.max(now, batch.inoculatedAt + batch.plannedDurationH * 3_600_000) : now;
  const newest = Math.max(0, ...Object.values(state.latest).map((v) => v.at));
  const ticks = hours === undefined && batch ? dayTicks(from, to) : clockTicks(from, to, zone, 8);
  const shown = twin.tags.filter((t) => (twin.trends[t.tag]?.length ?? 0) + (state.added[t.tag]?.length ?? 0) > 0);
  return (
    <>
      <div className="page-head">
        <h1>{twin.unitId}, {twin.unitName.toLowerCase()}{batch ? `: day ${cultureDay((now - batch.inoculatedAt) / 3_600_000)} of ${batch.plannedDurationH / 24}` : ": no batch"}</h1>
        <span className="chip">{batch ? "Running" : "No batch"}</span>
        <div className="end"><Link className="button" href={`/sites/${twin.siteId}/equipment/${encodeURIComponent(twin.unitId)}`}>Equipment record</Link>{batchAddress ? <Link className="button" href={batchAddress}>Open batch</Link> : null}</div>
        <p className="sub small" style={{ flexBasis: "100%" }}>{batch ? <><b className="mono">{batch.id}</b> · {batch.product} · inoculated {siteTime(new Date(batch.inoculatedAt), zone)} · </> : null}
          <span role="status">{connection === "live" ? "Connected" : connection === "connecting" ? "Connecting" : "Connection interrupted, trying again"}</span>{newest > 0 ? <>, newest value {spanText(now - newest)} old</> : ", no value yet"}</p>
      </div>
      <div className="page-body">
        <section className="card banner" aria-label="State of the unit">
          <Attention twin={twin} latest={state.latest} now={now} />
          <Risk prediction={state.prediction} scores={twin.scores} zone={zone} now={now} running={batch !== undefined} />
        </section>
        <div className="twin">
          <section className="card" aria-labelledby="values-title"><header><h2 id="values-title">Current values</h2><span className="tiny quiet end">value, normal range, age</span></header>{twin.tags.map((tag) => <Reading key={tag.tag} tag={tag} value={state.latest[tag.tag]} now={now} />)}</section>
          <section className="card" aria-labelledby="trends-title">
            <header><h2 id="trends-title">Measured</h2><span className="tiny quiet">{hours === undefined ? `day since inoculation, mean of ${spanText(twin.binMs)}, then every value` : `clock time, ${zone}`}; a gap is a gap</span>
              <nav className="segments end" aria-label="Time shown">{windows.map((w) => <Link key={w.name} href={w.hours === undefined ? address : `${address}?hours=${w.hours}`} aria-current={w.hours === hours ? "true" : undefined}>{w.name}</Link>)}</nav></header>
            {shown.length === 0 ? <p className="empty"><strong>No value in this window.</strong>{batch ? "The sources of this unit have sent nothing." : "The unit has no batch and its sources send nothing."}</p> : null}
            {shown.map((tag, i) => {
              const sparse = tag.staleAfterMs > 60_000;
              const points = [...(twin.trends[tag.tag] ?? []), ...(state.added[tag.tag] ?? [])].filter((p) => p.at >= from);
              return <div key={tag.tag} className="trend-block"><h3>{tag.name} <span>{tag.unit}{sparse ? ", laboratory" : ""}</span></h3>
                <Trend points={points} from={from} to={to} gapMs={Math.max(twin.binMs * 2.5, 20 * 60_000)} sparse={sparse} bare={i % 4 !== 3 && i !== shown.length - 1} height={i % 4 !== 3 && i !== shown.length - 1 ? 74 : 88} ticks={ticks} digits={tag.precision} limits={tag.limits} label={`${tag.name}, ${tag.unit}, measured`} /></div>;
            })}
          </section>
        </div>
      </div>
    </>
  );
}
