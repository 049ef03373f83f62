import { doublePrecision, foreignKey, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { siteId } from "./columns.ts";
import { sites } from "./site.ts";

/** Units of the ISA-88 physical model: a bioreactor, a column, a vessel. */
export const units = pgTable(
  "units",
  {
    siteId: siteId().references(() => sites.id),
    id: text("id").notNull(),
    name: text("name").notNull(),
    equipmentClass: text("equipment_class").notNull(),
    processCell: text("process_cell").notNull(),
    scaleL: doublePrecision("scale_l"),
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
