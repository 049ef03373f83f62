"use client";

import { useActionState, useId } from "react";
import { Field, Outcome } from "./form-parts.tsx";
import { installPartAction, removePartAction } from "#lib/equipment/actions.ts";
import type { EquipmentForm } from "#lib/equipment/form.ts";
import { recordCalibrationAction } from "#lib/quality/equipment-actions.ts";

/** `nowField`, `nextField`: now, and in a year, as the site's clock says it. */
type Props = { readonly siteId: string; readonly unitId: string; readonly zone: string; readonly nowField: string; readonly nextField: string };
const start: EquipmentForm = {};

/** Writes a calibration of the unit or one of its instruments down. */
export function CalibrationForm({ siteId, unitId, zone, nowField, nextField, instruments }: Props & { instruments: readonly { readonly tag: string; readonly name: string }[] }) {
  const [state, act, busy] = useActionState(recordCalibrationAction, start);
  const id = useId();
  const { kept } = state;
  return (
    <details className="entry" open={state.problem || state.done ? true : undefined}><summary>Record a calibration</summary>
      <form action={act} className="fields"><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="unitId" value={unitId} />
        <div className="row">
          <div className="field"><label htmlFor={`${id}-tag`} className="small">Instrument</label><select id={`${id}-tag`} name="tag" defaultValue={kept?.["tag"] ?? ""} key={kept?.["tag"]}><option value="">The unit as a whole</option>{instruments.map(({ tag, name }) => <option key={tag} value={tag}>{name}</option>)}</select></div>
          <Field id={id} label={`Performed, ${zone}`} name="performedAt" type="datetime-local" kept={kept} defaultValue={nowField} /><Field id={id} label={`Next due, ${zone}`} name="dueAt" type="datetime-local" kept={kept} defaultValue={nextField} />
        </div>
        <div className="row">
          <Field id={id} label="Error as found" name="asFound" kept={kept} inputMode="decimal" maxLength={20} /><Field id={id} label="Error as left" name="asLeft" kept={kept} inputMode="decimal" maxLength={20} /><Field id={id} label="Unit" name="unit" kept={kept} maxLength={30} />
        </div>
        <Field id={id} label="Reference" name="reference" kept={kept} minLength={3} maxLength={200} placeholder="Standard with its number" />
        <fieldset className="field"><legend className="small">Outcome</legend>
          <label className="choice-line"><input type="radio" name="passed" value="yes" required defaultChecked={kept?.["passed"] === "yes"} /> Passed: as left within its tolerance</label><label className="choice-line"><input type="radio" name="passed" value="no" defaultChecked={kept?.["passed"] === "no"} /> Failed</label></fieldset>
        <div className="buttons"><button className="button" type="submit" disabled={busy}>Record calibration</button></div><Outcome state={state} /></form></details>
  );
}

/** Writes down that a part was put in. */
export function PartForm({ siteId, unitId, zone, nowField, places }: Omit<Props, "nextField"> & { places: readonly string[] }) {
  const [state, act, busy] = useActionState(installPartAction, start);
  const id = useId();
  const { kept } = state;
  return (
    <details className="entry" open={state.problem || state.done ? true : undefined}><summary>Record a part</summary>
      <form action={act} className="fields"><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="unitId" value={unitId} />
        <datalist id={`${id}-places`}>{places.map((place) => <option key={place} value={place} />)}</datalist>
        <div className="row"><Field id={id} label="Place in the unit" name="place" kept={kept} list={`${id}-places`} minLength={2} maxLength={120} /><Field id={id} label="Part" name="part" kept={kept} minLength={2} maxLength={120} /><Field id={id} label="Serial number" name="serialNumber" kept={kept} maxLength={80} /></div>
        <div className="row"><Field id={id} label={`Put in, ${zone}`} name="installedAt" type="datetime-local" kept={kept} defaultValue={nowField} /><Field id={id} label="Reason" name="reason" kept={kept} minLength={5} maxLength={500} /></div>
        <div className="buttons"><button className="button" type="submit" disabled={busy}>Record part</button></div><Outcome state={state} /></form></details>
  );
}

/** Writes down that the part of a place was taken out and none put in. */
export function RemovalForm({ siteId, unitId, zone, nowField, places }: Omit<Props, "nextField"> & { places: readonly string[] }) {
  const [state, act, busy] = useActionState(removePartAction, start);
  const id = useId();
  const { kept } = state;
  return (
    <details className="entry" open={state.problem || state.done ? true : undefined}><summary>Record a removal</summary>
      <form action={act} className="fields"><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="unitId" value={unitId} />
        <div className="row">
          <div className="field"><label htmlFor={`${id}-removed-place`} className="small">Place it is taken out of</label><select id={`${id}-removed-place`} name="place" defaultValue={kept?.["place"]} key={kept?.["place"]}>{places.map((place) => <option key={place} value={place}>{place}</option>)}</select></div>
          <Field id={id} label={`Taken out, ${zone}`} name="removedAt" type="datetime-local" kept={kept} defaultValue={nowField} /><Field id={id} label="Why, and why nothing takes its place" name="reason" kept={kept} minLength={5} maxLength={500} />
        </div>
        <div className="buttons"><button className="button" type="submit" disabled={busy}>Record removal</button></div><Outcome state={state} /></form></details>
  );
}
