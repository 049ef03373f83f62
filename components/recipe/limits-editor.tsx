"use client";

import { textAt } from "./draft.ts";
import { control, type Typing } from "./field-input.tsx";
import { RangeBar } from "./range-bar.tsx";
import { limitFaults, rangeName, rangeNames, type Limits, type Range } from "#lib/quantity/limit.ts";

const meaning: Record<(typeof rangeNames)[number], string> = { absolute: "beyond it stands a mistake", validated: "shown to give good product", action: "beyond it somebody acts", alert: "beyond it somebody looks", normal: "where it should be" };
const decimal = (text: string): number | undefined => (/^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined);

/** The limits as far as they can be read while they are typed. */
function limitsOf({ draft }: Pick<Typing, "draft">): Limits {
  const read = (path: string) => decimal(textAt(draft, `limits.${path}`));
  const target = read("target");
  const ranges = rangeNames.map((name): readonly [string, Range] => {
    const [low, high] = [read(`${name}.low`), read(`${name}.high`)];
    return [name, { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }];
  });
  return { ...(target === undefined ? {} : { target }), ...Object.fromEntries(ranges.filter(([, range]) => Object.keys(range).length > 0)) };
}

function End({ typing, path, label }: { readonly typing: Typing; readonly path: string; readonly label: string }) {
  const text = textAt(typing.draft, path);
  const unread = text.trim() !== "" && decimal(text) === undefined;
  return <input {...control({ ...typing, path })} aria-label={label} aria-invalid={unread || typing.faultOf(path) ? true : undefined} inputMode="decimal" autoComplete="off" value={text} onChange={(e) => typing.set(path, e.target.value)} />;
}

/** Five nested ranges and the target, checked while they are typed and drawn as they lie within each other. */
export function LimitsEditor({ typing }: { readonly typing: Typing }) {
  const limits = limitsOf(typing);
  const faults = limitFaults(limits);
  const unit = textAt(typing.draft, "unit");
  const unread = rangeNames.flatMap((name) => ["low", "high"].map((end) => `limits.${name}.${end}`)).concat("limits.target").filter((path) => textAt(typing.draft, path).trim() !== "" && decimal(textAt(typing.draft, path)) === undefined);
  return (
    <div className="limits" id="field-limits">
      <table><caption className="hint">In {unit === "1" || unit === "" ? "its own number" : unit}. Leave an end empty where there is no limit; each range lies within the wider one above it.</caption>
        <thead><tr><th scope="col">Range</th><th scope="col">Low</th><th scope="col">High</th></tr></thead>
        <tbody>{rangeNames.map((name) => (
          <tr key={name} className={faults.some((f) => f.range === name) ? "faulty" : undefined}><th scope="row"><span className={`key of-${name}`} aria-hidden="true" />{rangeName[name]}<small>{meaning[name]}</small></th><td><End typing={typing} path={`limits.${name}.low`} label={`${rangeName[name]}, low`} /></td><td><End typing={typing} path={`limits.${name}.high`} label={`${rangeName[name]}, high`} /></td></tr>
        ))}<tr><th scope="row"><span className="key of-target" aria-hidden="true" />Target<small>what is aimed at</small></th><td colSpan={2}><End typing={typing} path="limits.target" label="Target" /></td></tr></tbody></table>
      <RangeBar limits={limits} />
      <ul className="limit-faults" aria-live="polite">{faults.map((f) => <li key={f.sentence}>{f.sentence}</li>)}{unread.length > 0 ? <li>Write numbers with a point, for example 7.10.</li> : null}</ul>
    </div>
  );
}
