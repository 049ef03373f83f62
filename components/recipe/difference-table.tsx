import { masterPartName, type MasterChange } from "#lib/recipe/difference.ts";

const kindName: Record<MasterChange["kind"], string> = { added: "added", removed: "removed", changed: "changed", moved: "order changed" };

/** What differs from an earlier version, part by part: before struck through, after beside it. */
export const DifferenceTable = ({ changes, before }: { readonly changes: readonly MasterChange[]; readonly before: string }) => changes.length === 0 ? <p className="empty">Nothing differs from {before} but the number of the version.</p> : (
  <div className="table-box" tabIndex={0} role="region" aria-label={`Difference to ${before}`}><table className="dense in-card differences">
    <thead><tr>{["What", "Part", "Change", "Before", "After"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
    <tbody>{changes.map((c, i) => (
      <tr key={`${c.part}${c.what}${c.field}${i}`}><th scope="row">{c.what}</th><td>{masterPartName[c.part]}</td><td>{c.field ? c.field : kindName[c.kind]}</td><td>{c.before ? <del>{c.before}</del> : <span className="quiet">–</span>}</td><td>{c.after || <span className="quiet">–</span>}</td></tr>
    ))}</tbody></table></div>
);
