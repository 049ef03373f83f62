"use client";

import Link from "next/link";
import { useActionState } from "react";
import { exceptionTypeName, exceptionTypes, signatureName, type ExceptionConfiguration, type ExceptionType } from "#lib/quality/configuration.ts";
import { proposeConfigurationAction, type ProposalForm } from "#lib/quality/configuration-actions.ts";
import { ruleFields } from "#lib/quality/configuration-form.ts";
import { requiredSignatures, severities, severityName } from "#lib/quality/exception.ts";

type Props = { readonly configuration: ExceptionConfiguration; readonly basedOn: number };
const start: ProposalForm = {};

function RuleRow({ type, configuration, typed }: { readonly type: ExceptionType; readonly configuration: ExceptionConfiguration; readonly typed: ProposalForm["typed"] }) {
  const rule = configuration.types[type];
  const names = ruleFields(type);
  const name = exceptionTypeName[type];
  return (
    <tr><th scope="row">{name}</th>
      <td><select name={names.severity} aria-label={`Default severity: ${name}`} defaultValue={typed?.[names.severity] ?? rule.severity}>{severities.map((s) => <option key={s} value={s}>{severityName[s]}</option>)}</select></td>
      <td><select name={names.signature} aria-label={`Required signature: ${name}`} defaultValue={typed?.[names.signature] ?? rule.signature}>{requiredSignatures.map((s) => <option key={s} value={s}>{signatureName[s]}</option>)}</select></td>
      <td><label className="tick"><input type="checkbox" name={names.blocks} aria-label={`Blocks execution: ${name}`} defaultChecked={typed ? typed[names.blocks] === "on" : rule.blocks} /></label></td></tr>
  );
}

/** A further version as a form: it begins with what is in force, every type stays, and it is a draft until another person of quality approves it. */
export function ConfigurationForm({ configuration, basedOn }: Props) {
  const [state, act, busy] = useActionState(proposeConfigurationAction, start);
  const wrong = (name: string) => (state.field === name ? true : undefined);
  return (
    <form action={act} key={JSON.stringify(state.typed ?? {})} noValidate className="configuration-form">
      {state.problem ? <div className="problem" role="alert"><h2>No version was proposed</h2><a href={`#${state.field ?? "reason"}`}>{state.problem}</a></div> : null}
      <input type="hidden" name="basedOn" value={basedOn} />
      <section className="card" aria-labelledby="why-title"><header><h2 id="why-title">Why it is changed</h2></header>
        <div className="card-body stack">
          <div className="field"><label htmlFor="reason">Reason</label><textarea id="reason" name="reason" maxLength={500} defaultValue={state.typed?.["reason"] ?? ""} aria-invalid={wrong("reason")} aria-describedby="reason-hint" />
            <p className="hint" id="reason-hint">At least 10 characters. It stays with the version and in the audit trail.</p></div>
          <div className="field short"><label htmlFor="lateAfterMin">An entry is late after, minutes</label><input id="lateAfterMin" name="lateAfterMin" inputMode="numeric" defaultValue={state.typed?.["lateAfterMin"] ?? String(configuration.lateAfterMin)} aria-invalid={wrong("lateAfterMin")} /></div>
        </div></section>
      <section className="card" id="types" aria-labelledby="types-title"><header><h2 id="types-title">Types</h2><span className="small quiet">Blocks execution: while it is open and weighs critical</span></header>
        <div className="table-box" tabIndex={0} role="region" aria-label="Types to be weighed"><table className="dense in-card configuration">
          <thead><tr>{["Type", "Default severity", "Required signature", "Blocks execution"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
          <tbody>{exceptionTypes.map((type) => <RuleRow key={type} type={type} configuration={configuration} typed={state.typed} />)}</tbody></table></div></section>
      <div className="form-foot"><button className="button primary" type="submit" disabled={busy}>{busy ? "Proposing" : "Propose this version"}</button><Link className="button" href="/exception-types">Cancel</Link>
        <p className="small quiet">Nothing is weighed by it until another person of quality has approved it. Exceptions raised before keep the version they were weighed with.</p></div>
    </form>
  );
}
