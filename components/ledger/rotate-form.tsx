"use client";

import { useActionState } from "react";
import { rotateKeyAction, type RotateForm as State } from "#lib/access/key-actions.ts";

const start: State = {};
type Props = { readonly purpose: string; readonly owner: string; readonly label: string };

/** Replaces a key by a new pair; asks for the reason before it does. */
export function RotateForm({ purpose, owner, label }: Props) {
  const [state, act, busy] = useActionState(rotateKeyAction, start);
  return (
    <details className="inline-block"><summary className="button small" aria-label={`Rotate ${label}`}>rotate</summary>
      <form action={act} className="flex flex-wrap gap-2 py-1">
        <input type="hidden" name="purpose" value={purpose} /><input type="hidden" name="owner" value={owner} />
        <input className="button small" name="reason" required minLength={10} aria-label={`Reason for rotating ${label}`} placeholder="Reason" /><button className="button small" disabled={busy} type="submit">Make a new key</button>
        {state.problem ? <span className="p1 tiny" role="alert">{state.problem}</span> : null}{state.done ? <span className="tiny" role="status">{state.done}</span> : null}
      </form></details>
  );
}
