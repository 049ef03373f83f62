"use client";

import { useActionState } from "react";
import { askBatchRecord, askComplianceReport, type AskForm } from "#lib/report/actions.ts";

const start: AskForm = {};
const Problem = ({ state }: { state: AskForm }) => (state.problem ? <p className="problem" role="alert">{state.problem}</p> : null);

type ComplianceProps = { readonly sites: readonly { readonly id: string; readonly name: string }[]; readonly from: string; readonly to: string };

/** Period and sites of a compliance report. `from` and `to`: days offered first. */
export function ComplianceForm({ sites, from, to }: ComplianceProps) {
  const [state, ask, busy] = useActionState(askComplianceReport, start);
  return (
    <form action={ask} className="report-form">
      <div className="report-days"><div className="field"><label htmlFor="from">First day, UTC</label><input id="from" type="date" name="from" required defaultValue={from} /></div><div className="field"><label htmlFor="to">Last day, UTC</label><input id="to" type="date" name="to" required defaultValue={to} /></div></div>
      <fieldset className="report-sites"><legend>Sites</legend>{sites.map((site) => <label key={site.id}><input type="checkbox" name="site" value={site.id} defaultChecked /> {site.name}</label>)}</fieldset>
      <Problem state={state} />
      <button className="button primary" type="submit" disabled={busy}>Make the report</button>
    </form>
  );
}

/** The batch whose record is wanted; known ones are offered while typing. */
export function BatchForm({ batches }: { readonly batches: readonly string[] }) {
  const [state, ask, busy] = useActionState(askBatchRecord, start);
  return (
    <form action={ask} className="report-form">
      <div className="field"><label htmlFor="batch">Batch</label><input id="batch" name="batch" required maxLength={64} list="known-batches" autoComplete="off" placeholder={batches[0] ?? ""} /><datalist id="known-batches">{batches.map((id) => <option key={id} value={id} />)}</datalist></div>
      <fieldset className="report-sites"><legend>Which record</legend><label><input type="radio" name="record" value="batch-record" defaultChecked /> As executed, so far</label><label><input type="radio" name="record" value="issued-record" /> As issued, blank</label></fieldset>
      <Problem state={state} />
      <button className="button primary" type="submit" disabled={busy}>Make a copy</button>
    </form>
  );
}
