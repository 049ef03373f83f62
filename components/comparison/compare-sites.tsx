import { extent, max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { figureText } from "../ui/figure.tsx";
import { attributes, comparedTags, type Comparison, type Curve, type SiteFigures } from "#lib/comparison/attribute.ts";

const width = 300;
const height = 132;
const edge = { left: 34, right: 8, top: 8, bottom: 22 };

type Scale = { readonly x: ReturnType<typeof scaleLinear<number, number>>; readonly y: ReturnType<typeof scaleLinear<number, number>> };

/** Axes shared by all sites of one attribute. */
function scaleOf(curves: readonly Curve[]): Scale {
  const points = curves.flatMap((c) => c.points);
  const [low = 0, high = 1] = extent(points, (p) => p.value);
  return {
    x: scaleLinear([0, Math.max(24, max(points, (p) => p.h) ?? 24)], [edge.left, width - edge.right]),
    y: scaleLinear([Math.min(low, low > high * 0.4 ? low : 0), high], [height - edge.bottom, edge.top]).nice(3),
  };
}

function Overlay({ curves, scale, label }: { curves: readonly Curve[]; scale: Scale; label: string }) {
  const path = line<{ h: number; value: number }>((p) => scale.x(p.h), (p) => scale.y(p.value));
  const days = scale.x.ticks(5).map((h) => Math.round(h / 48) * 48);
  return (
    <svg className="trend" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {scale.y.ticks(3).map((v) => <g key={v}><line className="grid" x1={edge.left} x2={width - edge.right} y1={scale.y(v)} y2={scale.y(v)} /><text x={edge.left - 5} y={scale.y(v) + 4} textAnchor="end">{v}</text></g>)}
      {curves.map((c) => <path key={c.batchId} d={path([...c.points]) ?? ""} fill="none" stroke="var(--process)" strokeOpacity="0.45" strokeWidth="1.1"><title>{c.batchId}</title></path>)}
      <line className="axis" x1={edge.left} x2={width - edge.right} y1={height - edge.bottom} y2={height - edge.bottom} />
      {[...new Set(days)].map((h) => <text key={h} x={scale.x(h)} y={height - 7} textAnchor="middle">{h / 24}</text>)}
      {curves.length === 0 ? <text x={width / 2} y={height / 2} textAnchor="middle">no batch</text> : null}
    </svg>
  );
}

const dotWidth = 560;

function DotRow({ site, id, scale, digits, unit }: { site: SiteFigures; id: (typeof attributes)[number]["id"]; scale: Scale["x"]; digits: number; unit: string }) {
  const values = site.batches.flatMap((b) => (b.values[id] === null ? [] : [{ batch: b.id, value: b.values[id] as number }]));
  const summary = site.summary[id];
  return (
    <tr>
      <th scope="row">{site.siteName}</th>
      <td className="num">{summary?.n ?? 0}</td>
      <td className="num">{summary ? <b>{figureText(summary.mean, digits)}</b> : "–"} <span className="quiet">{unit}</span></td>
      <td className="num">{summary?.sd === undefined ? "–" : figureText(summary.sd, digits)}</td>
      <td className="num nowrap">{summary?.low === undefined || summary.high === undefined ? <span className="quiet">needs 2 batches</span> : `${figureText(summary.low, digits)} to ${figureText(summary.high, digits)}`}</td>
      <td style={{ width: "50%" }}>
        <svg viewBox={`0 0 ${dotWidth} 26`} width="100%" role="img" aria-label={`${site.siteName}: ${values.map((v) => `${v.batch} ${v.value.toFixed(digits)}`).join(", ") || "no value"}`}>
          {summary?.low !== undefined && summary.high !== undefined ? <><line x1={scale(summary.low)} x2={scale(summary.high)} y1="13" y2="13" stroke="var(--ink)" strokeWidth="1.5" /><path d={`M${scale(summary.low)} 8v10M${scale(summary.high)} 8v10M${scale(summary.mean)} 5v16`} stroke="var(--ink)" strokeWidth="1.5" /></> : null}
          {values.map((v) => <circle key={v.batch} cx={scale(v.value)} cy="13" r="3.5" fill="var(--process-2)" fillOpacity="0.55"><title>{`${v.batch}: ${v.value.toFixed(digits)} ${unit}`}</title></circle>)}
        </svg>
      </td>
    </tr>
  );
}

function AttributeTable({ sites, attribute }: { sites: readonly SiteFigures[]; attribute: (typeof attributes)[number] }) {
  const all = sites.flatMap((s) => [...s.batches.flatMap((b) => (b.values[attribute.id] === null ? [] : [b.values[attribute.id] as number])), s.summary[attribute.id]?.low, s.summary[attribute.id]?.high]).filter((v) => v !== undefined);
  if (all.length === 0) return null;
  const [low = 0, high = 1] = extent(all);
  const scale = scaleLinear([low, high === low ? low + 1 : high], [12, dotWidth - 12]);
  return (
    <section className="card" aria-label={attribute.name}>
      <header><h2>{attribute.name}</h2><span className="tiny quiet">{attribute.unit ? `${attribute.unit}; ` : ""}points are batches, bar the 95 % interval of the mean, shared axis {figureText(low, attribute.precision)} to {figureText(high, attribute.precision)}</span></header>
      <div className="table-box" tabIndex={0} role="region" aria-label={`${attribute.name} by site`}><table className="dense in-card"><thead><tr><th scope="col">Site</th><th scope="col" className="num">n</th><th scope="col" className="num">Mean</th><th scope="col" className="num">sd</th><th scope="col" className="num">95 % interval</th><th scope="col">Batches</th></tr></thead>
        <tbody>{sites.map((site) => <DotRow key={site.siteId} site={site} id={attribute.id} scale={scale} digits={attribute.precision} unit={attribute.unit} />)}</tbody></table></div>
    </section>
  );
}

/** One product at the sites: every batch from inoculation on shared axes, and final figures as points with n, mean and interval. */
export function CompareSites({ comparison }: { comparison: Comparison }) {
  const { sites, curves } = comparison;
  const shown = comparedTags.filter(({ tag }) => (curves[tag]?.length ?? 0) > 0);
  return (
    <div className="page-body grid gap-3">
      <section className="card" aria-labelledby="overlay-title">
        <header><h2 id="overlay-title">Every batch from inoculation</h2><span className="tiny quiet">days since inoculation; axes shared by the sites; a line is a batch</span></header>
        {shown.map(({ tag, name, unit }) => {
          const all = curves[tag] ?? [];
          const scale = scaleOf(all);
          return <div key={tag}><h3 className="px-4 text-[13px]">{name} <span className="quiet font-normal">{unit}</span></h3>
            <div className="multiples">{sites.map((s) => { const own = all.filter((c) => c.siteId === s.siteId); return <figure key={s.siteId}><figcaption className="tiny"><b>{s.siteName}</b> <span className="quiet">n {own.length}</span></figcaption><Overlay curves={own} scale={scale} label={`${name} at ${s.siteName}, ${own.length} batches`} /></figure>; })}</div></div>;
        })}
      </section>
      {attributes.map((attribute) => <AttributeTable key={attribute.id} sites={sites} attribute={attribute} />)}
      <p className="small quiet">An interval tells how well the mean is known, not whether sites are equivalent. Sites with few batches have wide intervals; people are never ranked.</p>
    </div>
  );
}
