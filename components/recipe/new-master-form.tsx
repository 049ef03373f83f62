"use client";

import { useActionState } from "react";
import { units } from "#lib/quantity/unit.ts";
import { createMasterAction, type NewMasterForm as State } from "#lib/recipe/actions.ts";

const start: State = {};
type Props = { readonly products: readonly { readonly id: string; readonly name: string }[] };
type FieldProps = { readonly name: string; readonly label: string; readonly hint?: string; readonly state: State; readonly children: (props: Readonly<Record<string, unknown>>) => React.ReactNode };

function Field({ name, label, hint, state, children }: FieldProps) {
  const wrong = state.field === name;
  const said = [...(hint ? [`${name}-hint`] : []), ...(wrong ? [`${name}-problem`] : [])].join(" ");
  return (
    <div className="field"><label htmlFor={name}>{label}</label>
      {children({ id: name, name, defaultValue: state.typed?.[name], "aria-invalid": wrong || undefined, "aria-describedby": said || undefined })}
      {hint ? <p className="hint" id={`${name}-hint`}>{hint}</p> : null}{wrong ? <p className="p1 tiny" id={`${name}-problem`}>{state.problem}</p> : null}</div>
  );
}

/** What is asked before a master is begun; everything else is written afterwards. */
export function NewMasterForm({ products }: Props) {
  const [state, act, busy] = useActionState(createMasterAction, start);
  return (
    <form action={act} className="master-form" key={JSON.stringify(state.typed ?? {})} noValidate>
      {state.problem ? <div className="problem" role="alert"><h3>No master was begun</h3><a href={`#${state.field ?? "id"}`}>{state.problem}</a></div> : null}
      <Field name="id" label="Id" hint="Capital letters, digits and hyphens. It never changes." state={state}>{(p) => <input {...p} maxLength={40} autoComplete="off" placeholder="MBR-BUF-01" />}</Field>
      <Field name="title" label="Title" state={state}>{(p) => <input {...p} maxLength={120} />}</Field>
      <Field name="purpose" label="Purpose" hint="What is made, and what for." state={state}>{(p) => <textarea {...p} maxLength={1000} />}</Field>
      <Field name="productId" label="Product" state={state}>{(p) => <select {...p}>{products.map((product) => <option key={product.id} value={product.id}>{product.id} {product.name}</option>)}</select>}</Field>
      <div className="grid-2">
        <Field name="quantity" label="Batch size" state={state}>{(p) => <input {...p} inputMode="decimal" />}</Field>
        <Field name="unit" label="Unit of the batch size" state={state}>{(p) => <select {...p} defaultValue={state.typed?.["unit"] ?? "L"}>{units.map((unit) => <option key={unit.text} value={unit.text}>{unit.text} ({unit.name})</option>)}</select>}</Field>
      </div>
      <Field name="durationH" label="Planned time, hours" state={state}>{(p) => <input {...p} inputMode="decimal" />}</Field>
      <Field name="reason" label="Why it is begun" hint="At least 5 characters; kept in the audit trail." state={state}>{(p) => <input {...p} maxLength={500} />}</Field>
      <div><button className="button primary" type="submit" disabled={busy}>{busy ? "Beginning" : "Begin the master"}</button></div>
    </form>
  );
}
