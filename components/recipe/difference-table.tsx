import { masterPartName, masterParts, type MasterChange } from "#lib/recipe/difference.ts";

const kindName: Record<MasterChange["kind"], string> = { added: "new", removed: "taken out", changed: "changed", moved: "moved" };
const fieldOf = ({ kind, field }: MasterChange): string => (kind === "changed" ? field : kindName[kind]);

/** Rows of one thing stand under its name. */
const Rows = ({ changes }: { readonly changes: readonly MasterChange[] }) => changes.map((c, i) => (
  <tr key={`${c.what}${c.field}${i}`}>{changes[i - 1]?.what === c.what ? null : <th scope="row" rowSpan={changes.slice(i).findIndex((other) => other.what !== c.what) === -1 ? changes.length - i : changes.slice(i).findIndex((other) => other.what !== c.what)}>{c.what}</th>}
    <td>{fieldOf(c)}</td><td>{c.before ? <del>{c.before}</del> : <span className="quiet">–</span>}</td><td>{c.after ? <ins>{c.after}</ins> : <span className="quiet">–</span>}</td></tr>
));

/** What differs from an earlier version, part by part: before struck through, after beside it. */
export const DifferenceTable = ({ changes, before }: { readonly changes: readonly MasterChange[]; readonly before: string }) => changes.length === 0 ? <p className="empty">Nothing differs from {before} but the number of the version.</p> : (
  <div className="table-box" tabIndex={0} role="region" aria-label={`Difference to ${before}`}><table className="dense in-card differences">
    <thead><tr>{["What", "Change", `Before, ${before}`, "After, this version"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
    {masterParts.map((part) => { const own = changes.filter((c) => c.part === part); return own.length === 0 ? null : <tbody key={part}><tr className="part-row"><th scope="rowgroup" colSpan={4}>{masterPartName[part]}</th></tr><Rows changes={own} /></tbody>; })}
  </table></div>
);
