import { Icon } from "../ui/icon.tsx";
import type { Check } from "#lib/release/check.ts";

/** The release checks; each leads to its evidence on the page. Done is quiet, open is bold. */
export function Checks({ checks, address }: { checks: readonly Check[]; address: string }) {
  const done = checks.filter((c) => c.done).length;
  return (
    <nav className="pane list" aria-label="Checks">
      <div className="pane-inner">
        <div className="pane-head"><h2>Checks</h2><span>{done} complete, {checks.length - done} open</span></div>
        <ul>{checks.map((c) => (
          <li key={c.id} id={`check-${c.id}`} className={`check${c.done ? "" : " open"}`}>
            <a href={c.id === "completeness" ? `${address}/record` : `#${evidenceOf[c.id]}`}>
              <Icon name={c.done ? "done" : "open"} />
              <strong>{c.name}<em>{c.done ? "Complete" : "Open"}</em></strong>
              <small>{c.owner} · {c.finding}</small>
            </a>
          </li>
        ))}</ul>
      </div>
    </nav>
  );
}

const evidenceOf: Record<Check["id"], string> = {
  completeness: "record", evaluation: "evaluated", laboratory: "record", exceptions: "exceptions", production_review: "signatures", audit_trail_review: "signatures", site_confirmation: "signatures", integrity: "signatures",
};
