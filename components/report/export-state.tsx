import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import { exportStateName } from "#lib/report/export.ts";
import type { ExportView } from "#lib/report/export-queries.ts";

/** How far a copy is: word, and while it is being made the pages that are painted. */
export function ExportStateMark({ view }: { view: ExportView }) {
  const { state, progress, total } = view;
  switch (state) {
    case "done": return <span className="check-state"><Icon name="done" />{exportStateName.done}</span>;
    case "failed": return <span className="check-state p1"><Mark priority={1} filled /><b>{exportStateName.failed}</b></span>;
    case "waiting": return <span className="check-state"><Icon name="open" />{exportStateName.waiting}</span>;
    case "running": return total === 0 ? <span className="check-state"><Icon name="open" />Being laid out</span>
      : <span className="report-progress"><progress max={total} value={progress} aria-label="Pages painted" /> {progress} of {total} pages{progress === total ? ", being sealed" : ""}</span>;
  }
}
