"use client";

import Link from "next/link";
import { useActionState, useState } from "react";
import { issueBatchAction, type IssueForm as State } from "#lib/execution/actions.ts";

export type MasterOption = { readonly name: string; readonly title: string; readonly classes: readonly string[]; readonly digest: string; /** The site's effective overlay of it: what it does in words, and the units it keeps out. */ readonly overlay?: { readonly version: number; readonly words: string; readonly keepsOut: readonly string[]; readonly address: string } | undefined };
export type UnitOption = { readonly id: string; readonly name: string; readonly equipmentClass: string; /** How it stands now, in words. */ readonly standing: string };
type Props = { readonly siteId: string; readonly zone: string; readonly masters: readonly MasterOption[]; readonly units: readonly UnitOption[]; readonly start: string; readonly due: string };
const begin: State = {};

/** Chooses the effective master, the unit the batch is made in and when. */
export function IssueForm({ siteId, zone, masters, units, start, due }: Props) {
  const [state, act, busy] = useActionState(issueBatchAction, begin);
  const [chosen, choose] = useState(masters[0]?.name ?? "");
  const master = masters.find((one) => one.name === chosen);
  const fitting = units.filter((unit) => master?.classes.includes(unit.equipmentClass) && !master.overlay?.keepsOut.includes(unit.id));
  return (
    <form action={act} className="dialog issue" noValidate>
      <div className="body">
        {state.problem ? <p className="problem" role="alert">{state.problem}</p> : null}
        <input type="hidden" name="siteId" value={siteId} />
        <div className="field"><label htmlFor="master">Master batch record</label><select id="master" name="master" value={chosen} onChange={(event) => choose(event.target.value)}>{masters.map((one) => <option key={one.name} value={one.name}>{one.name}: {one.title}</option>)}</select><p className="hint">Effective version; it is frozen into the batch by its digest {master?.digest.slice(0, 12)}….</p>
          {master?.overlay ? <p className="hint">This site&apos;s <Link href={master.overlay.address}>overlay {master.overlay.version}</Link> is frozen with it: it {master.overlay.words}.</p> : null}</div>
        <div className="field"><label htmlFor="unitId">Unit</label><select id="unitId" name="unitId" key={chosen}>{fitting.map((unit) => <option key={unit.id} value={unit.id}>{unit.id}, {unit.name}: {unit.standing}</option>)}</select>{fitting.length === 0 ? <p className="hint">This site has no unit of a class the master names: {master?.classes.join(", ")}.</p> : null}</div>
        <div className="grid-2">
          <div className="field"><label htmlFor="start">Planned start, {zone}</label><input id="start" name="start" type="datetime-local" defaultValue={start} aria-invalid={state.field === "start" || undefined} /></div>
          <div className="field"><label htmlFor="due">Due for release, {zone}</label><input id="due" name="due" type="datetime-local" defaultValue={due} aria-invalid={state.field === "due" || undefined} /></div>
        </div>
        <div className="field"><label htmlFor="priority">Priority</label><select id="priority" name="priority" defaultValue="2"><option value="1">1, high</option><option value="2">2, normal</option><option value="3">3, low</option></select></div>
      </div>
      <footer><p>The batch gets the next number of this site and product.</p><button type="submit" className="button primary large" disabled={busy || fitting.length === 0}>{busy ? "Being issued" : "Issue batch"}</button></footer>
    </form>
  );
}
