"use client";

import { useEffect, useState } from "react";
import { rowsAt, textAt } from "./draft.ts";
import { control, Under, type Typing } from "./field-input.tsx";
import type { Choices } from "./fields.ts";
import type { checkFormula, Formula } from "#lib/quantity/formula.ts";

type Check = typeof checkFormula;
type Props = { readonly typing: Typing; readonly parameters: Choices["parameters"]; /** The parameter itself, which is no input of its own. */ readonly own: string | undefined };

/** The check is a library of its own size; it is loaded where a formula is written and nowhere else. */
function useCheck(): Check | undefined {
  const [check, setCheck] = useState<{ readonly of: Check }>();
  useEffect(() => {
    let gone = false;
    void import("#lib/quantity/formula.ts").then((loaded) => { if (!gone) setCheck({ of: loaded.checkFormula }); });
    return () => { gone = true; };
  }, []);
  return check?.of;
}

function formulaOf({ draft }: Pick<Typing, "draft">, parameters: Props["parameters"]): Formula {
  const inputs = rowsAt(draft, "formula.inputs").map((row) => [textAt(row, "name").trim(), parameters.find((p) => p.value === textAt(row, "id"))?.unit ?? ""] as const);
  return { text: textAt(draft, "formula.text"), inputs: Object.fromEntries(inputs), unit: textAt(draft, "unit"), precision: Number(textAt(draft, "precision")) || 0 };
}

function Verdict({ typing, parameters }: Pick<Props, "typing" | "parameters">) {
  const check = useCheck();
  const formula = formulaOf(typing, parameters);
  if (formula.text.trim() === "") return <p className="hint" aria-live="polite">For example <code>filtered / planned</code>, with each name said below.</p>;
  if (!check) return <p className="hint" aria-live="polite">Reading the rules of formulas.</p>;
  const checked = check(formula);
  return <p className={checked.ok ? "hint" : "p1 tiny"} aria-live="polite" id="formula-verdict">{checked.ok ? `This can be calculated; its result is in ${formula.unit === "1" ? "a pure number" : formula.unit}, rounded to ${formula.precision === 1 ? "one digit" : `${formula.precision} digits`} after the point.` : checked.refusal.sentence}</p>;
}

/** A formula and what each of its names stands for, checked while it is typed. */
export function FormulaEditor({ typing, parameters, own }: Props) {
  const { draft, set } = typing;
  const rows = rowsAt(draft, "formula.inputs");
  const offered = parameters.filter((p) => p.value !== own);
  const change = (i: number, key: "name" | "id", value: string) => set("formula.inputs", rows.map((row, at) => (at === i ? { ...row, [key]: value } : row)));
  return (
    <fieldset className="field wide" id="field-formula"><legend>Formula</legend>
      <input {...control({ ...typing, path: "formula.text" })} aria-label="Formula, text" className="mono" maxLength={500} autoComplete="off" value={textAt(draft, "formula.text")} onChange={(e) => set("formula.text", e.target.value)} /><Under {...typing} path="formula.text" />
      <Verdict typing={typing} parameters={parameters} />
      {rows.map((row, i) => (
        <div key={i} className="row-editor"><input aria-label={`Name of input ${i + 1}`} className="mono" placeholder="name" maxLength={40} value={textAt(row, "name")} onChange={(e) => change(i, "name", e.target.value)} /><span>is</span>
          <select aria-label={`Parameter of input ${i + 1}`} value={textAt(row, "id")} onChange={(e) => change(i, "id", e.target.value)}><option value="">choose the parameter</option>{offered.map((p) => <option key={p.value} value={p.value}>{p.name}{p.unit === "1" ? "" : `, ${p.unit}`}</option>)}</select>
          <button type="button" className="button small" onClick={() => set("formula.inputs", rows.filter((_, at) => at !== i))}>Remove<span className="hidden-text"> input {i + 1}</span></button></div>
      ))}
      <div className="row-acts"><button type="button" className="button small" onClick={() => set("formula.inputs", [...rows, { name: "", id: "" }])}>Add an input</button>
        {textAt(draft, "source") === "calculated" ? null : <button type="button" className="button small" onClick={() => set("formula", undefined)}>Remove the formula</button>}</div>
    </fieldset>
  );
}
