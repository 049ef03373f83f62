import Link from "next/link";
import { SiteTime } from "../ui/time.tsx";
import { OutOfSpecification } from "./sample-chip.tsx";
import { InvalidateForm, ResultForm, RetestForm, ReviewForm, type OfferedInstrument } from "./result-forms.tsx";
import type { BatchRecord, ExceptionRow } from "#lib/batch/record.ts";
import { isOpen } from "#lib/quality/exception.ts";
import { rangeText, rangeName, rangeNames } from "#lib/quantity/limit.ts";
import { judgeReading, specificationOf, wantedText, type AskedTest } from "#lib/laboratory/reading.ts";
import { exceptionsOfResult, mayFollow, reportedResult, retestRefusal } from "#lib/laboratory/result.ts";
import { resultStateName } from "#lib/laboratory/state.ts";
import { trendLeast } from "#lib/laboratory/trend.ts";

export type ResultRow = BatchRecord["results"][number];
type Names = ReadonlyMap<string, string>;
/** What the reader may do with results now; undefined where the batch or his role forbids it. */
export type May = { readonly enter: boolean; readonly review: boolean; readonly invalidate: boolean; readonly retest: boolean; readonly personId: string };

function Specification({ test }: { test: AskedTest }) {
  const specified = specificationOf(test);
  const ranges = rangeNames.filter((name) => name !== "absolute" && test.limits[name] && test.limits[name] !== specified);
  return (
    <dl className="test-facts">
      <div><dt>Method</dt><dd>{test.method || "–"}</dd></div><div><dt>Specification</dt><dd>{test.form === "choice" ? <b>{wantedText(test)}</b> : specified ? <b>{rangeText(specified, test.precision)} {test.unit}</b> : <span className="quiet">{test.form === "text" ? "none; found in words" : "none; judged by its ranges"}</span>}</dd></div>
      {ranges.map((name) => <div key={name}><dt>{rangeName[name]}</dt><dd>{rangeText(test.limits[name], test.precision)} {test.unit}</dd></div>)}
    </dl>
  );
}

/** What a result in specification is: inside or outside its normal range, and whether anything is specified at all, or that it cannot be judged. */
function rangeWord(row: ResultRow, test: AskedTest): React.ReactNode {
  const { evaluation, notEvaluated } = judgeReading(row.value, test);
  if (notEvaluated) return <b>Not evaluated: {notEvaluated}</b>;
  if (evaluation === "exception") return "Outside its normal range";
  if (evaluation === "no_limits") return "Nothing is specified";
  return specificationOf(test) || test.form === "choice" ? "Within specification" : "Within its range";
}

function trendWord(row: ResultRow, test: AskedTest, basis: number): React.ReactNode {
  if (row.outOfTrend !== null) return row.outOfTrend ? <b>Out of trend</b> : "Within the trend";
  if (test.form) return "No number: no trend";
  return `Trend not evaluated${basis < trendLeast ? `: ${basis} of ${trendLeast} batches` : ": too few batches then, or no number"}`;
}

function Flags({ row, test, basis, exceptions, batch }: { row: ResultRow; test: AskedTest; basis: number; exceptions: readonly ExceptionRow[]; batch: string }) {
  const past = row.state === "invalidated";
  return (
    <>
      {row.outOfSpecification ? <OutOfSpecification past={past} /> : <span className="quiet">{rangeWord(row, test)}</span>}
      <small>{trendWord(row, test, basis)}</small>
      {exceptions.map((x) => <small key={x.id}><Link href={`${batch}#exceptions`}>{x.id}</Link> {isOpen(x.state) ? "open" : "decided"}</small>)}
    </>
  );
}

function State({ row, zone, names }: { row: ResultRow; zone: string; names: Names }) {
  const who = (id: string | null) => names.get(id ?? "") ?? "–";
  return (
    <>
      {resultStateName[row.state]}
      {row.reviewedAt ? <small>reviewed by {who(row.reviewedBy)}, <SiteTime at={row.reviewedAt} zone={zone} /></small> : null}
      {row.retestAt ? <small>retest authorised by {who(row.retestBy)}, <SiteTime at={row.retestAt} zone={zone} />: {row.retestReason}</small> : null}
      {row.invalidatedAt ? <small>invalidated by {who(row.invalidatedBy)}, <SiteTime at={row.invalidatedAt} zone={zone} />: {row.reason}</small> : null}
    </>
  );
}

type Props = { readonly siteId: string; readonly sampleId: string; readonly test: AskedTest; readonly results: readonly ResultRow[]; readonly basis: number; readonly zone: string; readonly names: Names; readonly nowField: string; readonly may: May; readonly instruments: readonly OfferedInstrument[]; readonly stepId: string; readonly exceptions: readonly ExceptionRow[]; /** Address of the batch. */ readonly batch: string };

function Acts({ row, results, place, may }: { row: ResultRow; results: readonly ResultRow[]; place: { siteId: string; sampleId: string; parameter: string }; may: May }) {
  const own = row.analyst === may.personId;
  return (
    <div className="result-acts">
      {may.review && row.state === "entered" ? own ? <span className="quiet small">Another analyst reviews your result.</span> : <ReviewForm test={place} number={row.number} /> : null}
      {may.retest && retestRefusal(results, row.number, may.personId) === undefined ? <RetestForm test={place} number={row.number} /> : null}
      {may.invalidate && row.state !== "invalidated" ? <InvalidateForm test={place} number={row.number} /> : null}
    </div>
  );
}

/** A test of a sample: method, specification, every result with its flags and what became of it, and the next one when there may be one. */
export function TestCard({ siteId, sampleId, test, results, basis, zone, names, nowField, may, instruments, stepId, exceptions, batch }: Props) {
  const place = { siteId, sampleId, parameter: test.id };
  const last = results.at(-1);
  const next = may.enter && mayFollow(last);
  const reported = reportedResult(results);
  return (
    <section className="card" id={test.id} aria-label={test.name}>
      <header><h2>{test.name}</h2><span className="quiet small">{test.class}, {test.unit}</span><span className="quiet small end">{basis} of at least {trendLeast} released batches for its trend</span></header>
      <Specification test={test} />
      {reported ? <p className="card-body small">Reported: result {reported.number}, <b>{reported.value}</b>{test.form ? null : ` ${reported.unit}`}, the last one reviewed and not invalidated{results.length > 1 ? "; every other one stays beside it" : ""}.</p> : null}
      {results.length === 0 ? <p className="card-body quiet small">No result yet.</p> : (
        <div className="table-box" tabIndex={0} role="region" aria-label={`Results of ${test.name}`}><table className="dense in-card">
          <thead><tr>{["No.", "Raw value", "Result", "Finding", "Analysed", "State", ""].map((name) => <th key={name || "acts"} scope="col" className={name === "Raw value" || name === "Result" ? "num" : undefined}>{name || <span className="hidden-text">What can be done</span>}</th>)}</tr></thead>
          <tbody>{results.map((row) => {
            const gone = row.state === "invalidated";
            const unit = test.form ? null : <span className="quiet">{row.unit}</span>;
            return (
              <tr key={row.number}><th scope="row">{row.number}</th><td className="num nowrap">{gone ? <del>{row.rawValue}</del> : row.rawValue} {unit}</td><td className="num nowrap">{gone ? <del>{row.value}</del> : <b>{row.value}</b>} {unit}</td>
                <td><Flags row={row} test={test} basis={basis} exceptions={exceptionsOfResult(exceptions, row, stepId)} batch={batch} /></td><td><SiteTime at={row.analysedAt} zone={zone} /><small><Link href={`/sites/${siteId}/equipment/${encodeURIComponent(row.instrument)}`}>{row.instrument}</Link>, {names.get(row.analyst) ?? "–"}</small></td><td><State row={row} zone={zone} names={names} /></td><td><Acts row={row} results={results} place={place} may={may} /></td></tr>
            );
          })}</tbody></table></div>
      )}
      {next ? <ResultForm test={place} name={test.name} unit={test.unit} precision={test.precision} form={test.form} options={test.options?.map(({ value }) => value) ?? []} number={(last?.number ?? 0) + 1} zone={zone} nowField={nowField} instruments={instruments} /> : null}
    </section>
  );
}
