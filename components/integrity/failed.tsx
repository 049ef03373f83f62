import { Mark } from "../ui/mark.tsx";
import { findingKind, noRow, wholeRow, type Finding } from "#lib/integrity/finding.ts";

/** At most so many are listed on a record; the page "Integrity" has them all. */
const listed = 20;

/** One finding in words: kind, row and field, what was recorded and what is there. */
export function FindingWords({ finding: { table, recordId, field, recorded, found } }: { readonly finding: Finding }) {
  const what = <><b>{findingKind(table)} <span className="mono">{recordId}</span></b> <span className="quiet">(table {table})</span></>;
  if (field === wholeRow && found === noRow) return <>{what} was recorded and is gone.</>;
  if (field === wholeRow) return <>{what} is there, and nobody recorded it.</>;
  return <>{what}, field <b>{field.replaceAll("_", " ")}</b>: recorded <span className="mono">{recorded || "nothing"}</span>, found <span className="mono">{found || "nothing"}</span></>;
}

/** Says on a record that it is not what was recorded; nothing while it is. */
export function IntegrityFailed({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <section id="integrity" className="integrity-notice" role="alert" aria-labelledby="integrity-title">
      <h2 id="integrity-title" className="p1"><Mark priority={1} filled /> Integrity failed</h2>
      <p>{findings.length === 1 ? "One place of this record is" : `${findings.length} places of this record are`} not what was recorded. Somebody changed {findings.length === 1 ? "it" : "them"} outside the application. Nothing of it can be signed or released until it is restored.</p>
      <ul>{findings.slice(0, listed).map((finding) => <li key={`${finding.table}/${finding.recordId}/${finding.field}`}><FindingWords finding={finding} /></li>)}</ul>
      {findings.length > listed ? <p className="small">{findings.length - listed} more stand on the page Integrity.</p> : null}
    </section>
  );
}
