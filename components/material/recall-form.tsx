"use client";

import { useActionState } from "react";
import { copyRecallAction, runRecallAction, type RecallForm as State } from "#lib/material/recall-actions.ts";

const start: State = {};

/** Runs a mock recall of the lot that is traced; asks why. */
export function RecallForm({ siteId, lotId, direction }: { readonly siteId: string; readonly lotId: string; readonly direction: string }) {
  const [state, act, busy] = useActionState(runRecallAction, start);
  return (
    <details className="menu"><summary className="button primary">Run mock recall</summary>
      <form action={act} className="menu-list recall-form">
        <input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="lotId" value={lotId} /><input type="hidden" name="direction" value={direction} />
        <div className="field"><label htmlFor="recall-reason">Why it is run</label><textarea id="recall-reason" name="reason" required minLength={10} defaultValue={state.kept?.["reason"] ?? ""} aria-describedby="recall-hint" /><p className="hint" id="recall-hint">What is found now is kept as it is, and can then be signed and printed.</p></div>
        {state.problem ? <p className="problem" role="alert">{state.problem}</p> : null}
        <button className="button primary" type="submit" disabled={busy}>Run it</button>
      </form></details>
  );
}

/** Makes the next numbered copy; the page then lists it. */
export function CopyForm({ siteId, id }: { readonly siteId: string; readonly id: string }) {
  const [state, act, busy] = useActionState(copyRecallAction, start);
  return <form action={act} className="contents"><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="id" value={id} /><button className="button" type="submit" disabled={busy}>{busy ? "Making the copy" : "Make a numbered copy"}</button>{state.problem ? <span className="p1 tiny" role="alert">{state.problem}</span> : null}</form>;
}
