import { Mark } from "../ui/mark.tsx";
import type { ConfigurationChange } from "#lib/quality/configuration.ts";

type Props = { readonly changes: readonly ConfigurationChange[]; readonly before: string };

/** What a version changes: before struck through, after beside it; what asks for less is said in words. */
export const ConfigurationChanges = ({ changes, before }: Props) => changes.length === 0 ? <p className="empty">Nothing differs from {before}.</p> : (
  <div className="table-box" tabIndex={0} role="region" aria-label={`Difference to ${before}`}><table className="dense in-card differences">
    <thead><tr>{["Type", "What", "Effect", "Before", "After"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
    <tbody>{changes.map((c) => (
      <tr key={`${c.what}/${c.field}`}><th scope="row">{c.what}</th><td>{c.field}</td><td>{c.weaker ? <span className="p3"><Mark priority={3} /> asks for less</span> : <span className="quiet">asks for more</span>}</td><td><del>{c.before}</del></td><td>{c.after}</td></tr>
    ))}</tbody></table></div>
);
