"use client";

import { startTransition, useActionState, useEffect, useRef, useState } from "react";
import { draftOf, idFrom, put, textAt, typedPart, type Draft, type DraftKind } from "./draft.ts";
import { isShown, Words, type Typing } from "./field-input.tsx";
import { FieldView } from "./field-view.tsx";
import { fieldsOf, type Choices } from "./fields.ts";
import { LiveGaps, type TypedPlace } from "./live-gaps.tsx";
import { PartProblem } from "./part-problem.tsx";
import { useUnsaved } from "./unsaved.ts";
import { savePartAction, type SaveForm } from "#lib/recipe/edit-actions.ts";
import type { GapView } from "#lib/recipe/edit-place.ts";

type Props = {
  readonly kind: DraftKind; readonly title: string; readonly place: TypedPlace; readonly seen: string; /** The part as it is stored, or what a new one begins with. */ readonly part: Draft; readonly own: string | undefined;
  readonly choices: Choices; readonly gaps: readonly GapView[]; readonly address: string; readonly acts: React.ReactNode; readonly note: string | undefined;
};
const start: SaveForm = {};

/** What follows from choosing another form of parameter: words have no unit, and a person types them. */
const following = (kind: DraftKind, path: string, draft: Draft): Draft => (kind === "parameter" && path === "form" && textAt(draft, "form") !== "" ? { ...draft, unit: "1", precision: "0", source: "manual", evaluation: { kind: "instant" } } : draft);

function useDraft({ kind, part, own }: Pick<Props, "kind" | "part" | "own">) {
  const [draft, setDraft] = useState(() => draftOf(kind, part));
  const isNew = kind !== "head" && own === undefined;
  const suggested = idFrom(textAt(draft, "name") || textAt(draft, "title"));
  const whole: Draft = isNew ? { ...draft, id: draft["id"] ?? suggested } : draft;
  const set = (path: string, value: unknown) => setDraft((before) => following(kind, path, put(before, path, value)));
  return { draft: whole, typed: typedPart(kind, whole), set, isNew };
}

function savedText({ changes, gaps }: SaveForm): string {
  if (changes === undefined) return "";
  return `${changes === 0 ? "Nothing had changed." : "Saved."} ${gaps === 0 ? "No gap is left." : `${gaps} ${gaps === 1 ? "gap is" : "gaps are"} left.`}`;
}

/** The form of one part with the gaps beside it. What was typed stays until it is saved, whatever the portal answers. */
export function PartEditor(props: Props) {
  const { kind, title, place, seen, own, choices, gaps, address, acts, note } = props;
  const { draft, typed, set, isNew } = useDraft(props);
  const [state, act, busy] = useActionState(savePartAction, start);
  const text = JSON.stringify(typed);
  const [stored, setStored] = useState(text);
  const sent = useRef(text);
  useEffect(() => { if (state.digest !== undefined) setStored(sent.current); }, [state]);
  const dirty = text !== stored;
  useUnsaved(dirty && !busy);
  const save = (digest: string) => {
    sent.current = text;
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...place, version: String(place.version), seen: digest, typed: text })) if (value !== undefined) form.set(name, value);
    startTransition(() => act(form));
  };
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    save(seen);
  };
  const typing: Typing = { draft, set, faultOf: (path) => state.faults?.find((fault) => fault.path.join(".") === path)?.sentence };
  return (
    <div className="part">
      <section className="card" aria-labelledby="part-title">
        <header><h2 id="part-title">{title}</h2><span className="end">{acts}</span></header>
        <form onSubmit={submit} className="part-form" noValidate>
          <PartProblem state={state} draft={draft} address={address} saveOnTop={() => state.conflict && save(state.conflict)} />
          {note && !dirty && !state.problem ? <p className="notice" role="status">{note}</p> : null}
          {fieldsOf(kind, choices).map((group) => ({ ...group, fields: group.fields.filter((field) => isShown(field, draft)) })).filter((group) => group.fields.length > 0).map((group, i) => (
            <fieldset key={group.title} className="field-group"><legend>{group.title}</legend>
              {group.fields.map((field) => <FieldView key={field.path} field={field} typing={typing} choices={choices} own={own} />)}
              {isNew && i === 0 ? <Words {...typing} path="id" label="Id" hint="Formulas and other parts name it by this. It never changes." longest={60} /> : null}</fieldset>
          ))}
          <footer className="part-save"><button className="button primary" type="submit" disabled={busy}>{busy ? "Saving" : isNew ? `Add ${title.toLowerCase().replace(/^new /, "")}` : "Save"}</button>
            <span className="quiet small" role="status">{dirty ? "Not saved yet" : savedText(state)}</span></footer>
        </form>
      </section>
      <LiveGaps place={place} typed={typed} dirty={dirty} stored={gaps} editPage={`${address}/edit`} />
    </div>
  );
}
