"use client";

import Link from "next/link";
import { useActionState } from "react";
import { arrangePartAction, type ArrangeForm } from "#lib/recipe/edit-actions.ts";

type Props = { readonly id: string; readonly version: number; readonly seen: string; readonly part: string; readonly name: string; /** Address of the form for a new part behind this one. */ readonly next: string };
const start: ArrangeForm = {};

/** Moving a part, taking it out, and adding one behind it. */
export function Arrange({ id, version, seen, part, name, next }: Props) {
  const [state, act, busy] = useActionState(arrangePartAction, start);
  return (
    <form action={act} className="arrange">
      {Object.entries({ id, version: String(version), seen, part }).map(([key, value]) => <input key={key} type="hidden" name={key} value={value} />)}
      {state.problem ? <span className="p1 tiny" role="alert">{state.problem}</span> : null}
      <button className="button small" name="act" value="up" disabled={busy}>Move up</button><button className="button small" name="act" value="down" disabled={busy}>Move down</button>
      <Link className="button small" href={next}>Add one after it</Link>
      <details className="menu"><summary className="button small">Remove</summary><div className="menu-list"><p>{name} and what belongs to it is taken out. What names it elsewhere becomes a gap.</p><button name="act" value="remove" disabled={busy}>Remove {name}</button></div></details>
    </form>
  );
}
