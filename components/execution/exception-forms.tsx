"use client";

import Link from "next/link";
import { useActionState, useEffect, useId } from "react";
import type { Keeping } from "./kept.ts";
import { useDraft } from "./use-draft.ts";
import { explainExceptionAction, raiseSeverityAction, sayExceptionAction, type ExceptionForm } from "#lib/quality/actions.ts";
import { severities, severityName, type Severity } from "#lib/quality/exception.ts";

const start: ExceptionForm = {};
type Place = { readonly siteId: string; readonly batchId: string };

const Outcome = ({ state }: { state: ExceptionForm }) => (state.problem ? <p className="problem" role="alert">{state.problem}</p> : state.done ? <p className="notice" role="status">{state.done}</p> : null);
const Hidden = (fields: Readonly<Record<string, string>>) => <>{Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}</>;

/** Says something about a step or a batch that no rule can find. `types`: what it may be, with its name. */
export function SayForm({ at, siteId, batchId, stepId, types }: Place & { readonly at: Keeping; readonly stepId: string; readonly types: readonly { readonly id: string; readonly name: string }[] }) {
  const [state, act, busy] = useActionState(sayExceptionAction, start);
  const [words, say] = useDraft(at, stepId, "comment");
  const id = useId();
  useEffect(() => { if (state.done) say(""); }, [state]);
  return (
    <details className="say"><summary className="button touch">Comment</summary>
      <form action={act} className="entry-form" key={state.done ?? "form"}>
        <Outcome state={state} /><Hidden siteId={siteId} batchId={batchId} stepId={stepId} />
        <div className="grid-2">
          <div className="field"><label htmlFor={`${id}-type`}>What it is</label><select id={`${id}-type`} name="type">{types.map((type) => <option key={type.id} value={type.id}>{type.name}</option>)}</select></div>
          <div className="field"><label htmlFor={`${id}-severity`}>Severity</label><select id={`${id}-severity`} name="severity" defaultValue="minor">{severities.map((severity) => <option key={severity} value={severity}>{severityName[severity]}</option>)}</select></div>
        </div>
        <div className="field"><label htmlFor={id}>What happened <span className="quiet font-normal">(at least 10 characters)</span></label><textarea id={id} name="comment" value={words} onChange={(event) => say(event.target.value)} /></div>
        <button type="submit" className="button touch" disabled={busy}>Record it</button>
      </form></details>
  );
}

/** The operator's words, a higher severity, and for quality the way to the signature that lowers it. */
export function ExceptionActs({ siteId, batchId, exceptionId, severity, explained, signAddress }: Place & { readonly exceptionId: string; readonly severity: Severity; readonly explained: boolean; /** Sign page, where the person may lower it. */ readonly signAddress: string | undefined }) {
  const [explaining, explain, busy] = useActionState(explainExceptionAction, start);
  const [raising, raise, waiting] = useActionState(raiseSeverityAction, start);
  const id = useId();
  const higher = severities.slice(0, severities.indexOf(severity));
  const lower = severities.slice(severities.indexOf(severity) + 1);
  const signing = (to: Severity): string => `${signAddress ?? ""}?${new URLSearchParams({ meaning: "severity_lowered", about: JSON.stringify({ type: "exception", id: exceptionId, act: "lower", from: severity, to }) }).toString()}`;
  return (
    <div className="exception-acts">
      {explained ? null : <details><summary>Explain</summary><form action={explain} className="entry-form"><Outcome state={explaining} /><Hidden siteId={siteId} batchId={batchId} exceptionId={exceptionId} /><div className="field"><label htmlFor={`${id}-words`}>What happened <span className="quiet font-normal">(at least 10 characters)</span></label><textarea id={`${id}-words`} name="rationale" /></div><button className="button" disabled={busy}>Record explanation of {exceptionId}</button></form></details>}
      {higher.length === 0 ? null : <details><summary>Raise severity</summary><form action={raise} className="entry-form"><Outcome state={raising} /><Hidden siteId={siteId} batchId={batchId} exceptionId={exceptionId} /><div className="field"><label htmlFor={`${id}-to`}>New severity</label><select id={`${id}-to`} name="to">{[...higher].reverse().map((to) => <option key={to} value={to}>{severityName[to]}</option>)}</select></div><div className="field"><label htmlFor={`${id}-why`}>Why <span className="quiet font-normal">(at least 10 characters)</span></label><textarea id={`${id}-why`} name="rationale" /></div><button className="button" disabled={waiting}>Raise severity of {exceptionId}</button></form></details>}
      {signAddress ? lower.map((to) => <Link key={to} className="button plain" href={signing(to)}>Lower {exceptionId} to {severityName[to].toLowerCase()}</Link>) : null}
    </div>
  );
}
