import { bigint, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { batches } from "./batch.ts";
import { bytes, instant, siteId } from "./columns.ts";

/** One round of the integrity check over one site. */
export const integrityChecks = pgTable(
  "integrity_checks",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    startedAt: instant("started_at").notNull(),
    finishedAt: instant("finished_at").notNull(),
    /** Rows of GMP tables and sealed segments of this round, entries and heads of the walk it goes on with; zero examined is a failure. */
    rows: integer("rows").notNull(),
    entries: integer("entries").notNull(),
    segments: integer("segments").notNull(),
    checkpoints: integer("checkpoints").notNull(),
    ledgerSize: bigint("ledger_size", { mode: "number" }).notNull(),
    findings: integer("findings").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), index("integrity_checks_by_time").on(t.siteId, t.finishedAt)],
);

/** Where a stored record differs from what was recorded. Stays when the difference is gone; `clearedAt` says since when. */
export const integrityFindings = pgTable(
  "integrity_findings",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    foundAt: instant("found_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    clearedAt: instant("cleared_at"),
    tableName: text("table_name").notNull(),
    recordId: text("record_id").notNull(),
    batchId: text("batch_id"),
    field: text("field").notNull(),
    recorded: text("recorded").notNull(),
    found: text("found").notNull(),
  },
  (t) => [primaryKey({ columns: [t.siteId, t.id] }), index("integrity_findings_open").on(t.siteId, t.clearedAt), index("integrity_findings_by_batch").on(t.siteId, t.batchId)],
);

/** Sealed time series of a batch: the readings of one tag on one UTC day, compressed, with their digest ("EBRSEG/1"). */
export const segments = pgTable(
  "segments",
  {
    siteId: siteId(),
    batchId: text("batch_id").notNull(),
    unitId: text("unit_id").notNull(),
    tag: text("tag").notNull(),
    /** UTC day, YYYY-MM-DD. */
    day: text("day").notNull(),
    readings: integer("readings").notNull(),
    digest: text("digest").notNull(),
    /** The canonical text, deflated (RFC 1950). */
    content: bytes("content").notNull(),
    sealedAt: instant("sealed_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.batchId, t.unitId, t.tag, t.day] }),
    foreignKey({ columns: [t.siteId, t.batchId], foreignColumns: [batches.siteId, batches.id] }),
  ],
);
