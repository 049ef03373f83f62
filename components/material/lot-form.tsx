"use client";

import { useActionState, useId } from "react";
import type { LotForm as State } from "#lib/material/form.ts";

const start: State = {};
type FieldProps = { readonly label: string; readonly name: string; readonly hint?: string; readonly required?: boolean; readonly type?: "text" | "date" | "number"; readonly inputMode?: "decimal" };

/** A labelled field that keeps what was typed when the form is refused. */
function Field({ label, name, hint, kept, required = true, ...rest }: FieldProps & { readonly kept: string | undefined }) {
  const id = useId();
  return <div className="field"><label htmlFor={id}>{label}</label><input id={id} name={name} required={required} defaultValue={kept ?? ""} autoComplete="off" {...rest} {...(hint ? { "aria-describedby": `${id}-hint` } : {})} />{hint ? <p className="hint" id={`${id}-hint`}>{hint}</p> : null}</div>;
}

type Choice = { readonly value: string; readonly name: string };
export type LotFormField = FieldProps | { readonly label: string; readonly name: string; readonly choices: readonly Choice[]; /** May the first choice, whose value is empty, stay? */ readonly optional?: boolean };
type Props = { readonly act: (before: State, form: FormData) => Promise<State>; readonly hidden: Readonly<Record<string, string>>; readonly fields: readonly LotFormField[]; readonly button: string; readonly primary?: boolean };

function Chosen({ label, name, choices, optional = false, kept }: { readonly label: string; readonly name: string; readonly choices: readonly Choice[]; readonly optional?: boolean; readonly kept: string | undefined }) {
  const id = useId();
  // React puts a select back to its first choice after an action; a key of what was chosen makes it start there again.
  return <div className="field"><label htmlFor={id}>{label}</label><select key={kept ?? ""} id={id} name={name} required={!optional} defaultValue={kept ?? choices[0]?.value}>{choices.map((c) => <option key={c.value} value={c.value}>{c.name}</option>)}</select></div>;
}

/** An act on a lot: its fields, the reason, and why it was refused or that it was done. */
export function LotForm({ act, hidden, fields, button, primary = false }: Props) {
  const [state, send, busy] = useActionState(act, start);
  return (
    <form action={send} className="lot-form">
      {Object.entries(hidden).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {fields.map((field) => "choices" in field ? <Chosen key={field.name} {...field} kept={state.kept?.[field.name]} /> : <Field key={field.name} {...field} kept={state.kept?.[field.name]} />)}
      <Field label="Reason" name="reason" kept={state.kept?.["reason"]} hint="Kept in the audit trail; at least 5 characters." />
      {state.problem ? <p className="problem" role="alert">{state.problem}</p> : null}
      {state.done ? <p className="notice" role="status">{state.done}</p> : null}
      <button className={`button${primary ? " primary" : ""}`} type="submit" disabled={busy}>{button}</button>
    </form>
  );
}
