"use client";

import { at, idsAt, textAt, type Draft } from "./draft.ts";
import { fieldId, type Field } from "./fields.ts";

/** A part as a form holds it: what is typed, how it changes, and what is wrong where. */
export type Typing = { readonly draft: Draft; readonly set: (path: string, value: unknown) => void; readonly faultOf: (path: string) => string | undefined };
type BoxProps = Typing & { readonly path: string; readonly label: string; readonly hint?: string | undefined };

const said = ({ path, hint, faultOf }: Pick<BoxProps, "path" | "hint" | "faultOf">): string | undefined => [...(hint ? [`${fieldId(path)}-hint`] : []), ...(faultOf(path) ? [`${fieldId(path)}-fault`] : [])].join(" ") || undefined;

/** What stands under a field: its hint and what is wrong with it. */
export function Under({ path, hint, faultOf }: Pick<BoxProps, "path" | "hint" | "faultOf">) {
  const fault = faultOf(path);
  return <>{hint ? <p className="hint" id={`${fieldId(path)}-hint`}>{hint}</p> : null}{fault ? <p className="p1 tiny" id={`${fieldId(path)}-fault`}>{fault}</p> : null}</>;
}

/** Attributes that every control of a path has. */
export const control = ({ path, hint, faultOf }: Pick<BoxProps, "path" | "hint" | "faultOf">) => ({ id: fieldId(path), "aria-invalid": faultOf(path) ? (true as const) : undefined, "aria-describedby": said({ path, hint, faultOf }) });

export const Words = (p: BoxProps & { readonly longest: number }) => <div className="field"><label htmlFor={fieldId(p.path)}>{p.label}</label><input {...control(p)} value={textAt(p.draft, p.path)} maxLength={p.longest} onChange={(e) => p.set(p.path, e.target.value)} /><Under {...p} /></div>;
export const Lines = (p: BoxProps & { readonly longest: number }) => <div className="field wide"><label htmlFor={fieldId(p.path)}>{p.label}</label><textarea {...control(p)} rows={3} value={textAt(p.draft, p.path)} maxLength={p.longest} onChange={(e) => p.set(p.path, e.target.value)} /><Under {...p} /></div>;
export const Decimal = (p: BoxProps) => <div className="field short"><label htmlFor={fieldId(p.path)}>{p.label}</label><input {...control(p)} inputMode="decimal" autoComplete="off" value={textAt(p.draft, p.path)} onChange={(e) => p.set(p.path, e.target.value)} /><Under {...p} /></div>;
export const Tick = (p: BoxProps) => <div className="field tick"><label><input type="checkbox" {...control(p)} checked={at(p.draft, p.path) === true} onChange={(e) => p.set(p.path, e.target.checked)} />{p.label}</label><Under {...p} /></div>;

type Options = readonly { readonly value: string; readonly name: string }[];
/** One of some options. What is stored and no longer offered stays to be seen, so that saving does not change it unseen. */
export function Choice(p: BoxProps & { readonly options: Options; readonly none?: string | undefined }) {
  const value = textAt(p.draft, p.path);
  const lost = value !== "" && !p.options.some((o) => o.value === value);
  return (
    <div className="field"><label htmlFor={fieldId(p.path)}>{p.label}</label>
      <select {...control(p)} value={value} onChange={(e) => p.set(p.path, e.target.value)}>{p.none !== undefined || value === "" ? <option value="">{p.none ?? "choose"}</option> : null}{lost ? <option value={value}>{value} (no longer there)</option> : null}{p.options.map((o) => <option key={o.value} value={o.value}>{o.name}</option>)}</select><Under {...p} /></div>
  );
}

/** Several of some options, kept in the order in which they are ticked. */
export function Ticks(p: BoxProps & { readonly options: Options; readonly empty: string }) {
  const chosen = idsAt(p.draft, p.path);
  const offered = [...p.options, ...chosen.filter((id) => !p.options.some((o) => o.value === id)).map((value) => ({ value, name: `${value} (no longer there)` }))];
  const toggle = (id: string, on: boolean) => p.set(p.path, on ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <fieldset className="field wide" id={fieldId(p.path)}><legend>{p.label}</legend>
      {offered.length === 0 ? <p className="hint">{p.empty}</p> : <div className="tick-list">{offered.map((o) => <label key={o.value}><input type="checkbox" checked={chosen.includes(o.value)} onChange={(e) => toggle(o.value, e.target.checked)} />{o.name}</label>)}</div>}<Under {...p} /></fieldset>
  );
}

/** Is the field shown: while it has a use, and as long as something stands in it. */
export function isShown(field: Field, draft: Draft): boolean {
  if (field.hidden?.(draft)) return false;
  const value = at(draft, field.path);
  const filled = value !== undefined && value !== "" && value !== false && !(typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return field.when === undefined || field.when(draft) || filled;
}
