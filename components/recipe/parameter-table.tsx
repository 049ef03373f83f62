import { RangeBar } from "./range-bar.tsx";
import { evaluationText, limitText, sourceName } from "#lib/recipe/words.ts";
import { rangeName, rangeNames } from "#lib/quantity/limit.ts";
import type { MasterParameter, MasterRecord } from "#lib/recipe/master-record.ts";

type RangeName = (typeof rangeNames)[number];
/** Ranges that some parameter of the master has, the narrowest first: a column nobody fills says nothing. */
const columnsOf = (master: MasterRecord): readonly RangeName[] => [...rangeNames].reverse().filter((name) => master.parameters.some((p) => p.limits[name] !== undefined));

function Source({ parameter: { source, tag, method, formula }, master }: { readonly parameter: MasterParameter; readonly master: MasterRecord }) {
  const nameOf = (id: string) => master.parameters.find((p) => p.id === id)?.name ?? `“${id}”`;
  return (
    <>{sourceName[source]}{tag ? <small>tag <span className="mono">{tag}</span></small> : null}{method ? <small>{method}</small> : null}
      {formula ? <small><span className="mono">{formula.text}</span>; {Object.entries(formula.inputs).map(([name, id]) => `${name} is ${nameOf(id)}`).join(", ")}</small> : null}</>
  );
}

function Limits({ parameter, columns }: { readonly parameter: MasterParameter; readonly columns: readonly RangeName[] }) {
  if (parameter.form) return <td colSpan={columns.length + 2}>{parameter.form === "text" ? "Words" : <>One of: {(parameter.options ?? []).map((o) => `${o.value}${o.fits ? "" : " (exception)"}`).join(", ")}</>}</td>;
  return (
    <><td className="num nowrap">{parameter.limits.target === undefined ? <span className="quiet">–</span> : parameter.limits.target.toFixed(parameter.precision)}</td>
      {columns.map((name) => <td key={name} className="nowrap">{limitText(parameter.limits[name], { ...parameter, unit: "1" })}</td>)}<td><RangeBar limits={parameter.limits} /></td></>
  );
}

/** Every parameter with its class, where it comes from, its nested ranges and how it is judged. */
export function ParameterTable({ master }: { readonly master: MasterRecord }) {
  const columns = columnsOf(master);
  return <div className="table-box" tabIndex={0} role="region" aria-label="Parameters"><table className="dense in-card">
    <thead><tr><th scope="col">Parameter</th><th scope="col">Class</th><th scope="col">Unit</th><th scope="col" className="num">Target</th>{columns.map((name) => <th key={name} scope="col">{rangeName[name]}</th>)}<th scope="col">Ranges</th><th scope="col">Judged</th><th scope="col">Source</th></tr></thead>
    <tbody>{master.parameters.map((parameter) => (
      <tr key={parameter.id} id={`parameter-${parameter.id}`}><th scope="row">{parameter.name}<small className="mono">{parameter.id}</small></th><td>{parameter.class}</td><td className="nowrap">{parameter.form || parameter.unit === "1" ? <span className="quiet">–</span> : parameter.unit}</td>
        <Limits parameter={parameter} columns={columns} /><td>{evaluationText(parameter.evaluation)}</td><td><Source parameter={parameter} master={master} /></td></tr>
    ))}</tbody></table></div>;
}
