"use client";

import { useActionState, useId } from "react";
import { Field, Outcome } from "../equipment/form-parts.tsx";
import { enterResultAction, invalidateResultAction, reviewResultAction, type LaboratoryForm } from "#lib/laboratory/actions.ts";

type Test = { readonly siteId: string; readonly sampleId: string; readonly parameter: string };
const start: LaboratoryForm = {};
const Hidden = ({ siteId, sampleId, parameter, number }: Test & { number?: number }) => (
  <><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="sampleId" value={sampleId} /><input type="hidden" name="parameter" value={parameter} />{number === undefined ? null : <input type="hidden" name="number" value={number} />}</>
);

type Entry = { readonly test: Test; readonly name: string; readonly unit: string; readonly precision: number; readonly number: number; readonly zone: string; readonly nowField: string; readonly instruments: readonly { readonly id: string; readonly name: string }[] };

/** Enters what an instrument said; the unit is the test's. */
export function ResultForm({ test, name, unit, precision, number, zone, nowField, instruments }: Entry) {
  const [state, act, busy] = useActionState(enterResultAction, start);
  const id = useId();
  return (
    <form action={act} className="fields result-entry" aria-label={`Result ${number} of ${name}`}><Hidden {...test} />
      <datalist id={`${id}-instruments`}>{instruments.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</datalist>
      <div className="row">
        <Field id={id} label={`Result ${number}, raw value in ${unit}`} name="rawValue" kept={state.kept} inputMode="decimal" maxLength={26} autoComplete="off" hint={`As the instrument says it; reported with ${precision} ${precision === 1 ? "digit" : "digits"} after the point.`} />
        <Field id={id} label="Instrument" name="instrument" kept={state.kept} list={`${id}-instruments`} maxLength={60} autoComplete="off" hint="Scan its label or choose it." />
        <Field id={id} label={`Analysed, ${zone}`} name="analysedAt" type="datetime-local" kept={state.kept} defaultValue={nowField} />
      </div>
      <div className="buttons"><button className="button" type="submit" disabled={busy}>Enter result {number}</button></div><Outcome state={state} /></form>
  );
}

/** Reviews another analyst's result. */
export function ReviewForm({ test, number }: { test: Test; number: number }) {
  const [state, act, busy] = useActionState(reviewResultAction, start);
  return <form action={act}><Hidden {...test} number={number} /><button className="button small" type="submit" disabled={busy}>Review result {number}</button>{state.problem ? <p className="small p1" role="alert">{state.problem}</p> : null}</form>;
}

/** Invalidates a result with its cause. */
export function InvalidateForm({ test, number }: { test: Test; number: number }) {
  const [state, act, busy] = useActionState(invalidateResultAction, start);
  const id = useId();
  return (
    <details open={state.problem ? true : undefined}><summary className="button small">Invalidate result {number}</summary>
      <form action={act} className="invalidate"><Hidden {...test} number={number} /><Field id={id} label="Cause, and how it was found" name="reason" kept={state.kept} minLength={10} maxLength={1000} /><button className="button small" type="submit" disabled={busy}>Invalidate result</button><Outcome state={state} /></form></details>
  );
}
