"use client";

import { useActionState, useState } from "react";
import { saveTextAction, type TextForm } from "#lib/recipe/text-actions.ts";

type Props = { readonly id: string; readonly version: number; readonly seen: string; readonly text: string };
const start: TextForm = {};

/** The whole draft as text, in the form it is exported in; each fault is named by its place. */
export function TextEditor({ id, version, seen, text }: Props) {
  const [state, act, busy] = useActionState(saveTextAction, start);
  const [typed, setTyped] = useState(text);
  const [reason, setReason] = useState("");
  return (
    <form action={act} className="master-form" noValidate>
      {state.problem ? <div className="problem" role="alert"><h3>Nothing was saved</h3><p>{state.problem}</p>{state.faults && state.faults.length > 0 ? <ul>{state.faults.map((fault) => <li key={`${fault.place}${fault.sentence}`}><b>{fault.place}</b>: {fault.sentence}</li>)}</ul> : null}</div> : null}
      {state.done ? <p className="notice" role="status">{state.done}</p> : null}
      <input type="hidden" name="id" value={id} /><input type="hidden" name="version" value={version} /><input type="hidden" name="seen" value={state.digest ?? seen} />
      <div className="field"><label htmlFor="text">Content of the draft</label><textarea id="text" name="text" className="mono master-text" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} aria-describedby="text-hint" /><p className="hint" id="text-hint">The form EBRMBR/2, as it is exported; docs/master-file.md says what each member means.</p></div>
      <div className="field"><label htmlFor="text-reason">Why it is changed</label><input id="text-reason" name="reason" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} /></div>
      <div><button className="button primary" type="submit" disabled={busy}>{busy ? "Saving" : "Save the draft"}</button></div>
    </form>
  );
}
