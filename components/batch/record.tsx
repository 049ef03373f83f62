import Link from "next/link";
import { ShortTime } from "../ui/time.tsx";
import { rangeText } from "#lib/quantity/limit.ts";
import type { BatchRecord, EntryRow, StepRow } from "#lib/batch/record.ts";
import type { MasterRecord } from "#lib/recipe/master-record.ts";
import { basisText, executionParts, replacedText, type ExecutionPart } from "#lib/report/execution-parts.ts";
import { shownSteps, type Shown } from "#lib/report/shown-steps.ts";

/** What the record is shown from. `master`: the full master, undefined for a batch of the thin one; `address`: of the batch. */
export type RecordSource = { readonly record: BatchRecord; readonly master: MasterRecord | undefined; readonly address: string };
type Versions = { readonly entry: EntryRow; readonly earlier: readonly EntryRow[] };

/** From this many steps on each unit procedure is folded, so that a long record opens at once. */
const foldedFrom = 300;

/** The versions of each parameter of a step, the current one with the earlier ones behind it. */
function versionsOf(entries: readonly EntryRow[]): readonly Versions[] {
  const byParameter = new Map<string, EntryRow[]>();
  for (const entry of entries) byParameter.set(entry.parameter, [...(byParameter.get(entry.parameter) ?? []), entry]);
  return [...byParameter.values()].flatMap((versions) => {
    const entry = versions.at(-1);
    return entry ? [{ entry, earlier: versions.slice(0, -1) }] : [];
  });
}

const digitsOf = (value: string): number => value.split(" ")[0]?.split(".")[1]?.length ?? 0;

/** Number, version and time of a value, then each version before it in words. */
function Earlier({ versions: { entry, earlier }, record }: { versions: Versions; record: BatchRecord }) {
  const all = [...earlier, entry];
  return earlier.map((old, i) => <small key={old.version}>{replacedText(old, all[i + 1] ?? entry, { record })}</small>);
}

function Value({ versions, record }: { versions: Versions; record: BatchRecord }) {
  const { entry, earlier } = versions;
  return (
    <>
      {earlier.map((old) => <del key={old.version}>{old.value} </del>)}
      <b className={entry.evaluation === "exception" ? "" : "font-normal"}>{entry.value}</b> <span className="quiet">{entry.unit}</span>
      {entry.evaluation === "exception" ? <small><b>outside</b>, {entry.ruleId}</small> : entry.evaluation === "not_evaluated" ? <small>not evaluated</small> : null}
      {[...earlier, entry].some((one) => one.late) ? <small><b>written down late</b></small> : null}
      <Earlier versions={versions} record={record} />
    </>
  );
}

function EntryCells({ versions, source: { record, master }, first = false }: { versions: Versions | undefined; source: RecordSource; first?: boolean }) {
  if (!versions) return <><td /><td /><td /><td /></>;
  const { entry } = versions;
  const { timeZone } = record.site;
  const digits = digitsOf(entry.value);
  const name = master?.parameters.find((parameter) => parameter.id === entry.parameter)?.name ?? entry.parameter.replaceAll("-", " ");
  return (
    <>
      <td className={first ? "" : "sub"}>{name} <span className="quiet tiny">{entry.parameterClass}</span></td>
      <td className="num"><Value versions={versions} record={record} /></td>
      <td>{rangeText(entry.limits?.normal, digits)}{entry.limits?.action ? <small>action {rangeText(entry.limits.action, digits)}</small> : null}</td>
      <td>{entry.instrument ?? entry.source}<small><ShortTime at={entry.eventAt} zone={timeZone} /></small>{entry.basis ? <small>{basisText(entry.basis, timeZone, entry.unit)}</small> : null}</td>
    </>
  );
}

const stepWord: Record<StepRow["state"], string> = { waiting: "Waiting", ready: "Ready", active: "Active", done: "", skipped: "Not applicable", voided: "Voided", forced: "Forced" };

function Person({ by, at, otherwise, record }: { by: string | null; at: Date | null; otherwise: string; record: BatchRecord }) {
  return <>{by ? (record.names.get(by) ?? by) : <span className="quiet">{otherwise}</span>}{at ? <small><ShortTime at={at} zone={record.site.timeZone} /></small> : null}</>;
}

function PartLine({ part, address }: { part: ExecutionPart; address: string }) {
  const text = part.file ? <Link href={`${address}/files/${part.file}`} prefetch={false}>{part.text}</Link> : part.struck ? <><del>{part.text}</del> counts no more</> : part.text;
  return <li><b className={part.loud ? "" : "quiet"}>{part.term}</b> <span className={part.loud ? "" : "quiet"}>{text}</span></li>;
}

function StepRows({ shown: { step, entries, exceptions }, source }: { shown: Shown; source: RecordSource }) {
  const { record, address } = source;
  const values = versionsOf(entries);
  const span = Math.max(1, values.length);
  const parts = executionParts(step, source);
  return (
    <>
      <tr id={`step-${step.id}`} className={`record-step${exceptions.length > 0 ? " has-exception" : ""}`}>
        <td rowSpan={span}><b>{step.id}</b></td>
        <td rowSpan={span}>{step.title}{step.detail ? <small>{step.detail}</small> : null}{stepWord[step.state] ? <small><b>{stepWord[step.state]}</b></small> : null}{exceptions.length > 0 ? <small><b>Exception</b> {exceptions.map((x) => x.id).join(", ")}</small> : null}</td>
        <EntryCells first versions={values[0]} source={source} />
        <td rowSpan={span}><Person by={step.performedBy} at={step.performedAt} otherwise={step.automatic ? "automatic" : "–"} record={record} /></td>
        <td rowSpan={span}><Person by={step.verifiedBy} at={step.verifiedAt} otherwise={step.automatic || step.verification === "not-needed" ? "not required" : "–"} record={record} /></td>
      </tr>
      {values.slice(1).map((versions) => <tr key={versions.entry.parameter}><EntryCells versions={versions} source={source} /></tr>)}
      {parts.length > 0 ? <tr className="record-parts"><td /><td colSpan={7}><ul>{parts.map((part, i) => <PartLine key={`${part.term} ${i}`} part={part} address={address} />)}</ul></td></tr> : null}
    </>
  );
}

const heads = ["Step", "Action", "Parameter", "Value", "Normal, action", "Source, time", "Performed by", "Verified by"];

function Operations({ shown, source }: { shown: readonly Shown[]; source: RecordSource }) {
  const operations = [...new Set(shown.map(({ step }) => step.operation))];
  return (
    <table className="dense record-table">
      <thead><tr>{heads.map((h) => <th key={h} scope="col" className={h === "Value" ? "num" : ""}>{h}</th>)}</tr></thead>
      {operations.map((operation) => (
        <tbody key={operation}>
          <tr className="group"><th scope="rowgroup" colSpan={heads.length}><b>{operation}</b></th></tr>
          {shown.filter(({ step }) => step.operation === operation).map((one) => <StepRows key={one.step.id} shown={one} source={source} />)}
        </tbody>
      ))}
    </table>
  );
}

/** The record in ISA-88 order: every value with unit, limits, who, when and source; old values stay struck through. `show`: which steps. */
export function Record({ source, show }: { source: RecordSource; show: Parameters<typeof shownSteps>[1] }) {
  const shown = shownSteps(source.record, show);
  const unitProcedures = [...new Set(shown.map(({ step }) => step.unitProcedure))];
  if (shown.length === 0) return <p className="empty record-empty">No step of this record fits the filter. Choose “Everything” to see all {source.record.steps.length} steps.</p>;
  return (
    <section id="record" aria-label="Record">
      <div className="table-box" tabIndex={0} role="region" aria-label="Batch record">
        {unitProcedures.map((name) => {
          const own = shown.filter(({ step }) => step.unitProcedure === name);
          return (
            <details key={name} className="record-unit" open={shown.length <= foldedFrom}>
              <summary><b>{name}</b> <span className="quiet">{own.length === 1 ? "1 step" : `${own.length} steps`}</span></summary>
              <Operations shown={own} source={source} />
            </details>
          );
        })}
      </div>
    </section>
  );
}
