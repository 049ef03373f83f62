import { sql } from "drizzle-orm";
import { bigint, boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { people } from "./access.ts";
import { instant, siteId, transactionNumber } from "./columns.ts";

/**
 * The audit trail: acts of people and programmes, each written in the act's own transaction, and the history of every row of a
 * GMP table, written by trigger. Append-only by grant and by trigger; each entry is one leaf of its site's ledger.
 */
export const auditEntries = pgTable(
  "audit_entries",
  {
    siteId: siteId(),
    id: uuid("id").notNull(),
    /** Order of writing within the database; the entry's number for readers is its position in the ledger. */
    seq: bigint("seq", { mode: "number" }).generatedAlwaysAsIdentity().notNull(),
    /** Transaction that wrote it: the sequencer takes no entry while an older transaction may still commit one. */
    tx: transactionNumber("tx").notNull().default(sql`pg_current_xact_id()`),
    at: instant("at").notNull(),
    /** IANA zone of the site when it was written (PI 041 9.8). */
    zone: text("zone").notNull().default("UTC"),
    actorId: text("actor_id").notNull(),
    actorName: text("actor_name").notNull(),
    role: text("role").notNull(),
    authorisedBy: text("authorised_by"),
    /** Request and the client it came from; empty for programmes. */
    request: text("request").notNull().default(""),
    client: text("client").notNull().default(""),
    kind: text("kind", { enum: ["act", "creation", "change", "deletion"] }).notNull().default("act"),
    event: text("event").notNull(),
    subjectType: text("subject_type").notNull(),
    subjectId: text("subject_id").notNull(),
    batchId: text("batch_id"),
    reason: text("reason").notNull(),
    /** Touches a critical value, a limit, a disposition, a signature or somebody's authority. */
    critical: boolean("critical").notNull().default(false),
    /** At night (20 to 6) or on a weekend in the zone of the site. */
    offHours: boolean("off_hours").generatedAlwaysAs(sql`extract(isodow from (at at time zone zone)) > 5 or extract(hour from (at at time zone zone)) < 6 or extract(hour from (at at time zone zone)) >= 20`),
    /** A value of a step that was written down later after its event than rule R-50 allows. */
    late: boolean("late").generatedAlwaysAs(sql`subject_type = 'entries' and entered_late(detail)`),
    /** What the event says beyond its subject; its shape follows `event` and is parsed when read. */
    detail: jsonb("detail").notNull(),
    /** RFC 8785 bytes of the whole entry, and their SHA-256 under "EBRLEAF/1". */
    canonical: text("canonical").notNull(),
    digest: text("digest").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.siteId, t.id] }),
    index("audit_entries_by_seq").on(t.siteId, t.seq),
    index("audit_entries_by_tx").on(t.tx, t.seq),
    index("audit_entries_by_batch").on(t.siteId, t.batchId, t.at, t.id),
    // By time and by actor carry what the explorer filters by (INCLUDE, in 0010_trail_index.sql: the schema language has no word for it).
    index("audit_entries_by_time").on(t.siteId, t.at, t.id),
    index("audit_entries_by_actor").on(t.siteId, t.actorId, t.at, t.id),
    index("audit_entries_by_subject").on(t.siteId, t.subjectType, t.subjectId, t.at),
    index("audit_entries_by_event").on(t.siteId, t.event, t.at, t.id),
    index("audit_entries_late").on(t.siteId, t.at, t.id).where(sql`late`),
  ],
);

/** Filters of the audit trail a person keeps under a name. */
export const savedViews = pgTable(
  "saved_views",
  {
    id: uuid("id").primaryKey(),
    personId: uuid("person_id").notNull().references(() => people.id),
    page: text("page").notNull(),
    name: text("name").notNull(),
    query: text("query").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [uniqueIndex("saved_views_name").on(t.personId, t.page, t.name)],
);
