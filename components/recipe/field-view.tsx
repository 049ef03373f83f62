"use client";

import type { Field, Choices } from "./fields.ts";
import { Choice, Decimal, Lines, Tick, Ticks, Words, type Typing } from "./field-input.tsx";
import { FormulaEditor } from "./formula-editor.tsx";
import { LimitsEditor } from "./limits-editor.tsx";
import { AfterEditor, ChoicesEditor, EvaluationEditor, OptionsEditor, TimerEditor } from "./row-editors.tsx";

type Props = { readonly field: Field; readonly typing: Typing; readonly choices: Choices; /** Id of the part itself, which does not name itself. */ readonly own: string | undefined };

/** One field of a part's form. */
export function FieldView({ field, typing, choices, own }: Props) {
  const box = { ...typing, path: field.path, label: field.label, hint: field.hint };
  const steps = choices.steps.filter((step) => step.value !== own);
  switch (field.as) {
    case "words": return <Words {...box} longest={field.longest} />;
    case "lines": return <Lines {...box} longest={field.longest} />;
    case "number": return <Decimal {...box} />;
    case "tick": return <Tick {...box} />;
    case "choice": return <Choice {...box} options={field.options} none={field.none} />;
    case "ticks": return <Ticks {...box} options={field.options} empty={field.empty} />;
    case "limits": return <LimitsEditor typing={typing} />;
    case "formula": return <FormulaEditor typing={typing} parameters={choices.parameters} own={own} />;
    case "evaluation": return <EvaluationEditor typing={typing} />;
    case "options": return <OptionsEditor typing={typing} />;
    case "choices": return <ChoicesEditor typing={typing} steps={steps} />;
    case "timer": return <TimerEditor typing={typing} steps={steps} />;
    case "after": return <AfterEditor typing={typing} steps={steps} />;
  }
}
