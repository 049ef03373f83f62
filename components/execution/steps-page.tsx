import Link from "next/link";
import { Icon } from "../ui/icon.tsx";
import { SeverityMark } from "../ui/mark.tsx";
import { SiteTime } from "../ui/time.tsx";
import { ActButton } from "./act-button.tsx";
import { Connection } from "./connection.tsx";
import { stepStateName } from "./words.ts";
import type { BatchRecord, StepRow } from "#lib/batch/record.ts";
import { batchStateName } from "#lib/batch/state.ts";
import { isOpen } from "#lib/quality/exception.ts";

type Props = { readonly record: BatchRecord; readonly open: readonly string[]; readonly mayExecute: boolean; readonly mayHold: boolean; /** Who looks at it. */ readonly personId: string };

const ended: readonly StepRow["state"][] = ["done", "skipped", "forced", "voided"];
const waitsForSecond = (row: StepRow): boolean => row.state === "done" && row.verification === "open";

function Acts({ record: { batch }, open, mayExecute, mayHold, personId }: Props) {
  const at = { address: `/api/batches/${batch.siteId}/${encodeURIComponent(batch.id)}`, person: personId };
  return (
    <div className="steps-acts">
      {mayExecute && batch.state === "issued" ? <ActButton at={at} act={{ act: "start" }} label="Start the batch" primary /> : null}
      {mayExecute && batch.state === "in_progress" ? <ActButton at={at} act={{ act: "complete" }} label="Complete the record" primary={open.length === 0} refusal={open.length === 0 ? undefined : open.join(" ")} /> : null}
      {mayHold && batch.state === "in_progress" ? <ActButton at={at} act={{ act: "hold" }} label="Hold the batch" asks="Why is it held?" /> : null}
      {mayHold && batch.state === "held" ? <ActButton at={at} act={{ act: "restart" }} label="Restart the batch" primary /> : null}
      {mayHold && (batch.state === "in_progress" || batch.state === "held" || batch.state === "issued") ? <ActButton at={at} act={{ act: "abort" }} label="Abort the batch" asks="Why is it aborted?" /> : null}
      <Connection {...at} />
    </div>
  );
}

function Line({ row, record, base }: { row: StepRow; record: BatchRecord; base: string }) {
  const found = record.exceptions.filter((x) => x.stepId === row.id);
  const worst = (["critical", "major", "minor"] as const).find((severity) => found.some((x) => x.severity === severity));
  return (
    <li className={`step-line ${row.state}`}>
      <Link href={`${base}/${row.id}`}><span className="id">{row.id}</span> {row.title}</Link>
      <span>{ended.includes(row.state) && !waitsForSecond(row) ? <Icon name="check" /> : row.state === "active" || waitsForSecond(row) ? <Icon name="right" /> : <Icon name="open" />} {waitsForSecond(row) ? "To be verified" : stepStateName[row.state]}</span>
      <span>{worst ? <><SeverityMark severity={worst} open={found.some((x) => isOpen(x.state))} /> {found.length}</> : null}</span>
      <span className="quiet">{row.performedAt ? <SiteTime at={row.performedAt} zone={record.site.timeZone} /> : row.dueAt ? <>planned <SiteTime at={row.dueAt} zone={record.site.timeZone} /></> : null}</span>
    </li>
  );
}

/** All steps of a batch in the order of the record, with what is to be done now first. */
export function StepsPage(props: Props) {
  const { record } = props;
  const base = `/sites/${record.batch.siteId}/batches/${encodeURIComponent(record.batch.id)}/execute`;
  const now = record.steps.filter((row) => row.state === "active" || row.state === "ready" || waitsForSecond(row));
  const groups = Map.groupBy(record.steps, (row) => `${row.unitProcedure} · ${row.operation}`);
  const done = record.steps.filter((row) => ended.includes(row.state) && !waitsForSecond(row)).length;
  return (
    <div className="page-body steps-page">
      <h1>Steps of {record.batch.id}</h1>
      <p className="quiet">{batchStateName[record.batch.state]}, {done} of {record.steps.length} steps ended</p>
      <progress max={record.steps.length} value={done} aria-label="Steps that have ended" />
      <Acts {...props} />
      <section aria-labelledby="now"><h2 id="now">To do now</h2>
        {now.length === 0 ? <p className="quiet">{record.batch.state === "issued" ? "The batch is issued. Its first steps open when it is started." : record.batch.state === "in_progress" ? "No step is open: complete the record." : "Nothing: the batch is not in progress."}</p> : <ul className="step-lines">{now.map((row) => <Line key={row.id} row={row} record={record} base={base} />)}</ul>}
      </section>
      {[...groups].map(([name, rows]) => <section key={name} aria-label={name}><h2>{name}</h2><ul className="step-lines">{rows.map((row) => <Line key={row.id} row={row} record={record} base={base} />)}</ul></section>)}
    </div>
  );
}
