"use client";

import { useActionState, useId } from "react";
import { acceptExceptionAction, type FormState } from "#lib/release/review-actions.ts";

type Props = { readonly siteId: string; readonly batchId: string; readonly exceptionId: string };
const start: FormState = {};

/** Accepts one exception; the rationale is required and stays when the form is refused. */
export function AcceptForm({ siteId, batchId, exceptionId }: Props) {
  const [state, act, busy] = useActionState(acceptExceptionAction, start);
  const field = useId();
  return (
    <form action={act}>
      <input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="batchId" value={batchId} /><input type="hidden" name="exceptionId" value={exceptionId} />
      <div className="field">
        <label htmlFor={field} className="small">Rationale</label>
        <input id={field} name="rationale" required minLength={10} maxLength={2000} aria-describedby={state.problem ? `${field}-problem` : undefined} aria-invalid={state.problem ? true : undefined} placeholder="Why this has no effect on the product" />
        {state.problem ? <p id={`${field}-problem`} className="small p1" role="alert">{state.problem}</p> : null}
      </div>
      <button className="button" type="submit" disabled={busy}>{busy ? "Accepting" : `Accept ${exceptionId}`}</button>
    </form>
  );
}
