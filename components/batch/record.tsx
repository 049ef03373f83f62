import { ShortTime } from "../ui/time.tsx";
import { rangeText } from "#lib/quantity/limit.ts";
import type { BatchRecord, EntryRow, StepRow } from "#lib/batch/record.ts";
import { siteTime } from "#lib/site/time.ts";

type Names = ReadonlyMap<string, string>;
type Shown = { readonly entry: EntryRow; readonly earlier: readonly EntryRow[] };

/** The versions of each parameter of a step, the current one with the earlier ones behind it. */
function shownEntries(entries: readonly EntryRow[]): readonly Shown[] {
  const byParameter = new Map<string, EntryRow[]>();
  for (const entry of entries) byParameter.set(entry.parameter, [...(byParameter.get(entry.parameter) ?? []), entry]);
  return [...byParameter.values()].flatMap((versions) => {
    const entry = versions.at(-1);
    return entry ? [{ entry, earlier: versions.slice(0, -1) }] : [];
  });
}

const digitsOf = (value: string): number => value.split(" ")[0]?.split(".")[1]?.length ?? 0;

function Value({ shown: { entry, earlier }, zone, names }: { shown: Shown; zone: string; names: Names }) {
  return (
    <>
      {earlier.map((old) => <del key={old.version} title={`Version ${old.version}, entered ${siteTime(old.enteredAt, zone)} by ${names.get(old.enteredBy ?? "") ?? old.source}`}>{old.value} </del>)}
      <b className={entry.evaluation === "exception" ? "" : "font-normal"}>{entry.value}</b> <span className="quiet">{entry.unit}</span>
      {earlier.length > 0 ? <small>corrected <ShortTime at={entry.enteredAt} zone={zone} /> by {names.get(entry.enteredBy ?? "") ?? "–"}: {entry.reason}</small> : null}
    </>
  );
}

function EntryCells({ shown, zone, names, first = false }: { shown: Shown | undefined; zone: string; names: Names; first?: boolean }) {
  if (!shown) return <><td /><td /><td /><td /></>;
  const { entry } = shown;
  const digits = digitsOf(entry.value);
  return (
    <>
      <td className={first ? "" : "sub"}>{entry.parameter.replaceAll("-", " ")} <span className="quiet tiny">{entry.parameterClass}</span></td>
      <td className="num"><Value shown={shown} zone={zone} names={names} />{entry.evaluation === "exception" ? <small><b>outside</b>, {entry.ruleId}</small> : entry.evaluation === "not_evaluated" ? <small>not evaluated</small> : null}</td>
      <td>{rangeText(entry.limits?.normal, digits)}{entry.limits?.action ? <small>action {rangeText(entry.limits.action, digits)}</small> : null}</td>
      <td>{entry.instrument ?? entry.source}<small><ShortTime at={entry.eventAt} zone={zone} /></small></td>
    </>
  );
}

const stepWord: Record<StepRow["state"], string> = { waiting: "Waiting", ready: "Ready", active: "Active", done: "", skipped: "Not applicable", voided: "Voided", forced: "Forced" };

function StepRows({ step, entries, marked, zone, names }: { step: StepRow; entries: readonly EntryRow[]; marked: boolean; zone: string; names: Names }) {
  const shown = shownEntries(entries);
  const span = Math.max(1, shown.length);
  const first = shown[0];
  return (
    <>
      <tr id={`step-${step.id}`} className={`record-step${marked ? " has-exception" : ""}`}>
        <td rowSpan={span}><b>{step.id}</b></td>
        <td rowSpan={span}>{step.title}{step.detail ? <small>{step.detail}</small> : null}{stepWord[step.state] ? <small><b>{stepWord[step.state]}</b></small> : null}{marked ? <small><b>Exception</b></small> : null}</td>
        <EntryCells first shown={first} zone={zone} names={names} />
        <td rowSpan={span}>{step.automatic ? <span className="quiet">automatic</span> : (names.get(step.performedBy ?? "") ?? "–")}<small>{step.performedAt ? <ShortTime at={step.performedAt} zone={zone} /> : null}</small></td>
        <td rowSpan={span}>{step.automatic ? <span className="quiet">not required</span> : (names.get(step.verifiedBy ?? "") ?? "–")}<small>{step.verifiedAt ? <ShortTime at={step.verifiedAt} zone={zone} /> : null}</small></td>
      </tr>
      {shown.slice(1).map((s) => <tr key={s.entry.parameter}><EntryCells shown={s} zone={zone} names={names} /></tr>)}
    </>
  );
}

const heads = ["Step", "Action", "Parameter", "Value", "Normal, action", "Source, time", "Performed by", "Verified by"];

/** The record in ISA-88 order: every value with unit, limits, who, when and source; old values stay struck through. */
export function Record({ record }: { record: BatchRecord }) {
  const { timeZone } = record.site;
  const byStep = new Map<string, EntryRow[]>();
  for (const entry of record.entries) byStep.set(entry.stepId, [...(byStep.get(entry.stepId) ?? []), entry]);
  const marked = new Set(record.exceptions.map((x) => x.stepId));
  const operations = [...new Set(record.steps.map((s) => s.operation))];
  return (
    <section id="record" aria-label="Record">
      <div className="table-box" tabIndex={0} role="region" aria-label="Batch record">
        <table className="dense">
          <thead><tr>{heads.map((h) => <th key={h} scope="col" className={h === "Value" ? "num" : ""}>{h}</th>)}</tr></thead>
          {operations.map((operation) => (
            <tbody key={operation}>
              <tr className="group"><th scope="rowgroup" colSpan={heads.length}><b>{operation}</b> · {record.steps.find((s) => s.operation === operation)?.unitProcedure}</th></tr>
              {record.steps.filter((s) => s.operation === operation).map((step) => <StepRows key={step.id} step={step} entries={byStep.get(step.id) ?? []} marked={marked.has(step.id)} zone={timeZone} names={record.names} />)}
            </tbody>
          ))}
        </table>
      </div>
    </section>
  );
}
