"use client";

import { useActionState, useId } from "react";
import { Field, Outcome } from "../equipment/form-parts.tsx";
import { authoriseRetestAction, enterResultAction, invalidateResultAction, reviewResultAction, type LaboratoryForm } from "#lib/laboratory/actions.ts";

type Test = { readonly siteId: string; readonly sampleId: string; readonly parameter: string };
const start: LaboratoryForm = {};
const Hidden = ({ siteId, sampleId, parameter, number }: Test & { number?: number }) => (
  <><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="sampleId" value={sampleId} /><input type="hidden" name="parameter" value={parameter} />{number === undefined ? null : <input type="hidden" name="number" value={number} />}</>
);

/** An instrument as the form offers it: what forbids it now, or until when it is calibrated, in `standing`. */
export type OfferedInstrument = { readonly id: string; readonly name: string; readonly standing: string };
type Entry = { readonly test: Test; readonly name: string; readonly unit: string; readonly precision: number; readonly form: "choice" | "text" | undefined; readonly options: readonly string[]; readonly number: number; readonly zone: string; readonly nowField: string; readonly instruments: readonly OfferedInstrument[] };

/** What was found: a number in the test's unit, one of its options, or words. */
function Finding({ id, entry: { number, unit, precision, form, options }, kept }: { id: string; entry: Entry; kept: LaboratoryForm["kept"] }) {
  if (form === "text") return <Field id={id} label={`Result ${number}, in words`} name="rawValue" kept={kept} maxLength={500} autoComplete="off" />;
  if (form !== "choice") return <Field id={id} label={`Result ${number}, raw value in ${unit}`} name="rawValue" kept={kept} inputMode="text" maxLength={26} autoComplete="off" hint={`As the instrument says it; reported with ${precision} ${precision === 1 ? "digit" : "digits"} after the point. Where the method ends: <1 or >300.`} />;
  return (
    <div className="field"><label htmlFor={`${id}-rawValue`} className="small">Result {number}</label>
      <select id={`${id}-rawValue`} name="rawValue" required defaultValue={kept?.["rawValue"] ?? ""} key={kept?.["rawValue"]}><option value="" disabled>Choose what was found</option>{options.map((option) => <option key={option}>{option}</option>)}</select></div>
  );
}

/** Enters what an instrument said; the unit is the test's. */
export function ResultForm(entry: Entry) {
  const { test, name, number, zone, nowField, instruments } = entry;
  const [state, act, busy] = useActionState(enterResultAction, start);
  const id = useId();
  return (
    <form action={act} className="fields result-entry" aria-label={`Result ${number} of ${name}`}><Hidden {...test} />
      <datalist id={`${id}-instruments`}>{instruments.map((one) => <option key={one.id} value={one.id}>{one.name}, {one.standing}</option>)}</datalist>
      <div className="row">
        <Finding id={id} entry={entry} kept={state.kept} />
        <Field id={id} label="Instrument" name="instrument" kept={state.kept} list={`${id}-instruments`} maxLength={60} autoComplete="off" hint="Scan its label or choose it: instruments of the laboratory, each with its calibration." />
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

/** Quality's decision after the investigation of a result out of specification: one retest, with what was found. */
export function RetestForm({ test, number }: { test: Test; number: number }) {
  const [state, act, busy] = useActionState(authoriseRetestAction, start);
  const id = useId();
  return (
    <details open={state.problem ? true : undefined}><summary className="button small">Authorise a retest after result {number}</summary>
      <form action={act} className="invalidate"><Hidden {...test} number={number} /><Field id={id} label="What the investigation found, and why it is tested again" name="reason" kept={state.kept} minLength={10} maxLength={1000} hint="For one retest. The result and its exception stay." /><button className="button small" type="submit" disabled={busy}>Authorise retest</button><Outcome state={state} /></form></details>
  );
}
