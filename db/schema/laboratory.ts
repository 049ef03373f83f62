import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import type { ResultState, SampleState } from "#lib/laboratory/state.ts";
import { people } from "./access.ts";
import { steps } from "./batch.ts";
import { instant, siteId } from "./columns.ts";

/** Samples drawn in a step of a batch. */
export const laboratorySamples = pgTable(
  "laboratory_samples",
  {
    siteId: siteId(),
    /** Batch, a hyphen, S and a number: what stands on the label. */
    id: text("id").notNull(),
    batchId: text("batch_id").notNull(),
    stepId: text("step_id").notNull(),
    /** Id of the sample within the master. */
    sample: text("sample").notNull(),
    name: text("name").notNull(),
    state: text("state").$type<SampleState>().notNull(),
    drawnAt: instant("drawn_at").notNull(),
    drawnBy: uuid("drawn_by").notNull().references(() => people.id),
    receivedAt: instant("received_at"),
    receivedBy: uuid("received_by").references(() => people.id),
    storage: text("storage").notNull(),
    reason: text("reason"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }), index("laboratory_samples_by_batch").on(t.siteId, t.batchId),
    foreignKey({ columns: [t.siteId, t.batchId, t.stepId], foreignColumns: [steps.siteId, steps.batchId, steps.id] }),
  ],
);

/** Results of a sample. A retest is a further number; a result that is invalidated keeps its value and says why. */
export const testResults = pgTable(
  "test_results",
  {
    siteId: siteId(),
    sampleId: text("sample_id").notNull(),
    batchId: text("batch_id").notNull(),
    parameter: text("parameter").notNull(),
    number: integer("number").notNull(),
    state: text("state").$type<ResultState>().notNull(),
    method: text("method").notNull(),
    /** What the instrument said, as written, before it was rounded to the method's digits. */
    rawValue: text("raw_value").notNull(),
    value: text("value").notNull(),
    unit: text("unit").notNull(),
    instrument: text("instrument").notNull(),
    outOfSpecification: boolean("out_of_specification").notNull(),
    /** Out of trend: beyond three standard deviations of the last released batches; null when there are too few of them to say. */
    outOfTrend: boolean("out_of_trend"),
    analyst: uuid("analyst").notNull().references(() => people.id),
    analysedAt: instant("analysed_at").notNull(),
    enteredAt: instant("entered_at").notNull(),
    reviewedBy: uuid("reviewed_by").references(() => people.id),
    reviewedAt: instant("reviewed_at"),
    invalidatedBy: uuid("invalidated_by").references(() => people.id),
    invalidatedAt: instant("invalidated_at"),
    reason: text("reason"),
    /** Who of quality let this result out of specification be followed by one retest, when, and what the investigation found. */
    retestBy: uuid("retest_by").references(() => people.id),
    retestAt: instant("retest_at"),
    retestReason: text("retest_reason"),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.sampleId, t.parameter, t.number] }), index("test_results_by_batch").on(t.siteId, t.batchId),
    foreignKey({ columns: [t.siteId, t.sampleId], foreignColumns: [laboratorySamples.siteId, laboratorySamples.id] }),
  ],
);
