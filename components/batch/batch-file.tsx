import Link from "next/link";
import { dayTicks } from "../charts/ticks.ts";
import { Trend } from "../charts/trend.tsx";
import { Digest } from "../ui/digest.tsx";
import { Figure } from "../ui/figure.tsx";
import { Icon } from "../ui/icon.tsx";
import { SiteTime } from "../ui/time.tsx";
import { IntegrityFailed } from "../integrity/failed.tsx";
import { RecordProofView } from "../ledger/record-proof.tsx";
import { Manifest } from "../signature/manifest.tsx";
import { Checks } from "./checks.tsx";
import { Disposition, type Offer } from "./disposition.tsx";
import { Evaluated } from "./evaluated.tsx";
import { ExceptionCard } from "./exception-card.tsx";
import { ProcessHistory } from "./process-history.tsx";
import type { BatchFile } from "#lib/release/file-queries.ts";
import type { RecordProof } from "#lib/ledger/record-proof-queries.ts";
import { currentEntries, type ExceptionRow } from "#lib/batch/record.ts";
import { lotAddress } from "#lib/material/filter.ts";
import { batchStateName, type BatchState } from "#lib/batch/state.ts";
import { isOpen, severities } from "#lib/quality/exception.ts";
import type { ExceptionTrend } from "#lib/quality/queries.ts";
import { siteTime, spanText } from "#lib/site/time.ts";
import type { ProcessHistory as ProcessHistoryData } from "#lib/telemetry/history-queries.ts";
import type { Trend as TrendData } from "#lib/telemetry/queries.ts";

type Window = { readonly from: Date; readonly to: Date };
type Props = {
  readonly file: BatchFile; readonly proof: RecordProof; readonly figures: ReadonlyMap<string, ExceptionTrend | undefined>; readonly overview: ReadonlyMap<string, TrendData> | undefined; readonly window: Window | null; readonly history: ProcessHistoryData | undefined;
  readonly now: Date; readonly offers: readonly Offer[]; readonly withdrawable: readonly number[]; readonly mayDecide: boolean; readonly mayClose: boolean; readonly mayRaise: boolean; readonly mayLower: boolean; readonly mayTake: boolean; readonly mayReport: boolean; readonly mayTrail: boolean;
};

/** Executed from a full master, whose words it is told in; a culture of the thin master is inoculated and harvested. */
const ofFullMaster = ({ steps }: BatchFile["record"]): boolean => steps.some((step) => step.masterStep !== null);

function Facts({ file, now }: Pick<Props, "file" | "now">) {
  const { batch, site, product, master } = file.record;
  const zone = site.timeZone;
  return (
    <section id="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Batch</h2>
      <dl className="facts-list">
        <dt>Product</dt><dd>{product.id} {product.name}{product.strength ? `, ${product.strength}` : ""}</dd>
        <dt>Master record</dt><dd>{master ? <>{master.id} v{master.version} <Digest value={master.digest} /></> : "None: imported runs"}</dd>
        <dt>Made at</dt><dd>{site.name}, <Link href={`/sites/${site.id}/units/${encodeURIComponent(batch.unitId)}`}>{batch.unitId}</Link>{batch.scaleL ? <>, <Figure value={batch.scaleL} digits={0} unit="L" /></> : null}</dd>
        {file.record.equipment.length > 0 ? <><dt>Units</dt><dd>{[...new Set(file.record.equipment.map((use) => use.unitId))].map((unitId, i) => <span key={unitId}>{i > 0 ? ", " : ""}<Link href={`/sites/${site.id}/equipment/${encodeURIComponent(unitId)}`}>{unitId}</Link></span>)}</dd></> : null}
        {file.record.samples.length > 0 ? <><dt>Samples</dt><dd>{file.record.samples.map((sample, i) => <span key={sample.id}>{i > 0 ? ", " : ""}<Link href={`/sites/${site.id}/laboratory/${encodeURIComponent(sample.id)}`}>{sample.id}</Link></span>)}</dd></> : null}
        {ofFullMaster(file.record) ? <><dt>Started</dt><dd><SiteTime at={batch.startedAt} zone={zone} /></dd></> : <><dt>Inoculated</dt><dd><SiteTime at={batch.inoculatedAt} zone={zone} /></dd>
        <dt>Harvested</dt><dd><SiteTime at={batch.harvestedAt} zone={zone} /></dd></>}
        <dt>Completed</dt><dd><SiteTime at={batch.completedAt} zone={zone} /></dd>
        <dt>Age</dt><dd>{batch.completedAt ? spanText(now.getTime() - batch.completedAt.getTime()) : "–"}{batch.dueAt ? <>, due {siteTime(batch.dueAt, zone)}</> : null}</dd>
        <dt>Harvest</dt><dd><Figure value={batch.quantityL} digits={0} unit="L" /></dd>
        <dt>Titer</dt><dd><Figure value={batch.titerGL} digits={2} unit="g/L" /></dd>
        <dt>Yield</dt><dd><Figure value={batch.yieldPercent} digits={1} unit="%" /></dd>
        <dt>Record digest</dt><dd><Digest value={file.digest} /></dd>
      </dl>
    </section>
  );
}

const overviewNames = { "viable-cell-density": ["Viable cell density", "10⁶ cells/mL", 1], viability: ["Viability", "%", 0], titer: ["Titer", "g/L", 1] } as const;

function Overview({ overview, window }: Pick<Props, "overview" | "window">) {
  if (!overview || !window) return null;
  const [from, to] = [window.from.getTime(), Math.max(window.to.getTime(), window.from.getTime() + 86_400_000)];
  const shown = Object.entries(overviewNames).filter(([tag]) => (overview.get(tag)?.points.length ?? 0) > 0);
  if (shown.length === 0) return null;
  return (
    <section className="card" aria-labelledby="overview-title">
      <header><h2 id="overview-title">Culture</h2><span className="tiny quiet">laboratory values, days since inoculation</span></header>
      {shown.map(([tag, [name, unit, digits]]) => (
        <div key={tag} className="trend-block"><h3>{name} <span>{unit}</span></h3>
          <Trend points={overview.get(tag)?.points ?? []} from={from} to={to} gapMs={Infinity} sparse height={104} ticks={dayTicks(from, to, to - from > 20 * 86_400_000 ? 2 : 1)} digits={digits} label={`${name} over the batch, ${unit}`} /></div>
      ))}
    </section>
  );
}

/** Quality decides in its review, and at once where the batch waits for it; a supervisor closes what is minor before he reviews the record. */
const decides = ({ state }: { readonly state: BatchState }, x: ExceptionRow, { mayDecide, mayClose }: Pick<Props, "mayDecide" | "mayClose">): boolean =>
  (mayDecide && (state === "qa_review" || (x.blocks === true && (state === "in_progress" || state === "held")))) || (mayClose && state === "complete" && x.severity === "minor");

function Exceptions({ file, figures, mayDecide, mayClose, mayRaise, mayLower, address }: Pick<Props, "file" | "figures" | "mayDecide" | "mayClose" | "mayRaise" | "mayLower"> & { readonly address: string }) {
  const { record } = file;
  const ordered = [...record.exceptions].sort((a, b) => Number(isOpen(b.state)) - Number(isOpen(a.state)) || severities.indexOf(a.severity) - severities.indexOf(b.severity) || a.id.localeCompare(b.id));
  const open = ordered.filter((x) => isOpen(x.state)).length;
  const entries = currentEntries(record.entries);
  return (
    <section id="exceptions" aria-labelledby="exceptions-title">
      <h2 id="exceptions-title">Exceptions <span className="chip">{open === 0 ? "All decided" : `${open} open`}</span><span className="quiet small">{record.exceptions.length - open} of {record.exceptions.length} decided</span></h2>
      {ordered.length === 0 ? <p className="card empty">No rule raised an exception in this batch.</p> : (
        <div className="stack">{ordered.map((x) => {
          const entry = entries.find((e) => e.stepId === x.stepId && e.parameter === x.parameter);
          return <ExceptionCard key={x.id} exception={x} trend={figures.get(x.id)} limits={entry?.limits ?? undefined} digits={x.actual.split(".")[1]?.length ?? 0} zone={record.site.timeZone} unitId={record.batch.unitId} names={record.names} address={address} mayDecide={decides(record.batch, x, { mayDecide, mayClose })} mayRaise={mayRaise} mayLower={mayLower} />;
        })}</div>
      )}
    </section>
  );
}

const closedSentence: Partial<Record<string, string>> = { released: "This batch is released.", rejected: "This batch is rejected.", in_progress: "This batch is running; it is reviewed when production has completed it.", aborted: "This batch was aborted." };

/** A batch: its checks, what the rules found, its exceptions and its record; facts, disposition and signatures at the right. */
export function BatchFileView(props: Props) {
  const { file, offers, mayTake, mayReport, mayTrail } = props;
  const { batch, site, product } = file.record;
  const address = `/sites/${site.id}/batches/${encodeURIComponent(batch.id)}`;
  const imported = batch.origin === "imported";
  const done = file.checks.filter((c) => c.done).length;
  return (
    <>
      <div className="page-head">
        <h1>{batch.id}</h1><span className="sub">{product.id} {product.name}</span>
        <span className="chip">{imported ? "Imported run" : batchStateName[batch.state]}</span>
        {imported ? null : <span className="sub">{done} of {file.checks.length} checks complete</span>}
        <div className="end">
          {mayTrail ? <Link className="button" href={`/audit?batch=${encodeURIComponent(batch.id)}`}>Audit trail</Link> : null}
          {mayTrail && !imported ? <Link className="button" href={`${address}/storyline`}>Storyline</Link> : null}
          {ofFullMaster(file.record) ? <Link className="button" href={`${address}/execute`}>Steps</Link> : null}
          {ofFullMaster(file.record) ? <Link className="button" href={lotAddress(batch.siteId, batch.id)}>Lot</Link> : null}
          {imported ? null : <Link className="button" href={`${address}/record`}><Icon name="document" />Full record</Link>}
          {mayReport && !imported ? <Link className="button" href={`${address}/evidence`}><Icon name="key" />Evidence</Link> : null}
          {mayReport && ofFullMaster(file.record) ? <a className="button" href={`${address}/issued.pdf`}><Icon name="download" />Issued record, PDF</a> : null}
          {mayReport && !imported ? <a className="button" href={`${address}/report.pdf`}><Icon name="download" />Batch record, PDF</a> : null}
        </div>
      </div>
      <IntegrityFailed findings={file.findings} />
      <div className="panes">
        {imported ? <div className="pane list"><div className="empty"><strong>No checks</strong>Imported runs carry measured values only: no steps, no rules, no release.</div></div> : <Checks checks={file.checks} address={address} />}
        <div className="centre">
          {imported ? null : <Evaluated entries={currentEntries(file.record.entries)} />}
          <Overview {...props} />
          {props.history ? <ProcessHistory history={props.history} zone={file.record.site.timeZone} /> : null}
          {imported ? null : <Exceptions {...props} address={address} />}
        </div>
        <aside className="pane facts" aria-label="Disposition and facts"><div className="pane-inner">
          <Disposition address={address} siteId={site.id} batchId={batch.id} offers={offers} mayTake={mayTake} closed={imported ? "Imported runs are kept for comparison and are not released here." : closedSentence[batch.state]} />
          <Facts {...props} />
          <Manifest signatures={file.signatures} zone={site.timeZone} address={address} withdrawable={props.withdrawable} />
          <RecordProofView proof={props.proof} siteId={site.id} zone={site.timeZone} about="batch" mayTrail={mayTrail} />
        </div></aside>
      </div>
    </>
  );
}
