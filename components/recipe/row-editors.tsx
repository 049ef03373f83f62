"use client";

import { at, idFrom, idsAt, rowsAt, textAt } from "./draft.ts";
import { Choice, Decimal, Ticks, Under, type Typing } from "./field-input.tsx";
import type { Option } from "./fields.ts";

type Props = { readonly typing: Typing };

/** Options of a choice, and which of them are wanted. */
export function OptionsEditor({ typing }: Props) {
  const rows = rowsAt(typing.draft, "options");
  const put = (i: number, key: string, value: unknown) => typing.set("options", rows.map((row, j) => (j === i ? { ...row, [key]: value } : row)));
  return (
    <fieldset className="field wide" id="field-options"><legend>Options</legend>
      {rows.map((row, i) => (
        <div key={i} className="row-editor"><input aria-label={`Option ${i + 1}`} maxLength={80} value={textAt(row, "value")} onChange={(e) => put(i, "value", e.target.value)} />
          <label><input type="checkbox" checked={at(row, "fits") === true} onChange={(e) => put(i, "fits", e.target.checked)} />is wanted</label>
          <button type="button" className="button small" onClick={() => typing.set("options", rows.filter((_, j) => j !== i))}>Remove<span className="hidden-text"> option {i + 1}</span></button></div>
      ))}
      <Under {...typing} path="options" hint="What is not wanted is an exception when it is chosen." />
      <div className="row-acts"><button type="button" className="button small" onClick={() => typing.set("options", [...rows, { value: "", fits: rows.length === 0 }])}>Add an option</button></div>
    </fieldset>
  );
}

/** Choices of a decision, and the steps each of them leaves out. */
export function ChoicesEditor({ typing, steps }: Props & { readonly steps: readonly Option[] }) {
  const rows = rowsAt(typing.draft, "choices");
  const put = (i: number, change: object) => typing.set("choices", rows.map((row, j) => (j === i ? { ...row, ...change } : row)));
  return (
    <fieldset className="field wide" id="field-choices"><legend>Choices</legend>
      {rows.map((row, i) => (
        <div key={i} className="choice-editor">
          <div className="row-editor"><input aria-label={`Choice ${i + 1}`} maxLength={80} value={textAt(row, "label")} onChange={(e) => put(i, { label: e.target.value, ...(textAt(row, "value") === idFrom(textAt(row, "label")) ? { value: idFrom(e.target.value) } : {}) })} />
            <button type="button" className="button small" onClick={() => typing.set("choices", rows.filter((_, j) => j !== i))}>Remove<span className="hidden-text"> choice {i + 1}</span></button></div>
          <details><summary>Leaves out {idsAt(row, "leavesOut").length} steps</summary><div className="tick-list">{steps.map((s) => <label key={s.value}><input type="checkbox" checked={idsAt(row, "leavesOut").includes(s.value)} onChange={(e) => put(i, { leavesOut: e.target.checked ? [...idsAt(row, "leavesOut"), s.value] : idsAt(row, "leavesOut").filter((id) => id !== s.value) })} />{s.name}</label>)}</div></details></div>
      ))}
      <Under {...typing} path="choices" />
      <div className="row-acts"><button type="button" className="button small" onClick={() => typing.set("choices", [...rows, { value: "", label: "", leavesOut: [] }])}>Add a choice</button></div>
    </fieldset>
  );
}

const kinds: readonly Option[] = [{ value: "instant", name: "at once" }, { value: "longer_than", name: "when it was outside for longer than some minutes" }, { value: "mean_over", name: "by its mean over some minutes" }, { value: "at_end", name: "once, at the end of its step" }];

/** When a value counts as outside its limits. A kind without minutes has none. */
export function EvaluationEditor({ typing }: Props) {
  const kind = textAt(typing.draft, "evaluation.kind");
  const timed = kind === "longer_than" || kind === "mean_over";
  const choose = (path: string, value: unknown) => typing.set("evaluation", value === "longer_than" || value === "mean_over" ? { kind: value, minutes: textAt(typing.draft, "evaluation.minutes") } : { kind: value });
  return <><Choice {...typing} set={choose} path="evaluation.kind" label="Counts as outside" options={kinds} />{timed ? <Decimal {...typing} path="evaluation.minutes" label="Minutes" /> : null}</>;
}

/** Shortest and longest time since the end of another step. */
export function TimerEditor({ typing, steps }: Props & { readonly steps: readonly Option[] }) {
  return <><Choice {...typing} path="timer.since" label="Time since the end of" options={steps} none="none" /><Decimal {...typing} path="timer.atLeastMin" label="At least, min" /><Decimal {...typing} path="timer.atMostMin" label="At most, min" /></>;
}

/** Which steps must have ended before: the one before it, unless others are said. */
export function AfterEditor({ typing, steps }: Props & { readonly steps: readonly Option[] }) {
  const own = at(typing.draft, "after") !== undefined;
  return (
    <fieldset className="field wide" id="field-after"><legend>Runs after</legend>
      <label className="radio"><input type="radio" name="after-kind" checked={!own} onChange={() => typing.set("after", undefined)} />the step before it</label>
      <label className="radio"><input type="radio" name="after-kind" checked={own} onChange={() => typing.set("after", idsAt(typing.draft, "after"))} />the steps ticked here; steps that run after the same ones run beside each other</label>
      {own ? <Ticks {...typing} path="after" label="Steps that must have ended" options={steps} empty="There is no other step." hint="None: it may start with the batch." /> : null}
    </fieldset>
  );
}
