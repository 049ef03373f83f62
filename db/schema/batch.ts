import { sql } from "drizzle-orm";
import { boolean, doublePrecision, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import type { EntryBasis } from "#lib/batch/basis.ts";
import type { BatchState, StepState } from "#lib/batch/state.ts";
import type { Limits } from "#lib/quantity/limit.ts";
import type { StepKind } from "#lib/recipe/master-record.ts";
import { people } from "./access.ts";
import { bytes, instant, siteId } from "./columns.ts";
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
    /** Overlay of the site that was effective at issue, frozen like the master. */
    overlayVersion: integer("overlay_version"),
    overlayDigest: text("overlay_digest"),
    plannedStartAt: instant("planned_start_at"),
    issuedBy: uuid("issued_by").references(() => people.id),
    startedAt: instant("started_at"),
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
    /** Kind of the master's step; the names of the first story's thin master stay readable. */
    kind: text("kind").$type<StepKind | "calc" | "material_add" | "equipment_bind" | "auto_capture">().notNull(),
    /** Id within the master, and the ISA-88 numbers of the steps that must have ended before; null in batches of the thin master. */
    masterStep: text("master_step"),
    after: text("after").array(),
    verification: text("verification", { enum: ["not-needed", "open", "given"] }),
    startedBy: uuid("started_by").references(() => people.id),
    startedAt: instant("started_at"),
    /** Why it was skipped, forced or voided. */
    reason: text("reason"),
    dueAt: instant("due_at"),
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
    /** What the rule found; a value that no limit judges is neither within nor outside. */
    evaluation: text("evaluation", { enum: ["within", "exception", "not_evaluated", "no_limits"] }).notNull(),
    ruleId: text("rule_id").notNull(),
    source: text("source", { enum: ["manual", "automatic", "laboratory", "calculated"] }).notNull(),
    instrument: text("instrument"),
    eventAt: instant("event_at").notNull(),
    enteredAt: instant("entered_at").notNull(),
    enteredBy: uuid("entered_by").references(() => people.id),
    reason: text("reason"),
    /** What a captured or calculated value was made from: window, count, extremes; formula with the entries it used. */
    basis: jsonb("basis").$type<EntryBasis>(),
    /** Chosen by the browser that sent it: the same value sent again after a lost connection is the same entry. */
    submission: uuid("submission"),
    /** Written down later after its event than the rule allows, or kept in a browser that could not reach the portal; null in entries older than this column. */
    late: boolean("late"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.stepId, t.parameter, t.version] }),
    uniqueIndex("entries_submission").on(t.siteId, t.submission).where(sql`submission is not null`),
    foreignKey({ columns: [t.siteId, t.batchId, t.stepId], foreignColumns: [steps.siteId, steps.batchId, steps.id] }),
  ],
);

/** Files that belong to a step: its print-outs, photographs, chromatograms. The bytes lie beside, under their digest. */
export const attachments = pgTable(
  "attachments",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    stepId: text("step_id").notNull(),
    id: uuid("id").notNull(),
    name: text("name").notNull(),
    mediaType: text("media_type").notNull(),
    size: integer("size").notNull(),
    /** SHA-256 of the bytes, lower-case hex. */
    digest: text("digest").notNull(),
    addedBy: uuid("added_by").notNull().references(() => people.id),
    addedAt: instant("added_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    index("attachments_by_batch").on(t.siteId, t.batchId, t.stepId),
    foreignKey({ columns: [t.siteId, t.batchId, t.stepId], foreignColumns: [steps.siteId, steps.batchId, steps.id] }),
  ],
);

/** Bytes of attachments; written once, checked against their digest whenever they are handed out. */
export const attachmentContents = pgTable(
  "attachment_contents",
  { siteId: siteId(), digest: text("digest").notNull(), content: bytes("content").notNull() },
  (t) => [primaryKey({ columns: [t.siteId, t.digest] })],
);
