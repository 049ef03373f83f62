import { rangeNames, type Limits } from "#lib/quantity/limit.ts";

const width = 120;
const height = 14;

/** Lowest and highest number drawn: the outermost written end of the ranges that are judged, the absolute one only where there is no other. */
function spanOf(limits: Limits): readonly [number, number] | undefined {
  const ends = (names: readonly (typeof rangeNames)[number][]) => [...names.flatMap((name) => [limits[name]?.low, limits[name]?.high]), limits.target].filter((end) => end !== undefined);
  const judged = ends(["validated", "action", "alert", "normal"]);
  const all = judged.length > 1 ? judged : ends([...rangeNames]);
  if (all.length === 0) return undefined;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const margin = (high - low || Math.abs(high) || 1) * 0.12;
  return [low - margin, high + margin];
}

/** The nested ranges drawn one within the other, darkest outside, with the target. Decorative: their figures stand beside it. */
export function RangeBar({ limits }: { readonly limits: Limits }) {
  const span = spanOf(limits);
  if (!span) return <span className="quiet">–</span>;
  const [low, high] = span;
  const x = (value: number | undefined, open: number) => (value === undefined ? open : Math.min(width, Math.max(0, ((value - low) / (high - low)) * width)));
  return (
    <svg className="range-bar" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <rect className="beyond" x="0" y="1" width={width} height={height - 2} />
      {rangeNames.map((name) => {
        const range = limits[name];
        return range ? <rect key={name} className={`of-${name}`} x={x(range.low, 0)} y="1" width={Math.max(1, x(range.high, width) - x(range.low, 0))} height={height - 2} /> : null;
      })}
      {limits.target === undefined ? null : <rect className="of-target" x={x(limits.target, 0) - 1} y="0" width="2" height={height} />}
    </svg>
  );
}
