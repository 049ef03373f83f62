"use client";

import { useActionState, useId } from "react";
import { Field, Outcome } from "../equipment/form-parts.tsx";
import { loseSampleAction, receiveSampleAction, type LaboratoryForm } from "#lib/laboratory/actions.ts";

type Props = { readonly siteId: string; readonly sampleId: string };
const start: LaboratoryForm = {};
const Hidden = ({ siteId, sampleId }: Props) => <><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="sampleId" value={sampleId} /></>;

/** Takes a sample in. */
export function ReceiveForm(props: Props) {
  const [state, act, busy] = useActionState(receiveSampleAction, start);
  return <form action={act} className="fields"><Hidden {...props} /><div className="buttons"><button className="button primary" type="submit" disabled={busy}>Receive sample</button></div><Outcome state={state} /></form>;
}

/** Writes a sample off with the reason. */
export function LoseForm(props: Props) {
  const [state, act, busy] = useActionState(loseSampleAction, start);
  const id = useId();
  return (
    <details className="entry" open={state.problem ? true : undefined}><summary>Record the sample as lost</summary>
      <form action={act} className="fields"><Hidden {...props} /><Field id={id} label="Reason" name="reason" kept={state.kept} minLength={10} maxLength={1000} hint="A lost sample cannot be tested any more." /><div className="buttons"><button className="button" type="submit" disabled={busy}>Record as lost</button></div><Outcome state={state} /></form></details>
  );
}
