"use client";

import Link from "next/link";
import { useActionState, useState } from "react";
import { RangeBar } from "./range-bar.tsx";
import { limitText } from "#lib/recipe/words.ts";
import { rangeName, rangeNames, type Limits } from "#lib/quantity/limit.ts";
import type { MasterParameter } from "#lib/recipe/master-record.ts";
import { writeOverlayLimitsAction, writeOverlayUnitAction, type OverlayForm } from "#lib/recipe/overlay-actions.ts";
import { limitsFromForm } from "#lib/recipe/overlay-form.ts";
import type { OverlayPlace } from "#lib/recipe/overlay-queries.ts";
import { limitsFault } from "#lib/recipe/overlay.ts";

type Where = { readonly place: OverlayPlace; /** Digest of the version that is shown; empty where there is none. */ readonly seen: string };
const start: OverlayForm = {};
const Hidden = ({ place, seen }: Where) => Object.entries({ ...place, seen }).map(([name, value]) => <input key={name} type="hidden" name={name} value={String(value)} />);

const Reason = ({ id, state }: { readonly id: string; readonly state: OverlayForm }) => (
  <div className="field"><label htmlFor={id}>Reason</label><input id={id} name="reason" minLength={5} maxLength={500} defaultValue={state.typed?.["reason"] ?? ""} aria-invalid={state.field === "reason" ? true : undefined} aria-describedby={`${id}-hint`} /><p className="hint" id={`${id}-hint`}>At least 5 characters. It stays in the audit trail.</p></div>
);
const Problem = ({ state }: { readonly state: OverlayForm }) => state.problem ? <div className="problem" role="alert"><h2>Nothing was saved</h2><p>{state.problem.replace(/^Nothing was saved\. /, "")}</p></div> : null;

type LimitsProps = Where & { readonly parameter: MasterParameter; /** The site's limits so far. */ readonly own: Limits | undefined; readonly back: string };

const textOf = (form: FormData): ReadonlyMap<string, string> => new Map([...form].map(([name, value]) => [name, typeof value === "string" ? value : ""]));

/** What is typed, judged while it is typed as it is when it is saved: the limits as far as they can be read, and the range that is wrong with the reason. */
function judged(typed: ReadonlyMap<string, string> | undefined, parameter: MasterParameter, shown: Limits): { readonly limits: Limits; readonly range?: string | undefined; readonly sentence?: string | undefined } {
  if (!typed) return { limits: shown };
  const read = limitsFromForm(typed, parameter);
  if (!read.ok) return { limits: shown, range: read.refusal.field.split(".")[0], sentence: read.refusal.sentence };
  return { limits: read.value, ...limitsFault(read.value, parameter.limits) };
}

/** The site's own limits of one parameter: each range the master has, with the master's beside it. Narrower may be written, wider is said while it is typed and refused. */
export function OverlayLimitsForm({ place, seen, parameter, own, back }: LimitsProps) {
  const [state, act, busy] = useActionState(writeOverlayLimitsAction, start);
  const { limits: master, unit, name } = parameter;
  const valueOf = (path: string, value: number | undefined) => state.typed?.[path] ?? (value === undefined ? "" : String(value));
  const [typed, setTyped] = useState<ReadonlyMap<string, string>>();
  const now = judged(typed, parameter, own ?? master);
  const wrong = (path: string) => (state.field === path || (now.sentence !== undefined && now.range === path.split(".")[0]) ? true : undefined);
  return (
    <form action={act} key={JSON.stringify(state.typed ?? {})} noValidate className="card" aria-labelledby="narrow-title" onInput={(event) => setTyped(textOf(new FormData(event.currentTarget)))}><header><h2 id="narrow-title">{own ? "Change" : "Narrow"} {name} at this site</h2></header>
      <div className="card-body stack">
        <Problem state={state} /><Hidden place={place} seen={seen} /><input type="hidden" name="parameter" value={parameter.id} />
        <div className="limits" id="ranges"><table><caption className="hint">In {unit === "1" ? "its own number" : unit}. A range may lie within the master&apos;s, never reach beyond it.</caption>
          <thead><tr><th scope="col">Range</th><th scope="col">Low</th><th scope="col">High</th></tr></thead>
          <tbody>{rangeNames.filter((range) => master[range]).map((range) => {
            const shown = (own ?? master)[range];
            return (
              <tr key={range}><th scope="row"><span className={`key of-${range}`} aria-hidden="true" />{rangeName[range]}<small>master {limitText(master[range], parameter)}</small></th>
                {(["low", "high"] as const).map((end) => <td key={end}><input name={`${range}.${end}`} aria-label={`${rangeName[range]}, ${end}`} inputMode="decimal" autoComplete="off" defaultValue={valueOf(`${range}.${end}`, shown?.[end])} aria-invalid={wrong(`${range}.${end}`)} /></td>)}</tr>
            );
          })}{master.target === undefined ? null : <tr><th scope="row"><span className="key of-target" aria-hidden="true" />Target<small>master {master.target.toFixed(parameter.precision)}</small></th><td colSpan={2}><input name="target" aria-label="Target" inputMode="decimal" autoComplete="off" defaultValue={valueOf("target", (own ?? master).target)} aria-invalid={wrong("target")} /></td></tr>}</tbody></table>
          <RangeBar limits={now.limits} /><ul className="limit-faults" aria-live="polite">{now.sentence === undefined ? null : <li>{now.sentence}</li>}</ul></div>
        <Reason id="limits-reason" state={state} />
        <div className="form-foot"><button className="button primary" type="submit" disabled={busy}>Save into the draft</button>{own ? <button className="button" type="submit" name="take" value="back" disabled={busy}>Use the master&apos;s limits</button> : null}<Link className="button" href={back}>Cancel</Link></div>
      </div></form>
  );
}

type UnitProps = Where & { readonly equipment: { readonly id: string; readonly name: string; readonly equipmentClass: string }; readonly chosen: string; readonly units: readonly string[] };

/** The one unit the site uses for an equipment of the master, or any of its class. */
export function OverlayUnitForm({ place, seen, equipment, chosen, units }: UnitProps) {
  const [state, act, busy] = useActionState(writeOverlayUnitAction, start);
  const id = `unit-${equipment.id}`;
  return (
    <details className="inline-block"><summary className="button small" aria-label={`Choose the unit: ${equipment.name}`}>Choose</summary>
      <form action={act} key={JSON.stringify(state.typed ?? {})} noValidate className="stack py-1">
        <Problem state={state} /><Hidden place={place} seen={seen} /><input type="hidden" name="equipment" value={equipment.id} />
        <div className="field short"><label htmlFor={id}>Unit</label><select id={id} name="unitId" defaultValue={state.typed?.["unitId"] ?? chosen}><option value="">Any of its class</option>{units.map((unit) => <option key={unit} value={unit}>{unit}</option>)}</select></div>
        <Reason id={`${id}-reason`} state={state} />
        <div className="form-foot"><button className="button" type="submit" disabled={busy}>Save into the draft</button></div>
      </form></details>
  );
}
