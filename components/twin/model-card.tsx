import { Digest } from "../ui/digest.tsx";
import { siteTime } from "#lib/site/time.ts";
import type { RegisteredModel } from "#lib/prediction/queries.ts";

type Performance = RegisteredModel["card"]["metrics"];
type Proportion = Performance["recall"];
const share = ({ count, of, low95, high95 }: Proportion): string => `${count}/${of} (${(100 * low95).toFixed(1)} to ${(100 * high95).toFixed(1)} %)`;
const hours = (spread: Performance["hoursFromOnset"]): string => (spread ? `${spread.median.toFixed(1)} (${spread.p10.toFixed(1)} to ${spread.p90.toFixed(1)})` : "–");

const figures: readonly { readonly name: string; readonly show: (m: Performance) => string }[] = [
  { name: "Contaminations detected", show: (m) => share(m.recall) },
  { name: "Detected before visibly lost", show: (m) => share(m.beforeVisiblyLost) },
  { name: "Clean batches with an alarm", show: (m) => share(m.cleanBatchesWithAlarm) },
  { name: "False alarms per reactor and month", show: (m) => m.falseAlarmsPerReactorMonth.toFixed(2) },
  { name: "Hours from onset to alarm, median (10 to 90 %)", show: (m) => hours(m.hoursFromOnset) },
  { name: "Hours before visible loss, median (10 to 90 %)", show: (m) => hours(m.hoursBeforeVisiblyLost) },
  { name: "Clean quarter-hours evaluated", show: (m) => `${(100 * m.evaluatedShare).toFixed(1)} %` },
];

/** A model's card: what it is for, how it did on held-out batches beside its baselines, and where it does not apply. */
export function ModelCardView({ model: { card, digest, registeredAt } }: { model: RegisteredModel }) {
  const columns = [{ name: "This model", metrics: card.metrics }, ...card.baselines];
  const keyed = (of: (m: Performance) => Readonly<Record<string, Proportion>>, title: string) => Object.keys(of(card.metrics)).map((key) => (
    <tr key={title + key}><th scope="row">{title} {key.replaceAll("-", " ")}</th>{columns.map((c) => { const p = of(c.metrics)[key]; return <td key={c.name} className="num">{p ? `${p.count}/${p.of}` : "–"}</td>; })}</tr>
  ));
  return (
    <article className="card" aria-labelledby={`${card.name}-title`}>
      <header><h2 id={`${card.name}-title`}>{card.name} {card.version}</h2><span className="tiny quiet">registered {siteTime(registeredAt, "UTC")}</span><span className="end tiny">artefact <Digest value={digest} /></span></header>
      <dl className="facts-list px-4 pb-3"><dt>Intended use</dt><dd>{card.intendedUse}</dd><dt>Method</dt><dd>{card.method}</dd><dt>Verdict</dt><dd><b>{card.verdict}</b></dd><dt>Claim</dt><dd>{card.claim}</dd><dt>Development</dt><dd>{card.development}</dd><dt>Limitations</dt><dd><ul>{card.limitations.map((l) => <li key={l}>{l}</li>)}</ul></dd></dl>
      <div className="table-box" tabIndex={0} role="region" aria-label="Held-out figures"><table className="dense in-card">
        <thead><tr><th scope="col">On held-out simulated batches, 95 % interval</th>{columns.map((c) => <th key={c.name} scope="col" className="num">{c.name}</th>)}</tr></thead>
        <tbody>{figures.map((f) => <tr key={f.name}><th scope="row">{f.name}</th>{columns.map((c) => <td key={c.name} className="num nowrap">{f.show(c.metrics)}</td>)}</tr>)}{keyed((m) => m.perKind, "Detected:")}{keyed((m) => m.perLookAlike, "False alarm:")}</tbody></table></div>
      <dl className="facts-list p-4"><dt>Input space</dt><dd>{Object.entries(card.inputSpace).map(([k, b]) => `${k} ${b.low} to ${b.high} ${b.unit}`).join("; ")}. Outside it: not evaluated.</dd></dl>
    </article>
  );
}
