"use client";

import { useActionState, useId } from "react";
import { Field, Outcome } from "./form-parts.tsx";
import { actName, type CleaningEvent, type MaintenanceEvent } from "#lib/equipment/act.ts";
import { checkCleaningAction, cleanEquipmentAction } from "#lib/equipment/actions.ts";
import type { EquipmentForm } from "#lib/equipment/form.ts";
import { maintainEquipmentAction } from "#lib/quality/equipment-actions.ts";

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

/** Checks somebody else's cleaning. */
export function CheckForm({ place }: { place: Place }) {
  const [state, act, busy] = useActionState(checkCleaningAction, start);
  const id = useId();
  return (
    <form action={act} className="fields"><h3 className="small">Second look at the cleaning</h3><Hidden {...place} />
      <Field id={id} label="What was looked at" name="reason" kept={state.kept} minLength={5} maxLength={500} hint="Somebody who took no part in the cleaning; the unit may be used without it." />
      <div className="buttons"><button className="button" type="submit" disabled={busy}>Record as checked</button></div><Outcome state={state} /></form>
  );
}

/** Puts a unit on hold or out of service, or takes it back. */
export function MaintenanceForm({ place, acts, bound }: { place: Place; acts: readonly MaintenanceEvent[]; bound: boolean }) {
  const [state, act, busy] = useActionState(maintainEquipmentAction, start);
  const id = useId();
  return (
    <form action={act} className="fields"><h3 className="small">Maintenance</h3><Hidden {...place} />
      <Field id={id} label="Reason" name="reason" kept={state.kept} minLength={5} maxLength={500} hint={bound ? "The unit stays bound to its batch; a failure is an exception of that batch." : "What came back from a hold or a repair is cleaned before it is used."} />
      <Buttons acts={acts} busy={busy} /><Outcome state={state} /></form>
  );
}
