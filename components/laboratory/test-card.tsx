import { SiteTime } from "../ui/time.tsx";
import { OutOfSpecification } from "./sample-chip.tsx";
import { InvalidateForm, ResultForm, ReviewForm } from "./result-forms.tsx";
import type { BatchRecord } from "#lib/batch/record.ts";
import { judgeValue } from "#lib/quality/judgement.ts";
import { rangeText, rangeName, rangeNames } from "#lib/quantity/limit.ts";
import { mayFollow, specificationOf, type AskedTest } from "#lib/laboratory/result.ts";
import { resultStateName } from "#lib/laboratory/state.ts";
import { trendLeast } from "#lib/laboratory/trend.ts";

export type ResultRow = BatchRecord["results"][number];
type Names = ReadonlyMap<string, string>;
/** What the reader may do with results now; undefined where the batch or his role forbids it. */
export type May = { readonly enter: boolean; readonly review: boolean; readonly invalidate: boolean; readonly personId: string };

function Specification({ test }: { test: AskedTest }) {
  const specified = specificationOf(test);
  const ranges = rangeNames.filter((name) => name !== "absolute" && test.limits[name] && test.limits[name] !== specified);
  return (
    <dl className="test-facts">
      <div><dt>Method</dt><dd>{test.method || "–"}</dd></div><div><dt>Specification</dt><dd>{specified ? <b>{rangeText(specified, test.precision)} {test.unit}</b> : <span className="quiet">none; judged by its ranges</span>}</dd></div>
      {ranges.map((name) => <div key={name}><dt>{rangeName[name]}</dt><dd>{rangeText(test.limits[name], test.precision)} {test.unit}</dd></div>)}
    </dl>
  );
}

/** What a result in specification is: inside or outside its normal range, and whether anything is specified at all. */
function rangeWord(row: ResultRow, test: AskedTest): string {
  if (judgeValue(Number(row.value), test.limits).result === "exception") return "Outside its normal range";
  return specificationOf(test) ? "Within specification" : "Within its range";
}

function Flags({ row, test, basis }: { row: ResultRow; test: AskedTest; basis: number }) {
  const past = row.state === "invalidated";
  return (
    <>
      {row.outOfSpecification ? <OutOfSpecification past={past} /> : <span className="quiet">{rangeWord(row, test)}</span>}
      <small>{row.outOfTrend === null ? `Trend not evaluated${basis < trendLeast ? `: ${basis} of ${trendLeast} batches` : ": too few batches then"}` : row.outOfTrend ? <b>Out of trend</b> : "Within the trend"}</small>
    </>
  );
}

function State({ row, zone, names }: { row: ResultRow; zone: string; names: Names }) {
  const who = (id: string | null) => names.get(id ?? "") ?? "–";
  return (
    <>
      {resultStateName[row.state]}
      {row.reviewedAt ? <small>reviewed by {who(row.reviewedBy)}, <SiteTime at={row.reviewedAt} zone={zone} /></small> : null}
      {row.invalidatedAt ? <small>invalidated by {who(row.invalidatedBy)}, <SiteTime at={row.invalidatedAt} zone={zone} />: {row.reason}</small> : null}
    </>
  );
}

type Props = { readonly siteId: string; readonly sampleId: string; readonly test: AskedTest; readonly results: readonly ResultRow[]; readonly basis: number; readonly zone: string; readonly names: Names; readonly nowField: string; readonly may: May; readonly instruments: readonly { readonly id: string; readonly name: string }[] };

function Acts({ row, place, may }: { row: ResultRow; place: { siteId: string; sampleId: string; parameter: string }; may: May }) {
  const own = row.analyst === may.personId;
  return (
    <div className="result-acts">
      {may.review && row.state === "entered" ? own ? <span className="quiet small">Another analyst reviews your result.</span> : <ReviewForm test={place} number={row.number} /> : null}
      {may.invalidate && row.state !== "invalidated" ? <InvalidateForm test={place} number={row.number} /> : null}
    </div>
  );
}

/** A test of a sample: method, specification, every result with its flags and what became of it, and the next one when there may be one. */
export function TestCard({ siteId, sampleId, test, results, basis, zone, names, nowField, may, instruments }: Props) {
  const place = { siteId, sampleId, parameter: test.id };
  const last = results.at(-1);
  const next = may.enter && mayFollow(last);
  return (
    <section className="card" id={test.id} aria-label={test.name}>
      <header><h2>{test.name}</h2><span className="quiet small">{test.class}, {test.unit}</span><span className="quiet small end">{basis} of at least {trendLeast} released batches for its trend</span></header>
      <Specification test={test} />
      {results.length === 0 ? <p className="card-body quiet small">No result yet.</p> : (
        <div className="table-box" tabIndex={0} role="region" aria-label={`Results of ${test.name}`}><table className="dense in-card">
          <thead><tr>{["No.", "Raw value", "Result", "Finding", "Analysed", "State", ""].map((name) => <th key={name || "acts"} scope="col" className={name === "Raw value" || name === "Result" ? "num" : undefined}>{name || <span className="hidden-text">What can be done</span>}</th>)}</tr></thead>
          <tbody>{results.map((row) => {
            const gone = row.state === "invalidated";
            return (
              <tr key={row.number}><th scope="row">{row.number}</th><td className="num nowrap">{gone ? <del>{row.rawValue}</del> : row.rawValue} <span className="quiet">{row.unit}</span></td><td className="num nowrap">{gone ? <del>{row.value}</del> : <b>{row.value}</b>} <span className="quiet">{row.unit}</span></td>
                <td><Flags row={row} test={test} basis={basis} /></td><td><SiteTime at={row.analysedAt} zone={zone} /><small>{row.instrument}, {names.get(row.analyst) ?? "–"}</small></td><td><State row={row} zone={zone} names={names} /></td><td><Acts row={row} place={place} may={may} /></td></tr>
            );
          })}</tbody></table></div>
      )}
      {next ? <ResultForm test={place} name={test.name} unit={test.unit} precision={test.precision} number={(last?.number ?? 0) + 1} zone={zone} nowField={nowField} instruments={instruments} /> : null}
    </section>
  );
}
