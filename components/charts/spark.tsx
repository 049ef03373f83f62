import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { runsOf, type ChartPoint } from "./trend.tsx";

/** A small line without axes; gaps stay gaps. */
export function Spark({ points, gapMs, tone }: { points: readonly ChartPoint[]; gapMs: number; tone?: "abnormal" | undefined }) {
  if (points.length < 2) return <svg viewBox="0 0 120 24" aria-hidden="true"><text x="0" y="16" style={{ fontSize: 11, fill: "var(--ink-2)" }}>no history</text></svg>;
  const x = scaleLinear([points[0]?.at ?? 0, points.at(-1)?.at ?? 1], [1, 116]);
  const [low = 0, high = 1] = extent(points, (p) => p.value);
  const y = scaleLinear([low, high === low ? low + 1 : high], [21, 3]);
  const path = line<ChartPoint>((p) => x(p.at), (p) => y(p.value));
  const last = points.at(-1);
  const colour = tone ? "var(--medium)" : "var(--process)";
  return (
    <svg viewBox="0 0 120 24" preserveAspectRatio="none" aria-hidden="true">
      {runsOf(points, gapMs).map((run) => <path key={run[0]?.at} d={path([...run]) ?? ""} fill="none" stroke={colour} strokeWidth="1.3" vectorEffect="non-scaling-stroke" />)}
      {last ? <circle cx={x(last.at)} cy={y(last.value)} r="2" fill={colour} /> : null}
    </svg>
  );
}
