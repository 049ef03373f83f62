"use client";

import { useActionState, useId } from "react";
import { Field, Outcome } from "./form-parts.tsx";
import { actName, type CleaningEvent, type MaintenanceEvent } from "#lib/equipment/act.ts";
import { cleanEquipmentAction, maintainEquipmentAction, type EquipmentForm } from "#lib/equipment/actions.ts";

type Place = { readonly siteId: string; readonly unitId: string; readonly revision: number };
const start: EquipmentForm = {};

const Hidden = ({ siteId, unitId, revision }: Place) => <><input type="hidden" name="siteId" value={siteId} /><input type="hidden" name="unitId" value={unitId} /><input type="hidden" name="basedOn" value={revision} /></>;

function Buttons({ acts, busy }: { acts: readonly (CleaningEvent | MaintenanceEvent)[]; busy: boolean }) {
  return <div className="buttons">{acts.map((act) => <button key={act} className="button" type="submit" name="event" value={act} disabled={busy}>{actName[act]}</button>)}</div>;
}

/** Records what happens in the cleaning of a unit. */
export function CleaningForm({ place, acts, procedure }: { place: Place; acts: readonly CleaningEvent[]; procedure: string }) {
  const [state, act, busy] = useActionState(cleanEquipmentAction, start);
  const id = useId();
  return (
    <form action={act} className="fields"><h3 className="small">Cleaning</h3><Hidden {...place} />
      <Field id={id} label="Procedure" name="procedure" kept={state.kept} defaultValue={procedure} minLength={3} maxLength={120} placeholder="SOP and kind of cleaning" />
      <Field id={id} label="What was done, and why" name="reason" kept={state.kept} minLength={5} maxLength={500} />
      <Buttons acts={acts} busy={busy} /><Outcome state={state} /></form>
  );
}

/** Puts a unit on hold or out of service, or takes it back. */
export function MaintenanceForm({ place, acts }: { place: Place; acts: readonly MaintenanceEvent[] }) {
  const [state, act, busy] = useActionState(maintainEquipmentAction, start);
  const id = useId();
  return (
    <form action={act} className="fields"><h3 className="small">Maintenance</h3><Hidden {...place} />
      <Field id={id} label="Reason" name="reason" kept={state.kept} minLength={5} maxLength={500} hint="What came back from a hold or a repair is cleaned before it is used." />
      <Buttons acts={acts} busy={busy} /><Outcome state={state} /></form>
  );
}
