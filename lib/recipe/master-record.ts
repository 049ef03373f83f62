import { z } from "zod";

/** An id within a master: small letters, digits, hyphen; it names a thing in formulas, steps and limits. */
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "an id has small letters, digits and hyphens, at most 60");
const words = (longest: number) => z.string().trim().min(1, "this is empty").max(longest, `at most ${longest} characters`);
const number = z.number().finite();
const range = z.object({ low: number.optional(), high: number.optional() }).strict();
const limits = z.object({ target: number.optional(), normal: range.optional(), alert: range.optional(), action: range.optional(), validated: range.optional(), absolute: range.optional() }).strict();

/** When a value counts as outside a range: at once, after it was outside for longer than some minutes, by its mean over a window of minutes, or once, at the end of its step. */
export const evaluation = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("instant") }).strict(), z.object({ kind: z.literal("longer_than"), minutes: number.positive() }).strict(),
  z.object({ kind: z.literal("mean_over"), minutes: number.positive() }).strict(), z.object({ kind: z.literal("at_end") }).strict(),
]);

/** A calculated parameter's formula: which parameter each name stands for. Unit and digits of its result are the parameter's own. */
const formula = z.object({ text: words(500), inputs: z.record(z.string(), id) }).strict();

const parameter = z.object({
  id, name: words(80), unit: z.string(), precision: z.number().int().min(0).max(6), class: z.enum(["CPP", "KPP", "CQA", "IPC", "info"]),
  source: z.enum(["manual", "automatic", "laboratory", "calculated"]), limits, evaluation,
  /** Tag of the bound unit the value is captured from, where it is automatic. */
  tag: id.optional(), formula: formula.optional(), method: words(120).optional(),
  /** A number with a unit where nothing is said; else one of the options, or words. */
  form: z.enum(["choice", "text"]).optional(), options: z.array(z.object({ value: words(80), /** Is this what is wanted? Anything else is an exception. */ fits: z.boolean() }).strict()).optional(),
}).strict();

const material = z.object({
  id, code: words(40), name: words(120), kind: z.enum(["raw", "buffer", "medium", "intermediate", "consumable", "packaging"]),
  quantity: number.positive(), unit: z.string(), /** Least and greatest charge, per cent of the quantity. */ tolerance: z.object({ low: number.min(0), high: number }).strict(),
}).strict();

const equipment = z.object({ id, name: words(120), equipmentClass: words(60), clean: z.boolean(), calibrated: z.boolean(), /** Longest time from cleaning to use, hours. */ cleanHoldH: number.positive().optional() }).strict();

const sample = z.object({ id, name: words(120), point: words(120), quantity: number.positive(), unit: z.string(), storage: words(120), parameters: z.array(id).min(1) }).strict();

export const stepKinds = ["instruction", "entry", "calculation", "material", "equipment", "clearance", "sample", "timer", "capture", "decision", "signoff"] as const;
export type StepKind = (typeof stepKinds)[number];

const step = z.object({
  id, kind: z.enum(stepKinds), title: words(120), instruction: words(2_000), precaution: words(500).optional(),
  parameters: z.array(id).default([]), material: id.optional(), equipment: id.optional(), sample: id.optional(),
  /** Time between the end of step `since` and the start of this one, minutes. */
  timer: z.object({ since: id, atLeastMin: number.positive().optional(), atMostMin: number.positive().optional() }).strict().optional(),
  /** Choices of a decision; a choice may leave steps out. */
  choices: z.array(z.object({ value: id, label: words(80), leavesOut: z.array(id).default([]) }).strict()).optional(),
  /** Steps that must have ended before; without it the one before in its phase, and for the first of a phase the last of the phase before. */
  after: z.array(id).optional(),
  /** A second person verifies what was done. Automated steps need none. */
  verified: z.boolean(), mayNotApply: z.boolean().default(false), attachment: z.enum(["none", "allowed", "required"]).default("none"),
  /** Planned time of the step, hours from the start of the batch. */
  dueH: number.optional(),
}).strict();

const phase = z.object({ id, name: words(80), steps: z.array(step) }).strict();
const operation = z.object({ id, name: words(80), phases: z.array(phase) }).strict();
const unitProcedure = z.object({ id, name: words(80), operations: z.array(operation) }).strict();

/**
 * Content of a master batch record (21 CFR 211.186, ISA-88 master recipe): what is made, from what, in what, how, within which limits. Independent of
 * equipment: it names classes, a batch binds units. `EBRMBR/2` is also the file it is exported to and imported from (docs/master-file.md).
 */
export const masterRecord = z.object({
  format: z.literal("EBRMBR/2"), id: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/), version: z.number().int().positive(), productId: words(40), title: words(120), purpose: words(1_000),
  batchSize: z.object({ quantity: number.positive(), unit: z.string() }).strict(), durationH: number.positive(),
  /** What comes out, and how much of it at best; its limits are per cent of that. */
  theoreticalYield: z.object({ name: words(120), quantity: number.positive(), unit: z.string(), parameter: id }).strict().optional(),
  precautions: words(2_000).optional(),
  materials: z.array(material), equipment: z.array(equipment), parameters: z.array(parameter), samples: z.array(sample), procedure: z.array(unitProcedure),
}).strict();

export type MasterRecord = z.infer<typeof masterRecord>;
export type MasterParameter = MasterRecord["parameters"][number];
export type MasterStep = z.infer<typeof step>;

/** A step where it stands: its ISA-88 number (unit procedure, operation, phase, step) and what must have ended before it. */
export type PlacedStep = { readonly number: string; readonly unitProcedure: string; readonly operation: string; readonly phase: string; readonly step: MasterStep; readonly after: readonly string[] };

/** All steps in the order of the record. A step's own `after` counts; else the step before it, across phases and operations. */
export function placedSteps(master: Pick<MasterRecord, "procedure">): readonly PlacedStep[] {
  const placed: PlacedStep[] = [];
  for (const [u, up] of master.procedure.entries()) for (const [o, op] of up.operations.entries()) for (const [p, ph] of op.phases.entries()) for (const [s, one] of ph.steps.entries()) {
    const before = placed.at(-1);
    placed.push({ number: [u, o, p, s].map((n) => n + 1).join("."), unitProcedure: up.name, operation: op.name, phase: ph.name, step: one, after: one.after ?? (before ? [before.step.id] : []) });
  }
  return placed;
}

/** Steps that can never start because they wait for each other, in the order of the record. Unknown predecessors are not its business. */
export function waitingForEachOther(steps: readonly Pick<PlacedStep, "step" | "after">[]): readonly string[] {
  const known = new Set(steps.map(({ step: { id: own } }) => own));
  const done = new Set<string>();
  for (let grew = true; grew;) {
    grew = false;
    for (const { step: { id: own }, after } of steps) {
      if (done.has(own) || after.some((other) => known.has(other) && !done.has(other))) continue;
      done.add(own);
      grew = true;
    }
  }
  return steps.map(({ step: { id: own } }) => own).filter((own) => !done.has(own));
}

/** Says of a step which steps must have ended before it, directly or by way of others; no way leads through `without`. Answers are remembered where nothing is left out. */
export function stepsBefore(steps: readonly Pick<PlacedStep, "step" | "after">[]): (step: string, without?: ReadonlySet<string>) => ReadonlySet<string> {
  const after = new Map(steps.map((one) => [one.step.id, one.after]));
  const known = new Map<string, ReadonlySet<string>>();
  const collect = (step: string, without: ReadonlySet<string>): ReadonlySet<string> => {
    const [found, open] = [new Set<string>(), [step]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) for (const id of after.get(next) ?? []) if (!found.has(id) && !without.has(id)) { found.add(id); open.push(id); }
    return found;
  };
  return (step, without) => {
    if (without) return collect(step, without);
    const found = known.get(step) ?? collect(step, new Set());
    known.set(step, found);
    return found;
  };
}
