"use client";

import { useActionState } from "react";
import { Icon } from "../ui/icon.tsx";
import { enrolPasskeyAction, type PersonalForm } from "#lib/signature/personal-actions.ts";

const start: PersonalForm = {};

/** The first step of an enrolment: a name for the key, then the proof at the identity provider. */
export function EnrolForm() {
  const [state, act, busy] = useActionState(enrolPasskeyAction, start);
  return (
    <form action={act} noValidate className="grid gap-2">
      {state.problem ? <p className="problem" role="alert">{state.problem}</p> : null}
      <div className="flex flex-wrap items-end gap-2">
        <div className="field"><label htmlFor="label">Name of the new passkey</label><input id="label" name="label" maxLength={60} placeholder="Desk key" /></div>
        <button type="submit" className="button large" disabled={busy}><Icon name="key" />{busy ? "Opening the sign-in" : "Sign in and enrol"}</button>
      </div>
    </form>
  );
}
