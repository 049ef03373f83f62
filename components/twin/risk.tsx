import Link from "next/link";
import { ScoreHistory } from "../charts/score-history.tsx";
import { Mark } from "../ui/mark.tsx";
import type { PredictionView } from "./view.ts";
import { siteTime, spanText } from "#lib/site/time.ts";

type Props = { readonly prediction: PredictionView | undefined; readonly scores: readonly { readonly at: number; readonly score: number | null }[]; readonly zone: string; readonly now: number; readonly running: boolean };

/** A prediction older than this says nothing about now, milliseconds. */
const staleAfter = 45 * 60_000;

function Scale({ score, threshold }: { score: number; threshold: number }) {
  return (
    <svg viewBox="0 0 200 14" width="100%" height="14" preserveAspectRatio="none" aria-hidden="true">
      <rect className="risk-low" y="6" width={threshold * 200} height="5" /><rect className="risk-high" x={threshold * 200} y="6" width={200 - threshold * 200} height="5" /><rect x={score * 200 - 1} y="2" width="2" height="12" fill="var(--ink)" />
    </svg>
  );
}

/** Contamination risk as the model sees it, with its name and version; outside its input space it says so and gives no number. */
export function Risk({ prediction: p, scores, zone, now, running }: Props) {
  if (!running || !p) return <div><h2>Contamination risk</h2><p className="figure quiet">Not evaluated</p><p>{running ? "The model has not looked at this batch yet." : "No batch is running."}</p></div>;
  const old = now - p.at > staleAfter;
  const model = <><Link href="/models">{p.model} {p.modelVersion}</Link> · {siteTime(new Date(p.at), zone)}, {spanText(now - p.at)} ago · advisory; does not cover mycoplasma or viruses</>;
  if (p.outcome === "not_evaluated" || p.score === null || p.threshold === null) return <div style={{ background: "var(--hatch)" }}><div style={{ background: "var(--surface)", padding: "4px 8px" }}><h2>Contamination risk</h2><p className="figure quiet">Not evaluated</p><p>{p.reason}</p><p>{model}</p></div></div>;
  const evaluated = scores.filter((s) => s.score !== null).length;
  return (
    <div><h2 className={p.alarm === "raised" ? "p1" : ""}>{p.alarm === "raised" ? <><Mark priority={1} filled /> Contamination suspected</> : "Contamination risk"}</h2>
      <p className={`figure${old ? " quiet" : ""}`}>{p.score.toFixed(3)} <span className="tiny quiet font-normal">of 1, alarm from {p.threshold.toFixed(3)}, 3 of 4 quarter-hours{old ? "; stale" : ""}</span></p><Scale score={p.score} threshold={p.threshold} /><ScoreHistory scores={scores} label={`Scores of the last ${evaluated} evaluated quarter-hours, axis 0 to 1`} /><p>{model} · line: last {evaluated} evaluated quarter-hours, axis 0 to 1</p></div>
  );
}
