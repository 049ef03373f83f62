import { z } from "zod";
import { digestOf } from "#lib/digest/digest.ts";
import { masterRecord, placedSteps, stepKinds, type MasterRecord } from "./master-record.ts";
import type { Limits } from "#lib/quantity/limit.ts";

const range = z.object({ low: z.number().optional(), high: z.number().optional() }).strict();
const limits = z.object({ target: z.number().optional(), normal: range.optional(), alert: range.optional(), action: range.optional(), validated: range.optional(), absolute: range.optional() }).strict();

/** When a value counts as outside: at once, or only after it was outside for this many minutes. */
const evaluation = z.discriminatedUnion("kind", [z.object({ kind: z.literal("instant") }), z.object({ kind: z.literal("longer_than"), minutes: z.number() }), z.object({ kind: z.literal("mean_over"), minutes: z.number() }), z.object({ kind: z.literal("at_end") })]);

const parameter = z.object({
  id: z.string(), name: z.string(), unit: z.string(), precision: z.number().int(), class: z.enum(["CPP", "KPP", "CQA", "IPC", "info"]),
  source: z.enum(["manual", "automatic", "laboratory", "calculated"]), limits, evaluation, ruleId: z.string(),
  /** Tag of the unit that shows it as a trend, where there is one. */
  tag: z.string().optional(),
});

const step = z.object({
  id: z.string(), unitProcedure: z.string(), operation: z.string(), phase: z.string(), title: z.string(), detail: z.string().optional(),
  kind: z.enum([...stepKinds, "calc", "material_add", "equipment_bind", "auto_capture"]),
  automatic: z.boolean(), parameters: z.array(z.string()),
  /** Planned age of the culture when the step is due, hours after inoculation. */
  dueH: z.number(),
});

/** Content of a master batch record: parameters with nested limits, and the procedure as steps in ISA-88 order. */
export const masterContent = z.object({
  format: z.literal("EBRMBR/1"), id: z.string(), version: z.number().int(), productId: z.string(), title: z.string(), scaleL: z.number(), durationH: z.number(),
  parameters: z.array(parameter), steps: z.array(step),
});
export type MasterContent = z.infer<typeof masterContent>;
export type MasterParameter = MasterContent["parameters"][number];
export type MasterStep = MasterContent["steps"][number];

/** Limits of the parameter that judges `tag`, if the master has one. */
export const limitsOfTag = (content: MasterContent, tag: string): MasterParameter | undefined => content.parameters.find((p) => p.tag === tag && p.source === "automatic") ?? content.parameters.find((p) => p.tag === tag);

export const limitsOf = (p: MasterParameter): Limits => p.limits;

/** Number of the rule that judges a parameter, as exceptions and entries name it. */
export const ruleOf = (parameterId: string): string => `R-${parameterId}`;

/** The full master as the twin and the printed record read it: its parameters with their rules, its steps by their ISA-88 numbers. */
function thin(master: MasterRecord): MasterContent {
  return {
    format: "EBRMBR/1", id: master.id, version: master.version, productId: master.productId, title: master.title, scaleL: master.batchSize.quantity, durationH: master.durationH,
    parameters: master.parameters.map(({ id, name, unit, precision, class: of, source, limits: own, evaluation: how, tag }) => ({ id, name, unit, precision, class: of, source, limits: own, evaluation: how, ruleId: ruleOf(id), ...(tag ? { tag } : {}) })),
    steps: placedSteps(master).map(({ number, unitProcedure, operation, phase, step: one }) => ({
      id: number, unitProcedure, operation, phase, title: one.title, detail: one.instruction, kind: one.kind, automatic: one.kind === "capture" || one.kind === "calculation", parameters: one.parameters, dueH: one.dueH ?? 0,
    })),
  };
}

/** Reads a master's canonical text of either form. Throws when it is neither: a stored master was checked when it was written. */
export function readMaster(text: string): MasterContent {
  const parsed: unknown = JSON.parse(text);
  const full = masterRecord.safeParse(parsed);
  return full.success ? thin(full.data) : masterContent.parse(parsed);
}

const format = z.object({ format: z.enum(["EBRMBR/1", "EBRMBR/2"]) });
/** Digest of a master's canonical text under its own form. */
export const masterDigest = (text: string): string => digestOf(format.parse(JSON.parse(text)).format, text);
