import { doublePrecision, foreignKey, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { units } from "./equipment.ts";
import { instant, siteId } from "./columns.ts";

/** Frozen models: the artefact's hash is checked at load. */
export const modelVersions = pgTable(
  "model_versions",
  {
    name: text("name").notNull(),
    version: text("version").notNull(),
    artefactDigest: text("artefact_digest").notNull(),
    card: jsonb("card").notNull(),
    registeredAt: instant("registered_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] })],
);

export const predictions = pgTable(
  "predictions",
  {
    siteId: siteId(),
    unitId: text("unit_id").notNull(),
    at: instant("at").notNull(),
    batchId: text("batch_id").notNull(),
    model: text("model").notNull(),
    modelVersion: text("model_version").notNull(),
    outcome: text("outcome", { enum: ["evaluated", "not_evaluated"] }).notNull(),
    score: doublePrecision("score"),
    /** Alarm after persistence (k of n scores above the threshold). */
    alarm: text("alarm", { enum: ["none", "raised"] }),
    threshold: doublePrecision("threshold"),
    reason: text("reason"),
    features: jsonb("features").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.unitId, t.at] }),
    foreignKey({ columns: [t.siteId, t.unitId], foreignColumns: [units.siteId, units.id] }),
    foreignKey({ columns: [t.model, t.modelVersion], foreignColumns: [modelVersions.name, modelVersions.version] }),
  ],
);
