"use client";

import Link from "next/link";
import { useActionState, useState } from "react";
import { Icon } from "../ui/icon.tsx";
import { openSigningAction, type SigningForm } from "#lib/release/actions.ts";

type Props = { readonly siteId: string; readonly batchId: string; readonly meaning: string; readonly meaningName: string; readonly reasons: readonly string[]; readonly shownDigest: string; readonly address: string; readonly submit: string; readonly signer: string };
const start: SigningForm = {};

/** Reason, comment and the way to the provider. What was typed stays when the signing is refused. */
export function SignForm(props: Props) {
  const [state, act, busy] = useActionState(openSigningAction, start);
  const [comment, setComment] = useState("");
  return (
    <form action={act} noValidate>
      <div className="body">
        {state.problem ? (
          <div className="problem" role="alert"><h2>Nothing was signed</h2>
            {state.obstacles && state.obstacles.length > 0 ? <ul>{state.obstacles.map((o) => <li key={o.sentence}><Link href={`${props.address}#${o.anchor}`}>{o.sentence}</Link></li>)}</ul> : <p>{state.field ? <a href={`#${state.field}`}>{state.problem}</a> : state.problem}</p>}
          </div>
        ) : null}
        <input type="hidden" name="siteId" value={props.siteId} /><input type="hidden" name="batchId" value={props.batchId} /><input type="hidden" name="meaning" value={props.meaning} /><input type="hidden" name="shownDigest" value={props.shownDigest} />
        <div className="grid-2">
          <div className="field"><span className="label">Meaning</span><p className="p-2">{props.meaningName}</p></div>
          <div className="field"><label htmlFor="reason">Reason</label><select id="reason" name="reason" aria-invalid={state.field === "reason" || undefined}>{props.reasons.map((r) => <option key={r}>{r}</option>)}</select></div>
        </div>
        <div className="field">
          <label htmlFor="comment">Comment <span className="quiet font-normal">(required, kept in the record)</span></label>
          <textarea id="comment" name="comment" value={comment} onChange={(e) => setComment(e.target.value)} aria-invalid={state.field === "comment" || undefined} aria-describedby="comment-hint" />
          <p className="hint" id="comment-hint">At least 10 characters. It is shown with your signature wherever the record is shown or printed.</p>
        </div>
        <div><h2>Prove it is you</h2><div className="choice"><Icon name="enter" /><b>Sign in again</b><span /><small>Company sign-in: you enter your password there and come back here</small></div>
          <p className="tiny quiet mt-2">Signing as {props.signer}. This signature binds you like your handwritten one.</p></div>
      </div>
      <footer>
        <p>If the batch changes before you finish, nothing is signed. The signing stays open for 10 minutes.</p>
        <Link className="button" href={props.address}>Cancel</Link>
        <button type="submit" className="button primary large" disabled={busy}><Icon name="key" />{busy ? "Opening the sign-in" : props.submit}</button>
      </footer>
    </form>
  );
}
