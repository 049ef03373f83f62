import { bigint, index, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant, siteId } from "./columns.ts";

/** The audit trail: one entry per act, written in the act's own transaction; append-only by grant and by trigger. */
export const auditEntries = pgTable(
  "audit_entries",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    seq: bigint("seq", { mode: "number" }).generatedAlwaysAsIdentity().notNull(),
    at: instant("at").notNull(),
    actorId: text("actor_id").notNull(),
    actorName: text("actor_name").notNull(),
    role: text("role").notNull(),
    event: text("event").notNull(),
    subjectType: text("subject_type").notNull(),
    subjectId: text("subject_id").notNull(),
    batchId: text("batch_id"),
    reason: text("reason").notNull(),
    /** What the event says beyond its subject; its shape follows `event` and is parsed when read. */
    detail: jsonb("detail").notNull(),
    /** RFC 8785 bytes of the whole entry, and their SHA-256 under "EBRLEAF/1". */
    canonical: text("canonical").notNull(),
    digest: text("digest").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    index("audit_entries_by_seq").on(t.siteId, t.seq),
    index("audit_entries_by_batch").on(t.siteId, t.batchId, t.seq),
  ],
);

/** Old and new of every changed row of a GMP table, written by trigger: SQL by hand leaves its trace as well. */
export const rowChanges = pgTable(
  "row_changes",
  {
    siteId: siteId(),
    id: bigint("id", { mode: "number" }).generatedAlwaysAsIdentity().notNull(),
    at: instant("at").notNull(),
    tableName: text("table_name").notNull(),
    operation: text("operation", { enum: ["INSERT", "UPDATE", "DELETE"] }).notNull(),
    old: jsonb("old"),
    new: jsonb("new"),
    actorId: text("actor_id").notNull(),
    actorRole: text("actor_role").notNull(),
    reason: text("reason").notNull(),
    authorisedBy: text("authorised_by"),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), index("row_changes_by_table").on(t.siteId, t.tableName, t.id)],
);
