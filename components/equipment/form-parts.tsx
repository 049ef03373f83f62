import type { EquipmentForm } from "#lib/equipment/form.ts";

type FieldProps = { readonly id: string; readonly label: string; readonly name: string; readonly kept: EquipmentForm["kept"]; readonly hint?: string } & Omit<React.InputHTMLAttributes<HTMLInputElement>, "id" | "name">;

/** A labelled input that keeps what was typed when its form is refused. */
export function Field({ id, label, name, kept, hint, defaultValue, ...rest }: FieldProps) {
  return (
    <div className="field"><label htmlFor={`${id}-${name}`} className="small">{label}</label>
      <input id={`${id}-${name}`} name={name} required defaultValue={kept?.[name] ?? defaultValue} {...(hint ? { "aria-describedby": `${id}-${name}-hint` } : {})} {...rest} />
      {hint ? <span id={`${id}-${name}-hint`} className="hint">{hint}</span> : null}</div>
  );
}

/** What came of a form: its refusal, or that it is done. */
export function Outcome({ state }: { state: EquipmentForm }) {
  if (state.problem) return <p className="problem small" role="alert">{state.problem}</p>;
  return state.done ? <p className="notice small" role="status">{state.done}</p> : null;
}
