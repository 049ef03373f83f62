import { Icon } from "../ui/icon.tsx";
import { Mark } from "../ui/mark.tsx";
import type { CheckState } from "#lib/compliance/matrix.ts";
import type { Outcome } from "#lib/compliance/test-run.ts";

export const stateName: Record<CheckState, string> = { passed: "Passed", failed: "Failed", "not-run": "Not run for this version", planned: "Planned" };

/** The state of a row's check: icon and word; colour only where somebody must look. */
export function CheckStateMark({ state }: { state: CheckState }) {
  switch (state) {
    case "passed": return <span className="check-state"><Icon name="done" />{stateName.passed}</span>;
    case "failed": return <span className="check-state p1"><Mark priority={1} filled /><b>{stateName.failed}</b></span>;
    case "not-run": return <span className="check-state"><span className="swatch unknown" aria-hidden="true" />{stateName["not-run"]}</span>;
    case "planned": return <span className="check-state quiet"><Icon name="open" />{stateName.planned}</span>;
  }
}

/** One test's outcome. An outcome of another version is told as past. */
export function OutcomeMark({ outcome, current }: { outcome: Outcome; current: boolean }) {
  const words = { passed: "passed", failed: "failed", skipped: "skipped" }[outcome];
  if (outcome === "failed" && current) return <span className="check-state p1"><Mark priority={1} filled /><b>{words}</b></span>;
  return <span className="check-state"><Icon name={outcome === "passed" ? "check" : outcome === "failed" ? "cross" : "open"} />{words}{current ? "" : ", other version"}</span>;
}
