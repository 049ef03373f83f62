import { index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { people } from "./access.ts";
import { bytes, instant, siteId } from "./columns.ts";

/** Numbered copies people asked for; made off the request's thread, kept as they were handed out. */
export const exports = pgTable(
  "exports",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    kind: text("kind", { enum: ["batch-record", "issued-record", "master-record", "compliance-report", "evidence", "audit-extract", "recall"] }).notNull(),
    /** What it is of: a batch, or the period of a report. */
    subjectId: text("subject_id").notNull(),
    /** The how manieth copy of this kind and subject. */
    copy: integer("copy").notNull(),
    parameters: jsonb("parameters").notNull(),
    state: text("state", { enum: ["waiting", "running", "done", "failed"] }).notNull(),
    /** Parts done of `total`; pages or entries. */
    progress: integer("progress").notNull().default(0),
    total: integer("total").notNull().default(0),
    requestedBy: uuid("requested_by").notNull().references(() => people.id),
    requestedAt: instant("requested_at").notNull(),
    startedAt: instant("started_at"),
    finishedAt: instant("finished_at"),
    failure: text("failure"),
    fileName: text("file_name"),
    mediaType: text("media_type"),
    pages: integer("pages"),
    digest: text("digest"),
    content: bytes("content"),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), index("exports_by_person").on(t.requestedBy, t.requestedAt), uniqueIndex("exports_copy").on(t.siteId, t.kind, t.subjectId, t.copy)],
);
