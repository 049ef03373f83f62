import type { EntryRow } from "#lib/batch/record.ts";

/** The proof of the negative: how many entries were judged by how many rules, and what came of it. */
export function Evaluated({ entries }: { entries: readonly EntryRow[] }) {
  const total = entries.length;
  const exceptions = entries.filter((e) => e.evaluation === "exception").length;
  const unknown = entries.filter((e) => e.evaluation === "not_evaluated").length;
  const free = entries.filter((e) => e.evaluation === "no_limits").length;
  const within = total - exceptions - unknown - free;
  const rules = new Set(entries.filter((e) => e.evaluation !== "no_limits").map((e) => e.ruleId)).size;
  if (total === 0) return <section id="evaluated" className="card negative" aria-label="What the rules found"><p>No entry of this batch was judged by a rule.</p></section>;
  const at = (n: number) => (n / Math.max(1, total - free)) * 1000;
  return (
    <section id="evaluated" className="card negative" aria-label="What the rules found">
      <p><b>{total - free}</b> entries checked by <b>{rules}</b> rules{free > 0 ? <>; <b>{free}</b> more are recorded without limits</> : null}.</p>
      <svg viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true"><rect width={at(within)} height="8" fill="#c2c7cd" /><rect x={at(within)} width={at(exceptions)} height="8" fill="var(--process)" /><rect x={at(within + exceptions)} width={at(unknown)} height="8" fill="var(--line-strong)" /></svg>
      <div className="legend">
        <span><i className="swatch" /><b>{within}</b> within</span>
        <span><i className="swatch exception" /><b>{exceptions}</b> outside a limit</span>
        <span><i className="swatch unknown" /><b>{unknown}</b> not evaluated</span>
      </div>
    </section>
  );
}
