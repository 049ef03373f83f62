import { clockTicks } from "../charts/ticks.ts";
import { Trend } from "../charts/trend.tsx";
import { SeverityMark } from "../ui/mark.tsx";
import { ExceptionActs } from "../execution/exception-forms.tsx";
import { AcceptForm } from "./accept-form.tsx";
import type { ExceptionRow } from "#lib/batch/record.ts";
import type { Limits } from "#lib/quantity/limit.ts";
import { isOpen } from "#lib/quality/exception.ts";
import type { ExceptionTrend } from "#lib/quality/queries.ts";
import { siteTime, spanText } from "#lib/site/time.ts";
import { resolutionText } from "#lib/telemetry/history.ts";

type Props = {
  readonly exception: ExceptionRow; readonly trend: ExceptionTrend | undefined; readonly limits: Limits | undefined; readonly digits: number; readonly zone: string; readonly unitId: string;
  readonly names: ReadonlyMap<string, string>; readonly mayDecide: boolean; readonly mayRaise: boolean; readonly mayLower: boolean; readonly address: string;
};

const stateWord = { open: "Open", explained: "Explained", reviewed: "Reviewed", closed: "Accepted", escalated: "Deviation" } as const;

function Facts({ exception: x, zone }: Pick<Props, "exception" | "zone">) {
  return (
    <dl className="four">
      <div><dt>Planned</dt><dd>{x.planned} <span>{x.unit}</span></dd></div>
      <div><dt>Actual</dt><dd>{x.actual} <span>{x.unit}</span></dd></div>
      <div><dt>{x.outsideMinutes === null ? "Raised" : "Time outside"}</dt><dd>{x.outsideMinutes === null ? <span className="small">{siteTime(x.raisedAt, zone)}</span> : spanText(x.outsideMinutes * 60_000)}</dd></div>
      <div><dt>State</dt><dd>{stateWord[x.state]}</dd></div>
    </dl>
  );
}

function Figure({ exception: x, trend, limits, digits, zone, unitId }: Props) {
  if (!trend) return null;
  const outside = x.windowFrom && x.windowTo ? { from: x.windowFrom.getTime(), to: x.windowTo.getTime(), label: `${x.actual} ${x.unit ?? ""}`, tone: x.severity === "critical" ? ("critical" as const) : ("high" as const) } : undefined;
  return (
    <figure>
      <Trend points={trend.points} from={trend.from} to={trend.to} gapMs={40 * 60_000} ticks={clockTicks(trend.from, trend.to, zone)} digits={digits} limits={limits} outside={outside}
        label={`${x.title}: measured ${x.actual} ${x.unit ?? ""}, planned ${x.planned}`} events={[{ at: x.raisedAt.getTime(), label: "Exception raised" }]} />
      <figcaption className="tiny quiet">{unitId}, {x.tag}, {x.unit}; {trend.everyMs === undefined ? "" : `${resolutionText(trend.everyMs)}, `}{trend.points.length} stored values; {siteTime(new Date(trend.from), zone)} to {siteTime(new Date(trend.to), zone)}</figcaption>
    </figure>
  );
}

/** One exception with its rule, planned against actual, the trend around it, the operator's words and the decision. */
export function ExceptionCard(props: Props) {
  const { exception: x, zone, names, mayDecide, mayRaise, mayLower, address } = props;
  const open = isOpen(x.state);
  return (
    <article className="card exception" id={x.id} aria-labelledby={`${x.id}-title`}>
      <header>
        <SeverityMark severity={x.severity} open={open} />
        <h3 id={`${x.id}-title`}>{x.title}</h3>
        <span className="mono quiet">{x.id}</span>
        <p className="rule">Rule {x.rule}{x.stepId ? <> · <a href={`${address}/record#step-${x.stepId}`}>step {x.stepId}</a></> : null} · raised {siteTime(x.raisedAt, zone)}</p>
      </header>
      <Facts exception={x} zone={zone} />
      <Figure {...props} />
      <dl className="said">
        <dt>Operator</dt>
        <dd>{x.comment ? <>“{x.comment}” <span className="quiet">{names.get(x.commentBy ?? "") ?? ""}, {x.commentAt ? siteTime(x.commentAt, zone) : ""}</span></> : <span className="quiet">Nothing written</span>}</dd>
        {x.decision ? <><dt>Decision</dt><dd>{x.decision} <span className="quiet">{names.get(x.decidedBy ?? "") ?? ""}, {x.decidedAt ? siteTime(x.decidedAt, zone) : ""}</span></dd></> : null}
      </dl>
      {open && (mayRaise || mayLower) ? <ExceptionActs siteId={x.siteId} batchId={x.batchId} exceptionId={x.id} severity={x.severity} explained={x.comment !== null} signAddress={mayLower ? `${address}/sign` : undefined} /> : null}
      {open && mayDecide ? (
        <footer>{x.severity === "critical" ? <span className="small quiet">A critical exception is accepted only after its deviation is closed. This batch can be rejected.</span> : <AcceptForm siteId={x.siteId} batchId={x.batchId} exceptionId={x.id} />}</footer>
      ) : null}
    </article>
  );
}
