"use client";

import { useActionState } from "react";
import { Icon } from "../ui/icon.tsx";
import { acceptUndertakingAction, type PersonalForm } from "#lib/signature/personal-actions.ts";

const start: PersonalForm = {};

/** Accepting the accountability statement: read, tick, prove it is you. */
export function UndertakingForm() {
  const [state, act, busy] = useActionState(acceptUndertakingAction, start);
  return (
    <form action={act} noValidate className="grid gap-3">
      {state.problem ? <p className="problem" role="alert">{state.problem}</p> : null}
      <label className="flex items-center gap-2"><input type="checkbox" name="read" /> I have read this statement and mean it</label>
      <div><button type="submit" className="button primary" disabled={busy}><Icon name="enter" />{busy ? "Opening the sign-in" : "Sign in and accept"}</button></div>
      <p className="tiny quiet">You enter user name and password at the company sign-in and come back here.</p>
    </form>
  );
}
