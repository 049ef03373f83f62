import { boolean, doublePrecision, foreignKey, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { ExceptionState, Severity } from "#lib/quality/exception.ts";
import { people } from "./access.ts";
import { batches } from "./batch.ts";
import { instant, siteId } from "./columns.ts";

export const exceptions = pgTable(
  "exceptions",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    id: text("id").notNull(),
    stepId: text("step_id"),
    parameter: text("parameter"),
    /** Type of the taxonomy, e.g. cpp_outside_limits. */
    type: text("type").notNull(),
    severity: text("severity").$type<Severity>().notNull(),
    state: text("state").$type<ExceptionState>().notNull(),
    title: text("title").notNull(),
    rule: text("rule").notNull(),
    planned: text("planned").notNull(),
    actual: text("actual").notNull(),
    unit: text("unit"),
    /** Tag whose trend shows it, with the window in which it happened. */
    tag: text("tag"),
    windowFrom: instant("window_from"),
    windowTo: instant("window_to"),
    outsideMinutes: doublePrecision("outside_minutes"),
    raisedAt: instant("raised_at").notNull(),
    comment: text("comment"),
    commentBy: uuid("comment_by").references(() => people.id),
    commentAt: instant("comment_at"),
    decision: text("decision"),
    decidedBy: uuid("decided_by").references(() => people.id),
    decidedAt: instant("decided_at"),
    /** Which version of the exception configuration gave its severity; null in exceptions older than it. */
    configurationVersion: integer("configuration_version"),
    raisedBy: uuid("raised_by").references(() => people.id),
    /** Holds the execution of the batch until quality has decided. */
    blocks: boolean("blocks"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.id] }),
    foreignKey({ columns: [t.siteId, t.batchId], foreignColumns: [batches.siteId, batches.id] }),
  ],
);

/** The taxonomy of exceptions as versioned configuration: what each type weighs, who closes it, whether it holds the batch. */
export const exceptionConfigurations = pgTable("exception_configurations", {
  version: integer("version").primaryKey(),
  state: text("state", { enum: ["proposed", "effective", "superseded", "withdrawn"] }).notNull(),
  /** RFC 8785 bytes of the content; `digest` is their SHA-256 under "EBREXC/1". */
  canonical: text("canonical").notNull(),
  digest: text("digest").notNull(),
  reason: text("reason").notNull(),
  /** Null for the configuration the software ships with. */
  proposedBy: uuid("proposed_by").references(() => people.id),
  proposedAt: instant("proposed_at").notNull(),
  approvedBy: uuid("approved_by").references(() => people.id),
  effectiveAt: instant("effective_at"),
});
