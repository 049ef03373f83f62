import type { ModelCard } from "#lib/prediction/card.ts";
import type { Performance, Spread } from "#lib/prediction/evaluate.ts";
import type { Proportion } from "#lib/prediction/proportion.ts";

const ratio = ({ count, of, low95, high95 }: Proportion): string => `${count}/${of} [${(100 * low95).toFixed(1)}-${(100 * high95).toFixed(1)} %]`;
const hours = (spread: Spread | null): string => (spread === null ? "-" : `${spread.median.toFixed(1)} (${spread.p10.toFixed(1)} to ${spread.p90.toFixed(1)})`);

/** Rows of the comparison, one figure each. */
const figures: readonly { readonly label: string; readonly show: (metrics: Performance) => string }[] = [
  { label: "threshold", show: (m) => m.threshold.toFixed(3) },
  { label: "events detected", show: (m) => ratio(m.recall) },
  { label: "  before visibly lost", show: (m) => ratio(m.beforeVisiblyLost) },
  { label: "hours from onset", show: (m) => hours(m.hoursFromOnset) },
  { label: "hours from perceptible", show: (m) => hours(m.hoursFromPerceptible) },
  { label: "hours before visibly lost", show: (m) => hours(m.hoursBeforeVisiblyLost) },
  { label: "clean batches with alarm", show: (m) => ratio(m.cleanBatchesWithAlarm) },
  { label: "false alarms/reactor/month", show: (m) => m.falseAlarmsPerReactorMonth.toFixed(2) },
  { label: "clean windows evaluated", show: (m) => `${(100 * m.evaluatedShare).toFixed(1)} %` },
];

/** Lines of text with columns padded to their widest cell. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

/** The card as text for a terminal: figures of the model beside its baselines, then per kind and per look-alike. Hours: median (10th to 90th percentile). */
export function cardTable(card: ModelCard): string {
  const columns = [{ name: "forest", metrics: card.metrics }, ...card.baselines];
  const keyed = (prefix: string, of: (metrics: Performance) => Readonly<Record<string, Proportion>>) =>
    Object.keys(of(card.metrics)).map((key) => [`${prefix} ${key}`, ...columns.map(({ metrics }) => {
      const found = of(metrics)[key];
      return found ? `${found.count}/${found.of}` : "-";
    })]);
  const lines = aligned([
    ["", ...columns.map(({ name }) => name)],
    ...figures.map(({ label, show }) => [label, ...columns.map(({ metrics }) => show(metrics))]),
    ...keyed("detected:", (metrics) => metrics.perKind),
    ...keyed("false alarm:", (metrics) => metrics.perLookAlike),
  ]);
  const { training, calibration, cleanTest, contaminatedTest } = card.sets;
  return [
    `${card.name} ${card.version}  sha256 ${card.sha256}`,
    `batches: training ${training.count}, calibration ${calibration.count}, clean test ${cleanTest.count}, contaminated test ${contaminatedTest.count}; alarm at ${card.persistence.needed} of ${card.persistence.outOf} quarter-hours`,
    "", ...lines, "", card.claim, ...card.verdict.split("\n"),
  ].join("\n");
}
