"use client";

import { useActionState } from "react";
import { revokeRoleAction, type RevokeForm as State } from "#lib/access/actions.ts";

const start: State = {};
type Props = { readonly siteId: string; readonly personId: string; readonly role: string; readonly label: string };

/** Takes a role away; asks for the reason before it does. */
export function RevokeForm({ siteId, personId, role, label }: Props) {
  const [state, act, busy] = useActionState(revokeRoleAction, start);
  return (
    <details className="inline-block"><summary className="button small" aria-label={`Revoke ${label}`}>revoke</summary>
      <form action={act} className="flex flex-wrap gap-2 py-1">
        <input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="personId" value={personId} /><input type="hidden" name="role" value={role} />
        <input className="button small" name="reason" required minLength={5} aria-label={`Reason for revoking ${label}`} placeholder="Reason" /><button className="button small" disabled={busy} type="submit">Revoke role</button>
        {state.problem ? <span className="p1 tiny" role="alert">{state.problem}</span> : null}
      </form></details>
  );
}
