import Link from "next/link";
import { works } from "#lib/compliance/clause.ts";
import { chapters } from "#lib/compliance/clauses.ts";
import type { ClauseRow } from "#lib/compliance/matrix.ts";
import { siteTime } from "#lib/site/time.ts";
import { CheckStateMark } from "./check-state.tsx";
import { EvidenceLinks } from "./evidence-links.tsx";

/** How many tests there are, and what of them needs attention. */
function countText({ state, tests, current }: ClauseRow): string {
  const open = tests.filter((t) => t.outcome !== "passed").length;
  const all = `${tests.length} ${tests.length === 1 ? "test" : "tests"}`;
  if (open > 0) return `${open} of ${all} did not pass${current ? "" : " then"}`;
  return current ? `${all} passed${state === "not-run" ? ", other steps have not run" : ""}` : `${all} passed then`;
}

/** What is known of the row's last check, in small: how many tests, when, on which version. */
function LastCheck({ row }: { row: ClauseRow }) {
  return (
    <>
      <CheckStateMark state={row.state} />
      {row.work ? <small>{works[row.work]}</small> : null}
      {row.state === "failed" && row.tests.length === 0 ? <small>no test carries its tag</small> : null}
      {row.testedAt ? <small>{countText(row)}, {siteTime(row.testedAt, "UTC")}<br />{row.current ? "this version" : "earlier version"}{row.commit ? <>, <span className="mono">{row.commit.slice(0, 10)}</span></> : null}</small> : null}
    </>
  );
}

function Row({ row, opens }: { row: ClauseRow; opens: readonly string[] }) {
  return (
    <tr>
      <td className="num">{row.number}</td>
      <th scope="row"><Link href={`/compliance/${row.number}`}>{row.title}</Link><small>{row.clause}</small></th>
      <td>{row.must}</td>
      <td>{row.control}{row.missing ? <small><b>Still to come:</b> {row.missing.what} ({works[row.missing.work]})</small> : null}</td>
      <td><EvidenceLinks evidence={row.evidence} opens={opens} /></td>
      <td><LastCheck row={row} /></td>
    </tr>
  );
}

/** The matrix: clause, control, evidence, last automated check, in the chapters of the list. */
export function ClauseTable({ rows, opens }: { rows: readonly ClauseRow[]; opens: readonly string[] }) {
  const shown = chapters.map((chapter) => ({ name: chapter.name, rows: rows.filter((row) => chapter.clauses.some((c) => c.number === row.number)) })).filter((c) => c.rows.length > 0);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Compliance matrix"><table className="dense clauses">
      <thead><tr>{["Row", "Clause", "The software must", "Control", "Evidence", "Last automated check"].map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
      {shown.map((chapter) => (
        <tbody key={chapter.name}><tr className="group"><th colSpan={6} scope="rowgroup">{chapter.name}</th></tr>{chapter.rows.map((row) => <Row key={row.number} row={row} opens={opens} />)}</tbody>
      ))}
    </table></div>
  );
}
