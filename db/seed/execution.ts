import type { entries, steps } from "#db/schema/batch.ts";
import type { exceptions } from "#db/schema/quality.ts";
import { within, type Limits } from "#lib/quantity/limit.ts";
import { beyond, excursions, type Point } from "#lib/quality/excursion.ts";
import type { MasterContent, MasterParameter, MasterStep } from "#lib/recipe/master.ts";
import { feedAdditions, runBatch, type BatchRun } from "#lib/simulator/run-batch.ts";
import { mulberry32, normalFrom } from "#lib/simulator/random.ts";
import { offlineResults, type OfflineResult } from "#lib/simulator/offline-results.ts";
import { readSensors } from "#lib/simulator/sensors.ts";
import { scriptOf } from "#lib/simulator/running-batches.ts";
import type { StoryBatch } from "./timeline.ts";

type StepSeed = typeof steps.$inferInsert;
type EntrySeed = typeof entries.$inferInsert;
type ExceptionSeed = typeof exceptions.$inferInsert;
export type Crew = { readonly operator: string; readonly supervisor: string; readonly qa: string };
export type Execution = { readonly steps: StepSeed[]; readonly entries: EntrySeed[]; readonly exceptions: ExceptionSeed[]; readonly titer: number | undefined; readonly yieldPercent: number | undefined; readonly harvestL: number | undefined };

const hour = 3_600_000;
const minute = 60_000;

type Bench = {
  readonly batch: StoryBatch; readonly crew: Crew; readonly master: MasterContent; readonly run: BatchRun; readonly offline: readonly OfflineResult[];
  readonly inoculated: number; readonly ageH: number; readonly random: () => number; readonly normal: () => number;
};
type Value = { readonly value: number; readonly at: number; readonly enteredAt: number };

const online = (bench: Bench, tag: string, fromH: number, toH: number, stepH: number): Point[] => {
  const points: Point[] = [];
  for (let h = Math.max(0, fromH); h <= toH; h += stepH) {
    const reading = readSensors(bench.run, h).find((r) => r.tag === tag && r.quality === "good");
    if (reading) points.push({ at: bench.inoculated + h * hour, value: reading.value });
  }
  return points;
};

const near = (results: readonly OfflineResult[], tag: string, h: number): OfflineResult | undefined => results.find((r) => r.tag === tag && Math.abs(r.sampledAtH - h) < 8);

/** Values that no sensor or laboratory of the simulated process gives: what people read, weigh or count. */
const byHand: Readonly<Record<string, (bench: Bench) => number>> = {
  "sip-temperature": (b) => 121.9 + b.random() * 0.6,
  "sip-f0": (b) => 21 + b.random() * 6,
  "media-charged": (b) => 1200 + b.normal() * 9,
  "inoculum-viability": (b) => 97.6 + b.random() * 1.4,
  "ph-offline-difference": (b) => b.normal() * 0.016,
  bioburden: () => 0,
  "bulk-yield": (b) => ({ basel: 73.2, raleigh: 71.8, singapore: 72.4 })[b.batch.siteId] + b.normal() * 2.1,
  "harvest-volume": (b) => online(b, "volume", 335, 335.9, 0.1).at(-1)?.value ?? 0,
};

function feedOf(bench: Bench, which: "A" | "B", h: number): Value | undefined {
  const addition = feedAdditions(bench.run).find((f) => f.feed === which && f.plannedLitres > 0 && Math.abs(f.atH - h) < 12);
  return addition && { value: (addition.litres / addition.plannedLitres) * 100, at: bench.inoculated + addition.atH * hour, enteredAt: bench.inoculated + (addition.atH + 0.6) * hour };
}

function valueOf(bench: Bench, step: MasterStep, p: MasterParameter): Value | undefined {
  const due = bench.inoculated + step.dueH * hour;
  if (p.id === "feed-a" || p.id === "feed-b") return feedOf(bench, p.id === "feed-a" ? "A" : "B", step.dueH);
  const make = byHand[p.id];
  if (make) return { value: make(bench), at: due, enteredAt: due + (6 + bench.random() * 12) * minute };
  const result = near(bench.offline, p.id === "inoculum-density" ? "viable-cell-density" : p.id, step.dueH);
  return result && { value: result.value, at: bench.inoculated + result.sampledAtH * hour, enteredAt: bench.inoculated + result.reportedAtH * hour };
}

const judge = (limits: Limits, value: number): "within" | "exception" => (within(value, limits.normal ?? {}) ? "within" : "exception");

/** Decimal text without a negative zero. */
const plain = (value: number, digits: number): string => value.toFixed(digits).replace(/^-(0(\.0+)?)$/, "$1");

type Draft = Omit<ExceptionSeed, "siteId" | "batchId" | "id" | "state">;

/** What an operator writes beside an exception of the story. */
const said: Readonly<Record<string, string>> = {
  ph: "Base line found slipped from the pump head after the tubing change. Re-seated, base flow back at once.",
  "dissolved-oxygen": "Oxygen flow at its maximum, sparger partly blocked. Flow changed over to the second sparger.",
  temperature: "Short power dip of the suite, temperature loop restarted by itself.",
  late: "Result sheet came back from the laboratory after the shift change.",
  corrected: "Digits of two samples swapped when typing. Corrected from the analyser's print-out.",
  feed: "Bag ran empty before the end, remainder left in the line. Supervisor informed.",
};

/** Excursions of the online values of one day against the action range, one exception each. */
function captureExceptions(bench: Bench, step: MasterStep, p: MasterParameter, points: readonly Point[]): readonly Draft[] {
  const range = p.limits.action ?? p.limits.normal ?? {};
  const lasting = p.evaluation.kind === "longer_than" ? p.evaluation.minutes : 0;
  return excursions(points, range, lasting).map((x): Draft => {
    const outside = p.limits.validated && beyond(x.worst, p.limits.validated) > 0;
    return {
      stepId: step.id, parameter: p.id, type: "cpp_outside_limits", severity: outside ? "critical" : "major", rule: `${p.ruleId} v4`, unit: p.unit, tag: p.tag ?? null,
      title: `${p.name} ${x.worst < (range.low ?? -Infinity) ? "below" : "above"} the ${outside ? "validated" : "action"} range`,
      planned: `${(range.low ?? 0).toFixed(p.precision)} to ${(range.high ?? 0).toFixed(p.precision)}`, actual: x.worst.toFixed(p.precision),
      windowFrom: new Date(x.from), windowTo: new Date(x.to), outsideMinutes: Math.round(x.minutes * 10) / 10, raisedAt: new Date(x.to),
      comment: said[p.id] ?? null, commentBy: bench.crew.operator, commentAt: new Date(x.to + 12 * minute),
    };
  });
}

function captureEntry(bench: Bench, step: MasterStep, p: MasterParameter, found: Draft[], toH: number): EntrySeed | undefined {
  const points = online(bench, p.tag ?? p.id, toH - 24, toH, 1 / 60);
  if (points.length === 0) return undefined;
  const values = points.map((x) => x.value);
  const raised = captureExceptions(bench, step, p, points);
  found.push(...raised);
  const at = new Date(bench.inoculated + toH * hour);
  const text = `${Math.min(...values).toFixed(p.precision)} to ${Math.max(...values).toFixed(p.precision)}`;
  return entry(bench, step, p, { version: 1, value: text, eventAt: at, enteredAt: at, evaluation: raised.length > 0 ? "exception" : "within", enteredBy: null });
}

type EntryPart = Pick<EntrySeed, "version" | "value" | "eventAt" | "enteredAt" | "evaluation" | "enteredBy"> & { readonly reason?: string };
const entry = (bench: Bench, step: MasterStep, p: MasterParameter, part: EntryPart): EntrySeed => ({
  siteId: bench.batch.siteId, batchId: bench.batch.id, stepId: step.id, parameter: p.id, unit: p.unit, limits: p.limits, parameterClass: p.class, ruleId: `${p.ruleId} v4`,
  source: p.source, instrument: p.source === "automatic" ? `${bench.batch.unitId}/${p.tag ?? p.id}` : p.source === "laboratory" ? "QC laboratory" : null, ...part,
});

function plainException(bench: Bench, step: MasterStep, p: MasterParameter, value: Value): Draft {
  const range = p.limits.normal ?? {};
  const major = p.class === "CPP" && p.limits.action !== undefined && beyond(value.value, p.limits.action) > 0;
  const low = range.low !== undefined && value.value < range.low;
  return {
    stepId: step.id, parameter: p.id, type: p.id.startsWith("feed") ? "charge_outside_limits" : p.class === "CPP" ? "cpp_outside_limits" : "out_of_trend", severity: major ? "major" : "minor",
    title: `${p.name} ${low ? "below" : "above"} the normal range`, rule: `${p.ruleId} v4`, planned: range.low === undefined ? `≤ ${range.high}` : range.high === undefined ? `≥ ${range.low}` : `${range.low.toFixed(p.precision)} to ${range.high.toFixed(p.precision)}`,
    actual: value.value.toFixed(p.precision), unit: p.unit, tag: p.tag ?? null, windowFrom: p.tag ? new Date(value.at) : null, windowTo: p.tag ? new Date(value.at) : null,
    raisedAt: new Date(value.enteredAt), comment: p.id.startsWith("feed") ? (said["feed"] ?? null) : null, commentBy: p.id.startsWith("feed") ? bench.crew.operator : null, commentAt: p.id.startsWith("feed") ? new Date(value.enteredAt + 9 * minute) : null,
  };
}

const note = (bench: Bench, step: MasterStep, p: MasterParameter, at: number, kind: "late" | "corrected", planned: string, actual: string): Draft => ({
  stepId: step.id, parameter: p.id, type: kind === "late" ? "late_entry" : "corrected_entry", severity: "minor", title: kind === "late" ? `${p.name} entered late` : `${p.name} corrected`,
  rule: kind === "late" ? "R-50 v4" : "R-51 v4", planned, actual, unit: kind === "late" ? "h" : p.unit, tag: null, raisedAt: new Date(at), comment: said[kind] ?? null, commentBy: bench.crew.operator, commentAt: new Date(at + 5 * minute),
});

/** Hours between the event and its entry after which an entry is late; titer waits for the chromatograph. */
const lateAfterH = (parameterId: string): number => (parameterId === "titer" ? 40 : 7);

function valueEntries(bench: Bench, step: MasterStep, p: MasterParameter, found: Draft[]): readonly EntrySeed[] {
  const value = valueOf(bench, step, p);
  if (!value || value.enteredAt > bench.inoculated + bench.ageH * hour) return [];
  const evaluation = judge(p.limits, value.value);
  if (evaluation === "exception") found.push(plainException(bench, step, p, value));
  const delayH = (value.enteredAt - value.at) / hour;
  if (delayH > lateAfterH(p.id)) found.push(note(bench, step, p, value.enteredAt, "late", `≤ ${lateAfterH(p.id)}`, delayH.toFixed(1)));
  const enteredBy = p.source === "automatic" ? null : bench.crew.operator;
  const text = plain(value.value, p.precision);
  const common = { eventAt: new Date(value.at), enteredBy };
  if (p.id !== "glucose" || bench.random() > 0.06) return [entry(bench, step, p, { ...common, version: 1, value: text, enteredAt: new Date(value.enteredAt), evaluation })];
  const wrong = (value.value + 0.7).toFixed(p.precision);
  const mended = value.enteredAt + 26 * minute;
  found.push(note(bench, step, p, mended, "corrected", wrong, text));
  return [
    entry(bench, step, p, { ...common, version: 1, value: wrong, enteredAt: new Date(value.enteredAt), evaluation: judge(p.limits, value.value + 0.7) }),
    entry(bench, step, p, { ...common, version: 2, value: text, enteredAt: new Date(mended), evaluation, reason: "Transcription: digits of two samples swapped" }),
  ];
}

function executeStep(bench: Bench, step: MasterStep, position: number, found: Draft[]): { readonly step: StepSeed; readonly entries: readonly EntrySeed[] } {
  const { batch } = bench;
  const byId = new Map(bench.master.parameters.map((p) => [p.id, p]));
  const done = step.dueH < bench.ageH;
  const made = !done ? [] : step.parameters.flatMap((id) => {
    const p = byId.get(id);
    if (!p) return [];
    if (!p.tag || p.source !== "automatic") return valueEntries(bench, step, p, found);
    const captured = captureEntry(bench, step, p, found, step.dueH);
    return captured ? [captured] : [];
  });
  const performed = bench.inoculated + step.dueH * hour + (4 + bench.random() * 10) * minute;
  const last = Math.max(performed, ...made.map((e) => e.enteredAt.getTime()));
  return {
    entries: made,
    step: {
      siteId: batch.siteId, batchId: batch.id, id: step.id, position, unitProcedure: step.unitProcedure, operation: step.operation, phase: step.phase, title: step.title, detail: step.detail ?? null,
      kind: step.kind, automatic: step.automatic, state: done ? "done" : batch.completedHoursAgo === undefined ? "waiting" : "voided",
      performedBy: done && !step.automatic ? bench.crew.operator : null, performedAt: done ? new Date(last) : null,
      verifiedBy: done && !step.automatic ? bench.crew.supervisor : null, verifiedAt: done && !step.automatic ? new Date(last + (3 + bench.random() * 15) * minute) : null,
    },
  };
}

const rank = { critical: 0, major: 1, minor: 2 } as const;

function settle(bench: Bench, drafts: readonly Draft[]): ExceptionSeed[] {
  const { batch, crew } = bench;
  const decidedAt = new Date(bench.inoculated + (336 + 90) * hour);
  return [...drafts].sort((a, b) => a.raisedAt.getTime() - b.raisedAt.getTime()).map((draft, i): ExceptionSeed => {
    const open = batch.leavesOpen === "all" || (batch.leavesOpen === "major" && rank[draft.severity] < 2);
    const base = { ...draft, siteId: batch.siteId, batchId: batch.id, id: `EX-${String(i + 1).padStart(2, "0")}` };
    return open ? { ...base, state: draft.comment ? "explained" : "open" }
      : { ...base, state: "closed", decision: draft.severity === "minor" ? "Documented, no effect on the product." : "Within the validated range or assessed with the deviation; no effect on the product.", decidedBy: crew.qa, decidedAt };
  });
}

/** Executes the master for one batch of the story, from its simulated process. `now`: the story's present, epoch milliseconds. */
export function execute(batch: StoryBatch, crew: Crew, master: MasterContent, now: number): Execution & { readonly run: BatchRun; readonly inoculated: number } {
  const run = runBatch(scriptOf(batch.id, batch.siteId));
  const random = mulberry32(run.script.seed ^ 0x5bd1e995);
  const inoculated = now - batch.inoculatedHoursAgo * hour;
  const ageH = batch.completedHoursAgo === undefined ? batch.inoculatedHoursAgo : batch.inoculatedHoursAgo - batch.completedHoursAgo;
  const bench: Bench = { batch, crew, master, run, offline: offlineResults(run), inoculated, ageH, random, normal: normalFrom(random) };
  const found: Draft[] = [];
  const executed = master.steps.map((step, i) => executeStep(bench, step, i + 1, found));
  const all = executed.flatMap((e) => [...e.entries]);
  const figure = (id: string) => { const last = all.filter((e) => e.parameter === id).at(-1); return last ? Number(last.value) : undefined; };
  return { run, inoculated, steps: executed.map((e) => e.step), entries: all, exceptions: settle(bench, found), titer: figure("titer"), yieldPercent: figure("bulk-yield"), harvestL: figure("harvest-volume") };
}
