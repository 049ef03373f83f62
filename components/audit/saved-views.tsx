"use client";

import Link from "next/link";
import { useActionState } from "react";
import { Icon } from "../ui/icon.tsx";

type Form = { readonly problem?: string; readonly saved?: string };
type Props = {
  readonly views: readonly { readonly id: string; readonly name: string; readonly query: string }[];
  /** The filter on the screen. */
  readonly query: string;
  readonly save: (before: Form, form: FormData) => Promise<Form>;
  readonly remove: (form: FormData) => Promise<void>;
};
const start: Form = {};

/** The person's own views: open, keep what is on the screen, delete. */
export function SavedViews({ views, query, save, remove }: Props) {
  const [state, act, busy] = useActionState(save, start);
  return (
    <>
      {views.map((view) => <Link key={view.id} href={view.query ? `/audit?${view.query}` : "/audit"} aria-current={view.query === query ? "true" : undefined}>{view.name}</Link>)}
      <details className="menu"><summary>My views<Icon name="chevron" /></summary>
        <div className="menu-list my-views">
          <form action={act} className="field"><label htmlFor="view-name">Save these filters as</label><input id="view-name" name="name" maxLength={60} required /><input type="hidden" name="query" value={query} />
            {state.problem ? <p className="p1 tiny" role="alert">{state.problem}</p> : state.saved ? <p className="tiny" role="status">Saved as {state.saved}.</p> : null}
            <button type="submit" className="button small" disabled={busy}>Save view</button></form>
          {views.map((view) => <form key={view.id} action={remove}><input type="hidden" name="id" value={view.id} /><button type="submit"><Icon name="cross" />Delete {view.name}</button></form>)}
        </div>
      </details>
    </>
  );
}
