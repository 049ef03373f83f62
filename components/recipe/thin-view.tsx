import { evaluationText, limitText } from "#lib/recipe/words.ts";
import type { MasterContent } from "#lib/recipe/master.ts";

/** A master in the earlier form EBRMBR/1: its parameters and steps, read only. */
export const ThinView = ({ master }: { readonly master: MasterContent }) => (
  <>
    <p className="notice" role="note">This version is kept in the earlier form EBRMBR/1. It can be read, exported and made from, but not edited, and no version can be begun from it.</p>
    <section className="card" id="parameters" aria-labelledby="parameters-title"><header><h2 id="parameters-title">Parameters</h2></header>
      <div className="table-box" tabIndex={0} role="region" aria-label="Parameters"><table className="dense in-card"><thead><tr>{["Parameter", "Class", "Normal", "Action", "Proven acceptable", "Judged"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>{master.parameters.map((p) => <tr key={p.id}><th scope="row">{p.name}</th><td>{p.class}</td><td className="nowrap">{limitText(p.limits.normal, p)}</td><td className="nowrap">{limitText(p.limits.action, p)}</td><td className="nowrap">{limitText(p.limits.validated, p)}</td><td>{evaluationText(p.evaluation)}</td></tr>)}</tbody></table></div></section>
    <section className="card" id="procedure" aria-labelledby="procedure-title"><header><h2 id="procedure-title">Procedure</h2><span className="quiet small">{master.steps.length} steps</span></header>
      <div className="table-box" tabIndex={0} role="region" aria-label="Procedure"><table className="dense in-card"><thead><tr>{["Step", "Title", "Unit procedure", "Operation", "Phase", "Due"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>{master.steps.map((s) => <tr key={s.id}><th scope="row">{s.id}</th><td>{s.title}</td><td>{s.unitProcedure}</td><td>{s.operation}</td><td>{s.phase}</td><td className="nowrap">{s.dueH} h</td></tr>)}</tbody></table></div></section>
  </>
);
