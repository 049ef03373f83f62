import { sql } from "drizzle-orm";
import { doublePrecision, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { people } from "./access.ts";
import { steps } from "./batch.ts";
import { instant, siteId } from "./columns.ts";
import { units } from "./equipment.ts";
import { lots } from "./material.ts";

/** What of a lot was charged in a step. Part of the batch record; never changed, a mistake is put right by a further line that takes back. */
export const materialUses = pgTable(
  "material_uses",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    stepId: text("step_id").notNull(),
    /** 1, 2, 3 … within the batch. */
    number: integer("number").notNull(),
    /** Id of the material within the master. */
    material: text("material").notNull(),
    lotId: text("lot_id").notNull(),
    containerId: text("container_id"),
    /** Decimal text as entered; negative where it is taken back. */
    quantity: text("quantity").notNull(),
    unit: text("unit").notNull(),
    lotState: text("lot_state").notNull(),
    lotExpiresAt: instant("lot_expires_at"),
    /** Per cent of the planned quantity, all charges of the step together. */
    percentOfPlan: doublePrecision("percent_of_plan").notNull(),
    evaluation: text("evaluation", { enum: ["within", "exception"] }).notNull(),
    /** Signature of quality that let a lot in which the rules refuse, by its ordinal on the batch. */
    overrideOrdinal: integer("override_ordinal"),
    by: uuid("by_person").notNull().references(() => people.id),
    at: instant("at").notNull(),
    reason: text("reason"),
    /** Chosen by the browser that sent it: the same charge sent again after a lost answer is the same line. */
    submission: uuid("submission"),
    /** Number of the charge this line takes back; null in a charge. */
    takesBack: integer("takes_back"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.number] }),
    uniqueIndex("material_uses_submission").on(t.siteId, t.submission).where(sql`submission is not null`),
    foreignKey({ columns: [t.siteId, t.batchId, t.stepId], foreignColumns: [steps.siteId, steps.batchId, steps.id] }),
    foreignKey({ columns: [t.siteId, t.lotId], foreignColumns: [lots.siteId, lots.id] }),
    index("material_uses_by_lot").on(t.siteId, t.lotId),
  ],
);

/** Units a batch was bound to, from when to when, and how they stood then. Part of the batch record. */
export const equipmentUses = pgTable(
  "equipment_uses",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    stepId: text("step_id").notNull(),
    /** Id of the equipment within the master. */
    equipment: text("equipment").notNull(),
    /** 1, 2, 3 … within the step: a unit that was bound by mistake is released and another one bound. */
    number: integer("number").notNull().default(1),
    unitId: text("unit_id").notNull(),
    boundAt: instant("bound_at").notNull(),
    boundBy: uuid("bound_by").notNull().references(() => people.id),
    stateBefore: text("state_before").notNull(),
    cleanedAt: instant("cleaned_at"),
    previousBatchId: text("previous_batch_id"),
    calibrationDueAt: instant("calibration_due_at"),
    overrideOrdinal: integer("override_ordinal"),
    releasedAt: instant("released_at"),
    releasedBy: uuid("released_by").references(() => people.id),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.stepId, t.number] }),
    foreignKey({ columns: [t.siteId, t.batchId, t.stepId], foreignColumns: [steps.siteId, steps.batchId, steps.id] }),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
    index("equipment_uses_by_unit").on(t.siteId, t.unitId, t.boundAt),
  ],
);
