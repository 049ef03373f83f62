"use client";

import { useActionState } from "react";
import { takeIntoQaReviewAction, type FormState } from "#lib/release/review-actions.ts";

const start: FormState = {};

/** QA takes the batch into its review. */
export function TakeForm({ siteId, batchId }: { readonly siteId: string; readonly batchId: string }) {
  const [state, act, busy] = useActionState(takeIntoQaReviewAction, start);
  return (
    <form action={act}>
      <input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="batchId" value={batchId} />
      <button className="button primary large wide" type="submit" disabled={busy}>Take into QA review</button>
      {state.problem ? <p className="small p1" role="alert">{state.problem}</p> : null}
    </form>
  );
}
