import type { Limits } from "#lib/quantity/limit.ts";

const width = 100;

/** The span a gauge draws: the widest limits with a margin, stretched when the value lies beyond. */
function spanOf(limits: Limits, value: number): readonly [number, number] {
  const ranges = [limits.validated, limits.action, limits.alert, limits.normal].filter((r) => r !== undefined);
  const edges = [...ranges.flatMap((r) => [r.low, r.high]), limits.target, value].filter((v) => v !== undefined);
  const [low, high] = [Math.min(...edges), Math.max(...edges)];
  const margin = (high - low || 1) * 0.08;
  return [low - margin, high + margin];
}

/** Normal, action and outer zones in greys with the value's marker. Decorative: figure and limits stand beside it. */
export function Gauge({ value, limits, tone }: { value: number; limits: Limits; tone?: "abnormal" }) {
  const [low, high] = spanOf(limits, value);
  const x = (v: number | undefined, open: number) => (v === undefined ? open : ((v - low) / (high - low)) * width);
  const band = (range: Limits["normal"], fill: string) => range && <rect x={x(range.low, 0)} width={Math.max(0, x(range.high, width) - x(range.low, 0))} y="3" height="6" fill={fill} />;
  return (
    <svg className="gauge" viewBox={`0 0 ${width} 12`} preserveAspectRatio="none" aria-hidden="true">
      <rect width={width} y="3" height="6" fill="var(--zone-out)" />
      {band(limits.validated, "var(--zone-action)")}
      {band(limits.action, "var(--zone-alert)")}
      {band(limits.normal, "var(--zone-normal)")}
      <rect x={x(value, 0) - 1} width="2" y="0" height="12" fill={tone ? "var(--medium)" : "var(--ink)"} />
    </svg>
  );
}
