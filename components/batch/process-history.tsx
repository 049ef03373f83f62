import { clockTicks } from "../charts/ticks.ts";
import { Trend } from "../charts/trend.tsx";
import { spanText } from "#lib/site/time.ts";
import { resolutionText } from "#lib/telemetry/history.ts";

type Tag = { readonly tag: string; readonly name: string; readonly unit: string; readonly precision: number; readonly points: readonly { readonly at: number; readonly value: number }[] };
type Props = { readonly history: { readonly unitId: string; readonly everyMs: number; readonly values: number; readonly binMs: number; readonly tags: readonly Tag[] }; readonly zone: string };

/** What the unit of a batch measured online, tag by tag, with the resolution the values are stored at and where they come from. */
export function ProcessHistory({ history: { unitId, everyMs, values, binMs, tags }, zone }: Props) {
  const times = tags.flatMap(({ points }) => points.map(({ at }) => at));
  const [from, to] = [Math.min(...times), Math.max(...times) + binMs];
  const resolution = resolutionText(everyMs);
  return (
    <section className="card" aria-labelledby="process-title">
      <header><h2 id="process-title">Process</h2><span className="tiny quiet">{resolution} of {unitId}, online; {values.toLocaleString("en-GB")} stored values, a point is the mean of {spanText(binMs)}, {zone}; a gap is a gap</span></header>
      {tags.map(({ tag, name, unit, precision, points }) => (
        <div key={tag} className="trend-block"><h3>{name} <span>{unit}</span></h3>
          <Trend points={points} from={from} to={to} gapMs={Math.max(2.5 * binMs, 12 * 60_000)} height={104} ticks={clockTicks(from, to, zone)} digits={precision} label={`${name} of ${unitId} over the batch, ${unit}, ${resolution}`} /></div>
      ))}
    </section>
  );
}
