"use client";

import { useActionState } from "react";

type State = { readonly problem?: string; readonly done?: string };
type Props = {
  readonly action: (before: State, form: FormData) => Promise<State>;
  readonly fields: Readonly<Record<string, string>>;
  /** Word on the button that opens the form, and on the one that does it. */
  readonly open: string; readonly submit: string;
  /** What it is about, for those who do not see the row. */
  readonly about: string;
  readonly children?: React.ReactNode;
};
const start: State = {};

/** Something that needs a reason: opens in place, asks for it, then does it. */
export function ReasonForm({ action, fields, open, submit, about, children }: Props) {
  const [state, act, busy] = useActionState(action, start);
  return (
    <details className="inline-block"><summary className="button small" aria-label={`${open}: ${about}`}>{open}</summary>
      <form action={act} className="flex flex-wrap gap-2 py-1">
        {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
        {children}
        <input className="button small" name="reason" required minLength={5} maxLength={500} aria-label={`Reason: ${open}, ${about}`} placeholder="Reason" /><button className="button small" disabled={busy} type="submit">{submit}</button>
        {state.problem ? <span className="p1 tiny" role="alert">{state.problem}</span> : null}
      </form></details>
  );
}
