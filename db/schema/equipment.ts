import { doublePrecision, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { EquipmentEvent, EquipmentState } from "#lib/equipment/state.ts";
import { people } from "./access.ts";
import { instant, siteId } from "./columns.ts";
import { sites } from "./site.ts";

/** Units of the ISA-88 physical model: a bioreactor, a column, a vessel. */
export const units = pgTable(
  "units",
  {
    siteId: siteId().references(() => sites.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    equipmentClass: text("equipment_class").notNull(),
    /** Area of the site its process cell lies in (ISA-95), e.g. "Cell culture"; empty where nobody said. */
    area: text("area").notNull().default(""),
    processCell: text("process_cell").notNull(),
    scaleL: doublePrecision("scale_l"),
    /** The unit this equipment module is part of (ISA-88 physical model); null for a unit. */
    parentId: text("parent_id"),
    serialNumber: text("serial_number"),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] })],
);

/** Measured points of a unit: what the instrument can say, in which unit. Limits belong to the recipe. */
export const tags = pgTable(
  "tags",
  {
    siteId: siteId(),
    unitId: text("unit_id").notNull(),
    tag: text("tag").notNull(),
    name: text("name").notNull(),
    unit: text("unit").notNull(),
    precision: integer("precision").notNull(),
    rangeLow: doublePrecision("range_low").notNull(),
    rangeHigh: doublePrecision("range_high").notNull(),
    /** Seconds without a value after which the last one is stale. */
    staleAfterS: integer("stale_after_s").notNull(),
    position: integer("position").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.unitId, t.tag] }),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
  ],
);

/** How a unit stands now; each change is a line of its log. */
export const equipmentStates = pgTable(
  "equipment_states",
  {
    siteId: siteId(),
    unitId: text("unit_id").notNull(),
    state: text("state").$type<EquipmentState>().notNull(),
    /** End of the last cleaning. */
    cleanedAt: instant("cleaned_at"),
    /** Batch it is used for, or was used for last. */
    batchId: text("batch_id"),
    productId: text("product_id"),
    changedAt: instant("changed_at").notNull(),
    /** Counts the changes; a change carries the number it read. */
    revision: integer("revision").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.unitId] }),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
  ],
);

/** Use and cleaning log of a unit (21 CFR 211.182), oldest first by time; lines are never changed. */
export const equipmentLog = pgTable(
  "equipment_log",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    unitId: text("unit_id").notNull(),
    event: text("event").$type<EquipmentEvent>().notNull(),
    from: text("from_state").$type<EquipmentState>(),
    to: text("to_state").$type<EquipmentState>().notNull(),
    at: instant("at").notNull(),
    writtenAt: instant("written_at").notNull(),
    by: uuid("by_person").references(() => people.id),
    batchId: text("batch_id"),
    stepId: text("step_id"),
    reason: text("reason").notNull(),
    /** What the event says beyond that, e.g. the procedure of a cleaning. */
    detail: jsonb("detail").$type<Readonly<Record<string, string>>>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    index("equipment_log_by_unit").on(t.siteId, t.unitId, t.at),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
  ],
);

/** Calibrations of a unit or one of its instruments (21 CFR 211.68(a), 211.160(b)(4)). */
export const calibrations = pgTable(
  "calibrations",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    unitId: text("unit_id").notNull(),
    /** Tag of the instrument; null for the unit as a whole. */
    tag: text("tag"),
    performedAt: instant("performed_at").notNull(),
    dueAt: instant("due_at").notNull(),
    asFound: text("as_found").notNull(),
    asLeft: text("as_left").notNull(),
    unit: text("unit").notNull(),
    reference: text("reference").notNull(),
    passed: text("passed", { enum: ["yes", "no"] }).notNull(),
    by: uuid("by_person").notNull().references(() => people.id),
    writtenAt: instant("written_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    index("calibrations_by_unit").on(t.siteId, t.unitId, t.performedAt),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
  ],
);

/** Parts that were put into a unit; the one after it took its place. */
export const equipmentParts = pgTable(
  "equipment_parts",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    unitId: text("unit_id").notNull(),
    place: text("place").notNull(),
    part: text("part").notNull(),
    serialNumber: text("serial_number").notNull(),
    installedAt: instant("installed_at").notNull(),
    reason: text("reason").notNull(),
    by: uuid("by_person").notNull().references(() => people.id),
    writtenAt: instant("written_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    index("equipment_parts_by_unit").on(t.siteId, t.unitId, t.place, t.installedAt),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
  ],
);
