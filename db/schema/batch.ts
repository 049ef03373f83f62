import { boolean, doublePrecision, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { BatchState, StepState } from "#lib/batch/state.ts";
import type { Limits } from "#lib/quantity/limit.ts";
import { people } from "./access.ts";
import { instant, siteId } from "./columns.ts";
import { units } from "./equipment.ts";
import { masterBatchRecords, products } from "./recipe.ts";

export const batches = pgTable(
  "batches",
  {
    siteId: siteId(),
    id: text("id").notNull(),
    productId: text("product_id").notNull().references(() => products.id),
    masterId: text("master_id"),
    masterVersion: integer("master_version"),
    masterDigest: text("master_digest"),
    unitId: text("unit_id").notNull(),
    scaleL: doublePrecision("scale_l"),
    state: text("state").$type<BatchState>().notNull(),
    /** Executed here, or taken over from another system's file. */
    origin: text("origin", { enum: ["executed", "imported"] }).notNull(),
    /** Planned culture time from inoculation, hours. */
    plannedDurationH: doublePrecision("planned_duration_h"),
    issuedAt: instant("issued_at"),
    inoculatedAt: instant("inoculated_at"),
    harvestedAt: instant("harvested_at"),
    completedAt: instant("completed_at"),
    dueAt: instant("due_at"),
    priority: integer("priority"),
    quantityL: doublePrecision("quantity_l"),
    titerGL: doublePrecision("titer_g_l"),
    yieldPercent: doublePrecision("yield_percent"),
    /** Counts the changes of this row; a change carries the number it read. */
    revision: integer("revision").notNull().default(1),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
    foreignKey({ columns: [t.masterId, t.masterVersion], foreignColumns: [masterBatchRecords.id, masterBatchRecords.version] }),
    index("batches_by_unit").on(t.siteId, t.unitId, t.inoculatedAt),
  ],
);

/** Steps of a batch in ISA-88 order: unit procedure, operation, phase, step. */
export const steps = pgTable(
  "steps",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    /** ISA-88 number, e.g. 5.3.1. */
    id: text("id").notNull(),
    position: integer("position").notNull(),
    unitProcedure: text("unit_procedure").notNull(),
    operation: text("operation").notNull(),
    phase: text("phase").notNull(),
    title: text("title").notNull(),
    detail: text("detail"),
    kind: text("kind", { enum: ["instruction", "entry", "calc", "sample", "material_add", "equipment_bind", "auto_capture", "signoff"] }).notNull(),
    state: text("state").$type<StepState>().notNull(),
    automatic: boolean("automatic").notNull().default(false),
    performedBy: uuid("performed_by").references(() => people.id),
    performedAt: instant("performed_at"),
    verifiedBy: uuid("verified_by").references(() => people.id),
    verifiedAt: instant("verified_at"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.id] }),
    foreignKey({ columns: [t.siteId, t.batchId], foreignColumns: [batches.siteId, batches.id] }),
  ],
);

/** Values of a step. The first committed value is permanent: a correction is a further version with its reason. */
export const entries = pgTable(
  "entries",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    stepId: text("step_id").notNull(),
    parameter: text("parameter").notNull(),
    version: integer("version").notNull(),
    /** Decimal string for numbers, as entered; text for choices. */
    value: text("value").notNull(),
    unit: text("unit"),
    limits: jsonb("limits").$type<Limits>(),
    parameterClass: text("parameter_class", { enum: ["CPP", "KPP", "CQA", "IPC", "info"] }).notNull(),
    evaluation: text("evaluation", { enum: ["within", "exception", "not_evaluated"] }).notNull(),
    ruleId: text("rule_id").notNull(),
    source: text("source", { enum: ["manual", "automatic", "laboratory", "calculated"] }).notNull(),
    instrument: text("instrument"),
    eventAt: instant("event_at").notNull(),
    enteredAt: instant("entered_at").notNull(),
    enteredBy: uuid("entered_by").references(() => people.id),
    reason: text("reason"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.stepId, t.parameter, t.version] }),
    foreignKey({ columns: [t.siteId, t.batchId, t.stepId], foreignColumns: [steps.siteId, steps.batchId, steps.id] }),
  ],
);
