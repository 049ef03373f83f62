import Link from "next/link";
import { Icon, type IconName } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { figureText } from "../ui/figure.tsx";
import { SeverityCounts } from "./severity-counts.tsx";
import { roleName } from "#lib/access/permission.ts";
import type { BatchListRow, QueueFigures } from "#lib/batch/queries.ts";
import { batchStateName } from "#lib/batch/state.ts";
import { siteDate, spanText } from "#lib/site/time.ts";
import { QueueKeys } from "./queue-keys.tsx";

export const batchAddress = (row: { readonly siteId: string; readonly id: string }): string => `/sites/${row.siteId}/batches/${row.id}`;

/** A batch of the queue; `integrityFailed`: its record, or its site's ledger, is not what was recorded. */
export type QueueRow = BatchListRow & { readonly integrityFailed: boolean };

type Blocker = { readonly icon: IconName; readonly text: string };

/** What still stands before the release, as far as states and signatures tell; the batch's page recomputes all of it. */
export function blockersOf(row: QueueRow): readonly Blocker[] {
  const signed = (meaning: string) => row.signed.includes(meaning);
  return [
    ...(row.integrityFailed ? [{ icon: "exception" as const, text: "Integrity" }] : []),
    ...(row.open > 0 ? [{ icon: "exception" as const, text: `Exceptions ${row.open}` }] : []),
    ...(signed("production_reviewed") ? [] : [{ icon: "review" as const, text: "Production review" }]),
    ...(signed("audit_trail_reviewed") ? [] : [{ icon: "trail" as const, text: "Audit trail" }]),
    ...(signed("site_confirmed") ? [] : [{ icon: "site" as const, text: "Site confirmation" }]),
  ];
}

function Due({ row, now }: { row: BatchListRow; now: Date }) {
  if (!row.dueAt) return <span className="quiet">–</span>;
  const late = row.dueAt.getTime() < now.getTime();
  const distance = spanText(Math.abs(row.dueAt.getTime() - now.getTime())).split(" ").slice(0, 2).join(" ");
  return <>{siteDate(row.dueAt, row.timeZone)}<small className={late ? "p2" : ""}>{late ? <><Mark priority={2} /> <b>{distance} late</b></> : `in ${distance}`}</small></>;
}

function Row({ row, now }: { row: QueueRow; now: Date }) {
  const blockers = blockersOf(row);
  return (
    <tr>
      <th scope="row"><Link href={batchAddress(row)} data-row-link>{row.id}</Link></th>
      <td>{row.productId} {row.productName}<small>{row.strength}</small></td>
      <td>{row.siteName}<small>{row.unitId}</small></td>
      <td>{batchStateName[row.state]}</td>
      <td className="num">{blockers.length}</td>
      <td>{blockers.length === 0 ? "Ready to sign" : <ul className="blockers">{blockers.map((b) => <li key={b.text}><Icon name={b.icon} />{b.text}</li>)}</ul>}</td>
      <td className="num"><SeverityCounts critical={row.critical} major={row.major} minor={row.minor} open={row.open > 0} /></td>
      <td>{row.signed.includes("audit_trail_reviewed") ? <><Icon name="check" /><span className="hidden-text">signed</span></> : <span className="quiet">–<span className="hidden-text"> not signed</span></span>}</td>
      <td className="nowrap">{row.integrityFailed ? <span className="p1"><Mark priority={1} filled /> <b>failed</b></span> : <span className="quiet">holds</span>}</td>
      <td className="num">{row.yieldPercent === null ? "–" : figureText(row.yieldPercent, 1)}</td>
      <td className="num">{row.completedAt ? Math.floor((now.getTime() - row.completedAt.getTime()) / 86_400_000) : "–"}</td>
      <td className="nowrap"><Due row={row} now={now} /></td>
      <td>P{row.priority ?? "–"}</td>
      <td>{row.waitsForMe ? <b>You</b> : row.waitingOn ? roleName[row.waitingOn] : "–"}<small>{row.waitsForMe && row.waitingOn ? roleName[row.waitingOn] : ""}</small></td>
    </tr>
  );
}

const columns = ["Batch", "Product, strength", "Site, unit", "Stage", "", "Blockers", "Exceptions C M m", "Trail rev.", "Integrity", "Yield %", "Age d", "Due", "Priority", "Waiting on"] as const;
const numeric = new Set(["", "Exceptions C M m", "Yield %", "Age d"]);

function Group({ title, rows, now }: { title: string; rows: readonly QueueRow[]; now: Date }) {
  return (
    <tbody>
      <tr className="group"><th scope="rowgroup" colSpan={columns.length}><b>{title}</b> {rows.length}</th></tr>
      {rows.length === 0 ? <tr><td colSpan={columns.length} className="quiet">Nothing here.</td></tr> : rows.map((row) => <Row key={`${row.siteId}/${row.id}`} row={row} now={now} />)}
    </tbody>
  );
}

/** The release queue: what waits for me first, then what waits for others, each by due date. Batches are signed one at a time. */
export function ReleaseQueue({ rows, figures, now }: { rows: readonly QueueRow[]; figures: QueueFigures; now: Date }) {
  const mine = rows.filter((r) => r.waitsForMe);
  const late = rows.filter((r) => r.dueAt && r.dueAt < now);
  const ready = rows.filter((r) => blockersOf(r).length === 0);
  return (
    <>
      <dl className="strip">
        <div><dt>Median, complete to closing signature</dt><dd>{figures.medianDays === null ? <span className="quiet">no released batch in 365 d</span> : <><span className="figure">{figures.medianDays.toFixed(1)}</span> d <span className="aside">365 d, n {figures.released}</span></>}</dd></div>
        <div><dt>Ready to sign</dt><dd><span className="figure">{ready.length}</span> <span className="aside">of {rows.length} open</span></dd></div>
        <div><dt>Past due</dt><dd><span className="figure">{late.length}</span> {late[0] ? <span className="p2 small"><Mark priority={2} /> {late.map((l) => l.id).slice(0, 2).join(", ")}</span> : <span className="aside">of {rows.length} open</span>}</dd></div>
        <div><dt>Rejected</dt><dd><span className="figure">{figures.rejected}</span> <span className="aside">365 d, of {figures.rejected + figures.released} closed</span></dd></div>
      </dl>
      <div className="bar"><span className="quiet small">My sites, not closed · sorted by what waits for me, then due</span></div>
      <div className="table-box" tabIndex={0} role="region" aria-label="Release queue">
        <table className="dense tall" data-keys>
          <thead><tr>{columns.map((c, i) => <th key={c || i} scope="col" className={numeric.has(c) ? "num" : ""}>{c || <span className="hidden-text">Number of blockers</span>}</th>)}</tr></thead>
          <Group title="Waiting on you" rows={mine} now={now} />
          <Group title="Waiting on others" rows={rows.filter((r) => !r.waitsForMe)} now={now} />
        </table>
      </div>
      <QueueKeys />
      <footer className="table-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> move</span><span><kbd>↵</kbd> open</span><span className="end">{rows.length === 0 ? "0" : `1–${rows.length}`} of {rows.length} · Batches are signed one at a time, on their own page</span></footer>
    </>
  );
}
