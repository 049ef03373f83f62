import type { BatchRecord, StepRow } from "./record.ts";
import { hasEnded } from "./step.ts";
import { placedSteps, type MasterRecord, type MasterStep } from "#lib/recipe/master-record.ts";

/** What a record holds of one item of 21 CFR 211.188(b); what does not apply says why. */
export type ContentItem = { readonly number: number; readonly asks: string; readonly state: "held" | "missing" | "not_applicable"; readonly finding: string };
type Found = Pick<ContentItem, "state" | "finding">;
type Source = { readonly record: BatchRecord; readonly master: MasterRecord; /** Steps that were performed, each with what the master says of it. */ readonly done: readonly { readonly row: StepRow; readonly step: MasterStep }[] };

const held = (finding: string): Found => ({ state: "held", finding });
const missing = (finding: string): Found => ({ state: "missing", finding });
const none = (finding: string): Found => ({ state: "not_applicable", finding });
const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
const names = (rows: readonly StepRow[]): string => rows.map((row) => row.id).join(", ");

/** Steps of a kind that were performed must each have left what the kind leaves. */
function ofSteps({ done }: Source, kind: MasterStep["kind"], has: (row: StepRow) => boolean, words: { readonly nothing: string; readonly lacks: string; readonly found: (n: number) => string }): Found {
  const own = done.filter(({ step }) => step.kind === kind).map(({ row }) => row);
  if (own.length === 0) return none(words.nothing);
  const lacking = own.filter((row) => !has(row));
  return lacking.length > 0 ? missing(`${words.lacks} ${names(lacking)}`) : held(words.found(own.length));
}

/** Charges of a step that were not taken back. */
const charged = ({ record }: Source, row: StepRow): boolean => (record.materials.filter((use) => use.stepId === row.id).at(-1)?.percentOfPlan ?? 0) > 0;
const packagingOf = ({ master }: Source): ReadonlySet<string> => new Set(master.materials.filter((m) => m.kind === "packaging").map((m) => m.id));
const nothingPacked = "the master charges no packaging or labelling material";

function packed(source: Source): Found {
  const packaging = packagingOf(source);
  if (packaging.size === 0) return none(nothingPacked);
  const uses = source.record.materials.filter((use) => packaging.has(use.material) && use.takesBack === null);
  return uses.length > 0 ? held(`${count(uses.length, "charge")} of packaging and labels, by lot and quantity`) : missing("no packaging or label was charged");
}

/** Examined beside the packing: a value recorded in the operation in which packaging was charged (21 CFR 211.134). */
function examined(source: Source): Found {
  const packaging = packagingOf(source);
  if (packaging.size === 0) return none(nothingPacked);
  const operations = new Set(source.done.filter(({ step }) => step.material !== undefined && packaging.has(step.material)).map(({ row }) => row.operation));
  const rows = new Set(source.record.steps.filter((row) => operations.has(row.operation)).map((row) => row.id));
  const values = source.record.entries.filter((entry) => rows.has(entry.stepId)).length;
  return values > 0 ? held(`${count(values, "value")} recorded in ${[...operations].join(", ")}`) : missing(`nothing was recorded in ${[...operations].join(", ") || "the packing"}`);
}

function yielded({ record: { batch }, master: { theoreticalYield } }: Source): Found {
  if (!theoreticalYield) return none("the master states no theoretical yield");
  return batch.yieldPercent === null ? missing("no yield is recorded") : held(`${batch.yieldPercent} % of ${theoreticalYield.quantity} ${theoreticalYield.unit} ${theoreticalYield.name}`);
}

function people({ record, done }: Source): Found {
  const lacking = done.filter(({ row }) => row.performedBy === null || !hasEnded({ state: row.state, verified: row.verification ?? "not-needed" })).map(({ row }) => row);
  return lacking.length > 0 ? missing(`nobody performed or verified ${names(lacking)}`) : held(`${count(new Set(record.steps.flatMap((row) => [row.performedBy, row.verifiedBy]).filter((id) => id !== null)).size, "person", "persons")} in ${count(done.length, "step")}`);
}

const items: readonly (readonly [string, (source: Source) => Found])[] = [
  ["Dates", ({ record: { batch } }) => (batch.startedAt && batch.completedAt ? held("start and completion are recorded") : missing(batch.startedAt ? "the record is not complete yet" : "the batch has not begun"))],
  ["Identity of individual major equipment", (source) => ofSteps(source, "equipment", (row) => source.record.equipment.some((use) => use.stepId === row.id), { nothing: "the master binds no equipment", lacks: "no unit is bound in", found: (n) => `${count(n, "binding")} with unit, state and times` })],
  ["Identification of each batch of component", (source) => ofSteps(source, "material", (row) => charged(source, row), { nothing: "the master charges no material", lacks: "no lot is charged in", found: (n) => `lots of ${count(n, "charging step")}` })],
  ["Weights and measures of components", (source) => ofSteps(source, "material", (row) => charged(source, row), { nothing: "the master charges no material", lacks: "no quantity is charged in", found: () => `${count(source.record.materials.length, "charge")} with quantity and unit` })],
  ["In-process and laboratory control results", ({ record }) => (record.entries.length > 0 ? held(`${count(record.entries.length, "value")}, ${count(record.results.length, "laboratory result")}`) : missing("no value is recorded"))],
  ["Inspection of the area before and after use", (source) => ofSteps(source, "clearance", () => true, { nothing: "the master has no line clearance", lacks: "", found: (n) => `${count(n, "clearance")} performed` })],
  ["Actual yield and percentage of theoretical yield", yielded],
  ["Complete labelling control records", packed],
  ["Containers and closures", packed],
  ["Sampling performed", (source) => ofSteps(source, "sample", (row) => source.record.samples.some((sample) => sample.stepId === row.id), { nothing: "the master draws no sample", lacks: "no sample is drawn in", found: (n) => `samples of ${count(n, "step")}` })],
  ["Persons performing and checking each significant step", people],
  ["Investigations", ({ record }) => held(record.exceptions.length === 0 ? "no exception was found" : `${count(record.exceptions.length, "exception")}, ${record.exceptions.filter((x) => x.decidedAt === null).length} not decided about`)],
  ["Examination of packaged and labelled products", examined],
];

/**
 * Maps each item of 21 CFR 211.188(b), 1 to 13, to what the record holds of it. Steps that were skipped, forced or voided are answered for by their
 * exceptions and are not asked again.
 */
export function batchContent(record: BatchRecord, master: MasterRecord): readonly ContentItem[] {
  const byId = new Map(placedSteps(master).map(({ step }) => [step.id, step]));
  const done = record.steps.flatMap((row) => { const step = row.masterStep === null ? undefined : byId.get(row.masterStep); return step && row.state === "done" ? [{ row, step }] : []; });
  return items.map(([asks, find], i) => ({ number: i + 1, asks, ...find({ record, master, done }) }));
}
