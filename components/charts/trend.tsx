import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { useId } from "react";
import type { Limits, Range } from "#lib/quantity/limit.ts";

export type ChartPoint = { readonly at: number; readonly value: number };
export type AxisTick = { readonly at: number; readonly label: string };
export type TrendProps = {
  readonly points: readonly ChartPoint[];
  readonly from: number;
  readonly to: number;
  /** Two points further apart than this leave a gap, milliseconds. */
  readonly gapMs: number;
  readonly ticks: readonly AxisTick[];
  readonly digits: number;
  readonly limits?: Limits | undefined;
  /** A stretch to point out, with the worst value in it. */
  readonly outside?: { readonly from: number; readonly to: number; readonly label: string; readonly tone: "critical" | "high" } | undefined;
  /** Leave the labels of the time axis to another chart of the same window. */
  readonly bare?: boolean;
  /** Draw measured points as marks: sparse laboratory values. */
  readonly sparse?: boolean;
  readonly height?: number;
  /** What the chart shows, for people who do not see it. */
  readonly label: string;
  readonly events?: readonly { readonly at: number; readonly label: string }[];
};

const width = 720;
const left = 44;
const right = 92;
const plot = width - left - right;

/** Runs of points without a gap between them. */
export function runsOf(points: readonly ChartPoint[], gapMs: number): readonly (readonly ChartPoint[])[] {
  const runs: ChartPoint[][] = [];
  for (const [i, point] of points.entries()) {
    const before = points[i - 1];
    if (before && point.at - before.at <= gapMs) runs.at(-1)?.push(point);
    else runs.push([point]);
  }
  return runs;
}

/** The value axis: the data, and the nearest limits when they are close enough to matter. */
function domainOf(points: readonly ChartPoint[], limits: Limits | undefined): readonly [number, number] {
  const [low = 0, high = 1] = extent(points, (p) => p.value);
  const edges = [limits?.normal, limits?.action].flatMap((r: Range | undefined) => [r?.low, r?.high]).filter((v) => v !== undefined);
  const reach = (high - low || Math.abs(high) || 1) * 2.5;
  const near = edges.filter((e) => e > low - reach && e < high + reach);
  const [a, b] = [Math.min(low, ...near), Math.max(high, ...near)];
  const margin = (b - a || Math.abs(b) * 0.1 || 1) * 0.08;
  return [a - margin, b + margin];
}

function LimitLines({ limits, y, domain, digits }: { limits: Limits; y: (v: number) => number; domain: readonly [number, number]; digits: number }) {
  const lines = ([["Normal", limits.normal], ["Action", limits.action], ["Validated", limits.validated]] as const)
    .flatMap(([name, range]) => [range?.low, range?.high].flatMap((v) => (v !== undefined && v > domain[0] && v < domain[1] ? [{ name, v }] : [])));
  const spaced = lines.filter((l, i) => !lines.slice(0, i).some((o) => Math.abs(y(o.v) - y(l.v)) < 11));
  return <>{lines.map((l) => <line key={`${l.name}${l.v}`} className="limit" x1={left} x2={width - right} y1={y(l.v)} y2={y(l.v)} />)}{spaced.map((l) => <text key={`t${l.name}${l.v}`} x={width - right + 6} y={y(l.v) + 4}>{l.name} {l.v.toFixed(digits)}</text>)}</>;
}

/** Measured values over time as a server-rendered figure: a solid line, gaps left open, limits thin and dashed, the abnormal in colour with its words. */
export function Trend({ points, from, to, gapMs, ticks, digits, limits, outside, sparse, bare, height = 150, label, events = [] }: TrendProps) {
  const hatch = useId();
  const lane = events.length > 0 ? 22 : 0;
  const bottom = height - (bare ? 6 : 20) - lane;
  const domain = domainOf(points, limits);
  const x = scaleLinear([from, to], [left, left + plot]);
  const y = scaleLinear([...domain], [bottom, 8]);
  const path = line<ChartPoint>((p) => x(p.at), (p) => y(p.value));
  const runs = runsOf(points, sparse ? Infinity : gapMs);
  const inside = outside ? points.filter((p) => p.at >= outside.from && p.at <= outside.to) : [];
  return (
    <svg className="trend" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <defs><pattern id={hatch} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="6" fill="var(--line)" /></pattern></defs>
      {y.ticks(3).map((v) => <g key={v}><line className="grid" x1={left} x2={width - right} y1={y(v)} y2={y(v)} /><text x={left - 6} y={y(v) + 4} textAnchor="end">{y.tickFormat(3)(v)}</text></g>)}
      {outside ? <rect fill={`var(--${outside.tone}-soft)`} x={x(outside.from)} width={Math.max(3, x(outside.to) - x(outside.from))} y={8} height={bottom - 8} /> : null}
      {sparse ? null : runs.slice(1).map((run, i) => { const a = runs[i]?.at(-1), b = run[0]; return a && b ? <rect key={b.at} x={x(a.at)} width={x(b.at) - x(a.at)} y={8} height={bottom - 8} fill={`url(#${hatch})`} /> : null; })}
      {limits ? <LimitLines limits={limits} y={y} domain={domain} digits={digits} /> : null}
      {runs.map((run) => <path key={run[0]?.at} className="value-line" d={path([...run]) ?? ""} />)}
      {sparse ? points.map((p) => <circle key={p.at} className="point" cx={x(p.at)} cy={y(p.value)} r="2.8" />) : runs.filter((r) => r.length === 1).map((r) => <circle key={r[0]?.at} className="point" cx={x(r[0]?.at ?? 0)} cy={y(r[0]?.value ?? 0)} r="1.6" />)}
      {outside && inside.length > 1 ? <path d={path([...inside]) ?? ""} fill="none" stroke={`var(--${outside.tone})`} strokeWidth="2" /> : null}
      {outside ? <text x={Math.min(x(outside.to) + 6, width - right - 150)} y={20} style={{ fill: `var(--${outside.tone})`, fontWeight: 600 }}>{outside.label}</text> : null}
      <line className="axis" x1={left} x2={width - right} y1={bottom} y2={bottom} />
      {ticks.map((t) => <g key={t.at}><line className="axis" x1={x(t.at)} x2={x(t.at)} y1={bottom} y2={bottom + 4} />{bare ? null : <text x={x(t.at)} y={bottom + 16} textAnchor="middle">{t.label}</text>}</g>)}
      {events.map((e) => <g key={`${e.at}${e.label}`}><path d={`M${x(e.at)} ${bottom + 24}l4 4-4 4-4-4z`} fill="var(--surface)" stroke="var(--process)" /><text x={x(e.at) + 8} y={bottom + 32}>{e.label}</text></g>)}
      {points.length === 0 ? <text x={left + plot / 2} y={bottom / 2} textAnchor="middle">No good value in this window</text> : null}
    </svg>
  );
}
